//! What one device may take up here. A phone that is used in the field stays far below; above it the hub takes no more of
//! that kind, the phone keeps its work, and worker and office are told. What was acknowledged stays.

use crate::db::waiting::Load;

const MIB: u64 = 1024 * 1024;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Batches of a device that wait or were denied, and their bytes as they are kept. A finished form is one batch of 2 to 4 KB: years of
/// visits, while whoever is to assign the places or publish the form is found.
pub const WAITING_BATCHES: u64 = 10_000;
pub const WAITING_BYTES: u64 = 16 * MIB;
/// Photos that only what waits names: some 250 of half a megabyte. The texts go on coming.
pub const WAITING_PHOTO_BYTES: u64 = 128 * MIB;
/// Uploads of a device that have begun, and the bytes of their wholes. A phone sends one after the other and leaves one
/// behind for each that its line broke in.
pub const UPLOADS: u64 = 64;
pub const UPLOAD_BYTES: u64 = 64 * MIB;
/// Photos that a device brings in a day: some 2,000 of half a megabyte, more than a phone gathers in months.
pub const DAY_PHOTO_BYTES: u64 = 1024 * MIB;
pub const PHOTO_DAY_MS: u64 = DAY_MS;

/// An upload to which nothing came for so long is dropped: phones come to a network every few days, some every few weeks.
pub const UPLOAD_MS: u64 = 60 * DAY_MS;
/// What nothing names is swept after so long: it may be on its way to its place.
pub const SWEEP_MS: u64 = DAY_MS;

/// Whether no more of a device is taken until something of it is decided.
pub fn is_full(Load { batches, bytes }: Load) -> bool {
    batches >= WAITING_BATCHES || bytes >= WAITING_BYTES
}
