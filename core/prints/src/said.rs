//! What a record says, as pages write it.

use crate::{Named, Prints};
use casework::page::Kept;
use minijinja::Value;
use rulebook::{Field, FieldType};
use serde_json::Value as Json;
use std::{cell::RefCell, collections::BTreeMap};

pub type Values = Named<Value>;

/// Options of a list that is longer are no boxes on paper: communes, peoples.
const MOST_OPTIONS: usize = 40;

/// Code and label of each option, in their order.
type Options = Vec<(String, String)>;

/// Writes records as values of a page.
pub struct Writer<'p> {
    prints: &'p Prints<'p>,
    /// What stands everywhere instead of a line to write on.
    sample: Option<&'p str>,
    /// By kind and field: lists are the same for all records.
    options: RefCell<BTreeMap<(String, String), Options>>,
}

impl<'p> Writer<'p> {
    pub fn new(prints: &'p Prints<'p>) -> Self {
        Self { prints, sample: None, options: RefCell::default() }
    }

    /// Writes as if everything were filled in.
    pub fn of_samples(prints: &'p Prints<'p>, sample: &'p str) -> Self {
        Self { sample: Some(sample), ..Self::new(prints) }
    }

    pub fn is_blank(&self) -> bool {
        self.sample.is_none()
    }

    /// `below`: what the record's title is made of.
    pub fn record(&self, record: Kept<'_>, below: &[Kept<'_>]) -> Values {
        let (reference, state) = record;
        let Prints { rulebook, lang, .. } = self.prints;
        let kind = reference.kind.as_str();
        let title = rulebook.title(reference, state, below.iter().copied(), *lang);
        let (title, stands) =
            (rulebook.called(kind, &title, *lang), rulebook.state_label(kind, state, *lang).to_owned());
        self.values(kind, Some(record), title, stands)
    }

    /// One to be filled by hand.
    pub fn blank(&self, kind: &str) -> Values {
        self.values(kind, None, String::new(), String::new())
    }

    fn values(&self, kind: &str, record: Option<Kept<'_>>, title: String, stands: String) -> Values {
        let Prints { rulebook, labels, lang, .. } = self.prints;
        let [mut of, mut called, mut codes, mut has, mut options] = [(); 5].map(|()| Values::new());
        for field in rulebook.kind(kind).map_or(&[][..], |kind| &kind.fields) {
            let name = || field.name.clone();
            let said = record.and_then(|(_, state)| rulebook.value(kind, state, &field.name));
            let text = said.map(|said| labels.value(kind, &field.name, said, *lang)).unwrap_or_default();
            has.insert(name(), (!text.is_empty() || self.sample.is_some()).into());
            of.insert(name(), self.or_unsaid(text, field.kind == FieldType::Narrative));
            called.insert(name(), field.label.get(*lang).into());
            let words = said.map(words).unwrap_or_default();
            options.insert(name(), self.options(kind, field, &words));
            codes.insert(
                name(),
                match words.as_slice() {
                    [] => "".into(),
                    [word] if field.kind != FieldType::Codes => word.as_str().into(),
                    words => words.to_vec().into(),
                },
            );
        }
        let maps = [("of", of), ("label", called), ("code", codes), ("has", has), ("options", options)];
        let mut values: Values = maps.map(|(name, map)| (name.to_owned(), map.into())).into();
        values.insert("title".into(), self.or_unsaid(title, false));
        values.insert("state".into(), self.or_unsaid(stands, false));
        values
    }

    fn or_unsaid(&self, text: String, is_long: bool) -> Value {
        match (text.is_empty(), self.sample, is_long) {
            (false, ..) => text.into(),
            (true, Some(sample), _) => sample.into(),
            (true, None, true) => lines(),
            (true, None, false) => line(),
        }
    }

    fn is_long(&self, field: &Field) -> bool {
        field.list.as_ref().is_some_and(|list| self.prints.rulebook.code_count(list) > MOST_OPTIONS)
    }

    /// Each with whether it is among `words`.
    fn options(&self, kind: &str, field: &Field, words: &[String]) -> Value {
        let lang = self.prints.lang;
        let mut known = self.options.borrow_mut();
        let options =
            known.entry((kind.to_owned(), field.name.clone())).or_insert_with(|| match field.kind {
                FieldType::Bool => {
                    vec![
                        ("yes".into(), lang.pick("Có", "Yes").into()),
                        ("no".into(), lang.pick("Không", "No").into()),
                    ]
                }
                FieldType::Code | FieldType::Codes if self.is_long(field) => Vec::new(),
                FieldType::Code | FieldType::Codes => {
                    let options = self.prints.labels.choices(kind, &field.name, lang);
                    if options.len() > MOST_OPTIONS { Vec::new() } else { options }
                }
                _ => Vec::new(),
            });
        let option = |(code, label): &(String, String)| {
            let parts = [("code", code.as_str().into()), ("label", label.as_str().into())];
            let chosen = ("chosen", Value::from(words.contains(code)));
            parts
                .into_iter()
                .chain([chosen])
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Values>()
        };
        options.iter().map(|one| Value::from(option(one))).collect()
    }
}

/// As cells of a pack say them.
fn words(said: &Json) -> Vec<String> {
    match said {
        Json::Bool(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        Json::String(text) => vec![text.clone()],
        Json::Number(number) => vec![number.to_string()],
        Json::Array(all) => all.iter().flat_map(words).collect(),
        Json::Null | Json::Object(_) => Vec::new(),
    }
}

/// What is written on by hand.
pub fn line() -> Value {
    Value::from_safe_string(LINE.into())
}

/// The same, for what takes some words.
fn lines() -> Value {
    Value::from_safe_string(format!("<span class=\"lines\">{LINE}{LINE}{LINE}</span>"))
}

pub const LINE: &str = "<span class=\"line\"></span>";
