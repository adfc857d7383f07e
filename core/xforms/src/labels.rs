//! Texts as they read now: languages, `<output>`s, and the choices of a select.

use crate::{
    definition::{
        BodyId, ChoiceSource, ElementKind, InlineChoice, Itemset, ItextEntry, Segment, Template, TextRef,
    },
    rich_text::RichText,
    state::At,
    text::Text,
    view::{ChoiceView, Media},
    xpath::{
        ast::Expr,
        eval::{Context, Evaluator},
        function::Function,
        value::Item,
    },
};
use std::{collections::HashSet, ops::Range};

/// A label with all its forms.
#[derive(Default)]
pub(crate) struct Label {
    pub text: RichText,
    /// For lists and the trail of where a page is (spec, Languages).
    pub short: Option<RichText>,
    pub guidance: Option<RichText>,
    pub media: Media,
}

impl Label {
    fn plain(text: Text) -> Label {
        Label { text: RichText::plain(text), ..Label::default() }
    }

    /// As a line among others.
    pub fn into_title(self) -> String {
        self.short.unwrap_or(self.text).to_string()
    }
}

impl Evaluator<'_> {
    /// The text with its markup and with the values of its outputs, and where those stand.
    fn filled(&self, template: &Template, context: &Context) -> (Text, Vec<Range<usize>>) {
        match template.0.as_slice() {
            [] => (Text::default(), Vec::new()),
            [Segment::Text(text)] => (text.clone(), Vec::new()),
            segments => {
                let mut out = String::new();
                let mut quoted = Vec::new();
                for segment in segments {
                    match segment {
                        Segment::Text(text) => out.push_str(text),
                        Segment::Output(expr) => {
                            let start = out.len();
                            out.push_str(&self.quoting(|| self.run_text(self.def.expr(*expr), context)));
                            quoted.push(start..out.len());
                        }
                    }
                }
                (out.into(), quoted)
            }
        }
    }

    fn rich(&self, template: &Template, context: &Context) -> RichText {
        let (text, quoted) = self.filled(template, context);
        RichText::read(text, &quoted)
    }

    /// A form of a text in the session's language; one that it lacks there, in the default language.
    fn itext_form<'t, T>(
        &'t self,
        id: &str,
        form: impl Fn(&'t ItextEntry) -> Option<&'t T>,
    ) -> Option<&'t T> {
        let itext = &self.def.itext;
        let in_language = |language: usize| form(itext.entries.get(language)?.get(id)?);
        in_language(self.around.language).or_else(|| in_language(itext.default))
    }

    /// The text that a label shows.
    pub fn itext_template(&self, id: &str) -> Option<&Template> {
        self.itext_form(id, |entry| entry.text.as_ref().or(entry.short.as_ref()))
    }

    pub fn itext(&self, id: &str, context: &Context) -> Text {
        self.itext_template(id).map(|t| self.filled(t, context).0).unwrap_or_default()
    }

    fn itext_label(&self, id: &str, context: &Context) -> Label {
        let rich = |template: &Template| self.rich(template, context);
        let file = |form: fn(&ItextEntry) -> Option<&Text>| self.itext_form(id, form).cloned();
        Label {
            text: self.itext_template(id).map(rich).unwrap_or_default(),
            short: self.itext_form(id, |entry| entry.short.as_ref()).map(rich),
            guidance: self.itext_form(id, |entry| entry.guidance.as_ref()).map(rich),
            media: Media {
                image: file(|entry| entry.image.as_ref()),
                big_image: file(|entry| entry.big_image.as_ref()),
                audio: file(|entry| entry.audio.as_ref()),
                video: file(|entry| entry.video.as_ref()),
            },
        }
    }

    pub fn label(&self, text: &TextRef, context: &Context) -> Label {
        match text {
            TextRef::Inline(template) => Label { text: self.rich(template, context), ..Label::default() },
            TextRef::Itext(id) => self.itext_label(id, context),
            TextRef::Expr(expr) => self.expr_label(&self.def.expr(*expr).expr, context),
        }
    }

    /// `jr:itext(…)` carries pictures and sound too; text from a list may have markup, an answer has none.
    fn expr_label(&self, expr: &Expr, context: &Context) -> Label {
        match expr {
            Expr::Call(Function::Itext, arguments, _) => {
                let id = self.text(&arguments[0], context);
                self.itext_label(&id, context)
            }
            _ if matches!(context.item, Item::Row(..)) => {
                Label { text: RichText::read(self.text(expr, context), &[]), ..Label::default() }
            }
            _ => Label::plain(self.text(expr, context)),
        }
    }

    /// The control's choices as they are now, for the question at this node instance.
    pub fn choices(&self, control: BodyId, at: At) -> Vec<ChoiceView> {
        let Some(source) = self.source(control) else { return Vec::new() };
        let mut choices: Vec<ChoiceView> =
            source.fixed().iter().map(|c| choice_view(c.value.clone(), self.inline_label(c, at))).collect();
        if let Some(itemset) = source.itemset() {
            choices
                .extend(self.items(itemset, at).into_iter().map(|item| self.item_choice(itemset, item, at)));
        }
        choices
    }

    fn source(&self, control: BodyId) -> Option<&ChoiceSource> {
        match &self.def.element(control).kind {
            ElementKind::Control(control) => Some(&control.choices),
            _ => None,
        }
    }

    fn inline_label(&self, choice: &InlineChoice, at: At) -> Label {
        choice.label.as_ref().map(|l| self.label(l, &Context::of(at))).unwrap_or_default()
    }

    fn items(&self, itemset: &Itemset, at: At) -> Vec<Item> {
        self.nodes(&self.def.expr(itemset.nodeset).expr, &Context::of(at))
    }

    fn item_value(&self, itemset: &Itemset, item: Item, at: At) -> Text {
        self.run_text(self.def.expr(itemset.value), &Context::in_item(item, at))
    }

    fn item_choice(&self, itemset: &Itemset, item: Item, at: At) -> ChoiceView {
        let value = self.item_value(itemset, item, at);
        let context = Context::in_item(item, at);
        let mut label = match itemset.label {
            Some(expr) => self.expr_label(&self.def.expr(expr).expr, &context),
            None => Label::plain(value.clone()),
        };
        if let Some(image) = itemset.image {
            let image = self.run_text(self.def.expr(image), &context);
            label.media.image = Some(image).filter(|name| !name.is_empty());
        }
        choice_view(value, label)
    }

    /// Whether each of these values is offered now.
    pub fn offers(&self, control: BodyId, at: At, values: &[&str]) -> bool {
        let Some(source) = self.source(control) else { return false };
        if matches!(source, ChoiceSource::None) {
            return true;
        }
        let mut wanted: HashSet<&str> = values.iter().copied().collect();
        wanted.retain(|value| !source.fixed().iter().any(|choice| &*choice.value == *value));
        if let Some(itemset) = source.itemset().filter(|_| !wanted.is_empty()) {
            let value = self.def.expr(itemset.value);
            for item in self.items(itemset, at) {
                let context = Context::in_item(item, at);
                let column = match &value.expr {
                    Expr::Path(path) => self.column(path, &context),
                    _ => None,
                };
                match column {
                    Some(text) => wanted.remove(text),
                    None => wanted.remove(&*self.run_text(value, &context)),
                };
                if wanted.is_empty() {
                    break;
                }
            }
        }
        wanted.is_empty()
    }

    /// The label of one choice; a filter that hides it now doesn't matter for inline choices only.
    pub fn choice_label(&self, control: BodyId, at: At, value: &str) -> Option<Text> {
        let source = self.source(control)?;
        if let Some(choice) = source.fixed().iter().find(|c| &*c.value == value) {
            return Some(self.inline_label(choice, at).text.source_text());
        }
        let itemset = source.itemset()?;
        let item =
            self.items(itemset, at).into_iter().find(|i| &*self.item_value(itemset, *i, at) == value)?;
        Some(self.item_choice(itemset, item, at).label.source_text())
    }
}

fn choice_view(value: Text, label: Label) -> ChoiceView {
    ChoiceView { value, label: label.text, media: label.media }
}
