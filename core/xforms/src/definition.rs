//! A form as it runs: an arena of nodes, binds, controls, texts and lists; immutable, so it is shared.

mod lookup;
mod secondary;

use std::collections::HashMap;

use crate::answer::QuestionKind;
use crate::error::ParseProblem;
use crate::text::{NameId, Names, Text};
use crate::xpath::ast::Expr;
pub(crate) use secondary::{Row, SecondaryBuilder, SecondaryInstance};

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

/// Bind types (spec, Data Types); selects are strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DataType {
    #[default]
    String,
    Int,
    Decimal,
    Boolean,
    Date,
    Time,
    DateTime,
    Geopoint,
    Geotrace,
    Geoshape,
    Binary,
    Barcode,
    Rank,
}

impl DataType {
    pub(crate) fn parse(text: &str) -> Option<DataType> {
        let local = text.rsplit(':').next().unwrap_or(text);
        Some(match local {
            "string" | "select" | "select1" | "selectone" | "text" | "intent" => DataType::String,
            "int" | "integer" | "long" => DataType::Int,
            "decimal" | "double" | "float" => DataType::Decimal,
            "boolean" => DataType::Boolean,
            "date" => DataType::Date,
            "time" => DataType::Time,
            "dateTime" => DataType::DateTime,
            "geopoint" => DataType::Geopoint,
            "geotrace" => DataType::Geotrace,
            "geoshape" => DataType::Geoshape,
            "binary" => DataType::Binary,
            "barcode" => DataType::Barcode,
            "rank" => DataType::Rank,
            _ => return None,
        })
    }
}

pub(crate) struct NodeDef {
    pub name: NameId,
    /// The name as written, with its prefix (`orx:meta`) and, for an attribute, `@`.
    pub tag: Text,
    pub path: Text,
    pub parent: Option<NodeId>,
    pub children: Vec<NodeId>,
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
    pub preload: Option<(String, String)>,
    pub save_to: Option<String>,
    pub save_incomplete: bool,
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
}

pub(crate) struct Compiled {
    pub source: Text,
    pub expr: Expr,
    pub deps: Vec<Dependency>,
    /// It calls `random()`, `uuid()`, `once()` or `now()`.
    pub volatile: bool,
    /// It is `true()`: known without evaluation.
    pub always: bool,
}

/// An expression reads this node; of repeats deeper than `pivot`, any instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) struct Dependency {
    pub node: NodeId,
    pub pivot: u8,
}

pub(crate) enum Segment {
    Text(Text),
    Output(ExprId),
}

/// Text with `<output>`s.
#[derive(Default)]
pub(crate) struct Template(pub Vec<Segment>);

pub(crate) enum TextRef {
    Inline(Template),
    /// An itext id.
    Itext(Text),
    Expr(ExprId),
}

#[derive(Default)]
pub(crate) struct ItextEntry {
    pub text: Option<Template>,
    pub guidance: Option<Template>,
    pub image: Option<Text>,
    pub audio: Option<Text>,
    pub video: Option<Text>,
}

#[derive(Default)]
pub(crate) struct Itext {
    pub languages: Vec<Text>,
    pub default: usize,
    /// By language, then id.
    pub entries: Vec<HashMap<Text, ItextEntry>>,
}

pub(crate) struct Body {
    pub elements: Vec<Element>,
    pub roots: Vec<BodyId>,
    /// Control of each node that has one.
    pub control_of: HashMap<NodeId, BodyId>,
}

pub(crate) struct Element {
    pub parent: Option<BodyId>,
    /// Scope in which its expressions and paths stand (a repeat's is the parent's).
    pub scope: ScopeId,
    /// Node that its texts are evaluated at.
    pub context: NodeId,
    pub label: Option<TextRef>,
    pub appearance: String,
    pub kind: ElementKind,
}

pub(crate) enum ElementKind {
    Control(Box<Control>),
    Group { node: Option<NodeId>, children: Vec<BodyId>, field_list: bool },
    Repeat { scope: ScopeId, children: Vec<BodyId>, field_list: bool },
}

pub(crate) struct Control {
    pub node: NodeId,
    pub kind: QuestionKind,
    pub hint: Option<TextRef>,
    pub guidance: Option<TextRef>,
    pub choices: ChoiceSource,
    pub media_type: Option<String>,
    /// Nodes that its label, hint, required, readonly, constraint or choices read.
    pub reads: Vec<NodeId>,
}

