//! The body: controls, groups and repeats as they are shown.

use super::{BodyId, ExprId, NodeId, ScopeId, TextRef};
use crate::{answer::QuestionKind, appearance::Appearance, parameters::Parameters, text::Text};
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(crate) struct Body {
    pub elements: Vec<Element>,
    pub roots: Vec<BodyId>,
    /// Control of each node that has one.
    pub control_of: FxHashMap<NodeId, BodyId>,
    /// By scope: the repeat in the body; a scope may have none.
    pub repeat_of: Vec<Option<BodyId>>,
    /// By node: controls whose view reads it, their own node included.
    pub readers: Vec<Vec<BodyId>>,
    /// By node: controls whose choices read it.
    pub choice_readers: Vec<Vec<BodyId>>,
    /// Nodes that open or close the boundary of a repeat, which may have no instance to carry its relevance.
    pub boundary_reads: Vec<NodeId>,
}

pub(crate) struct Element {
    pub parent: Option<BodyId>,
    /// Scope in which its expressions and paths stand (a repeat's is the parent's).
    pub scope: ScopeId,
    /// Node that its texts are evaluated at.
    pub context: NodeId,
    pub label: Option<TextRef>,
    pub appearance: Appearance,
    /// Nodes that its view reads, in order: of a group what its label quotes, of a repeat whatever may
    /// name one of its instances.
    pub reads: Vec<NodeId>,
    pub kind: ElementKind,
}

impl Element {
    pub fn is_field_list(&self) -> bool {
        match &self.kind {
            ElementKind::Control(_) => false,
            ElementKind::Group { field_list, .. } | ElementKind::Repeat { field_list, .. } => *field_list,
        }
    }
}

pub(crate) enum ElementKind {
    Control(Box<Control>),
    Group {
        node: Option<NodeId>,
        children: Vec<BodyId>,
        field_list: bool,
        /// An app that answers all of its questions.
        intent: Option<String>,
    },
    Repeat {
        scope: ScopeId,
        children: Vec<BodyId>,
        field_list: bool,
    },
}

pub(crate) struct Control {
    pub node: NodeId,
    pub kind: QuestionKind,
    pub hint: Option<TextRef>,
    pub guidance: Option<TextRef>,
    pub choices: ChoiceSource,
    pub parameters: Arc<Parameters>,
}

pub(crate) enum ChoiceSource {
    None,
    Inline(Vec<InlineChoice>),
    Itemset(Itemset),
}

impl ChoiceSource {
    /// Choices that the body spells out; of a list, those before it.
    pub fn fixed(&self) -> &[InlineChoice] {
        match self {
            ChoiceSource::None => &[],
            ChoiceSource::Inline(choices) => choices,
            ChoiceSource::Itemset(itemset) => &itemset.fixed,
        }
    }

    pub fn itemset(&self) -> Option<&Itemset> {
        match self {
            ChoiceSource::Itemset(itemset) => Some(itemset),
            ChoiceSource::None | ChoiceSource::Inline(_) => None,
        }
    }
}

pub(crate) struct InlineChoice {
    pub value: Text,
    pub label: Option<TextRef>,
}

pub(crate) struct Itemset {
    /// Choices before those of the list.
    pub fixed: Vec<InlineChoice>,
    pub nodeset: ExprId,
    pub value: ExprId,
    pub label: Option<ExprId>,
    /// Name of a picture, without its folder.
    pub image: Option<ExprId>,
}
