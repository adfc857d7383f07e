//! Which ciphertexts received batches name, admitted or not.

use super::{
    DbError, Read, Tx,
    batches::BatchKey,
    column::{id, int, record, uint},
};
use model::{Feed, RecordRef, UserId};
use rusqlite::{named_params, params};

/// A ciphertext that a batch names.
pub struct Named<'a> {
    pub record: &'a RecordRef,
    pub address: &'a str,
    /// In bytes.
    pub size: u64,
    pub thumbnail: bool,
}

/// A size that a batch gives an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub bytes: u64,
    /// The batch is not admitted.
    pub waits: bool,
}

/// By the batches of a user's devices, admitted ones first.
pub fn named_by(read: &Read, address: &str, user: UserId) -> Result<Vec<Size>, DbError> {
    read.all(
        "SELECT p.size, EXISTS (SELECT 1 FROM waiting w
             WHERE w.office = p.office AND w.device = p.device AND w.first_seq = p.first_seq) AS waits
         FROM photos p WHERE p.office = ?1 AND p.address = ?2
             AND p.device IN (SELECT id FROM devices WHERE office = ?1 AND user = ?3) ORDER BY waits",
        params![read.office(), address, id(user.0)],
        |row| Ok(Size { bytes: uint(row, 0)?, waits: row.get(1)? }),
    )
}

/// By admitted batches, with the feed that their record is in, `most` of them.
pub fn named_in(read: &Read, address: &str, most: u32) -> Result<Vec<(u64, Feed)>, DbError> {
    let rows = read.all(
        "SELECT DISTINCT p.size, r.feed FROM photos p JOIN records r ON r.office = p.office AND r.record = p.record
         WHERE p.office = ?1 AND p.address = ?2 AND NOT EXISTS (SELECT 1 FROM waiting w
             WHERE w.office = p.office AND w.device = p.device AND w.first_seq = p.first_seq) LIMIT ?3",
        params![read.office(), address, most],
        |row| Ok((uint(row, 0)?, row.get::<_, String>(1)?.parse().ok())),
    )?;
    Ok(rows.into_iter().filter_map(|(size, feed)| Some((size, feed?))).collect())
}

/// What a batch names, all of it.
pub fn set(tx: &Tx, batch: BatchKey, named: &[Named]) -> Result<(), DbError> {
    let (device, first_seq) = (id(batch.device.0), int(batch.first_seq));
    tx.execute(
        "DELETE FROM photos WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![tx.office(), device, first_seq],
    )?;
    for named in named {
        tx.execute(
            "INSERT OR REPLACE INTO photos (office, device, first_seq, address, record, size, thumbnail)
             VALUES (:office, :device, :first, :address, :record, :size, :thumbnail)",
            named_params! {
                ":office": tx.office(), ":device": device, ":first": first_seq, ":address": named.address,
                ":record": record(named.record), ":size": int(named.size), ":thumbnail": named.thumbnail,
            },
        )?;
    }
    Ok(())
}
