//! Ciphertexts of photos by their address; the bytes lie in the photo folder.

use super::{
    DbError, Read, Tx, acknowledged,
    column::{int, uint},
};
use rusqlite::{named_params, params};

#[derive(Clone, Copy)]
pub struct Blob {
    /// In bytes, of the whole.
    pub size: u64,
    pub whole: bool,
}

pub fn find(read: &Read, address: &str) -> Result<Option<Blob>, DbError> {
    read.find(
        "SELECT size, whole_at IS NOT NULL FROM blobs WHERE office = ?1 AND address = ?2",
        params![read.office(), address],
        |row| Ok(Blob { size: uint(row, 0)?, whole: row.get(1)? }),
    )
}

pub fn keep(tx: &Tx, address: &str, blob: Blob) -> Result<(), DbError> {
    let now = int(tx.now());
    let new = blob.whole && !find(tx, address)?.is_some_and(|known| known.whole);
    tx.execute(
        "INSERT INTO blobs (office, address, size, created_at, whole_at)
         VALUES (:office, :address, :size, :now, :whole_at)
         ON CONFLICT (office, address) DO UPDATE SET size = excluded.size, whole_at = excluded.whole_at",
        named_params! {
            ":office": tx.office(), ":address": address, ":size": int(blob.size), ":now": now,
            ":whole_at": blob.whole.then_some(now),
        },
    )?;
    if new { acknowledged::add(tx, address.as_bytes()) } else { Ok(()) }
}

pub fn remove(tx: &Tx, address: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM blobs WHERE office = ?1 AND address = ?2", params![tx.office(), address])?;
    Ok(())
}
