//! Where a photo's ciphertext lies and how to open it: the value of a photo record's `file` field.

use crate::{RecordRef, Verified, batch::ShownField, encoding::Bytes};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Ciphertext by its content address, with its own random key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    /// Hex SHA-256 of the ciphertext.
    pub address: String,
    pub key: Bytes<32>,
    /// Bytes of ciphertext.
    pub size: u64,
}

impl fmt::Debug for BlobRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobRef")
            .field("address", &self.address)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A photo as taken in: at most 2,048 px, JPEG, no metadata; and its thumbnail of at most 256 px.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoFile {
    #[serde(flatten)]
    pub blob: BlobRef,
    pub width: u32,
    pub height: u32,
    pub thumbnail: BlobRef,
    /// When it was taken in, RFC 3339 with the phone's offset.
    pub taken_at: String,
}

impl PhotoFile {
    /// Photos that a batch names, each with its record. They are known by their shape: of kinds that a program doesn't
    /// know, too.
    pub fn named(batch: &Verified) -> Vec<(RecordRef, Self)> {
        let mut named = Vec::new();
        for change in batch.changes().flatten() {
            let values = change.fields.iter().filter_map(|field| match field {
                ShownField::Value(field) => Some(field.value.text()),
                _ => None,
            });
            // Reading every value would take its time.
            let files = values.filter(|text| text.contains("\"thumbnail\""));
            let files = files.filter_map(|text| serde_json::from_str(text).ok());
            named.extend(files.map(|file| (change.head.record.clone(), file)));
        }
        named
    }
}
