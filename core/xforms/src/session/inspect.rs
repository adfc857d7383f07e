//! Any node of the form by its path, whatever page is shown: for checks, tools and tests.

use crate::{
    answer::Answer,
    definition::{DataType, Definition, ElementKind, NodeId},
    error::AnswerError,
    session::Session,
    state::At,
    view::{Changes, PageIndex, Problem, QuestionView},
    xpath::eval::Context,
};

/// A node instance as it stands, relevant or not.
#[derive(Clone, PartialEq)]
pub struct NodeState {
    /// `/data/member[2]/name`: repeats carry their place.
    pub path: String,
    pub data_type: DataType,
    pub relevant: bool,
    pub required: bool,
    /// Its own condition or that of a group around it.
    pub readonly: bool,
    /// The stored text.
    pub stored: Option<String>,
    /// It has child elements, so it holds no value.
    pub is_group: bool,
    /// It is an instance of a repeat.
    pub is_instance: bool,
    /// What `finish` would hold against it if it is relevant.
    pub problem: Option<Problem>,
    /// Label of the group or repeat.
    pub label: Option<String>,
    /// If it has a control in the body.
    pub question: Option<QuestionView>,
}

impl std::fmt::Debug for NodeState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeState")
            .field("path", &self.path)
            .field("relevant", &self.relevant)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Paths of all node instances now, in document order; attributes are left out.
    pub fn paths(&self) -> Vec<String> {
        let (def, state) = (&self.engine.def, &self.engine.state);
        let mut paths = Vec::new();
        state.walk(def, self.engine.root(), &mut |at| {
            if !def.node(at.node).is_attribute {
                paths.push(state.path(def, at));
            }
        });
        paths
    }

    /// `None` when there is no such node instance now.
    pub fn node(&mut self, path: &str) -> Option<NodeState> {
        let def = self.engine.def.clone();
        let at = self.engine.state.find(&def, path)?;
        let question = def.body.control_of.get(&at.node).map(|id| self.question(*id, at));
        let node = def.node(at.node);
        let relevant = self.engine.state.relevant(&def, at);
        let stored = self.engine.state.value(&def, at);
        Some(NodeState {
            path: self.engine.state.path(&def, at),
            data_type: node.bind.data_type,
            relevant,
            required: self.is_required(at),
            readonly: self.is_readonly(at),
            stored: (!stored.is_empty()).then(|| stored.to_string()),
            is_group: !def.is_leaf(at.node),
            is_instance: def.repeat_of(at.node).is_some(),
            problem: self.check(at).filter(|_| relevant),
            label: self.group_label(&def, at),
            question,
        })
    }

    fn group_label(&self, def: &Definition, at: At) -> Option<String> {
        let elements = def.body.elements.iter();
        let labels = elements.filter(|element| match &element.kind {
            ElementKind::Group { node, .. } => *node == Some(at.node),
            ElementKind::Repeat { scope, .. } => def.scope(*scope).node == at.node,
            ElementKind::Control(_) => false,
        });
        let label = labels.filter_map(|element| element.label.as_ref()).next()?;
        let text = self.engine.evaluator().label(label, &Context::of(at)).text;
        (!text.is_empty()).then(|| text.to_string())
    }

    /// The page that shows the node instance or, of a group or repeat instance, the first one inside.
    pub fn page_of(&self, path: &str) -> Option<PageIndex> {
        let def = &self.engine.def;
        let wanted = self.engine.state.find(def, path)?;
        let holds = |at: &At| {
            let mut next = Some(*at);
            while let Some(at) = next {
                if at == wanted {
                    return true;
                }
                next = self.engine.state.parent(def, at);
            }
            false
        };
        let pages = self.pages();
        pages
            .iter()
            .find(|page| self.questions_of(page).iter().any(|(_, at)| holds(at)))
            .map(|p| p.index.clone())
    }

    /// Answers with stored text, read as the question's kind; empty text takes the answer back.
    ///
    /// # Errors
    /// As [`Session::answer`]; text that the kind can't hold is a `WrongType`.
    pub fn answer_text(&mut self, path: &str, text: &str) -> Result<Changes, AnswerError> {
        let (_, at) = self.question_at(path)?;
        let kind = match self.question_kind(at.node) {
            Some(kind) => kind,
            None => return Err(AnswerError::NotAQuestion { path: path.to_owned() }),
        };
        let answer = Answer::parse(text, &kind, self.engine.around.offset());
        // What can't be read is no answer of that kind: `answer` says so, after what comes before that.
        self.answer(path, &answer.unwrap_or_else(|| Answer::Text(text.to_owned())))
    }

    fn question_kind(&self, node: NodeId) -> Option<crate::answer::QuestionKind> {
        let def = &self.engine.def;
        match &def.element(*def.body.control_of.get(&node)?).kind {
            ElementKind::Control(control) => Some(control.kind.clone()),
            _ => None,
        }
    }
}
