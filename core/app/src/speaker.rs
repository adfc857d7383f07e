//! Says what records hold, by the forms' own labels.

use crate::texts::{dates, joined};
use casework::{Labels, Lang};
use model::{Head, RecordRef, RecordState};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// A field on which phones disagree.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConflictView {
    /// The record's kind and id.
    pub kind: String,
    pub id: String,
    pub field: String,
    pub label: String,
    pub values: Vec<ConflictValue>,
    /// Finished text.
    pub text: String,
}

/// One of the values that stand beside each other.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConflictValue {
    /// The change that it came with.
    pub change: String,
    pub text: String,
    /// The phone or hub that made the change.
    pub device: String,
    /// dd/mm/yyyy HH:MM, by that device's clock.
    pub at: String,
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

    /// Each field on which phones disagree, with all that stands beside each other; `whose` names a member.
    pub fn conflicts(&self, record: &RecordRef, state: &RecordState, whose: &str) -> Vec<ConflictView> {
        state.conflicts().filter_map(|field| self.conflict(record, state, whose, field)).collect()
    }

    fn conflict(
        &self,
        record: &RecordRef,
        state: &RecordState,
        whose: &str,
        field: &str,
    ) -> Option<ConflictView> {
        let kind = record.kind.as_str();
        let label = self.labels.field(kind, field, self.lang)?;
        let said = |head: &Head| match self.labels.value(kind, field, &head.value, self.lang) {
            empty if empty.is_empty() => self.lang.pick("(trống)", "(empty)").to_owned(),
            text => text,
        };
        let value = |head: &Head| ConflictValue {
            change: head.change.to_string(),
            text: said(head),
            device: head.device.to_string(),
            at: dates::moment(head.at.0),
        };
        let mut values: Vec<_> = state.fields.get(field)?.heads.iter().map(value).collect();
        values.sort_by(|a, b| (&a.text, &a.change).cmp(&(&b.text, &b.change)));
        let mut texts: Vec<_> = values.iter().map(|value| value.text.as_str()).collect();
        texts.dedup();
        let name = joined([whose, &label], " · ");
        let differ = self.lang.pick("hai máy ghi khác nhau", "two phones disagree");
        let text = format!("{name} — {differ}: {}", texts.join(" / "));
        Some(ConflictView {
            kind: kind.to_owned(),
            id: record.id.to_string(),
            field: field.to_owned(),
            label,
            values,
            text,
        })
    }
}
