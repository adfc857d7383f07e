//! Published forms, all versions that drafts may need.

use crate::{Store, StoreError};
use std::collections::BTreeMap;
use wire::forms::{FormEntry, FormList};

/// A version with its files: `form.xml`, `records.csv`, media.
#[derive(Clone, Debug)]
pub struct StoredForm {
    pub entry: FormEntry,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Store {
    /// Keeps one version; its files are checked against their hashes.
    pub fn put_form(&self, _entry: &FormEntry, _files: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// The versions of `list` that are not here.
    pub fn missing_forms(&self, _list: &FormList) -> Result<Vec<FormEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Takes over which version is the newest, and drops versions that are neither listed nor used by a draft.
    pub fn set_form_list(&self, _list: &FormList) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// The versions that are here.
    pub fn forms(&self) -> Result<Vec<FormEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// A version, or the newest.
    pub fn form(&self, _id: &str, _version: Option<&str>) -> Result<StoredForm, StoreError> {
        Err(StoreError::Closed)
    }
}
