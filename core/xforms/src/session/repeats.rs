//! Repeats on a page: their instances by name, and whether they can grow.

use crate::{
    answer::QuestionKind,
    definition::{BodyId, Element, ElementKind, ScopeId},
    session::{Session, pages::Page},
    state::{At, FrameId},
    view::{InstanceView, PageKind, RepeatView},
};

/// Longer answers make no title.
const MAX_TITLE_CHARS: usize = 80;

impl Session {
    /// The label where no instance is at hand: outputs inside it would have nothing to read.
    pub(super) fn repeat_label(&self, element: &Element, scope: ScopeId, parent: FrameId) -> String {
        if !self.quotes_answers(element) {
            let at = At { frame: parent, node: element.context };
            return self.label_at(element, at).unwrap_or_default();
        }
        match self.instances(scope, parent).first() {
            Some(frame) => {
                self.label_at(element, At { frame: *frame, node: element.context }).unwrap_or_default()
            }
            None => String::new(),
        }
    }

    /// The label of the instance, or what was answered first in it, or its number.
    pub(super) fn instance_title(&self, id: BodyId, instance: FrameId) -> String {
        let def = &self.engine.def;
        let ElementKind::Repeat { scope, children, .. } = &def.element(id).kind else { return String::new() };
        // The first group's label stands for the instance (spec, Creation, Removal of Repeats).
        if let Some(group) = children.first().map(|c| def.element(*c))
            && matches!(group.kind, ElementKind::Group { .. })
            && self.quotes_answers(group)
            && let Some(label) = self.label_at(group, self.at(group, instance))
            && !label.trim().is_empty()
        {
            return label;
        }
        let element = def.element(id);
        if self.quotes_answers(element) {
            return self.numbered(element, *scope, instance);
        }
        let questions = self.questions_in(children, instance);
        let first = questions.iter().find_map(|(control, at)| self.spoken(*control, *at));
        first.unwrap_or_else(|| self.numbered(element, *scope, instance))
    }

    /// An answer as a person reads it: the label of a choice, else short text as stored.
    fn spoken(&self, control: BodyId, at: At) -> Option<String> {
        let ElementKind::Control(c) = &self.engine.def.element(control).kind else { return None };
        let value = self.engine.state.value(&self.engine.def, at);
        if value.is_empty() {
            return None;
        }
        match c.kind {
            QuestionKind::SelectOne => {
                self.engine.evaluator().choice_label(control, at, value).map(|l| l.to_string())
            }
            QuestionKind::Text | QuestionKind::Integer => Some(value.chars().take(MAX_TITLE_CHARS).collect()),
            _ => None,
        }
    }

    /// The repeats that a page shows: its own at a boundary, and those in a field list.
    pub(super) fn repeats_on(&self, page: &Page) -> Vec<RepeatView> {
        let mut repeats = Vec::new();
        match (&self.engine.def.element(page.element).kind, page.kind) {
            (ElementKind::Repeat { scope, .. }, PageKind::Repeat) => {
                repeats.push(self.repeat_view(page.element, *scope, page.frame));
            }
            (
                ElementKind::Group { children, .. } | ElementKind::Repeat { children, .. },
                PageKind::FieldList,
            ) => self.repeats_in(children, page.frame, &mut repeats),
            _ => {}
        }
        repeats
    }

    fn repeats_in(&self, children: &[BodyId], frame: FrameId, repeats: &mut Vec<RepeatView>) {
        for id in children {
            match &self.engine.def.element(*id).kind {
                ElementKind::Control(_) => {}
                ElementKind::Group { node, children, .. } => {
                    if node.is_none_or(|node| self.is_open(node, frame)) {
                        self.repeats_in(children, frame, repeats);
                    }
                }
                ElementKind::Repeat { scope, children, .. } => {
                    if self.repeat_is_open(*scope, frame) {
                        repeats.push(self.repeat_view(*id, *scope, frame));
                    }
                    for instance in self.instances(*scope, frame) {
                        self.repeats_in(children, instance, repeats);
                    }
                }
            }
        }
    }

    fn repeat_view(&self, id: BodyId, scope: ScopeId, frame: FrameId) -> RepeatView {
        let def = &self.engine.def;
        let element = def.element(id);
        let node = def.scope(scope).node;
        let on_pages = !self.in_field_list(element);
        let around = def.node(node).parent.map(|parent| At {
            frame: self.engine.state.outer(def, frame, def.depth(def.node(parent).scope)),
            node: parent,
        });
        let base = around.map(|at| self.engine.state.path(def, at)).unwrap_or_default();
        let path = format!("{base}/{}", def.node(node).tag);
        let instances = self.placed_instances(scope, frame).map(|(number, instance)| InstanceView {
            path: format!("{path}[{number}]"),
            number,
            title: self.instance_title(id, instance),
            first_page: on_pages.then(|| self.first_page_in(id, instance)).flatten().map(|p| p.index),
        });
        let instances: Vec<_> = instances.collect();
        let free = self.can_resize(scope);
        RepeatView {
            path,
            label: self.repeat_label(element, scope, frame),
            can_add: free && instances.len() < crate::loading::MAX_INSTANCES,
            can_remove: free && !instances.is_empty(),
            instances,
            appearance: element.appearance.clone(),
        }
    }

    pub(super) fn is_inside(&self, mut frame: FrameId, outer: FrameId) -> bool {
        loop {
            if frame == outer {
                return true;
            }
            match self.engine.state.frame(frame).parent {
                Some(parent) => frame = parent,
                None => return false,
            }
        }
    }

    /// Its questions are on the page of a field list around it.
    fn in_field_list(&self, element: &Element) -> bool {
        let def = &self.engine.def;
        let mut around = std::iter::successors(element.parent, |id| def.element(*id).parent);
        around.any(|id| def.element(id).is_field_list())
    }
}
