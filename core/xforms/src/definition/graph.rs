//! Which expressions are computed again after which change.

use super::{BodyId, NodeId, ScopeId};

/// An expression reads this node; of repeats deeper than `pivot`, any instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) struct Dependency {
    pub node: NodeId,
    pub pivot: u8,
    /// Of the node, a repeat, it reads only where the own instance stands.
    pub place_only: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Facet {
    Calculate,
    Relevant,
    Count,
}

/// A bind expression as a vertex of the recalculation graph.
pub(crate) struct Vertex {
    pub node: NodeId,
    pub facet: Facet,
    /// The scope in whose frames it is computed: of a count, the one around its repeat.
    pub scope: ScopeId,
    /// Its own instances read each other (a running total).
    pub reads_itself: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub vertex: u32,
    pub pivot: u8,
    pub place_only: bool,
}

#[derive(Default)]
pub(crate) struct Graph {
    /// In an order in which each comes after all it reads.
    pub vertices: Vec<Vertex>,
    /// By node: who reads its value or its relevance.
    pub dependents: Vec<Vec<Edge>>,
    /// By node: selects whose filtered choices read it, and the pivot of that.
    pub choice_dependents: Vec<Vec<(BodyId, u8)>>,
    pub calculate_of: Vec<Option<u32>>,
    pub relevant_of: Vec<Option<u32>>,
    pub count_of: Vec<Option<u32>>,
}
