//! Edits of invented records.

use crate::address;
use model::{BlobRef, PhotoFile, RecordEdit, RecordRef, encoding::Bytes, kind};
use serde_json::Value;
use uuid::Uuid;

pub fn new_ref(kind: &'static str) -> RecordRef {
    RecordRef::new(kind, Uuid::now_v7())
}

pub fn household(commune: &str) -> RecordEdit {
    RecordEdit::new(new_ref(kind::HOUSEHOLD))
        .set("name", "Nguyễn Văn Thử")
        .set("commune", commune)
        .set("village", "Bản Mới")
}

/// A new record below another.
pub fn under(kind: &'static str, parent: &RecordRef) -> RecordEdit {
    RecordEdit::new(new_ref(kind)).under(parent.clone())
}

/// A photo by the address and length of its ciphertext.
pub fn photo(parent: &RecordRef, whole: (&str, usize)) -> RecordEdit {
    under(kind::PHOTO, parent).set("file", file(whole))
}

/// What a photo's `file` says of a ciphertext, by its address and length, and of an invented thumbnail.
pub fn file((of, size): (&str, usize)) -> Value {
    let blob = |address: String, size: usize| BlobRef { address, key: Bytes([7; 32]), size: size as u64 };
    let file = PhotoFile {
        blob: blob(of.to_owned(), size),
        width: 2_048,
        height: 1_536,
        thumbnail: blob(address(of.as_bytes()), 1),
        taken_at: "2026-11-24T10:00:00+07:00".into(),
    };
    serde_json::to_value(file).unwrap()
}
