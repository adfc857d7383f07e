//! What a record is called: a template over its fields, such as `${workflow} · ${reason|opened_at}`.

use crate::{FieldType, Kind, Lang, Rulebook, date, workflow::WORKFLOW};
use chrono::{DateTime, NaiveDate};
use model::{MergePolicy, RecordRef, RecordState, clock::vietnam};
use serde_json::Value;

/// Texts and fields in turn.
#[derive(Debug, Default)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    /// The first of these that says something.
    Fields(Vec<Source>),
}

#[derive(Debug)]
struct Source {
    /// Of the first record of this kind below; `None`: of the record itself.
    below: Option<String>,
    field: String,
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once("${") {
            let (inside, after) = from.split_once('}').ok_or("a title's ${ has no }")?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let source = |name: &str| match name.split_once('.') {
                Some((kind, field)) => Source { below: Some(kind.to_owned()), field: field.to_owned() },
                None => Source { below: None, field: name.to_owned() },
            };
            parts.push(Part::Fields(inside.split('|').map(source).collect()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// The first field of the record's own, where a title is nothing but one part.
    pub fn only_field(&self) -> Option<&str> {
        let [Part::Fields(sources)] = self.0.as_slice() else { return None };
        sources.iter().find(|source| source.below.is_none()).map(|source| source.field.as_str())
    }

    /// The fields that it names, with the kind below that has them.
    pub fn fields(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let sources = self.0.iter().filter_map(|part| match part {
            Part::Fields(sources) => Some(sources),
            Part::Text(_) => None,
        });
        sources.flatten().map(|source| (source.below.as_deref(), source.field.as_str()))
    }
}

impl Rulebook {
    /// What a record is called, from what it says itself and from those `below` it, in the order they were made.
    /// Empty if nothing says it. Texts between two fields are left out where one of them is empty.
    pub fn title<'r>(
        &self,
        record: &RecordRef,
        state: &RecordState,
        below: impl IntoIterator<Item = (&'r RecordRef, &'r RecordState)> + Clone,
        lang: Lang,
    ) -> String {
        let Some(kind) = self.kind(record.kind.as_str()) else { return String::new() };
        let (mut title, mut between) = (String::new(), "");
        for part in &kind.title.0 {
            let said = match part {
                Part::Text(text) => {
                    between = text;
                    continue;
                }
                Part::Fields(sources) => sources.iter().find_map(|source| {
                    let said = match &source.below {
                        None => self.said(kind, state, &source.field, lang),
                        Some(name) => below
                            .clone()
                            .into_iter()
                            .find(|(below, _)| below.kind == name.as_str())
                            .zip(self.kind(name))
                            .map_or(String::new(), |((_, state), kind)| {
                                self.said(kind, state, &source.field, lang)
                            }),
                    };
                    (!said.is_empty()).then_some(said)
                }),
            };
            if let Some(said) = said {
                if !title.is_empty() {
                    title.push_str(between);
                }
                title.push_str(&said);
            }
        }
        title
    }

    /// Whether a record's title may say this field of it.
    pub fn is_in_title(&self, kind: &str, field: &str) -> bool {
        let mut named = self.kind(kind).into_iter().flat_map(|kind| kind.title.fields());
        named.any(|(below, name)| below.is_none() && name == field)
    }

    /// The kinds below a record of this kind that its title may be made of.
    pub fn kinds_below_title(&self, kind: &str) -> Vec<&str> {
        let named = self.kind(kind).into_iter().flat_map(|kind| kind.title.fields());
        named.filter_map(|(below, _)| below).collect()
    }

    /// A title as a page shows it: a record that says none is called by what it is.
    pub fn called(&self, kind: &str, title: &str, lang: Lang) -> String {
        match self.kind(kind) {
            Some(kind) if title.is_empty() => kind.unnamed.get(lang).to_owned(),
            _ => title.to_owned(),
        }
    }

    /// A field in a title: labels of codes, days without their hours.
    fn said(&self, kind: &Kind, state: &RecordState, field: &str, lang: Lang) -> String {
        let declared = kind.field(field);
        let merge = declared.map_or(MergePolicy::Value, |field| field.merge);
        let text = match state.fields.get(field).and_then(|field| field.settled(merge)) {
            Some(Value::String(text)) => text.as_str(),
            Some(Value::Number(number)) => return number.to_string(),
            None if field == WORKFLOW => self.workflow_of(&kind.name, state).unwrap_or_default(),
            _ => return String::new(),
        };
        match declared.map(|field| &field.kind) {
            Some(FieldType::DateTime) => {
                DateTime::parse_from_rfc3339(text).map_or(String::new(), |at| date(vietnam(&at).date_naive()))
            }
            Some(FieldType::Date) => text.parse::<NaiveDate>().map_or(String::new(), date),
            Some(FieldType::Code) => {
                let list = declared.and_then(|field| field.list.as_deref());
                list.and_then(|list| self.code(list, text, lang)).unwrap_or(text).to_owned()
            }
            _ => text.to_owned(),
        }
    }
}
