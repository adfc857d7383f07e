//! What a record's fields and values are called on a page: by the rulebook, and where it has no word, as the form
//! asks for it.

use crate::{
    FormLabels,
    form_labels::{Question, Time},
};
use chrono::{DateTime, NaiveDate};
use model::{ChangeId, DeviceId, Head, RecordState, Said, record::field};
use rulebook::{FieldType, Lang, Rulebook, Shown, date, date_time};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// Labels of all fields that the rulebook or some form knows.
#[derive(Clone)]
pub struct Labels {
    pub(crate) rulebook: Arc<Rulebook>,
    /// Fields that forms fill.
    by_kind: BTreeMap<String, Vec<Field>>,
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Labels").field("kinds", &self.by_kind.len()).finish_non_exhaustive()
    }
}

/// A field of a record as a page shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact {
    pub field: String,
    pub label: String,
    pub value: String,
}

/// A field on which two devices disagree, with all that stands beside each other.
#[derive(Clone, PartialEq, Eq)]
pub struct Conflict {
    pub field: String,
    pub label: String,
    pub values: Vec<Told>,
}

/// What one device says of a field.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// The change that it came with.
    pub change: ChangeId,
    pub device: DeviceId,
    /// Milliseconds since 1970, by that device's clock as far as it is believed.
    pub at: u64,
    /// Never empty: nothing has a word too.
    pub text: String,
}

impl Conflict {
    /// What is said, each once.
    pub fn texts(&self) -> Vec<&str> {
        let texts: BTreeSet<&str> = self.values.iter().map(|told| told.text.as_str()).collect();
        texts.into_iter().collect()
    }
}

/// Fields that records of unknown kinds have too.
const EVERY_KIND: [&str; 2] = [field::PARENT, field::REMOVED];

#[derive(Clone)]
struct Field {
    name: String,
    /// The questions that it is asked by.
    asked: Vec<Question>,
}

impl Labels {
    /// Where two forms fill the same field, the first one names it.
    pub fn of(rulebook: &Arc<Rulebook>, forms: impl IntoIterator<Item = FormLabels>) -> Labels {
        let mut by_kind: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for (kind, asked) in forms.into_iter().flat_map(|form| form.fields) {
            let fields = by_kind.entry(kind).or_default();
            for (name, asked) in asked {
                match fields.iter_mut().find(|field| field.name == name) {
                    Some(field) => field.asked.extend(asked),
                    None => fields.push(Field { name, asked }),
                }
            }
        }
        Labels { rulebook: rulebook.clone(), by_kind }
    }

    /// The rules that it speaks by.
    pub fn rulebook(&self) -> &Arc<Rulebook> {
        &self.rulebook
    }

    /// What the field is called; `None` for one that is not for people.
    pub fn field(&self, kind: &str, field: &str, lang: Lang) -> Option<String> {
        match self.rulebook.field(kind, field) {
            Some(declared) => (declared.shown != Shown::No).then(|| declared.label.get(lang).to_owned()),
            None => self.asked(kind, field).iter().find_map(|asked| asked.label(lang)).map(str::to_owned),
        }
    }

    /// The same, and the bare name of one that neither rulebook nor forms know (any more).
    pub(crate) fn name(&self, kind: &str, field: &str, lang: Lang) -> Option<String> {
        let is_known = self.rulebook.field(kind, field).is_some() || EVERY_KIND.contains(&field);
        self.field(kind, field, lang).or_else(|| (!is_known).then(|| field.to_owned()))
    }

    /// What one of several values that stand beside each other says.
    pub fn told(&self, kind: &str, field: &str, head: &Head, lang: Lang) -> Told {
        let text = match &head.said {
            Said::Value(value) => self.value(kind, field, value, lang),
            Said::Erased(_) => lang.pick("(đã xóa theo yêu cầu)", "(erased by order)").to_owned(),
        };
        let text = if text.is_empty() { lang.pick("(trống)", "(empty)").to_owned() } else { text };
        Told { change: head.change, device: head.device, at: head.at.0, text }
    }

