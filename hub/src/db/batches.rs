//! Received batches, as their devices signed them, and where each change stands.

use super::{
    DbError, Read, Tx, acknowledged,
    column::{self, id, int, pack_batch, read_id, read_record, record, uint},
};
use model::{ChangeId, DeviceId, Digest, RecordRef, UserId, Verified, encoding::Bytes};
use rusqlite::{Row, named_params, params};
use workflow::TRANSITION;

/// Names a batch: its device, and the number of its first change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchKey {
    pub device: DeviceId,
    pub first_seq: u64,
}

impl BatchKey {
    pub fn of(batch: &Verified) -> Self {
        let statement = batch.statement();
        Self { device: statement.device, first_seq: statement.first_seq }
    }
}

/// A batch that is kept.
pub struct Received {
    pub batch: Verified,
    pub received_at: u64,
}

/// Where a change stands.
pub struct Place {
    pub batch: BatchKey,
    /// From 0.
    pub place: u32,
    pub record: RecordRef,
}

/// An admitted change in the order in which batches were received.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Admitted {
    pub received_at: u64,
    pub batch: BatchKey,
    pub place: u32,
}

pub fn find(read: &Read, key: BatchKey) -> Result<Option<Received>, DbError> {
    read.find(
        "SELECT body, statement, received_at FROM batches WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![read.office(), id(key.device.0), int(key.first_seq)],
        received,
    )
}

fn received(row: &Row) -> rusqlite::Result<Received> {
    Ok(Received { batch: column::batch(row, 0, 1)?, received_at: uint(row, 2)? })
}

/// The last batch of a device that has any of these numbers.
pub fn overlapping(
    read: &Read,
    device: DeviceId,
    first_seq: u64,
    last_seq: u64,
) -> Result<Option<Received>, DbError> {
    // They follow each other without a gap: only the last one that begins so early may reach into these.
    let last = read.find(
        "SELECT first_seq, last_seq FROM batches WHERE office = ?1 AND device = ?2 AND first_seq <= ?3
         ORDER BY first_seq DESC LIMIT 1",
        params![read.office(), id(device.0), int(last_seq)],
        |row| Ok((uint(row, 0)?, uint(row, 1)?)),
    )?;
    match last.filter(|(_, last)| *last >= first_seq) {
        Some((first_seq, _)) => find(read, BatchKey { device, first_seq }),
        None => Ok(None),
    }
}

/// The hash of the statement of a device's batch that ends with this number.
pub fn ending_with(read: &Read, device: DeviceId, last_seq: u64) -> Result<Option<Digest>, DbError> {
    let last: Option<(Digest, u64)> = read.find(
        "SELECT statement, last_seq FROM batches WHERE office = ?1 AND device = ?2 AND first_seq <= ?3
         ORDER BY first_seq DESC LIMIT 1",
        params![read.office(), id(device.0), int(last_seq)],
        |row| Ok((Bytes(row.get(0)?), uint(row, 1)?)),
    )?;
    Ok(last.filter(|(_, last)| *last == last_seq).map(|(statement, _)| statement))
}

/// The hash of a batch's statement.
pub fn statement(read: &Read, key: BatchKey) -> Result<Digest, DbError> {
    read.get(
        "SELECT statement FROM batches WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![read.office(), id(key.device.0), int(key.first_seq)],
        |row| Ok(Bytes(row.get(0)?)),
    )
}

pub fn place(read: &Read, change: ChangeId) -> Result<Option<Place>, DbError> {
    read.find(
        "SELECT device, first_seq, place, record FROM changes WHERE office = ?1 AND id = ?2",
        params![read.office(), id(change.0)],
        |row| {
            let batch = BatchKey { device: DeviceId(read_id(row, 0)?), first_seq: uint(row, 1)? };
            Ok(Place { batch, place: row.get(2)?, record: read_record(row, 3)? })
        },
    )
}

/// All changes that made a record what it is.
pub fn of_record(read: &Read, of: &RecordRef) -> Result<Vec<Admitted>, DbError> {
    read.all(
        "SELECT b.received_at, c.device, c.first_seq, c.place FROM changes c
             JOIN batches b ON b.office = c.office AND b.device = c.device AND b.first_seq = c.first_seq
         WHERE c.office = ?1 AND c.record = ?2 AND NOT EXISTS (SELECT 1 FROM waiting w
             WHERE w.office = c.office AND w.device = c.device AND w.first_seq = c.first_seq)",
        params![read.office(), record(of)],
        |row| {
            let batch = BatchKey { device: DeviceId(read_id(row, 1)?), first_seq: uint(row, 2)? };
            Ok(Admitted { received_at: uint(row, 0)?, batch, place: row.get(3)? })
        },
    )
}

/// Batches of a record's changes, waiting ones too.
pub fn about(read: &Read, of: &RecordRef) -> Result<Vec<BatchKey>, DbError> {
    read.all(
        "SELECT DISTINCT device, first_seq FROM changes WHERE office = ?1 AND record = ?2",
        params![read.office(), record(of)],
        |row| Ok(BatchKey { device: DeviceId(read_id(row, 0)?), first_seq: uint(row, 1)? }),
    )
}

