//! Received changes, as the exact bytes that were signed.

use super::{
    DbError, Read, Tx,
    column::{id, int, pack, packed_json, read_id, record, uint},
    waiting::Batch,
};
use model::{Change, ChangeId, DeviceId, RecordRef, SignedChange};
use rusqlite::{Row, named_params, params};

/// A change of a batch that waits.
pub struct Received {
    pub signed: SignedChange,
    pub received_at: u64,
}

/// An admitted change in the order in which changes were received.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Admitted {
    pub received_at: u64,
    pub device: DeviceId,
    pub seq: u64,
    pub id: ChangeId,
}

/// Of the change that has this id.
pub fn digest(read: &Read, change: ChangeId) -> Result<Option<[u8; 32]>, DbError> {
    read.find(
        "SELECT body FROM changes WHERE office = ?1 AND id = ?2",
        params![read.office(), id(change.0)],
        digest_of,
    )
}

fn digest_of(row: &Row) -> rusqlite::Result<[u8; 32]> {
    Ok(packed_json::<SignedChange>(row, 0)?.digest().0)
}

/// Of a device's change of this number.
pub fn digest_at(read: &Read, device: DeviceId, seq: u64) -> Result<Option<[u8; 32]>, DbError> {
    read.find(
        "SELECT body FROM changes WHERE office = ?1 AND device = ?2 AND seq = ?3",
        params![read.office(), id(device.0), int(seq)],
        digest_of,
    )
}

/// Those of a batch that wait, in their device's order.
pub fn of_batch(read: &Read, batch: &Batch) -> Result<Vec<Received>, DbError> {
    read.all(
        "SELECT body, received_at FROM changes
         WHERE office = ?1 AND device = ?2 AND seq BETWEEN ?4 AND ?5 AND batch = ?3 ORDER BY seq",
        params![read.office(), id(batch.device.0), id(batch.id.0), int(batch.first_seq), int(batch.last_seq)],
        |row| Ok(Received { signed: packed_json(row, 0)?, received_at: uint(row, 1)? }),
    )
}

/// All that made a record what it is.
pub fn of_record(read: &Read, of: &RecordRef) -> Result<Vec<Admitted>, DbError> {
    read.all(
        "SELECT received_at, device, seq, id FROM changes WHERE office = ?1 AND record = ?2 AND batch IS NULL",
        params![read.office(), record(of)],
        |row| {
            Ok(Admitted {
                received_at: uint(row, 0)?,
                device: DeviceId(read_id(row, 1)?),
                seq: uint(row, 2)?,
                id: ChangeId(read_id(row, 3)?),
            })
        },
    )
}

/// Changes of a device that waited and were admitted after `since`, the newest first, `most` of them.
pub fn admitted_late(read: &Read, device: DeviceId, since: u64, most: u32) -> Result<Vec<ChangeId>, DbError> {
    read.all(
        "SELECT id FROM changes WHERE office = ?1 AND device = ?2 AND late_at > ?3
         ORDER BY late_at DESC, seq LIMIT ?4",
        params![read.office(), id(device.0), int(since), most],
        |row| Ok(ChangeId(read_id(row, 0)?)),
    )
}

pub fn add(tx: &Tx, change: &Change, body: &str) -> Result<(), DbError> {
    let header = &change.header;
    let body = pack(body.as_bytes()).ok_or(DbError::Internal("a change can't be packed"))?;
    tx.execute(
        "INSERT INTO changes (office, id, device, seq, record, batch, body, received_at)
         VALUES (:office, :id, :device, :seq, :record, :batch, :body, :now)",
        named_params! {
            ":office": tx.office(), ":id": id(header.id.0), ":device": id(header.device.0),
            ":seq": int(header.seq), ":record": record(&header.record), ":batch": id(header.batch.id.0),
            ":body": body, ":now": int(tx.now()),
        },
    )?;
    Ok(())
}

/// The batch's changes have entered their feeds.
pub fn set_admitted(tx: &Tx, batch: &Batch) -> Result<(), DbError> {
    tx.execute(
        "UPDATE changes SET batch = NULL, late_at = ?6
         WHERE office = ?1 AND device = ?2 AND seq BETWEEN ?4 AND ?5 AND batch = ?3",
        params![
            tx.office(),
            id(batch.device.0),
            id(batch.id.0),
            int(batch.first_seq),
            int(batch.last_seq),
            batch.decided.then(|| int(tx.now()))
        ],
    )?;
    Ok(())
}
