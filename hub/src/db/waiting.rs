//! Batches that are not admitted: small, so that deciding never looks at what is. Some wait for something to happen, some
//! were denied and stay.

use super::{
    DbError, Read, Tx,
    batches::BatchKey,
    column::{id, int, read_id, read_record, record, uint, unreadable},
};
use model::{ChangeId, DeviceId, RecordRef, UserId, batch::Statement};
use rusqlite::{Row, ToSql, named_params, params};
use wire::push::DeniedPart;

#[derive(Clone, Copy)]
pub struct Batch {
    pub key: BatchKey,
    /// It was decided before, and its device told.
    pub decided: bool,
    /// The receiving side agreed to what it moves.
    pub agreed: bool,
}

/// A batch that is not admitted.
pub struct Held {
    pub key: BatchKey,
    /// Why; `None` until it was decided once.
    pub code: Option<String>,
    /// What of it isn't allowed; `None` for one that waits.
    pub denied: Option<Vec<DeniedPart>>,
    pub decided_at: u64,
}

/// Those that came and were not decided yet, of a device, in its order.
pub fn new_of(read: &Read, device: DeviceId) -> Result<Vec<Batch>, DbError> {
    batches(read, "w.due = 1 AND w.code IS NULL AND w.device = ?2", &id(device.0), u32::MAX)
}

/// Those that are to be decided, `most` of them.
pub fn due(read: &Read, most: u32) -> Result<Vec<Batch>, DbError> {
    batches(read, "w.due = ?2", &1, most)
}

/// Each device's in its order.
fn batches(read: &Read, which: &str, value: &dyn ToSql, most: u32) -> Result<Vec<Batch>, DbError> {
    let sql = format!(
        "SELECT w.device, w.first_seq, w.code IS NOT NULL, w.agreed FROM waiting w
         WHERE w.office = ?1 AND {which} ORDER BY w.device, w.first_seq LIMIT ?3"
    );
    let row = |row: &Row| {
        let key = BatchKey { device: DeviceId(read_id(row, 0)?), first_seq: uint(row, 1)? };
        Ok(Batch { key, decided: row.get(2)?, agreed: row.get(3)? })
    };
    read.all(&sql, params![read.office(), value, most], row)
}

/// What a device has here that is not admitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    pub batches: u64,
    /// As they are kept.
    pub bytes: u64,
}

pub fn load(read: &Read, device: DeviceId) -> Result<Load, DbError> {
    read.get(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM waiting WHERE office = ?1 AND device = ?2",
        params![read.office(), id(device.0)],
        |row| Ok(Load { batches: uint(row, 0)?, bytes: uint(row, 1)? }),
    )
}

const COLUMNS: &str = "device, first_seq, code, denied, coalesce(decided_at, 0)";

/// Batches of a device that wait, and those that were denied after `since`; the newest first, `most` of them.
pub fn held(read: &Read, device: DeviceId, since: u64, most: u32) -> Result<Vec<Held>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM waiting WHERE office = ?1 AND device = ?2 AND (denied IS NULL OR decided_at > ?3)
         ORDER BY first_seq DESC LIMIT ?4"
    );
    read.all(&sql, params![read.office(), id(device.0), int(since), most], held_row)
}

/// Those that wait for this reason, the last decided first, `most` of them.
pub fn because(read: &Read, code: &str, most: u32) -> Result<Vec<Held>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM waiting WHERE office = ?1 AND code = ?2 ORDER BY decided_at DESC LIMIT ?3"
    );
    read.all(&sql, params![read.office(), code, most], held_row)
}

/// All that is not admitted, the last decided first, `most` of them.
pub fn all(read: &Read, most: u32) -> Result<Vec<Held>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM waiting WHERE office = ?1 AND code IS NOT NULL ORDER BY decided_at DESC LIMIT ?2"
    );
    read.all(&sql, params![read.office(), most], held_row)
}

/// The batch, if it is not admitted.
pub fn find(read: &Read, key: BatchKey) -> Result<Option<Held>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM waiting WHERE office = ?1 AND device = ?2 AND first_seq = ?3");
    read.find(&sql, params![read.office(), id(key.device.0), int(key.first_seq)], held_row)
}

