//! Says what records hold, by the forms' own labels.

use crate::texts::joined;
use casework::{Labels, Lang};
use model::RecordState;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

pub struct Speaker {
    pub labels: Arc<Labels>,
    pub lang: Lang,
}

impl Speaker {
    pub fn value(&self, kind: &str, state: &RecordState, field: &str) -> String {
        state.value(field).map(|value| self.labels.value(kind, field, value, self.lang)).unwrap_or_default()
    }

    pub fn facts(&self, kind: &str, state: &RecordState, without: &[&str]) -> Vec<Fact> {
        let fields = self.labels.fields(kind).into_iter().filter(|field| !without.contains(field));
        let fact = |field: &str| {
            let value = self.value(kind, state, field);
            let label = self.labels.field(kind, field, self.lang)?;
            (!value.is_empty()).then_some(Fact { label, value })
        };
        fields.filter_map(fact).collect()
    }

    /// Each field on which two phones disagree, with both values; `whose` names a member.
    pub fn conflicts(&self, kind: &str, state: &RecordState, whose: &str) -> Vec<String> {
        let say = |field: &str| {
            let label = self.labels.field(kind, field, self.lang)?;
            let heads = state.fields.get(field)?.heads.iter();
            let mut values: Vec<_> =
                heads.map(|head| self.labels.value(kind, field, &head.value, self.lang)).collect();
            values.sort();
            values.dedup();
            let empty = self.lang.pick("(trống)", "(empty)");
            let values: Vec<_> =
                values.iter().map(|v| if v.is_empty() { empty } else { v.as_str() }).collect();
            let name = joined([whose, &label], " · ");
            let differ = self.lang.pick("hai máy ghi khác nhau", "two phones disagree");
            Some(format!("{name} — {differ}: {}", values.join(" / ")))
        };
        state.conflicts().filter_map(say).collect()
    }
}
