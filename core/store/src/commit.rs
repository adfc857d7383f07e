//! What is finished together becomes signed changes, records, outbox and photos to upload in one transaction.

use crate::{Store, StoreError};
use model::{BatchId, ChangeId, DraftId, RecordEdit, RecordRef};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub batch: BatchId,
    /// Fewer than the edits where these change nothing.
    pub changes: Vec<ChangeId>,
}

impl Store {
    /// Finishes a draft: signs its edits as one batch, applies them here, puts them into the outbox and deletes the
    /// draft. `cause` is the submission; it becomes the cause of every change but its own.
    pub fn finish(
        &self,
        _draft: DraftId,
        _edits: Vec<RecordEdit>,
        _cause: &RecordRef,
    ) -> Result<Committed, StoreError> {
        Err(StoreError::Closed)
    }

    /// The same without a draft.
    pub fn commit(&self, _edits: Vec<RecordEdit>) -> Result<Committed, StoreError> {
        Err(StoreError::Closed)
    }
}
