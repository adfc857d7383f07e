//! The unit of sync (ADR 8): changes of one device that are admitted together, under one signature.
//!
//! What travels are values; headers, hashes, ids and the root are rebuilt from them. A reader may see all of a batch or
//! a part; every view rebuilds to the same signed [`Statement`].
//!
//! ```text
//! Maker ── sign ──► Verified ── view, erase, join ──► Verified ── codec::encode ──► bytes
//!                                 Verified ◄── verify ── Rebuilt ◄── codec::decode ──┘
//! ```

mod body;
mod change;
pub mod codec;
mod error;
mod hash;
mod join;
mod json;
mod key;
mod make;
mod read;
mod rebuild;
mod statement;
mod tree;
mod view;

pub use body::{Batch, Body, Seen};
pub use change::{Erased, Field, Head, OrderId, Part, PartField, Whole};
pub use error::BatchError;
pub use hash::{Salt, Seed, certificate};
pub use json::Json;
pub use key::VerifyingKey;
pub use make::{Device, Draft, Maker, by_feed};
pub use read::{Shown, ShownField};
pub use rebuild::{Rebuilt, Signer, Verified};
pub use statement::{CONTEXT, Chain, SUITE, Statement};

/// Bounds of what is made and read; a finished form is one value of one change.
pub mod limit {
    pub const CHANGES: usize = 10_000;
    /// Of a change's number, and of its stamp's milliseconds: what databases count to.
    pub const SEQ: u64 = i64::MAX.cast_unsigned();
    pub const FIELDS: usize = 1_000;
    pub const REPLACES: usize = 1_000;
    /// Bytes of a kind or a field's name.
    pub const NAME: usize = 100;
    /// Bytes of a value.
    pub const VALUE: usize = 4 * 1024 * 1024;
    /// Bytes of a batch in any view before it is packed, counted high: it always fits into a page and a push.
    pub const BATCH: usize = 7 * 1024 * 1024;
}

#[cfg(test)]
mod tests;
