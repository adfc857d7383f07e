//! Answers and instances: what they change, on the page and in what is stored.

use crate::{
    answer::{Answer, QuestionKind},
    definition::{BodyId, ChoiceSource, Control, ElementKind, ScopeId},
    error::AnswerError,
    loading::{MAX_FRAMES, MAX_INSTANCES},
    session::Session,
    state::{At, FrameId},
    view::{Changes, PageIndex},
};
use rustc_hash::FxHashSet;

/// A new repeat instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// Path of the instance, `/data/member[3]`.
    pub path: String,
    pub changes: Changes,
}

impl Session {
    /// Gives, replaces or takes back an answer. One that breaks a constraint is kept, with its problem.
    ///
    /// # Errors
    /// When the node takes no answer now, or not this one; then nothing changed.
    pub fn answer(&mut self, path: &str, answer: &Answer) -> Result<Changes, AnswerError> {
        let def = self.engine.def.clone();
        let (id, at) = self.question_at(path)?;
        let ElementKind::Control(control) = &def.element(id).kind else {
            return Err(AnswerError::NotAQuestion { path: path.to_owned() });
        };
        if !self.engine.state.relevant(&def, at) {
            return Err(AnswerError::NotRelevant { path: path.to_owned() });
        }
        if control.kind == QuestionKind::Note || self.is_readonly(at) {
            return Err(AnswerError::ReadOnly { path: path.to_owned() });
        }
        if !control.kind.takes(answer) {
            return Err(AnswerError::WrongType { path: path.to_owned(), expected: control.kind.expected() });
        }
        self.check_choices(id, control, at, path, answer)?;
        self.begin();
        let stored = answer.to_stored_at(self.engine.around.offset()).unwrap_or_default();
        if self.engine.set(at, stored.into()) {
            self.engine.changed_values.push(at);
        }
        self.engine.settle();
        Ok(self.changes())
    }

    pub(super) fn question_at(&self, path: &str) -> Result<(BodyId, At), AnswerError> {
        let def = &self.engine.def;
        let at = self.engine.state.find(def, path);
        let at = at.ok_or_else(|| AnswerError::UnknownPath { path: path.to_owned() })?;
        let control = def.body.control_of.get(&at.node);
        let control = control.ok_or_else(|| AnswerError::NotAQuestion { path: path.to_owned() })?;
        Ok((*control, at))
    }

    fn check_choices(
        &self,
        id: BodyId,
        control: &Control,
        at: At,
        path: &str,
        answer: &Answer,
    ) -> Result<(), AnswerError> {
        if matches!(control.choices, ChoiceSource::None) {
            return Ok(());
        }
        let values: Vec<&str> = match answer {
            Answer::Choice(value) => vec![value],
            Answer::Choices(values) => values.iter().map(String::as_str).collect(),
            _ => return Ok(()),
        };
        let spaced = values.len() > 1 && values.iter().any(|v| v.contains(char::is_whitespace));
        if spaced || !self.engine.evaluator().offers(id, at, &values) {
            return Err(AnswerError::NotAChoice { path: path.to_owned() });
        }
        Ok(())
    }

    pub(super) fn begin(&mut self) {
        self.engine.around.now = self.engine.device.clock.now();
        self.engine.forget_changes();
    }

    /// What is new since `begin`, on the page and in the store.
    pub(super) fn changes(&mut self) -> Changes {
        let restructured = self.engine.restructured;
        self.forget_stale_choices();
        self.recount_pages();
        if restructured {
            self.forget_removed();
        }
        let page = self.page_changes();
        Changes { page, saved: self.saved_changes(), restructured }
    }

    fn saved_changes(&self) -> Vec<(String, Option<String>)> {
        let def = &self.engine.def;
        let state = &self.engine.state;
        let mut changed: Vec<(Vec<u32>, At)> =
            self.engine.values_changed.iter().map(|at| (self.document_key(*at), *at)).collect();
        changed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let saved = changed.into_iter().map(|(_, at)| {
            let value = state.value(def, at);
            (state.path(def, at), (!value.is_empty()).then(|| value.to_string()))
        });
        saved.collect()
    }

    /// Sorts node instances in document order: repeats by node and place, then the node.
    fn document_key(&self, at: At) -> Vec<u32> {
        let def = &self.engine.def;
        let mut key = vec![at.node.0];
        let mut frame = at.frame;
        while let Some(parent) = self.engine.state.frame(frame).parent {
            let repeat = def.scope(self.engine.state.frame(frame).scope).node;
            key.push(self.engine.state.place(frame) as u32);
            key.push(repeat.0);
            frame = parent;
        }
        key.reverse();
        key
    }

