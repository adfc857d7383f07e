//! Records as a batch would make them: loaded as needed, changed in memory, written when it is admitted.

use crate::{Hub, HubError};
use model::{CaseId, Change, RecordRef, RecordState, kind};
use rusqlite::{OptionalExtension, Transaction};
use std::collections::{BTreeMap, BTreeSet};

/// Where a record stands in the tables.
#[derive(Clone, PartialEq)]
pub struct Kept {
    pub parent: Option<String>,
    pub root: String,
    pub feed: String,
}

pub struct Record {
    pub id: RecordRef,
    /// Before the batch; `None` for one that is new here.
    pub kept: Option<Kept>,
    pub state: RecordState,
    pub touched: bool,
}

pub struct Records<'a> {
    hub: &'a Hub,
    transaction: &'a Transaction<'a>,
    loaded: BTreeMap<String, Record>,
}

impl<'a> Records<'a> {
    pub fn new(hub: &'a Hub, transaction: &'a Transaction<'a>) -> Self {
        Self { hub, transaction, loaded: BTreeMap::new() }
    }

    /// Merges a change into its record.
    pub fn apply(&mut self, change: &Change) -> Result<(), HubError> {
        let record = self.get_mut(&change.header.record)?;
        record.touched = true;
        let plan = record.state.plan(change);
        record.state.apply(plan);
        Ok(())
    }

    pub fn get(&mut self, id: &RecordRef) -> Result<&Record, HubError> {
        self.get_mut(id).map(|record| &*record)
    }

    fn get_mut(&mut self, id: &RecordRef) -> Result<&mut Record, HubError> {
        use std::collections::btree_map::Entry;
        match self.loaded.entry(id.to_string()) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let record = load(self.hub, self.transaction, id)?;
                Ok(entry.insert(record))
            }
        }
    }

    /// Those that the batch changes.
    pub fn touched(&self) -> BTreeSet<String> {
        self.loaded.iter().filter(|(_, record)| record.touched).map(|(id, _)| id.clone()).collect()
    }

    pub fn touched_ids(&self) -> Vec<RecordRef> {
        self.loaded.values().filter(|record| record.touched).map(|record| record.id.clone()).collect()
    }

    /// Whether the batch itself opens the case.
    pub fn is_new_case(&mut self, case: CaseId) -> Result<bool, HubError> {
        let record = self.get(&RecordRef::new(kind::CASE, case.0))?;
        Ok(record.touched && record.kept.is_none())
    }

    /// All records below one, as the tables have them.
    pub fn below(&self, id: &RecordRef) -> Result<Vec<RecordRef>, HubError> {
        let mut statement = self.transaction.prepare_cached(
            "WITH RECURSIVE below (record) AS (
                 SELECT record FROM records WHERE office = ?1 AND parent = ?2
                 UNION SELECT r.record FROM records r JOIN below b ON r.parent = b.record WHERE r.office = ?1
             ) SELECT record FROM below",
        )?;
        let rows =
            statement.query_map([self.hub.office(), &id.to_string()], |row| row.get::<_, String>(0))?;
        let mut below = Vec::new();
        for record in rows {
            below.push(record?.parse().map_err(|_| HubError::Internal("a record's id can't be read"))?);
        }
        Ok(below)
    }
}

fn load(hub: &Hub, transaction: &Transaction, id: &RecordRef) -> Result<Record, HubError> {
    let row: Option<(Kept, String)> = transaction
        .prepare_cached("SELECT parent, root, feed, state FROM records WHERE office = ?1 AND record = ?2")?
        .query_row([hub.office(), &id.to_string()], |row| {
            Ok((Kept { parent: row.get(0)?, root: row.get(1)?, feed: row.get(2)? }, row.get(3)?))
        })
        .optional()?;
    let (kept, state) = match row {
        Some((kept, state)) => {
            let state =
                serde_json::from_str(&state).map_err(|_| HubError::Internal("a record can't be read"))?;
            (Some(kept), state)
        }
        None => (None, RecordState::default()),
    };
    Ok(Record { id: id.clone(), kept, state, touched: false })
}
