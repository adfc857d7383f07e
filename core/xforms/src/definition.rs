//! A form as it runs: an arena of nodes, binds, controls, texts and lists; immutable, so it is shared.

mod action;
mod body;
mod children;
mod data_type;
mod graph;
mod info;
mod lookup;
mod secondary;
mod texts;

use crate::{
    error::ParseProblem,
    text::{NameId, Names, Text},
    xpath::ast::Expr,
};
pub use action::RequestKind;
pub(crate) use action::{Action, Effect, Event};
pub(crate) use body::{Body, ChoiceSource, Control, Element, ElementKind, InlineChoice, Itemset};
pub(crate) use children::{child_like, named};
pub use data_type::DataType;
pub(crate) use graph::{Dependency, Edge, Facet, Graph, Vertex};
pub use info::{Calculation, EntityInfo, NodeInfo, SubmissionInfo};
pub(crate) use secondary::{Row, SecondaryBuilder, SecondaryInstance};
pub(crate) use texts::{Itext, ItextEntry, Segment, Template, TextRef};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct NodeId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct ExprId(pub u32);
/// A repeat, or (0) the form itself: the unit in which values are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct ScopeId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct BodyId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct InstanceIx(pub u32);

pub(crate) const ROOT: NodeId = NodeId(0);
pub(crate) const ROOT_SCOPE: ScopeId = ScopeId(0);

pub(crate) struct NodeDef {
    pub name: NameId,
    /// The name as written, with its prefix (`orx:meta`) and, for an attribute, `@`.
    pub tag: Text,
    pub path: Text,
    pub parent: Option<NodeId>,
    pub children: Vec<NodeId>,
    /// The same, ordered by name.
    pub by_name: Vec<NodeId>,
    /// Nodes are numbered in document order: the subtree is `self..end`.
    pub end: NodeId,
    pub is_attribute: bool,
    pub scope: ScopeId,
    pub slot: u32,
    pub bind: Bind,
    /// The nearest node, itself included, that has a relevant expression.
    pub gate: Option<NodeId>,
}

#[derive(Default)]
pub(crate) struct Bind {
    pub data_type: DataType,
    pub relevant: Option<ExprId>,
    pub required: Option<ExprId>,
    pub constraint: Option<ExprId>,
    pub readonly: Option<ExprId>,
    pub calculate: Option<ExprId>,
    pub required_message: Option<TextRef>,
    pub constraint_message: Option<TextRef>,
    pub preload: Option<Preload>,
    pub save_to: Option<String>,
    pub save_incomplete: bool,
    /// Attributes in a namespace that the engine itself has no use for (`orx:max-pixels`, `odk:…`), by
    /// their local name.
    pub other: Vec<(String, String)>,
}

/// What a node holds from the beginning, or from the end, of filling (spec, Preloaders).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Preload {
    /// `uuid:…`
    Uid,
    Start,
    End,
    Today,
    /// A property of the device or the person, by its name.
    Property(String),
}

impl Preload {
    pub fn parse(kind: &str, params: &str) -> Option<Preload> {
        Some(match (kind.trim(), params.trim()) {
            ("uid", _) => Preload::Uid,
            ("timestamp", "start") => Preload::Start,
            ("timestamp", "end") => Preload::End,
            ("date", "today") => Preload::Today,
            ("property", name) if !name.is_empty() => Preload::Property(name.to_owned()),
            _ => return None,
        })
    }
}

/// A `meta/entity` element and the nodes whose values are its properties.
pub(crate) struct Entity {
    pub node: NodeId,
    pub properties: Vec<(String, NodeId)>,
}

pub(crate) struct Scope {
    /// The repeated element; the root element for the form itself.
    pub node: NodeId,
    pub parent: Option<ScopeId>,
    pub depth: u8,
    /// The place among the parent's repeats.
    pub place: u16,
    /// Its nodes by slot; nodes of inner repeats are theirs.
    pub nodes: Vec<NodeId>,
    pub inner: Vec<ScopeId>,
    pub template: Skeleton,
    pub count: Option<ExprId>,
    pub fixed: bool,
}