    /// Frames may have gone, and their numbers may be in use again.
    fn forget_removed(&mut self) {
        if !self.insisted.is_empty() {
            let alive = self.alive();
            self.insisted.retain(|at| alive.contains(&at.frame));
        }
        if self.current().is_none() && !self.page.is_end() {
            let index = self.first_page();
            self.turn_to(index);
        }
    }

    fn alive(&self) -> FxHashSet<FrameId> {
        let mut alive = FxHashSet::default();
        let mut open = vec![crate::state::ROOT_FRAME];
        while let Some(frame) = open.pop() {
            alive.insert(frame);
            open.extend(self.engine.state.frame(frame).inner.iter().flatten());
        }
        alive
    }

    /// Adds an instance at the end of a repeat (`/data/member`) and goes to its first page.
    ///
    /// # Errors
    /// When there is no such repeat now, or the form fixes its number.
    pub fn add_repeat(&mut self, path: &str) -> Result<Added, AnswerError> {
        let (scope, parent) = self.repeat_at(path)?;
        let place = self.engine.def.scope(scope).place as usize;
        let full = self.engine.state.frame(parent).inner[place].len() >= MAX_INSTANCES
            || self.engine.state.count() >= MAX_FRAMES;
        if !self.can_resize(scope) || full {
            return Err(AnswerError::RepeatIsFixed { path: path.to_owned() });
        }
        if !self.repeat_is_open(scope, parent) {
            return Err(AnswerError::NotRelevant { path: path.to_owned() });
        }
        self.begin();
        let frame = self.engine.grow(scope, parent);
        self.engine.settle();
        let node = self.engine.def.scope(scope).node;
        let path = self.engine.state.path(&self.engine.def, At { frame, node });
        self.recount_pages();
        self.turn_to_instance(scope, frame);
        Ok(Added { path, changes: self.changes() })
    }

    /// Goes to the first page of a new instance; one inside a field list is on its page already.
    fn turn_to_instance(&mut self, scope: ScopeId, frame: FrameId) {
        let repeat = self.engine.def.body.repeat_of[scope.0 as usize];
        let first = repeat.and_then(|repeat| self.first_page_in(repeat, frame));
        if let Some(page) = first.filter(|page| self.page_exists(&page.index)) {
            self.turn_to(page.index);
        }
    }

    /// Removes one instance (`/data/member[2]`) with all its answers; the later ones move up.
    ///
    /// # Errors
    /// When there is no such instance, or the form fixes the number.
    pub fn remove_repeat(&mut self, path: &str) -> Result<Changes, AnswerError> {
        let def = self.engine.def.clone();
        let at = self.engine.state.find(&def, path);
        let at = at.ok_or_else(|| AnswerError::UnknownPath { path: path.to_owned() })?;
        let scope =
            def.repeat_of(at.node).ok_or_else(|| AnswerError::UnknownPath { path: path.to_owned() })?;
        if !self.can_resize(scope) {
            return Err(AnswerError::RepeatIsFixed { path: path.to_owned() });
        }
        let here = self.current();
        let boundary = self.boundary_of(scope, at.frame);
        let stays = here.as_ref().is_some_and(|p| !self.is_inside(p.frame, at.frame));
        self.begin();
        self.engine.shrink(at.frame);
        self.engine.settle();
        match here {
            // Its number may be another one now.
            Some(page) if stays => {
                let instance = self.engine.state.places(page.frame);
                self.page = PageIndex { element: page.element.0, instance };
            }
            Some(_) => self.turn_to(boundary.unwrap_or_else(|| self.first_page())),
            None => {}
        }
        Ok(self.changes())
    }

    fn boundary_of(&self, scope: ScopeId, instance: FrameId) -> Option<PageIndex> {
        let def = &self.engine.def;
        let parent = self.engine.state.frame(instance).parent?;
        let element = def.body.repeat_of[scope.0 as usize]?;
        let instance = self.engine.state.places(parent);
        let index = PageIndex { element: element.0, instance };
        self.page_exists(&index).then_some(index)
    }

    fn repeat_at(&self, path: &str) -> Result<(ScopeId, FrameId), AnswerError> {
        let unknown = || AnswerError::UnknownPath { path: path.to_owned() };
        let def = &self.engine.def;
        let (parent, step) = path.rsplit_once('/').ok_or_else(unknown)?;
        let tag = step.split('[').next().unwrap_or(step);
        let parent = self.engine.state.find(def, parent).ok_or_else(unknown)?;
        let child = def.child(parent.node, tag).ok_or_else(unknown)?;
        let scope = def.repeat_of(child).ok_or_else(unknown)?;
        Ok((scope, parent.frame))
    }
}
