//! Texts as they read now: languages, `<output>`s, and the choices of a select.

use crate::definition::{BodyId, ChoiceSource, Itemset, ItextEntry, Template, TextRef};
use crate::definition::{ElementKind, Segment};
use crate::state::At;
use crate::text::Text;
use crate::view::{ChoiceView, Media};
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Evaluator};
use crate::xpath::function::Function;
use crate::xpath::value::Item;

/// A label with all its forms.
#[derive(Default)]
pub(crate) struct Label {
    pub text: Text,
    pub guidance: Option<Text>,
    pub media: Media,
}

impl Evaluator<'_> {
    pub fn template(&self, template: &Template, context: &Context) -> Text {
        match template.0.as_slice() {
            [] => Text::default(),
            [Segment::Text(text)] => text.clone(),
            segments => {
                let mut out = String::new();
                for segment in segments {
                    match segment {
                        Segment::Text(text) => out.push_str(text),
                        Segment::Output(expr) => {
                            out.push_str(&self.quoting(|| self.run_text(self.def.expr(*expr), context)));
                        }
                    }
                }
                out.into()
            }
        }
    }

    pub fn itext_entry(&self, id: &str) -> Option<&ItextEntry> {
        let itext = &self.def.itext;
        let here = itext.entries.get(self.around.language).and_then(|entries| entries.get(id));
        here.or_else(|| itext.entries.get(itext.default)?.get(id))
    }

    pub fn itext(&self, id: &str, context: &Context) -> Text {
        let text = self.itext_entry(id).and_then(|e| e.text.as_ref());
        text.map(|t| self.template(t, context)).unwrap_or_default()
    }

    fn itext_label(&self, id: &str, context: &Context) -> Label {
        let Some(entry) = self.itext_entry(id) else { return Label::default() };
        Label {
            text: entry.text.as_ref().map(|t| self.template(t, context)).unwrap_or_default(),
            guidance: entry.guidance.as_ref().map(|t| self.template(t, context)),
            media: Media {
                image: entry.image.clone(),
                audio: entry.audio.clone(),
                video: entry.video.clone(),
            },
        }
    }

    pub fn label(&self, text: &TextRef, context: &Context) -> Label {
        match text {
            TextRef::Inline(template) => Label { text: self.template(template, context), ..Label::default() },
            TextRef::Itext(id) => self.itext_label(id, context),
            TextRef::Expr(expr) => self.expr_label(&self.def.expr(*expr).expr, context),
        }
    }

    /// `jr:itext(…)` carries pictures and sound too; any other expression is text.
    fn expr_label(&self, expr: &Expr, context: &Context) -> Label {
        match expr {
            Expr::Call(Function::Itext, arguments) => {
                let id = self.text(&arguments[0], context);
                self.itext_label(&id, context)
            }
            _ => Label { text: self.text(expr, context), ..Label::default() },
        }
    }

    /// The control's choices as they are now, for the question at this node instance.
    pub fn choices(&self, control: BodyId, at: At) -> Vec<ChoiceView> {
        let ElementKind::Control(control) = &self.def.element(control).kind else { return Vec::new() };
        let host = Context::of(at);
        match &control.choices {
            ChoiceSource::None => Vec::new(),
            ChoiceSource::Inline(choices) => choices
                .iter()
                .map(|choice| {
                    let label = choice.label.as_ref().map(|l| self.label(l, &host)).unwrap_or_default();
                    choice_view(choice.value.clone(), label)
                })
                .collect(),
            ChoiceSource::Itemset(itemset) => {
                let items = self.items(itemset, at);
                items.into_iter().map(|item| self.item_choice(itemset, item, at)).collect()
            }
        }
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
        let label = match itemset.label {
            Some(expr) => self.expr_label(&self.def.expr(expr).expr, &context),
            None => Label { text: value.clone(), ..Label::default() },
        };
        choice_view(value, label)
    }

    /// Whether each of these values is offered now.
    pub fn offers(&self, control: BodyId, at: At, values: &[&str]) -> bool {
        let ElementKind::Control(control) = &self.def.element(control).kind else { return false };
        match &control.choices {
            ChoiceSource::None => true,
            ChoiceSource::Inline(choices) => values.iter().all(|v| choices.iter().any(|c| &*c.value == *v)),
            ChoiceSource::Itemset(itemset) => {
                let items = self.items(itemset, at);
                let offered: Vec<Text> = items.into_iter().map(|i| self.item_value(itemset, i, at)).collect();
                values.iter().all(|v| offered.iter().any(|o| &**o == *v))
            }
        }
    }

    /// The label of one choice; a filter that hides it now doesn't matter for inline choices only.
    pub fn choice_label(&self, control: BodyId, at: At, value: &str) -> Option<Text> {
        let ElementKind::Control(control) = &self.def.element(control).kind else { return None };
        match &control.choices {
            ChoiceSource::None => None,
            ChoiceSource::Inline(choices) => {
                let choice = choices.iter().find(|c| &*c.value == value)?;
                Some(choice.label.as_ref().map(|l| self.label(l, &Context::of(at)).text).unwrap_or_default())
            }
            ChoiceSource::Itemset(itemset) => {
                let items = self.items(itemset, at);
                let item = items.into_iter().find(|i| &*self.item_value(itemset, *i, at) == value)?;
                Some(self.item_choice(itemset, item, at).label)
            }
        }
    }
}

fn choice_view(value: Text, label: Label) -> ChoiceView {
    ChoiceView { value, label: label.text, media: label.media }
}
