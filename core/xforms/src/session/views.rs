//! Pages and questions as values.

use crate::{
    answer::{Answer, QuestionKind},
    appearance::Appearance,
    definition::{BodyId, ChoiceSource, Control, Element, ElementKind, ScopeId, Segment, TextRef},
    labels::Label,
    rich_text::RichText,
    session::{Session, pages::Page},
    state::{At, FrameId},
    view::{ChoiceView, PageKind, Problem, ProblemKind, QuestionView},
    xpath::eval::Context,
};
use std::sync::Arc;

impl Session {
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
            groups: self.groups_around(element, at.frame),
            hint: hint.and_then(text_of),
            guidance,
            value: Answer::from_stored(stored, &control.kind, engine.around.offset()),
            stored: (!stored.is_empty()).then(|| stored.to_string()),
            choices,
            required: self.is_required(at),
            readonly: self.is_readonly(at) || control.kind == QuestionKind::Note,
            appearance: element.appearance.clone(),
            parameters: control.parameters.clone(),
            problem: self.visible_problem(at),
        }
    }

    fn choices_of(&mut self, id: BodyId, control: &Control, at: At) -> Arc<[ChoiceView]> {
        if matches!(control.choices, ChoiceSource::None) {
            return Arc::default();
        }
        let known = self.choices.entry(id).or_default();
        if let Some(choices) = known.get(&at.frame) {
            return choices.clone();
        }
        let choices: Arc<[ChoiceView]> = self.engine.evaluator().choices(id, at).into();
        known.insert(at.frame, choices.clone());
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

    pub(super) fn at(&self, element: &Element, frame: FrameId) -> At {
        let def = &self.engine.def;
        let depth = def.depth(def.node(element.context).scope);
        At { frame: self.engine.state.outer(def, frame, depth), node: element.context }
    }

    pub(super) fn label_at(&self, element: &Element, at: At) -> Option<String> {
        let label = element.label.as_ref()?;
        Some(self.engine.evaluator().label(label, &Context::of(at)).into_title())
    }

    /// Labels of the groups around a page, outermost first; of an instance also whose it is, where the page's own title
    /// doesn't say so.
    pub(super) fn breadcrumb(&self, page: &Page) -> Vec<String> {
        let title = self.page_title(page);
        let named = |id: BodyId, instance: FrameId, numbered: String| {
            let name = self.instance_title(id, instance);
            if name == numbered || Some(&name) == title.as_ref() {
                numbered
            } else {
                format!("{numbered} · {name}")
            }
        };
        self.labels_around(self.engine.def.element(page.element).parent, None, page.frame, named)
    }

    /// Labels between a question and the field list that it is in.
    fn groups_around(&self, element: &Element, frame: FrameId) -> Vec<String> {
        let def = &self.engine.def;
        let around = std::iter::successors(element.parent, |id| def.element(*id).parent);
        // A field list inside another one is no page: the outermost counts.
        let list = around.filter(|id| def.element(*id).is_field_list()).last();
        match list {
            Some(list) => self.labels_around(element.parent, Some(list), frame, |_, _, numbered| numbered),
            None => Vec::new(),
        }
    }

    fn labels_around(
        &self,
        inner: Option<BodyId>,
        until: Option<BodyId>,
        frame: FrameId,
        called: impl Fn(BodyId, FrameId, String) -> String,
    ) -> Vec<String> {
        let def = &self.engine.def;
        let mut labels = Vec::new();
        let mut next = inner;
        while let Some(id) = next.filter(|id| Some(*id) != until) {
            let element = def.element(id);
            let label = match &element.kind {
                ElementKind::Repeat { scope, .. } => {
                    let instance = self.engine.state.outer(def, frame, def.depth(*scope));
                    Some(called(id, instance, self.numbered(element, *scope, instance)))
                }
                _ => self.label_at(element, self.at(element, frame)),
            };
            labels.extend(label.filter(|l| !l.trim().is_empty()));
            next = element.parent;
        }
        labels.reverse();
        labels
    }

    pub(super) fn numbered(&self, element: &Element, scope: ScopeId, instance: FrameId) -> String {
        let parent = self.engine.state.frame(instance).parent.unwrap_or(instance);
        let place = self.engine.state.place(instance);
        let at = At { frame: instance, node: element.context };
        let label = self.label_at(element, at).unwrap_or_else(|| self.repeat_label(element, scope, parent));
        if self.quotes_answers(element) { label } else { format!("{label} {place}").trim().to_owned() }
    }

    pub(super) fn quotes_answers(&self, element: &Element) -> bool {
        let quotes = |t: &crate::definition::Template| t.0.iter().any(|s| matches!(s, Segment::Output(_)));
        match &element.label {
            None => false,
            Some(TextRef::Inline(template)) => quotes(template),
            Some(TextRef::Expr(_)) => true,
            Some(TextRef::Itext(id)) => self.engine.evaluator().itext_template(id).is_some_and(quotes),
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
            groups: Vec::new(),
            hint: None,
            guidance: None,
            value: Answer::Empty,
            stored: None,
            choices: Arc::default(),
            required: false,
            readonly: true,
            appearance: Appearance::default(),
            parameters: Arc::default(),
            problem: None,
        }
    }
}
