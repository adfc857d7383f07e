//! The body: controls, groups and repeats as they are shown.

use std::collections::HashMap;

use super::{BodyId, ExprId, NodeId, ScopeId, TextRef};
use crate::answer::QuestionKind;
use crate::text::Text;

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
