//! Pages and questions as values.

use std::sync::Arc;

use crate::answer::{Answer, QuestionKind};
use crate::definition::{BodyId, ChoiceSource, Control, Element, ElementKind, ScopeId, Segment, TextRef};
use crate::labels::Label;
use crate::rich_text::RichText;
use crate::session::Session;
use crate::session::pages::Page;
use crate::state::{At, FrameId};
use crate::view::{
    ChoiceView, InstanceView, PageIndex, PageKind, PageView, Problem, ProblemKind, QuestionView, RepeatView,
};
use crate::xpath::eval::Context;

/// Longer answers make no title.
const MAX_TITLE_CHARS: usize = 80;

impl Session {
    /// The current page.
    pub fn page(&mut self) -> PageView {
        let pages = self.pages();
        let number = pages.iter().position(|p| p.index == self.page).unwrap_or(pages.len());
        let count = pages.len() + 1;
        let is_first = pages.first().is_none_or(|p| p.index == self.page);
        let Some(page) = self.current() else {
            self.shown = Some(Vec::new());
            return PageView {
                index: PageIndex::end(),
                kind: PageKind::End,
                title: None,
                breadcrumb: Vec::new(),
                questions: Vec::new(),
                repeat: None,
                is_first,
                number,
                count,
            };
        };
        let shown = self.show(&page);
        let questions = shown.iter().map(|(_, question)| question.clone()).collect();
        self.shown = Some(shown);
        PageView {
            index: page.index.clone(),
            kind: page.kind,
            title: match page.kind {
                PageKind::FieldList | PageKind::Repeat => self.page_title(&page),
                PageKind::Question | PageKind::End => None,
            },
            breadcrumb: self.breadcrumb(&page),
            questions,
            repeat: self.repeat_of(&page),
            is_first,
            number,
            count,
        }
    }

    pub(super) fn show(&mut self, page: &Page) -> Vec<(At, QuestionView)> {
        let questions = self.questions_of(page);
        questions.into_iter().map(|(control, at)| (at, self.question(control, at))).collect()
    }

    pub(super) fn question(&mut self, id: BodyId, at: At) -> QuestionView {
        let def = self.engine.def.clone();
        let element = def.element(id);
        let choices = match &element.kind {
            ElementKind::Control(control) => self.choices_of(id, control, at),
            _ => Arc::default(),
        };
        let ElementKind::Control(control) = &element.kind else { return QuestionView::nothing() };
        self.question_with(element, control, choices, at)
    }

    fn question_with(
        &self,
        element: &Element,
        control: &Control,
        choices: Arc<[ChoiceView]>,
        at: At,
    ) -> QuestionView {
        let engine = &self.engine;
        let def = &engine.def;
        let evaluator = engine.evaluator();
        let context = Context::of(at);
        let read = |text: &Option<TextRef>| text.as_ref().map(|t| evaluator.label(t, &context));
        let label = read(&element.label).unwrap_or_default();
        let hint = read(&control.hint);
        let guidance = read(&control.guidance).and_then(|l| l.guidance);
        let stored = engine.state.value(def, at);
        let text_of = |label: Label| Some(label.text).filter(|text| !text.is_empty());
        QuestionView {
            path: engine.state.path(def, at),
            name: def.names.text(def.node(at.node).name).to_string(),
            kind: control.kind.clone(),
            label: label.text,
            media: label.media,
            hint: hint.and_then(text_of),
            guidance,
            value: Answer::from_stored(stored, &control.kind, engine.around.offset()),
            stored: (!stored.is_empty()).then(|| stored.to_string()),
            choices,
            required: self.is_required(at),
            readonly: self.is_readonly(at) || control.kind == QuestionKind::Note,
            appearance: element.appearance.clone(),
            media_type: control.media_type.clone(),
            problem: self.visible_problem(at),
        }
    }

