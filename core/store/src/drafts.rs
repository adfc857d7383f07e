//! Forms being filled: a snapshot and the answers after it. A call returns after its commit.

use crate::{Store, StoreError};
use model::{DraftId, PhotoFile, RecordRef};
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone)]
pub struct NewDraft {
    pub form: String,
    pub version: String,
    /// The household or case it is about.
    pub about: Option<RecordRef>,
    /// Opens or belongs to a restricted case: encrypted under the second key.
    pub restricted: bool,
    pub title: String,
}

/// The whole instance and where the person is.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    pub instance: String,
    pub page: String,
    pub language: Option<String>,
}

/// One value that was stored after the snapshot.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub path: String,
    pub value: Option<String>,
}

/// For the list of drafts.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftRow {
    pub id: DraftId,
    pub form: String,
    pub version: String,
    pub about: Option<RecordRef>,
    pub restricted: bool,
    pub title: String,
    /// Milliseconds since 1970.
    pub started_at: u64,
    pub changed_at: u64,
}

#[derive(Clone)]
pub struct Draft {
    pub row: DraftRow,
    /// `None` before the first snapshot.
    pub snapshot: Option<Snapshot>,
    /// Oldest first.
    pub later: Vec<Answer>,
    /// Attachment name and file.
    pub photos: Vec<(String, PhotoFile)>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("row", &self.row)
            .field("later", &self.later.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DraftRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftRow").field("id", &self.id).field("form", &self.form).finish_non_exhaustive()
    }
}

impl Store {
    pub fn create_draft(&self, _new: &NewDraft, _snapshot: Option<&Snapshot>) -> Result<DraftId, StoreError> {
        Err(StoreError::Closed)
    }

    /// Replaces the snapshot and the answers before it.
    pub fn save_snapshot(&self, _draft: DraftId, _snapshot: &Snapshot) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    pub fn append_answers(&self, _draft: DraftId, _answers: &[Answer]) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// A photo with the answers that name it; its blobs are durable already ([`Store::write_blob`]).
    pub fn add_photo(
        &self,
        _draft: DraftId,
        _name: &str,
        _file: &PhotoFile,
        _answers: &[Answer],
    ) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// The title in the list of drafts.
    pub fn set_draft_title(&self, _draft: DraftId, _title: &str) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    pub fn draft(&self, _draft: DraftId) -> Result<Draft, StoreError> {
        Err(StoreError::Closed)
    }

    /// Last changed first; without those of restricted cases while these are locked.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// With its photos.
    pub fn delete_draft(&self, _draft: DraftId) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
}