fn held_row(row: &Row) -> rusqlite::Result<Held> {
    let denied: Option<String> = row.get(3)?;
    let denied = denied.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Held {
        key: BatchKey { device: DeviceId(read_id(row, 0)?), first_seq: uint(row, 1)? },
        code: row.get(2)?,
        denied: denied.map_err(|_| unreadable(3))?,
        decided_at: uint(row, 4)?,
    })
}

/// A batch was received, of so many bytes as it is kept.
pub fn add(tx: &Tx, batch: &Statement, bytes: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO waiting (office, device, first_seq, last_seq, bytes)
         VALUES (:office, :device, :first, :last, :bytes)",
        named_params! {
            ":office": tx.office(), ":device": id(batch.device.0), ":first": int(batch.first_seq),
            ":last": int(batch.next_seq() - 1), ":bytes": int(bytes),
        },
    )?;
    Ok(())
}

/// Keeps why the batch waits, and the record that something must happen to first.
pub fn set_reason(tx: &Tx, key: BatchKey, code: &str, waits_for: Option<&RecordRef>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE waiting SET due = 0, code = ?4, waits_for = ?5, decided_at = ?6
         WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![
            tx.office(),
            id(key.device.0),
            int(key.first_seq),
            code,
            waits_for.map(record),
            int(tx.now())
        ],
    )?;
    Ok(())
}

/// It stays here for good.
pub fn set_denied(tx: &Tx, key: BatchKey, code: &str, parts: &[DeniedPart]) -> Result<(), DbError> {
    let parts = serde_json::to_string(parts).map_err(|_| DbError::Internal("a denial can't be written"))?;
    tx.execute(
        "UPDATE waiting SET due = 0, waits_for = NULL, code = ?4, denied = ?5, decided_at = ?6
         WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![tx.office(), id(key.device.0), int(key.first_seq), code, parts, int(tx.now())],
    )?;
    Ok(())
}

/// The receiving side agrees to what it moves.
pub fn set_agreed(tx: &Tx, key: BatchKey) -> Result<(), DbError> {
    tx.execute(
        "UPDATE waiting SET agreed = 1, due = 1
         WHERE office = ?1 AND device = ?2 AND first_seq = ?3 AND denied IS NULL",
        params![tx.office(), id(key.device.0), int(key.first_seq)],
    )?;
    Ok(())
}

const WAITS: &str = "UPDATE waiting SET due = 1 WHERE office = ?1 AND denied IS NULL";

/// What waits for something to happen to the record is decided again.
pub fn free_for(tx: &Tx, of: &RecordRef) -> Result<(), DbError> {
    tx.execute(&format!("{WAITS} AND waits_for = ?2"), params![tx.office(), record(of)])?;
    Ok(())
}

/// What waits for this reason is decided again.
pub fn free_because(tx: &Tx, code: &str) -> Result<(), DbError> {
    tx.execute(&format!("{WAITS} AND code = ?2"), params![tx.office(), code])?;
    Ok(())
}

/// What waits of a user's devices is decided again.
pub fn free_of_user(tx: &Tx, user: UserId) -> Result<(), DbError> {
    let theirs = "device IN (SELECT id FROM devices WHERE office = ?1 AND user = ?2)";
    tx.execute(&format!("{WAITS} AND {theirs}"), params![tx.office(), id(user.0)])?;
    Ok(())
}

/// The batch of a change, if it is not admitted; whether it was denied; and the change's record.
pub fn of_change(read: &Read, change: ChangeId) -> Result<Option<(BatchKey, bool, RecordRef)>, DbError> {
    read.find(
        "SELECT w.device, w.first_seq, w.denied IS NOT NULL, c.record FROM changes c
             JOIN waiting w ON w.office = c.office AND w.device = c.device AND w.first_seq = c.first_seq
         WHERE c.office = ?1 AND c.id = ?2",
        params![read.office(), id(change.0)],
        |row| {
            let key = BatchKey { device: DeviceId(read_id(row, 0)?), first_seq: uint(row, 1)? };
            Ok((key, row.get(2)?, read_record(row, 3)?))
        },
    )
}

pub fn remove(tx: &Tx, key: BatchKey) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM waiting WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![tx.office(), id(key.device.0), int(key.first_seq)],
    )?;
    Ok(())
}