    fn choices_of(&mut self, id: BodyId, control: &Control, at: At) -> Arc<[ChoiceView]> {
        if matches!(control.choices, ChoiceSource::None) {
            return Arc::default();
        }
        if let Some(known) = self.choices.get(&at) {
            return known.clone();
        }
        let choices: Arc<[ChoiceView]> = self.engine.evaluator().choices(id, at).into();
        self.choices.insert(at, choices.clone());
        choices
    }

    pub(super) fn is_required(&self, at: At) -> bool {
        self.holds(self.engine.def.node(at.node).bind.required, at)
    }

    /// A group's readonly holds for all in it (spec, readonly).
    pub(super) fn is_readonly(&self, at: At) -> bool {
        let mut next = Some(at);
        while let Some(at) = next {
            if self.holds(self.engine.def.node(at.node).bind.readonly, at) {
                return true;
            }
            next = self.engine.state.parent(&self.engine.def, at);
        }
        false
    }

    fn holds(&self, expr: Option<crate::definition::ExprId>, at: At) -> bool {
        expr.map(|e| self.engine.def.expr(e))
            .is_some_and(|e| e.always || self.engine.evaluator().run_bool(e, &Context::of(at)))
    }

    /// What `next()` and `finish()` hold against the answer.
    pub(super) fn check(&self, at: At) -> Option<Problem> {
        let bind = &self.engine.def.node(at.node).bind;
        let kind = if self.engine.state.value(&self.engine.def, at).is_empty() {
            let wanted = self.is_required(at) && !self.is_readonly(at);
            wanted.then_some(ProblemKind::Required)
        } else {
            (bind.constraint.is_some() && !self.holds(bind.constraint, at)).then_some(ProblemKind::Constraint)
        }?;
        let message = match kind {
            ProblemKind::Required => &bind.required_message,
            ProblemKind::Constraint => &bind.constraint_message,
        };
        let text = message.as_ref().map(|m| self.engine.evaluator().label(m, &Context::of(at)).text);
        Some(Problem {
            path: self.engine.state.path(&self.engine.def, at),
            kind,
            message: text.filter(|t| !t.is_empty()).map(|t| t.to_string()),
        })
    }

    /// A missing answer is no problem before the person tried to go on.
    pub(super) fn visible_problem(&self, at: At) -> Option<Problem> {
        let insisted = self.insisted.contains(&at);
        self.check(at).filter(|p| p.kind == ProblemKind::Constraint || insisted)
    }

    pub(super) fn page_title(&self, page: &Page) -> Option<String> {
        let element = self.engine.def.element(page.element);
        let title = match &element.kind {
            ElementKind::Control(_) => {
                let at = At { frame: page.frame, node: element.context };
                self.label_at(element, at)
            }
            ElementKind::Group { .. } => self.label_at(element, self.at(element, page.frame)),
            ElementKind::Repeat { .. } if page.kind == PageKind::FieldList => {
                Some(self.instance_title(page.element, page.frame))
            }
            ElementKind::Repeat { scope, .. } => Some(self.repeat_label(element, *scope, page.frame)),
        };
        title.filter(|t| !t.is_empty())
    }

    fn at(&self, element: &Element, frame: FrameId) -> At {
        let def = &self.engine.def;
        let depth = def.depth(def.node(element.context).scope);
        At { frame: self.engine.state.outer(def, frame, depth), node: element.context }
    }

    fn label_at(&self, element: &Element, at: At) -> Option<String> {
        let label = element.label.as_ref()?;
        Some(self.engine.evaluator().label(label, &Context::of(at)).into_title())
    }

    /// Labels of the groups around a page, outermost first.
    pub(super) fn breadcrumb(&self, page: &Page) -> Vec<String> {
        let def = &self.engine.def;
        let mut crumbs = Vec::new();
        let mut next = def.element(page.element).parent;
        while let Some(id) = next {
            let element = def.element(id);
            let crumb = match &element.kind {
                ElementKind::Repeat { scope, .. } => {
                    let instance = self.engine.state.outer(def, page.frame, def.depth(*scope));
                    Some(self.numbered(element, *scope, instance))
                }
                _ => self.label_at(element, self.at(element, page.frame)),
            };
            crumbs.extend(crumb.filter(|c| !c.trim().is_empty()));
            next = element.parent;
        }
        crumbs.reverse();
        crumbs
    }

