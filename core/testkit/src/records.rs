//! Edits of invented records.

use model::{RecordEdit, RecordRef, kind};
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
