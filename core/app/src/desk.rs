//! What a use case works with.

use crate::error::Fault;
use chrono::{DateTime, FixedOffset};
use model::RecordRef;
use rulebook::{Lang, Rulebook};
use std::sync::Arc;
use store::{Record, Store};
use uuid::Uuid;

pub struct Desk {
    pub store: Arc<Store>,
    pub rulebook: Arc<Rulebook>,
    pub lang: Lang,
    /// By Vietnam's time.
    pub now: DateTime<FixedOffset>,
}

impl Desk {
    /// The record with an id that a shell was given.
    pub fn record(&self, kind: &'static str, id: &str) -> Result<Record, Fault> {
        self.store.record(&reference(kind, id)?)?.ok_or(Fault::new("store.not-found"))
    }

    /// What lists call a record; `None` for one that is not listed here.
    pub fn title(&self, record: &RecordRef) -> Result<Option<String>, Fault> {
        let listed = self.store.listed(record)?;
        Ok(listed.map(|listed| self.rulebook.called(record.kind.as_str(), &listed.row.title, self.lang)))
    }
}

/// A record's reference from an id that a shell was given.
fn reference(kind: &'static str, id: &str) -> Result<RecordRef, Fault> {
    Uuid::parse_str(id).map(|id| RecordRef::new(kind, id)).map_err(|_| Fault::new("app.bad-id"))
}
