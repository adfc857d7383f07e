//! Marks: each stands for something in a row and for all before it, so that one tells whether two histories are the same.

use model::encoding::Bytes;
use ring::digest::{SHA256, digest};
use wire::receipt::Mark;

/// Before anything.
pub const START: Mark = Bytes([0; 16]);

/// What follows `before`; `what` in parts.
pub fn after(before: Mark, what: &[&[u8]]) -> Mark {
    let bytes = [&before.0, what.concat().as_slice()].concat();
    Bytes(digest(&SHA256, &bytes).as_ref().first_chunk().copied().unwrap_or_default())
}
