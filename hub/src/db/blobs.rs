//! Ciphertexts of photos that are here whole, by their address; the bytes lie in the photo folder.

use super::{
    DbError, Read, Tx, acknowledged,
    column::{id, int, uint},
};
use model::DeviceId;
use rusqlite::{named_params, params};

/// Bytes of the one that is here.
pub fn size(read: &Read, address: &str) -> Result<Option<u64>, DbError> {
    read.find(
        "SELECT size FROM blobs WHERE office = ?1 AND address = ?2",
        params![read.office(), address],
        |row| uint(row, 0),
    )
}

/// Bytes of those that a device brought after this time.
pub fn brought_since(read: &Read, device: DeviceId, since: u64) -> Result<u64, DbError> {
    read.get(
        "SELECT coalesce(sum(size), 0) FROM blobs WHERE office = ?1 AND device = ?2 AND kept_at > ?3",
        params![read.office(), id(device.0), int(since)],
        |row| uint(row, 0),
    )
}

/// Bytes of those that batches of the device name that wait.
pub fn waiting(read: &Read, device: DeviceId) -> Result<u64, DbError> {
    read.get(
        "SELECT coalesce(sum(b.size), 0) FROM waiting w
             JOIN photos p ON p.office = w.office AND p.device = w.device AND p.first_seq = w.first_seq
             JOIN blobs b ON b.office = p.office AND b.address = p.address
         WHERE w.office = ?1 AND w.device = ?2",
        params![read.office(), id(device.0)],
        |row| uint(row, 0),
    )
}

/// Of those that came before this time, `most` that no batch names (its name was erased).
pub fn unnamed(read: &Read, before: u64, most: u32) -> Result<Vec<String>, DbError> {
    read.all(
        "SELECT address FROM blobs b WHERE office = ?1 AND kept_at < ?2 AND NOT EXISTS
             (SELECT 1 FROM photos p WHERE p.office = b.office AND p.address = b.address) LIMIT ?3",
        params![read.office(), int(before), most],
        |row| row.get(0),
    )
}

/// One that is here already stays who brought it first.
pub fn keep(tx: &Tx, address: &str, size: u64, device: DeviceId) -> Result<(), DbError> {
    let kept = tx.execute(
        "INSERT OR IGNORE INTO blobs (office, address, size, device, kept_at)
         VALUES (:office, :address, :size, :device, :now)",
        named_params! {
            ":office": tx.office(), ":address": address, ":size": int(size), ":device": id(device.0),
            ":now": int(tx.now()),
        },
    )?;
    if kept > 0 { acknowledged::add(tx, address.as_bytes()) } else { Ok(()) }
}

/// Whether it was here and nothing names it.
pub fn remove_unnamed(tx: &Tx, address: &str) -> Result<bool, DbError> {
    let removed = tx.execute(
        "DELETE FROM blobs WHERE office = ?1 AND address = ?2 AND NOT EXISTS
             (SELECT 1 FROM photos p WHERE p.office = ?1 AND p.address = ?2)",
        params![tx.office(), address],
    )?;
    Ok(removed > 0)
}