/// Batches of a device that waited and were admitted after `since`, the newest first, `most` of them.
pub fn admitted_late(read: &Read, device: DeviceId, since: u64, most: u32) -> Result<Vec<u64>, DbError> {
    read.all(
        "SELECT first_seq FROM batches WHERE office = ?1 AND device = ?2 AND late_at > ?3
         ORDER BY late_at DESC, first_seq LIMIT ?4",
        params![read.office(), id(device.0), int(since), most],
        |row| uint(row, 0),
    )
}

/// One of which all is seen, but for what was erased. Returns its bytes as they are kept.
pub fn add(tx: &Tx, batch: &Verified) -> Result<u64, DbError> {
    let statement = batch.statement();
    let body = pack_batch(batch)?;
    let (device, first_seq) = (id(statement.device.0), int(statement.first_seq));
    let has_step = batch.changes().flatten().any(|change| change.head.record.kind == TRANSITION);
    let since = if has_step { Some(int(last_before(tx, statement.device)?)) } else { None };
    tx.execute(
        "INSERT INTO batches (office, device, first_seq, last_seq, statement, body, erased, received_at, since)
         VALUES (:office, :device, :first, :last, :statement, :body, :erased, :now, :since)",
        named_params! {
            ":office": tx.office(), ":device": device, ":first": first_seq,
            ":last": int(statement.next_seq() - 1), ":statement": statement.hash().0,
            ":body": body, ":erased": batch.erasures().next().is_some(), ":now": int(tx.now()), ":since": since,
        },
    )?;
    for (place, shown) in (0u32..).zip(batch.changes()) {
        let Some(shown) = shown else { continue };
        tx.execute(
            "INSERT INTO changes (office, id, device, first_seq, place, record)
             VALUES (:office, :id, :device, :first, :place, :record)",
            named_params! {
                ":office": tx.office(), ":id": id(shown.id.0), ":device": device, ":first": first_seq,
                ":place": place, ":record": record(&shown.head.record),
            },
        )?;
    }
    acknowledged::add(tx, &statement.hash().0)?;
    Ok(u64::try_from(body.len()).unwrap_or(u64::MAX))
}

/// When something of a device was last received before now, milliseconds since 1970; 0: never. What came together in one
/// push came at one time.
fn last_before(tx: &Tx, device: DeviceId) -> Result<u64, DbError> {
    let last = tx.find(
        "SELECT received_at FROM batches WHERE office = ?1 AND device = ?2 AND received_at < ?3
         ORDER BY first_seq DESC LIMIT 1",
        params![tx.office(), id(device.0), int(tx.now())],
        |row| uint(row, 0),
    )?;
    Ok(last.unwrap_or(0))
}

/// When the record of a step was first received, and when something of its device had last been before.
pub fn arrival(read: &Read, step: &RecordRef) -> Result<Option<(u64, u64)>, DbError> {
    read.find(
        "SELECT b.received_at, coalesce(b.since, 0) FROM changes c
             JOIN batches b ON b.office = c.office AND b.device = c.device AND b.first_seq = c.first_seq
         WHERE c.office = ?1 AND c.record = ?2 ORDER BY b.received_at, b.first_seq LIMIT 1",
        params![read.office(), record(step)],
        |row| Ok((uint(row, 0)?, uint(row, 1)?)),
    )
}

/// The records of steps that came of a user's devices since then.
pub fn steps_of(read: &Read, user: UserId, since: u64) -> Result<Vec<RecordRef>, DbError> {
    read.all(
        "SELECT DISTINCT c.record FROM devices d
             JOIN batches b ON b.office = d.office AND b.device = d.id
             JOIN changes c ON c.office = b.office AND c.device = b.device AND c.first_seq = b.first_seq
         WHERE d.office = ?1 AND d.user = ?2 AND b.since IS NOT NULL AND b.received_at >= ?3
             AND CAST(substr(c.record, 17) AS TEXT) = ?4",
        params![read.office(), id(user.0), int(since), TRANSITION],
        |row| read_record(row, 0),
    )
}

/// The same batch, of which something was erased.
pub fn set_erased(tx: &Tx, batch: &Verified) -> Result<(), DbError> {
    let key = BatchKey::of(batch);
    tx.execute(
        "UPDATE batches SET body = ?4, erased = 1 WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![tx.office(), id(key.device.0), int(key.first_seq), pack_batch(batch)?],
    )?;
    Ok(())
}

/// It was admitted after it had waited.
pub fn set_late(tx: &Tx, key: BatchKey) -> Result<(), DbError> {
    tx.execute(
        "UPDATE batches SET late_at = ?4 WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![tx.office(), id(key.device.0), int(key.first_seq), int(tx.now())],
    )?;
    Ok(())
}