pub(crate) enum ChoiceSource {
    None,
    Inline(Vec<InlineChoice>),
    Itemset(Itemset),
}

pub(crate) struct InlineChoice {
    pub value: Text,
    pub label: Option<TextRef>,
}

pub(crate) struct Itemset {
    pub nodeset: ExprId,
    pub value: ExprId,
    pub label: Option<ExprId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    FirstLoad,
    NewRepeat,
    ValueChanged,
}

pub(crate) struct Action {
    pub events: Vec<Event>,
    /// For a changed value: the node whose change triggers it. For a new repeat: its scope's node.
    pub source: Option<NodeId>,
    pub target: NodeId,
    /// The scope whose instance binds the target's path.
    pub scope: ScopeId,
    pub value: ActionValue,
}

pub(crate) enum ActionValue {
    Text(Text),
    Expr(ExprId),
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
    /// Its own instances read each other (a running total).
    pub reads_itself: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub vertex: u32,
    pub pivot: u8,
}

#[derive(Default)]
pub(crate) struct Graph {
    /// In an order in which each comes after all it reads.
    pub vertices: Vec<Vertex>,
    /// By node: who reads its value or its relevance.
    pub dependents: Vec<Vec<Edge>>,
    /// By node: selects whose filtered choices read it.
    pub choice_dependents: Vec<Vec<BodyId>>,
    pub calculate_of: Vec<Option<u32>>,
    pub relevant_of: Vec<Option<u32>>,
    pub count_of: Vec<Option<u32>>,
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

/// What a select offers, by the nodes and values of the form: for checks outside of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeInfo {
    /// Path without positions, `/data/member/name`.
    pub path: String,
    pub data_type: DataType,
    /// It has a control in the body.
    pub is_question: bool,
    /// It has children.
    pub is_group: bool,
    /// It repeats.
    pub is_repeat: bool,
    /// The entity property that it is saved to (`entities:saveto`).
    pub save_to: Option<String>,
}

/// An entity that a submission creates or updates (spec, Entities), as the form declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityInfo {
    /// Path of the `entity` element.
    pub path: String,
    /// List name.
    pub dataset: String,
    pub creates: bool,
    pub updates: bool,
}

impl Definition {
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The root's `id`.
    pub fn form_id(&self) -> &str {
        &self.form_id
    }

    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Names of the languages as written in the form, the default first.
    pub fn languages(&self) -> Vec<&str> {
        let mut languages: Vec<&str> = self.itext.languages.iter().map(|l| l.as_ref()).collect();
        if !languages.is_empty() {
            languages[..=self.itext.default].rotate_right(1);
        }
        languages
    }

    /// What is doubtful but runs.
    pub fn warnings(&self) -> &[ParseProblem] {
        &self.warnings
    }

    /// All nodes of the primary instance, in document order; attributes are left out.
    pub fn nodes(&self) -> impl Iterator<Item = NodeInfo> + '_ {
        let ids = (0..self.nodes.len() as u32).map(NodeId);
        ids.filter(|id| !self.node(*id).is_attribute).map(|id| {
            let node = self.node(id);
            NodeInfo {
                path: node.path.to_string(),
                data_type: node.bind.data_type,
                is_question: self.body.control_of.contains_key(&id),
                is_group: node.children.iter().any(|c| !self.node(*c).is_attribute),
                is_repeat: id != ROOT && self.scope(node.scope).node == id,
                save_to: node.bind.save_to.clone(),
            }
        })
    }

    /// Entities that `meta/entity` elements declare.
    pub fn entities(&self) -> Vec<EntityInfo> {
        let is_entity = |node: &NodeDef| {
            node.tag.rsplit(':').next() == Some("entity")
                && node.parent.is_some_and(|p| self.node(p).tag.rsplit(':').next() == Some("meta"))
        };
        let attribute = |node: &NodeDef, name: &str| {
            node.children.iter().copied().find(|c| &*self.node(*c).tag == name).map(|c| self.node(c))
        };
        let entity = |node: &NodeDef| EntityInfo {
            path: node.path.to_string(),
            dataset: attribute(node, "@dataset")
                .map(|a| self.scope(a.scope).template.values[a.slot as usize].to_string())
                .unwrap_or_default(),
            creates: attribute(node, "@create").is_some(),
            updates: attribute(node, "@update").is_some(),
        };
        self.nodes.iter().filter(|n| is_entity(n)).map(entity).collect()
    }

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
