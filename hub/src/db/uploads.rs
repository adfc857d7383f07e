//! Uploads under way. Each is its device's: nobody else reads, resets or holds it up.

use super::{
    DbError, Read, Tx,
    column::{id, int, read_id, uint},
};
use model::DeviceId;
use rusqlite::{Row, named_params, params};
use uuid::Uuid;

/// Whose, and of which ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub device: DeviceId,
    pub address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Names the file of what has come.
    pub part: Uuid,
    /// In bytes, of the whole.
    pub size: u64,
    /// When bytes last came.
    pub touched_at: u64,
}

/// All that a device has under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    pub uploads: u64,
    /// Of their wholes.
    pub bytes: u64,
}

pub fn find(read: &Read, key: &Key) -> Result<Option<Upload>, DbError> {
    read.find(
        "SELECT part, size, touched_at FROM uploads WHERE office = ?1 AND device = ?2 AND address = ?3",
        params![read.office(), id(key.device.0), key.address],
        upload,
    )
}

fn upload(row: &Row) -> rusqlite::Result<Upload> {
    Ok(Upload { part: read_id(row, 0)?, size: uint(row, 1)?, touched_at: uint(row, 2)? })
}

/// Without the one of this address.
pub fn load(read: &Read, but: &Key) -> Result<Load, DbError> {
    read.get(
        "SELECT count(*), coalesce(sum(size), 0) FROM uploads WHERE office = ?1 AND device = ?2 AND address <> ?3",
        params![read.office(), id(but.device.0), but.address],
        |row| Ok(Load { uploads: uint(row, 0)?, bytes: uint(row, 1)? }),
    )
}

/// Those to which nothing came since `before`, and those whose ciphertext is here, `most` of them.
pub fn over(read: &Read, before: u64, most: u32) -> Result<Vec<Key>, DbError> {
    read.all(
        "SELECT device, address FROM uploads u WHERE office = ?1 AND (touched_at < ?2 OR EXISTS
             (SELECT 1 FROM blobs b WHERE b.office = u.office AND b.address = u.address)) LIMIT ?3",
        params![read.office(), int(before), most],
        |row| Ok(Key { device: DeviceId(read_id(row, 0)?), address: row.get(1)? }),
    )
}

pub fn has_part(read: &Read, part: Uuid) -> Result<bool, DbError> {
    read.exists("SELECT 1 FROM uploads WHERE office = ?1 AND part = ?2", params![read.office(), id(part)])
}

pub fn keep(tx: &Tx, key: &Key, part: Uuid, size: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT OR REPLACE INTO uploads (office, device, address, part, size, touched_at)
         VALUES (:office, :device, :address, :part, :size, :now)",
        named_params! {
            ":office": tx.office(), ":device": id(key.device.0), ":address": key.address, ":part": id(part),
            ":size": int(size), ":now": int(tx.now()),
        },
    )?;
    Ok(())
}

/// Bytes came.
pub fn touch(tx: &Tx, key: &Key) -> Result<(), DbError> {
    tx.execute(
        "UPDATE uploads SET touched_at = ?4 WHERE office = ?1 AND device = ?2 AND address = ?3",
        params![tx.office(), id(key.device.0), key.address, int(tx.now())],
    )?;
    Ok(())
}

pub fn remove(tx: &Tx, key: &Key) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM uploads WHERE office = ?1 AND device = ?2 AND address = ?3",
        params![tx.office(), id(key.device.0), key.address],
    )?;
    Ok(())
}

/// Those of one device become another's; of an address that both have, the other's own stays.
pub fn move_all(tx: &Tx, from: DeviceId, to: DeviceId) -> Result<(), DbError> {
    let devices = params![tx.office(), id(from.0), id(to.0)];
    tx.execute("UPDATE OR IGNORE uploads SET device = ?3 WHERE office = ?1 AND device = ?2", devices)?;
    tx.execute("DELETE FROM uploads WHERE office = ?1 AND device = ?2", &devices[..2])?;
    Ok(())
}
