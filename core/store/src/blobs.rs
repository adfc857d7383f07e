//! Ciphertexts of photos: files named by their address, and whether the hub has them.

use crate::{Store, StoreError};
use std::path::PathBuf;

/// A blob of a finished form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Hex SHA-256 of the ciphertext.
    pub address: String,
    pub size: u64,
    pub thumbnail: bool,
    pub restricted: bool,
    /// Bytes that the hub had when an upload was last cut.
    pub sent: u64,
    pub uploaded: bool,
}

impl Store {
    /// Where a blob's ciphertext lies; reading it needs no lock.
    pub fn blob_path(&self, _address: &str) -> PathBuf {
        PathBuf::new()
    }

    /// Makes a ciphertext durable (temporary file, fsync, rename, fsync of the folder) and returns its address.
    pub fn write_blob(&self, _ciphertext: &[u8]) -> Result<String, StoreError> {
        Err(StoreError::Closed)
    }

    pub fn has_blob(&self, _address: &str) -> bool {
        false
    }

    /// Blobs of finished forms, oldest first, thumbnail before its photo; only those the hub lacks if `pending_only`.
    pub fn blobs(&self, _pending_only: bool) -> Result<Vec<Blob>, StoreError> {
        Err(StoreError::Closed)
    }

    /// How far an upload came, for the next one to go on from.
    pub fn note_blob_sent(&self, _address: &str, _bytes: u64) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    pub fn mark_blob_uploaded(&self, _address: &str) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// The hub lost these (restored from a backup): to be uploaded again.
    pub fn mark_blobs_missing(&self, _addresses: &[String]) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
}
