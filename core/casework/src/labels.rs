//! What a record's field and its value are called, taken from the forms themselves.

use crate::{
    FormRules, Lang, date, date_time, reference,
    rules::{FieldRule, From},
    units,
    value::ValueKind,
};
use chrono::{DateTime, NaiveDate};
use model::{RecordState, kind};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use xforms::Definition;

/// Labels of all fields that some form fills.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    by_kind: BTreeMap<String, Vec<Field>>,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    /// The questions that it is asked by.
    asked: Vec<Question>,
}

#[derive(Clone, Debug)]
struct Question {
    form: Arc<Definition>,
    path: String,
    kind: ValueKind,
}

impl Labels {
    /// Where two forms fill the same field, the first one names it.
    pub fn of<'a>(forms: impl IntoIterator<Item = (&'a Arc<Definition>, &'a FormRules)>) -> Labels {
        let mut labels = Labels::default();
        for (form, rules) in forms {
            for record in &rules.records {
                let fields = labels.by_kind.entry(record.kind.clone()).or_default();
                for rule in &record.fields {
                    add(fields, form, rule);
                }
            }
        }
        labels
    }

    /// The question that asks for the field; `None` for a field that is not for people.
    pub fn field(&self, kind: &str, field: &str, lang: Lang) -> Option<String> {
        if let Some(term) = reference::term(kind, field, "", lang) {
            return Some(term.to_owned());
        }
        self.asked(kind, field).iter().find_map(|q| q.form.question_label(&q.path, lang.code()))
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

    /// Fields of a kind in the order of the form, for a page of facts.
    pub fn fields(&self, kind: &str) -> Vec<&str> {
        self.by_kind.get(kind).into_iter().flatten().map(|field| field.name.as_str()).collect()
    }

    fn asked(&self, kind: &str, field: &str) -> &[Question] {
        let fields = self.by_kind.get(kind).into_iter().flatten();
        fields.into_iter().find(|known| known.name == field).map_or(&[], |known| &known.asked)
    }

    fn text(&self, kind: &str, field: &str, text: &str, lang: Lang) -> String {
        let asked = self.asked(kind, field);
        let choice = asked.iter().find_map(|q| q.form.choice_label(&q.path, text, lang.code()));
        if let Some(label) = choice.or_else(|| coded(kind, field, text, lang).map(str::to_owned)) {
            return label;
        }
        let is = |kind: ValueKind| asked.iter().any(|question| question.kind == kind);
        let day = || text.parse::<NaiveDate>().ok().map(date);
        let time = || DateTime::parse_from_rfc3339(text).ok().map(|at| date_time(&at));
        let shown = if is(ValueKind::Date) {
            day()
        } else if is(ValueKind::DateTime) || field.ends_with("_at") {
            time()
        } else {
            None
        };
        shown.unwrap_or_else(|| text.to_owned())
    }
}

fn add(fields: &mut Vec<Field>, form: &Arc<Definition>, rule: &FieldRule) {
    let asked = match &rule.from {
        From::Constant(_) => None,
        From::Answer { source, kind } => {
            Some(Question { form: form.clone(), path: source.path.clone(), kind: kind.clone() })
        }
    };
    match fields.iter_mut().find(|field| field.name == rule.name) {
        Some(field) => field.asked.extend(asked),
        None => fields.push(Field { name: rule.name.clone(), asked: asked.into_iter().collect() }),
    }
}

/// Codes that no choice of a form names, or that outlive the form.
fn coded(kind: &str, field: &str, code: &str, lang: Lang) -> Option<&'static str> {
    match (kind, field) {
        (_, "commune" | "province") => units::unit(code).map(|unit| unit.name.as_str()),
        (kind::PERSON, "ethnicity") => reference::ethnic_group(code, lang),
        (kind::PERSON, "relation") => reference::relation(code, lang),
        (kind::NEED, "group") => reference::needs_group(code, lang),
        (kind::VISIT, "deprived") => reference::deprivation_indicator(code, lang),
        _ => reference::term(kind, field, code, lang),
    }
}

/// What a list calls a household: its head, or that nobody said who lives there (consent refused).
pub fn household_name(household: &RecordState, lang: Lang) -> String {
    let unnamed = || lang.pick("Hộ chưa cung cấp thông tin", "Household that gave no information");
    household.text("name").unwrap_or_else(unnamed).to_owned()
}
