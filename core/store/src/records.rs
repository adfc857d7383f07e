//! Records as known here.

use crate::{Store, StoreError};
use model::{RecordRef, RecordState};

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub reference: RecordRef,
    /// Where its parents lead; `None` while one of them is not here.
    pub root: Option<RecordRef>,
    pub restricted: bool,
    pub state: RecordState,
}

impl Store {
    /// Listings leave out removed records, and restricted ones while these are locked.
    pub fn record(&self, _reference: &RecordRef) -> Result<Option<Record>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Oldest first.
    pub fn children(&self, _parent: &RecordRef, _kind: Option<&str>) -> Result<Vec<Record>, StoreError> {
        Err(StoreError::Closed)
    }

    /// The root and all below it, oldest first.
    pub fn subtree(&self, _root: &RecordRef) -> Result<Vec<Record>, StoreError> {
        Err(StoreError::Closed)
    }

    /// All of a kind, oldest first.
    pub fn records(&self, _kind: &str) -> Result<Vec<Record>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Cases whose state is not `closed`, oldest first.
    pub fn open_cases(&self) -> Result<Vec<Record>, StoreError> {
        Err(StoreError::Closed)
    }
}
