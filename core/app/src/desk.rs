//! What a use case works with.

use crate::error::Fault;
use chrono::{DateTime, FixedOffset};
use model::{RecordRef, Role};
use rulebook::{Lang, Rulebook};
use std::{str::FromStr, sync::Arc};
use store::{Record, Store};

pub struct Desk {
    pub store: Arc<Store>,
    pub rulebook: Arc<Rulebook>,
    pub lang: Lang,
    /// By Vietnam's time.
    pub now: DateTime<FixedOffset>,
}

impl Desk {
    /// The record that must be there.
    pub fn record(&self, reference: RecordRef) -> Result<Record, Fault> {
        self.store.record(&reference)?.ok_or(Fault::new("store.not-found"))
    }

    /// What the worker may do.
    pub fn role(&self) -> Result<Role, Fault> {
        Ok(self.store.identity()?.worker.role)
    }

    /// What a record is called; `None` for one that is not here.
    pub fn title(&self, record: &RecordRef) -> Result<Option<String>, Fault> {
        let title = match self.store.listed(record)? {
            Some(listed) => Some(listed.row.title),
            None => {
                let found = self.store.record(record)?;
                found.map(|found| self.rulebook.title(record, &found.state, [], self.lang))
            }
        };
        Ok(title.map(|title| self.rulebook.called(record.kind.as_str(), &title, self.lang)))
    }
}

/// An id that a shell was given.
pub fn parsed<Id: FromStr>(id: &str) -> Result<Id, Fault> {
    id.parse().map_err(|_| Fault::new("app.bad-id"))
}
