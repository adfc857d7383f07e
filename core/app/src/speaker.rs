//! Says what records hold, by the forms' own labels.

use crate::{
    records::Writers,
    texts::{dates, joined},
};
use casework::{Conflict, Labels, Told};
use model::{RecordRef, RecordState};
use rulebook::Lang;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// The articles that it comes from, for `Law::articles`; empty: none.
    pub ground: String,
}

/// A field on which phones disagree.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConflictView {
    /// `kind:uuid` of the record.
    pub reference: String,
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
    /// Who, as far as this phone knows.
    pub by: String,
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
        facts.map(Fact::from).collect()
    }
}

impl ConflictView {
    pub(crate) fn of(record: &RecordRef, whose: &str, conflict: Conflict, writers: &Writers) -> Self {
        let differ = writers.lang.pick("hai máy ghi khác nhau", "two phones disagree");
        let called = joined([whose, &conflict.label], " · ");
        let value = |told: Told| ConflictValue {
            change: told.change.to_string(),
            text: told.text,
            by: writers.name(told.device),
            at: dates::moment(told.at),
        };
        Self {
            reference: record.to_string(),
            text: format!("{called} — {differ}: {}", conflict.texts().join(" / ")),
            values: conflict.values.into_iter().map(value).collect(),
            field: conflict.field,
            label: conflict.label,
        }
    }
}

impl From<casework::Fact> for Fact {
    fn from(fact: casework::Fact) -> Self {
        Self { label: fact.label, value: fact.value, ground: String::new() }
    }
}
