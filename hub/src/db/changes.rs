//! Received changes, as the exact bytes that were signed.

use super::{
    DbError, Read, Tx,
    column::{int, json, parsed, uint},
    waiting::Batch,
};
use model::{Change, ChangeId, DeviceId, RecordRef, SignedChange};
use rusqlite::{named_params, params};

/// A change of a batch that waits.
pub struct Received {
    pub signed: SignedChange,
    pub received_at: u64,
    pub batch_index: u32,
    pub batch_count: u32,
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
pub fn digest(read: &Read, id: ChangeId) -> Result<Option<[u8; 32]>, DbError> {
    read.find(
        "SELECT digest FROM changes WHERE office = ?1 AND id = ?2",
        [read.office(), &id.to_string()],
        |row| row.get(0),
    )
}

/// Of a device's change of this number.
pub fn digest_at(read: &Read, device: DeviceId, seq: u64) -> Result<Option<[u8; 32]>, DbError> {
    read.find(
        "SELECT digest FROM changes WHERE office = ?1 AND device = ?2 AND seq = ?3",
        params![read.office(), device.to_string(), int(seq)],
        |row| row.get(0),
    )
}

/// Those of a batch that wait, by their index.
pub fn of_batch(read: &Read, batch: &Batch) -> Result<Vec<Received>, DbError> {
    read.all(
        "SELECT body, received_at, batch_index, batch_count FROM changes
         WHERE office = ?1 AND device = ?2 AND seq BETWEEN ?4 AND ?5 AND batch = ?3 AND admitted_at IS NULL
         ORDER BY batch_index, seq",
        params![
            read.office(),
            batch.device.to_string(),
            batch.id.to_string(),
            int(batch.first_seq),
            int(batch.last_seq)
        ],
        |row| {
            Ok(Received {
                signed: json(row, 0)?,
                received_at: uint(row, 1)?,
                batch_index: row.get(2)?,
                batch_count: row.get(3)?,
            })
        },
    )
}

/// All that made a record what it is.
pub fn of_record(read: &Read, record: &RecordRef) -> Result<Vec<Admitted>, DbError> {
    read.all(
        "SELECT received_at, device, seq, id FROM changes
         WHERE office = ?1 AND record = ?2 AND admitted_at IS NOT NULL",
        [read.office(), &record.to_string()],
        |row| {
            Ok(Admitted {
                received_at: uint(row, 0)?,
                device: parsed(row, 1)?,
                seq: uint(row, 2)?,
                id: parsed(row, 3)?,
            })
        },
    )
}

/// Changes of a device that waited and were admitted after `since`, the newest first, `most` of them.
pub fn admitted_late(read: &Read, device: DeviceId, since: u64, most: u32) -> Result<Vec<ChangeId>, DbError> {
    read.all(
        "SELECT id FROM changes WHERE office = ?1 AND device = ?2 AND waited = 1 AND admitted_at > ?3
         ORDER BY admitted_at DESC, seq LIMIT ?4",
        params![read.office(), device.to_string(), int(since), most],
        |row| parsed(row, 0),
    )
}

pub fn add(tx: &Tx, change: &Change, body: &str) -> Result<(), DbError> {
    let header = &change.header;
    tx.execute(
        "INSERT INTO changes (office, id, device, seq, record, batch, batch_index, batch_count, digest, body,
                              received_at)
         VALUES (:office, :id, :device, :seq, :record, :batch, :index, :count, :digest, :body, :now)",
        named_params! {
            ":office": tx.office(), ":id": header.id.to_string(), ":device": header.device.to_string(),
            ":seq": int(header.seq), ":record": header.record.to_string(), ":batch": header.batch.id.to_string(),
            ":index": header.batch.index, ":count": header.batch.count, ":digest": change.digest.0,
            ":body": body, ":now": int(tx.now()),
        },
    )?;
    Ok(())
}

/// The batch's changes have entered their feeds.
pub fn set_admitted(tx: &Tx, batch: &Batch) -> Result<(), DbError> {
    tx.execute(
        "UPDATE changes SET admitted_at = ?6, waited = ?7
         WHERE office = ?1 AND device = ?2 AND seq BETWEEN ?4 AND ?5 AND batch = ?3 AND admitted_at IS NULL",
        params![
            tx.office(),
            batch.device.to_string(),
            batch.id.to_string(),
            int(batch.first_seq),
            int(batch.last_seq),
            int(tx.now()),
            batch.decided
        ],
    )?;
    Ok(())
}
