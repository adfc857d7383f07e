//! A page of batches as bytes (ADR 8, "Bytes"): columns of what is alike, packed by zstd.
//!
//! Nothing here is signed. Whatever stands in a page, what comes out must rebuild to what was.

mod decode;
mod encode;
mod streams;

pub use decode::decode;
pub use encode::encode;

/// Bytes of a page before it is packed; also what its values may take together.
pub const MAX_UNPACKED: usize = 16 * 1024 * 1024;

const VERSION: u8 = 2;

/// How what follows the first two bytes is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Packing {
    Plain = 0,
    /// One frame of zstd.
    Zstd = 1,
}

/// The columns of a page, in this order.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Column {
    Names,
    Ids,
    Batches,
    Changes,
    Records,
    Times,
    Fields,
    Replaces,
    Secrets,
    Hashes,
    Signatures,
    Lengths,
    Values,
}

const COLUMNS: usize = Column::Values as usize + 1;

mod flag {
    /// Of a batch: its seed travels, as all of it is seen.
    pub const SEED: u8 = 1;
    /// Of a batch: first seq and previous travel; else they follow from the device's batch before it in the page.
    pub const POSITION: u8 = 2;
}

/// How much is seen of a change.
mod seen {
    pub const WHOLE: u8 = 0;
    pub const PART: u8 = 1;
    pub const HIDDEN: u8 = 2;
}

/// What is there of a field.
mod state {
    pub const VALUE: u8 = 0;
    pub const WITHHELD: u8 = 1;
    pub const ERASED: u8 = 2;
}

/// A signed number as an unsigned one, small for small ones of either sign.
fn zigzag(difference: i64) -> u64 {
    ((difference << 1) ^ (difference >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}
