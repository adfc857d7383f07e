//! Records as a batch would make them: loaded as needed, changed in memory, written when it is admitted.

use super::merge;
use crate::{
    HubError,
    db::{Tx, batches, records},
    office::sync::submission,
};
use model::{Feed, RecordRef, RecordState, batch::Shown};
use rulebook::Rulebook;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// Where a record stands in the tables.
#[derive(Clone, PartialEq)]
pub struct Kept {
    pub root: RecordRef,
    pub feed: Feed,
}

pub struct Staged {
    /// Before the batch; `None` for one that is new here.
    pub kept: Option<Kept>,
    pub state: RecordState,
    pub touched: bool,
}

pub struct Records<'a> {
    tx: &'a Tx<'a>,
    rulebook: &'a Rulebook,
    loaded: BTreeMap<RecordRef, Staged>,
}

impl<'a> Records<'a> {
    pub fn new(tx: &'a Tx<'a>, rulebook: &'a Rulebook) -> Self {
        Self { tx, rulebook, loaded: BTreeMap::new() }
    }

    /// Merges a change into its record; what that was before, if it was here before the batch.
    pub fn apply(&mut self, change: &Shown, received: u64) -> Result<Option<RecordState>, HubError> {
        let rulebook = self.rulebook;
        let record = self.get_mut(&change.head.record)?;
        record.touched = true;
        let before = record.kept.is_some().then(|| record.state.clone());
        merge(rulebook, &mut record.state, change, received)?;
        Ok(before)
    }

    /// Whether the record is new here.
    pub fn is_new(&mut self, id: &RecordRef) -> Result<bool, HubError> {
        let record = self.get(id)?;
        Ok(record.touched && record.kept.is_none())
    }

    pub fn get(&mut self, id: &RecordRef) -> Result<&Staged, HubError> {
        self.get_mut(id).map(|record| &*record)
    }

    fn get_mut(&mut self, id: &RecordRef) -> Result<&mut Staged, HubError> {
        match self.loaded.entry(id.clone()) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let record = load(self.tx, id)?;
                Ok(entry.insert(record))
            }
        }
    }

    /// Those that the batch changes.
    pub fn touched(&self) -> BTreeSet<RecordRef> {
        self.loaded.iter().filter(|(_, record)| record.touched).map(|(id, _)| id.clone()).collect()
    }

    /// The submissions that a record's changes came of: of the same device, as anybody may name any.
    pub fn causes(&mut self, id: &RecordRef) -> Result<BTreeSet<RecordRef>, HubError> {
        let mut causes = BTreeSet::new();
        for key in batches::about(self.tx, id)? {
            let Some(received) = batches::find(self.tx, key)? else { continue };
            let changes = received.batch.changes().flatten().filter(|change| change.head.record == *id);
            let named: BTreeSet<RecordRef> = changes.filter_map(|change| change.head.cause.clone()).collect();
            for cause in named.into_iter().filter(submission::is_submission) {
                if batches::about(self.tx, &cause)?.iter().any(|made| made.device == key.device) {
                    causes.insert(cause);
                }
            }
        }
        Ok(causes)
    }

    /// All records below one, as the tables have them: they have the root that it has there.
    pub fn below(&mut self, id: &RecordRef) -> Result<Vec<RecordRef>, HubError> {
        let Some(Kept { root, .. }) = self.get(id)?.kept.clone() else { return Ok(Vec::new()) };
        let mut links = records::links(self.tx, &root)?;
        let mut below = vec![id.clone()];
        let mut next = 0;
        while let Some(parent) = below.get(next).cloned() {
            next += 1;
            below.extend(
                links.extract_if(.., |(_, above)| *above == Some(parent.clone())).map(|(record, _)| record),
            );
        }
        below.remove(0);
        Ok(below)
    }
}

fn load(tx: &Tx, id: &RecordRef) -> Result<Staged, HubError> {
    let (kept, state) = match records::find(tx, id)? {
        Some(found) => (Some(Kept { root: found.root, feed: found.feed }), found.state),
        None => (None, RecordState::default()),
    };
    Ok(Staged { kept, state, touched: false })
}
