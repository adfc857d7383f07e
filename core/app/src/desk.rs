//! What a use case works with.

use crate::error::Fault;
use casework::Lang;
use chrono::{DateTime, FixedOffset};
use model::RecordRef;
use std::sync::Arc;
use store::{Record, Store};
use uuid::Uuid;

pub struct Desk {
    pub store: Arc<Store>,
    pub lang: Lang,
    /// By Vietnam's time.
    pub now: DateTime<FixedOffset>,
}

impl Desk {
    /// The record with an id that a shell was given.
    pub fn record(&self, kind: &'static str, id: &str) -> Result<Record, Fault> {
        self.store.record(&reference(kind, id)?)?.ok_or(Fault::new("store.not-found"))
    }

    /// A record's `name`, where it has one.
    pub fn name_of(&self, record: &RecordRef) -> Result<Option<String>, Fault> {
        Ok(self.store.record(record)?.and_then(|record| record.state.text("name").map(str::to_owned)))
    }
}

/// A record's reference from an id that a shell was given.
fn reference(kind: &'static str, id: &str) -> Result<RecordRef, Fault> {
    Uuid::parse_str(id).map(|id| RecordRef::new(kind, id)).map_err(|_| Fault::new("app.bad-id"))
}
