//! Batches that are not admitted: small, so that deciding never looks at what is.

use super::{
    DbError, Read, Tx,
    column::{id, int, read_id, record, uint},
};
use model::{BatchId, ChangeId, DeviceId, RecordRef, UserId};
use rusqlite::{Row, ToSql, named_params, params};

pub struct Batch {
    pub device: DeviceId,
    pub id: BatchId,
    /// Its changes lie between these.
    pub first_seq: u64,
    pub last_seq: u64,
    /// It was decided before, and its device told.
    pub decided: bool,
}

/// A change that waits.
pub struct Held {
    pub change: ChangeId,
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
        "SELECT w.device, w.batch, w.first_seq, w.last_seq, w.code IS NOT NULL FROM waiting w
         WHERE w.office = ?1 AND {which} ORDER BY w.device, w.first_seq"
    );
    let row = |row: &Row| {
        Ok(Batch {
            device: DeviceId(read_id(row, 0)?),
            id: BatchId(read_id(row, 1)?),
            first_seq: uint(row, 2)?,
            last_seq: uint(row, 3)?,
            decided: row.get(4)?,
        })
    };
    read.all(&sql, params![read.office(), value], row)
}

/// Changes of a device that wait, in its order, `most` of them.
pub fn held(read: &Read, device: DeviceId, most: u32) -> Result<Vec<Held>, DbError> {
    read.all(
        "SELECT c.id, w.code FROM waiting w
             JOIN changes c ON c.office = w.office AND c.device = w.device AND c.batch = w.batch
                 AND c.seq BETWEEN w.first_seq AND w.last_seq
         WHERE w.office = ?1 AND w.device = ?2 ORDER BY c.seq LIMIT ?3",
        params![read.office(), id(device.0), most],
        held_row,
    )
}

/// The change, if it waits.
pub fn find(read: &Read, change: ChangeId) -> Result<Option<Held>, DbError> {
    read.find(
        "SELECT c.id, w.code FROM changes c
             JOIN waiting w ON w.office = c.office AND w.device = c.device AND w.batch = c.batch
         WHERE c.office = ?1 AND c.id = ?2",
        params![read.office(), id(change.0)],
        held_row,
    )
}

fn held_row(row: &Row) -> rusqlite::Result<Held> {
    Ok(Held { change: ChangeId(read_id(row, 0)?), code: row.get(1)? })
}

/// A change of the batch was received; its seq is above those before.
pub fn add(tx: &Tx, device: DeviceId, batch: BatchId, seq: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO waiting (office, device, batch, first_seq, last_seq)
         VALUES (:office, :device, :batch, :seq, :seq)
         ON CONFLICT (office, device, batch) DO UPDATE SET last_seq = excluded.last_seq",
        named_params! {
            ":office": tx.office(), ":device": id(device.0), ":batch": id(batch.0), ":seq": int(seq),
        },
    )?;
    Ok(())
}

/// Keeps why the batch waits, and the record that must come first.
pub fn set_reason(tx: &Tx, batch: &Batch, code: &str, waits_for: Option<&RecordRef>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE waiting SET code = ?4, waits_for = ?5
         WHERE office = ?1 AND device = ?2 AND batch = ?3 AND (code IS NOT ?4 OR waits_for IS NOT ?5)",
        params![tx.office(), id(batch.device.0), id(batch.id.0), code, waits_for.map(record)],
    )?;
    Ok(())
}

pub fn remove(tx: &Tx, batch: &Batch) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM waiting WHERE office = ?1 AND device = ?2 AND batch = ?3",
        params![tx.office(), id(batch.device.0), id(batch.id.0)],
    )?;
    Ok(())
}
