//! Feeds coming down: verified, merged and kept, one transaction for each answer.

use crate::{Store, StoreError};
use model::{Feed, HubId, RecordRef};
use wire::pull::{Cursor, PullResponse};

/// What an answer did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Entries taken, whatever they did.
    pub entries: u64,
    /// Records that changed or came.
    pub changed: Vec<RecordRef>,
    /// Records in which a field now has two values.
    pub conflicts: Vec<RecordRef>,
    /// Records no longer here: moved away or no longer granted.
    pub forgotten: Vec<RecordRef>,
    /// Entries kept aside, by code such as `change.wrong-signature` or `pull.no-certificate`.
    pub aside: Vec<String>,
    /// Feeds whose entries did not follow the cursor and were left for the next pull.
    pub gaps: Vec<Feed>,
    /// The hub was restored from a backup: push from the start of what is kept.
    pub new_epoch: bool,
    /// There is more to pull.
    pub more: bool,
}

impl Store {
    /// For [`wire::pull::PullRequest`].
    pub fn cursors(&self) -> Result<(HubId, Vec<Cursor>), StoreError> {
        Err(StoreError::Closed)
    }

    /// Verifies certificates with the office's key and each change with its device's certificate, then merges, moves
    /// and forgets, and takes over cursors, worker and own results. A bad entry is kept aside and holds up nothing.
    pub fn apply_pull(&self, _response: &PullResponse) -> Result<Pulled, StoreError> {
        Err(StoreError::Closed)
    }
}
