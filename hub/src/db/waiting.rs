//! Batches that are not admitted: small, so that deciding never looks at what is.

use super::{
    DbError, Read, Tx,
    batches::BatchKey,
    column::{id, int, read_id, record, uint},
};
use model::{DeviceId, RecordRef, UserId, batch::Statement};
use rusqlite::{Row, ToSql, named_params, params};

#[derive(Clone, Copy)]
pub struct Batch {
    pub key: BatchKey,
    /// It was decided before, and its device told.
    pub decided: bool,
}

/// A batch that waits.
pub struct Held {
    pub first_seq: u64,
    /// Why; `None` until it was decided once.
    pub code: Option<String>,
}

pub fn of_device(read: &Read, device: DeviceId) -> Result<Vec<Batch>, DbError> {
    batches(read, "w.device = ?2", &id(device.0))
}

/// Those that wait for this reason.
pub fn because(read: &Read, code: &str) -> Result<Vec<Batch>, DbError> {
    batches(read, "w.code = ?2", &code)
}

pub fn of_user(read: &Read, user: UserId) -> Result<Vec<Batch>, DbError> {
    let theirs = "w.device IN (SELECT id FROM devices WHERE office = ?1 AND user = ?2)";
    batches(read, theirs, &id(user.0))
}

/// Those that wait for a record to come.
pub fn for_record(read: &Read, missing: &RecordRef) -> Result<Vec<Batch>, DbError> {
    batches(read, "w.waits_for = ?2", &record(missing))
}

/// Each device's in its order.
fn batches(read: &Read, which: &str, value: &dyn ToSql) -> Result<Vec<Batch>, DbError> {
    let sql = format!(
        "SELECT w.device, w.first_seq, w.code IS NOT NULL FROM waiting w
         WHERE w.office = ?1 AND {which} ORDER BY w.device, w.first_seq"
    );
    let row = |row: &Row| {
        let key = BatchKey { device: DeviceId(read_id(row, 0)?), first_seq: uint(row, 1)? };
        Ok(Batch { key, decided: row.get(2)? })
    };
    read.all(&sql, params![read.office(), value], row)
}

/// Batches of a device that wait, in its order, `most` of them.
pub fn held(read: &Read, device: DeviceId, most: u32) -> Result<Vec<Held>, DbError> {
    read.all(
        "SELECT first_seq, code FROM waiting WHERE office = ?1 AND device = ?2 ORDER BY first_seq LIMIT ?3",
        params![read.office(), id(device.0), most],
        held_row,
    )
}

/// The batch, if it waits.
pub fn find(read: &Read, key: BatchKey) -> Result<Option<Held>, DbError> {
    read.find(
        "SELECT first_seq, code FROM waiting WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![read.office(), id(key.device.0), int(key.first_seq)],
        held_row,
    )
}

fn held_row(row: &Row) -> rusqlite::Result<Held> {
    Ok(Held { first_seq: uint(row, 0)?, code: row.get(1)? })
}

/// A batch was received.
pub fn add(tx: &Tx, batch: &Statement) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO waiting (office, device, first_seq, last_seq) VALUES (:office, :device, :first, :last)",
        named_params! {
            ":office": tx.office(), ":device": id(batch.device.0), ":first": int(batch.first_seq),
            ":last": int(batch.next_seq() - 1),
        },
    )?;
    Ok(())
}

/// Keeps why the batch waits, and the record that must come first.
pub fn set_reason(tx: &Tx, key: BatchKey, code: &str, waits_for: Option<&RecordRef>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE waiting SET code = ?4, waits_for = ?5
         WHERE office = ?1 AND device = ?2 AND first_seq = ?3 AND (code IS NOT ?4 OR waits_for IS NOT ?5)",
        params![tx.office(), id(key.device.0), int(key.first_seq), code, waits_for.map(record)],
    )?;
    Ok(())
}

pub fn remove(tx: &Tx, key: BatchKey) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM waiting WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![tx.office(), id(key.device.0), int(key.first_seq)],
    )?;
    Ok(())
}
