//! This device's own changes: kept until the hub has them, and 90 days more for a hub restored from a backup.

use crate::{Store, StoreError};
use model::{ChangeId, RecordRef, SignedChange};
use wire::push::{ChangeResult, Outcome};

/// How much the hub does not have yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub changes: u64,
    /// Photos, not blobs.
    pub photos: u64,
    pub photo_bytes: u64,
}

/// A change that the hub keeps apart or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    pub change: ChangeId,
    pub record: RecordRef,
    /// The submission it came from.
    pub cause: Option<RecordRef>,
    /// `Waiting` or `Refused`, with its code.
    pub outcome: Outcome,
}

impl Store {
    /// Own changes after `seq` in their order, also acknowledged ones, at least one if any. Ends before a change of
    /// a restricted case while these are locked.
    pub fn own_changes_after(
        &self,
        _seq: u64,
        _max_changes: usize,
        _max_bytes: usize,
    ) -> Result<Vec<SignedChange>, StoreError> {
        Err(StoreError::Closed)
    }

    /// The hub has all own changes up to this one.
    pub fn acknowledged_through(&self) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }

    /// Of the newest own change; 0 if there is none.
    pub fn last_seq(&self) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }

    /// Takes a push's answer as it is: `received_through` may be lower than before (a restored hub).
    pub fn acknowledge(&self, _received_through: u64, _results: &[ChangeResult]) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    pub fn held_back(&self) -> Result<Vec<HeldBack>, StoreError> {
        Err(StoreError::Closed)
    }

    pub fn waiting(&self) -> Result<Waiting, StoreError> {
        Err(StoreError::Closed)
    }
}
