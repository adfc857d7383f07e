//! Batches in pages that are worth packing together, and small enough that a cut costs little.

use model::{
    Rebuilt,
    batch::codec::{Packing, encode},
};
use std::io;

/// Bytes of batches in a page before it is packed, about: one batch may be larger.
const WEIGHT: usize = 8 * 1024;
/// Batches in a page: what names and ids that repeat are written once for.
const MOST: usize = 32;

/// How many of these batches make the next page; at least one of any.
pub(crate) fn length<'a>(batches: impl IntoIterator<Item = &'a Rebuilt>) -> usize {
    let (mut weight, mut length) = (0, 0);
    for batch in batches.into_iter().take(MOST) {
        weight += batch.weight();
        if length > 0 && weight > WEIGHT {
            break;
        }
        length += 1;
    }
    length
}

/// Unpacked: the body that it stands in is packed as a whole.
pub(crate) fn page(batches: &[&Rebuilt]) -> io::Result<Vec<u8>> {
    encode(batches, Packing::Plain).map_err(io::Error::other)
}

#[cfg(test)]
mod tests;
