//! Says what records hold, by the forms' own labels.

use crate::texts::{dates, joined};
use casework::{Conflict, Labels};
use model::{Head, RecordRef, RecordState};
use rulebook::Lang;
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
        self.labels.said(kind, state, field, self.lang)
    }

    pub fn facts(&self, kind: &str, state: &RecordState) -> Vec<Fact> {
        let facts = self.labels.facts(kind, state, self.lang).into_iter();
        facts.map(|fact| Fact { label: fact.label, value: fact.value }).collect()
    }

    /// Each field on which phones disagree, with all that stands beside each other; `whose` names a member.
    pub fn conflicts(&self, record: &RecordRef, state: &RecordState, whose: &str) -> Vec<ConflictView> {
        let conflicts = self.labels.conflicts(record.kind.as_str(), state, self.lang).into_iter();
        conflicts.map(|conflict| self.conflict(record, state, whose, conflict)).collect()
    }

    fn conflict(
        &self,
        record: &RecordRef,
        state: &RecordState,
        whose: &str,
        Conflict { field, label, values }: Conflict,
    ) -> ConflictView {
        let kind = record.kind.as_str();
        let empty = self.lang.pick("(trống)", "(empty)");
        let said = |text: String| if text.is_empty() { empty.to_owned() } else { text };
        let value = |head: &Head| ConflictValue {
            change: head.change.to_string(),
            text: said(self.labels.head(kind, &field, head, self.lang)),
            device: head.device.to_string(),
            at: dates::moment(head.at.0),
        };
        let heads = state.fields.get(&field).map(|state| state.heads.as_slice()).unwrap_or_default();
        let texts: Vec<_> = values.into_iter().map(said).collect();
        let differ = self.lang.pick("hai máy ghi khác nhau", "two phones disagree");
        ConflictView {
            kind: kind.to_owned(),
            id: record.id.to_string(),
            text: format!("{} — {differ}: {}", joined([whose, &label], " · "), texts.join(" / ")),
            values: heads.iter().map(value).collect(),
            field,
            label,
        }
    }
}
