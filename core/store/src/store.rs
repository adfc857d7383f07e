//! The open database.

use crate::StoreError;

/// An open store. Calls from several threads take turns. Closed by [`Store::close`] or when dropped.
pub struct Store {}

impl Store {
    /// Finishes what runs and closes the files; every later call says `store.closed`.
    pub fn close(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Reads every page and checks it against its HMAC and the tables against their indexes; slow.
    pub fn check(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Drops what is kept for a time only: own changes 90 days after the hub acknowledged them, ciphertexts that
    /// nothing names any more.
    pub fn prune(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
}