/// Values that an instance of a scope starts with.
#[derive(Clone, Default)]
pub(crate) struct Skeleton {
    pub values: Vec<Text>,
    /// By inner repeat: the instances written in the form.
    pub inner: Vec<Vec<Skeleton>>,
    pub foreign: Vec<Foreign>,
}

/// Part of a saved instance that the form doesn't know: kept as it stands, at its place.
#[derive(Clone)]
pub(crate) struct Foreign {
    pub parent: NodeId,
    pub part: ForeignPart,
}

#[derive(Clone)]
pub(crate) enum ForeignPart {
    Attribute {
        /// Prefix and URI, where it has a namespace.
        namespace: Option<(Text, Text)>,
        /// Local.
        name: Text,
        value: Text,
    },
    Element {
        name: Text,
        /// The known sibling that it follows, if any.
        after: Option<NodeId>,
        /// Of an element without elements.
        text: Text,
        /// With all the namespaces that it uses.
        xml: Text,
    },
}

pub(crate) struct Compiled {
    pub source: Text,
    pub expr: Expr,
    pub deps: Vec<Dependency>,
    /// It calls `random()`, `uuid()`, `once()` or `now()`, or reads the last saved instance: evaluated
    /// elsewhere it has another value.
    pub volatile: bool,
    /// It is `true()`: known without evaluation.
    pub always: bool,
}

/// A form, parsed and checked; made by [`Definition::parse`].
pub struct Definition {
    pub(crate) title: String,
    pub(crate) form_id: String,
    pub(crate) version: Option<String>,
    pub(crate) namespaces: Vec<(Option<String>, String)>,
    pub(crate) names: Names,
    pub(crate) nodes: Vec<NodeDef>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) initial: Skeleton,
    pub(crate) exprs: Vec<Compiled>,
    pub(crate) body: Body,
    pub(crate) itext: Itext,
    pub(crate) secondary: Vec<SecondaryInstance>,
    pub(crate) actions: Vec<Action>,
    pub(crate) graph: Graph,
    pub(crate) entities: Vec<Entity>,
    pub(crate) submission: Option<SubmissionInfo>,
    pub(crate) warnings: Vec<ParseProblem>,
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Definition")
            .field("form_id", &self.form_id)
            .field("version", &self.version)
            .field("nodes", &self.nodes.len())
            .finish_non_exhaustive()
    }
}

impl Definition {
    pub(crate) fn node(&self, id: NodeId) -> &NodeDef {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub(crate) fn expr(&self, id: ExprId) -> &Compiled {
        &self.exprs[id.0 as usize]
    }

    pub(crate) fn element(&self, id: BodyId) -> &Element {
        &self.body.elements[id.0 as usize]
    }

    pub(crate) fn secondary(&self, id: InstanceIx) -> &SecondaryInstance {
        &self.secondary[id.0 as usize]
    }

    /// The repeat whose element this node is.
    pub(crate) fn repeat_of(&self, id: NodeId) -> Option<ScopeId> {
        let scope = self.node(id).scope;
        (id != ROOT && self.scope(scope).node == id).then_some(scope)
    }

    pub(crate) fn is_leaf(&self, id: NodeId) -> bool {
        self.node(id).children.iter().all(|c| self.node(*c).is_attribute)
    }

    /// Number of repeats around a scope, its own included.
    pub(crate) fn depth(&self, scope: ScopeId) -> u8 {
        self.scope(scope).depth
    }

    /// The scope around `scope` at this depth.
    pub(crate) fn outer(&self, mut scope: ScopeId, depth: u8) -> ScopeId {
        while self.depth(scope) > depth {
            match self.scope(scope).parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        scope
    }
}
