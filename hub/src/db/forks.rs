//! Devices whose key was used twice: two statements for one number, each with its signature.

use super::{
    DbError, Read, Tx,
    column::{id, int},
};
use model::{DeviceId, Rebuilt};
use rusqlite::{named_params, params};

pub fn is_forked(read: &Read, device: DeviceId) -> Result<bool, DbError> {
    read.exists("SELECT 1 FROM forks WHERE office = ?1 AND device = ?2", params![read.office(), id(device.0)])
}

/// The first proof stays.
pub fn add(tx: &Tx, received: &Rebuilt, other: &Rebuilt) -> Result<(), DbError> {
    let [(received, received_signature), (other, other_signature)] =
        [received, other].map(|batch| (batch.statement().bytes(), batch.batch().signature.0));
    tx.execute(
        "INSERT OR IGNORE INTO forks (office, device, received, received_signature, other, other_signature, found_at)
         VALUES (:office, :device, :received, :received_signature, :other, :other_signature, :now)",
        named_params! {
            ":office": tx.office(), ":device": &received[17..33], ":received": received,
            ":received_signature": received_signature, ":other": other, ":other_signature": other_signature,
            ":now": int(tx.now()),
        },
    )?;
    Ok(())
}
