//! What a form calls what it asks: all that a page needs of one, so that no page reads the form itself.

use crate::{
    FormRules, Start,
    rules::{FieldRule, From},
    value::ValueKind,
};
use rulebook::{Lang, Rulebook};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xforms::Definition;

/// Of a longer list the last codes are shown as they are.
const MAX_CHOICES: usize = 5_000;

/// Kept beside a version, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLabels {
    pub start: Start,
    /// By kind, the fields that it fills in their order, each with the questions that ask for it.
    pub(crate) fields: BTreeMap<String, Vec<(String, Vec<Question>)>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// People are asked; else it is calculated or fixed.
    pub asks: bool,
    label: Said,
    /// What the rulebook has no word for: codes with their labels, as the form offers them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<(String, Said)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Time {
    Date,
    DateTime,
}

/// In Vietnamese and English.
type Said = (Option<String>, Option<String>);

fn said(say: impl Fn(Lang) -> Option<String>) -> Said {
    (say(Lang::Vi), say(Lang::En))
}

fn pick((vi, en): &Said, lang: Lang) -> Option<&str> {
    lang.pick(vi.as_deref(), en.as_deref())
}

impl FormLabels {
    /// The kinds of records that it fills.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    pub fn of(rulebook: &Rulebook, form: &Definition, rules: &FormRules) -> Self {
        let mut fields: BTreeMap<String, Vec<(String, Vec<Question>)>> = BTreeMap::new();
        for record in &rules.records {
            let of_kind = fields.entry(record.kind.clone()).or_default();
            for rule in &record.fields {
                let question = question(rulebook, form, &record.kind, rule);
                match of_kind.iter_mut().find(|(name, _)| *name == rule.name) {
                    Some((_, questions)) => questions.extend(question),
                    None => of_kind.push((rule.name.clone(), question.into_iter().collect())),
                }
            }
        }
        Self { start: rules.start(), fields }
    }
}

fn question(rulebook: &Rulebook, form: &Definition, kind: &str, rule: &FieldRule) -> Option<Question> {
    let From::Answer { source, kind: asked_as } = &rule.from else { return None };
    let list = rulebook.field(kind, &rule.name).and_then(|field| field.list.as_deref());
    let is_known = |code: &str| list.is_some_and(|list| rulebook.code(list, code, Lang::Vi).is_some());
    let values = form.choice_values(&source.path).into_iter();
    let choices = values.filter(|code| !is_known(code)).take(MAX_CHOICES);
    let choice = |code: String| {
        let label = said(|lang| form.choice_label(&source.path, &code, lang.code()));
        (code, label)
    };
    Some(Question {
        asks: form.asks(&source.path),
        label: said(|lang| form.question_label(&source.path, lang.code())),
        choices: choices.map(choice).collect(),
        time: match asked_as {
            ValueKind::Date => Some(Time::Date),
            ValueKind::DateTime => Some(Time::DateTime),
            _ => None,
        },
    })
}

impl Question {
    pub fn label(&self, lang: Lang) -> Option<&str> {
        pick(&self.label, lang)
    }

    pub fn choice(&self, code: &str, lang: Lang) -> Option<&str> {
        self.choices(lang).find(|(offered, _)| *offered == code)?.1
    }

    pub fn choices(&self, lang: Lang) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.choices.iter().map(move |(code, label)| (code.as_str(), pick(label, lang)))
    }
}