    /// The value as people read it: labels of codes, dd/mm/yyyy, yes and no. Empty for null.
    pub fn value(&self, kind: &str, field: &str, value: &Value, lang: Lang) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(value) => {
                if *value { lang.pick("Có", "Yes") } else { lang.pick("Không", "No") }.to_owned()
            }
            Value::Number(number) => match lang {
                Lang::Vi => number.to_string().trim_end_matches(".0").replace('.', ","),
                Lang::En => number.to_string().trim_end_matches(".0").to_owned(),
            },
            Value::String(text) => self.text(kind, field, text, lang),
            Value::Array(values) => {
                let texts = values.iter().map(|value| self.value(kind, field, value, lang));
                texts.collect::<Vec<_>>().join(", ")
            }
            Value::Object(point) => {
                let degrees = |name: &str| point.get(name).and_then(Value::as_f64);
                match (degrees("latitude"), degrees("longitude")) {
                    (Some(latitude), Some(longitude)) => format!("{latitude:.6}, {longitude:.6}"),
                    _ => String::new(),
                }
            }
        }
    }

    /// The value of a record's field as people read it; empty for none.
    pub fn said(&self, kind: &str, state: &RecordState, field: &str, lang: Lang) -> String {
        let value = self.rulebook.value(kind, state, field);
        value.map(|value| self.value(kind, field, value, lang)).unwrap_or_default()
    }

    /// Fields of a kind that a page tells as facts, in its order; those that only forms know come last.
    pub fn fields(&self, kind: &str) -> Vec<&str> {
        let declared = self.rulebook.kind(kind).map_or(&[][..], |kind| &kind.fields);
        let facts =
            declared.iter().filter(|field| field.shown == Shown::Fact).map(|field| field.name.as_str());
        let asked = self.by_kind.get(kind).into_iter().flatten().map(|field| field.name.as_str());
        facts.chain(asked.filter(|name| self.rulebook.field(kind, name).is_none())).collect()
    }

    /// What a record says, but for what stands in its heading already.
    pub fn facts(&self, kind: &str, state: &RecordState, lang: Lang) -> Vec<Fact> {
        let fact = |field: &str| {
            let value = self.said(kind, state, field, lang);
            let label = self.field(kind, field, lang).filter(|_| !value.is_empty())?;
            Some(Fact { field: field.to_owned(), label, value })
        };
        self.fields(kind).into_iter().filter_map(fact).collect()
    }

    /// Fields on which two devices disagree so that a person must decide.
    pub fn conflicts(&self, kind: &str, state: &RecordState, lang: Lang) -> Vec<Conflict> {
        let conflict = |field: &str| {
            let values = self.values(kind, state, field, lang);
            Some(Conflict { field: field.to_owned(), label: self.name(kind, field, lang)?, values })
        };
        self.rulebook.conflicts(kind, state).into_iter().filter_map(conflict).collect()
    }

    /// All that stands as a field's value, the latest first.
    pub fn values(&self, kind: &str, state: &RecordState, field: &str, lang: Lang) -> Vec<Told> {
        let heads = state.fields.get(field).into_iter().flat_map(|said| &said.heads);
        let mut values: Vec<Told> = heads.map(|head| self.told(kind, field, head, lang)).collect();
        values.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.text.cmp(&b.text)));
        values
    }

    /// What a field of codes may say, with what each is called: its list, or where it has none what forms offer.
    pub fn choices(&self, kind: &str, field: &str, lang: Lang) -> Vec<(String, String)> {
        let list = self.rulebook.field(kind, field).and_then(|field| field.list.as_deref());
        if let Some(list) = list {
            let codes = self.rulebook.codes(list, lang).into_iter();
            return codes.map(|(code, label)| (code.to_owned(), label.to_owned())).collect();
        }
        let mut choices: Vec<(String, String)> = Vec::new();
        for (code, label) in self.asked(kind, field).iter().flat_map(|asked| asked.choices(lang)) {
            if !choices.iter().any(|(known, _)| known == code) {
                choices.push((code.to_owned(), label.unwrap_or(code).to_owned()));
            }
        }
        choices
    }

    /// Whether forms fill a field and none asks people for it: it follows from other answers.
    pub fn is_calculated(&self, kind: &str, field: &str) -> bool {
        let asked = self.asked(kind, field);
        !asked.is_empty() && !asked.iter().any(|question| question.asks)
    }

    fn asked(&self, kind: &str, field: &str) -> &[Question] {
        let fields = self.by_kind.get(kind).into_iter().flatten();
        fields.into_iter().find(|known| known.name == field).map_or(&[], |known| &known.asked)
    }

    fn text(&self, kind: &str, field: &str, text: &str, lang: Lang) -> String {
        let declared = self.rulebook.field(kind, field);
        let asked = self.asked(kind, field);
        let choice = asked.iter().find_map(|asked| asked.choice(text, lang));
        let list = declared.and_then(|field| field.list.as_deref());
        if let Some(label) = list.and_then(|list| self.rulebook.code(list, text, lang)) {
            return label.to_owned();
        }
        if let Some(label) = choice {
            return label.to_owned();
        }
        let is = |of: FieldType, time: Time| match declared {
            Some(declared) => declared.kind == of,
            None => asked.iter().any(|asked| asked.time == Some(time)),
        };
        let shown = if is(FieldType::Date, Time::Date) {
            text.parse::<NaiveDate>().ok().map(date)
        } else if is(FieldType::DateTime, Time::DateTime) {
            DateTime::parse_from_rfc3339(text).ok().map(|at| date_time(&at))
        } else {
            None
        };
        shown.unwrap_or_else(|| text.to_owned())
    }
}