    fn numbered(&self, element: &Element, scope: ScopeId, instance: FrameId) -> String {
        let parent = self.engine.state.frame(instance).parent.unwrap_or(instance);
        let place = self.engine.state.place(&self.engine.def, instance);
        let at = At { frame: instance, node: element.context };
        let label = self.label_at(element, at).unwrap_or_else(|| self.repeat_label(element, scope, parent));
        if self.quotes_answers(element) { label } else { format!("{label} {place}").trim().to_owned() }
    }

    fn quotes_answers(&self, element: &Element) -> bool {
        let quotes = |t: &crate::definition::Template| t.0.iter().any(|s| matches!(s, Segment::Output(_)));
        match &element.label {
            None => false,
            Some(TextRef::Inline(template)) => quotes(template),
            Some(TextRef::Expr(_)) => true,
            Some(TextRef::Itext(id)) => self.engine.evaluator().itext_template(id).is_some_and(quotes),
        }
    }

    /// The label where no instance is at hand: outputs inside it would have nothing to read.
    fn repeat_label(&self, element: &Element, scope: ScopeId, parent: FrameId) -> String {
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
    fn instance_title(&self, id: BodyId, instance: FrameId) -> String {
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

    fn repeat_of(&self, page: &Page) -> Option<RepeatView> {
        let def = &self.engine.def;
        match &def.element(page.element).kind {
            ElementKind::Repeat { .. } if page.kind == PageKind::Repeat => {
                Some(self.repeat_view(page.element, page.frame))
            }
            // A field list may hold a repeat: its instances' questions are on the page, it can grow there.
            ElementKind::Group { children, .. } | ElementKind::Repeat { children, .. } => {
                let inner = children.iter().find_map(|c| match &def.element(*c).kind {
                    ElementKind::Repeat { scope, .. } => Some((*c, *scope)),
                    _ => None,
                });
                let (id, scope) = inner?;
                self.repeat_is_open(scope, page.frame).then(|| self.repeat_view(id, page.frame))
            }
            ElementKind::Control(_) => None,
        }
    }

    fn repeat_view(&self, id: BodyId, frame: FrameId) -> RepeatView {
        let def = &self.engine.def;
        let element = def.element(id);
        let ElementKind::Repeat { scope, .. } = &element.kind else { return RepeatView::nothing() };
        let node = def.scope(*scope).node;
        let pages = self.pages();
        let around = def.node(node).parent.map(|parent| At {
            frame: self.engine.state.outer(def, frame, def.depth(def.node(parent).scope)),
            node: parent,
        });
        let base = around.map(|at| self.engine.state.path(def, at)).unwrap_or_default();
        let instances = self.instances(*scope, frame).into_iter().map(|instance| InstanceView {
            path: self.engine.state.path(def, At { frame: instance, node }),
            number: self.engine.state.place(def, instance) as u32,
            title: self.instance_title(id, instance),
            first_page: pages.iter().find(|p| self.is_inside(p.frame, instance)).map(|p| p.index.clone()),
        });
        let instances: Vec<_> = instances.collect();
        let free = self.can_resize(*scope);
        RepeatView {
            path: format!("{base}/{}", def.node(node).tag),
            label: self.repeat_label(element, *scope, frame),
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
}

impl QuestionView {
    fn nothing() -> QuestionView {
        QuestionView {
            path: String::new(),
            name: String::new(),
            kind: QuestionKind::Note,
            label: RichText::default(),
            media: crate::view::Media::default(),
            hint: None,
            guidance: None,
            value: Answer::Empty,
            stored: None,
            choices: Arc::default(),
            required: false,
            readonly: true,
            appearance: String::new(),
            media_type: None,
            problem: None,
        }
    }
}

impl RepeatView {
    fn nothing() -> RepeatView {
        RepeatView {
            path: String::new(),
            label: String::new(),
            instances: Vec::new(),
            can_add: false,
            can_remove: false,
            appearance: String::new(),
        }
    }
}
