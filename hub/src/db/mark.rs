//! Marks: each stands for something in a row and for all before it, so that one tells whether two histories are the same.

use crate::secret::sha256;
use model::encoding::Bytes;
use wire::receipt::Mark;

/// Before anything.
pub const START: Mark = Bytes([0; 16]);

/// What follows `before`; `what` in parts.
pub fn after(before: Mark, what: &[&[u8]]) -> Mark {
    let bytes = [&[&before.0[..]], what].concat().concat();
    Bytes(sha256(&bytes).first_chunk().copied().unwrap_or_default())
}
