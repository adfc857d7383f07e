//! What has come of a device's next batch before the rest of it.

use super::{
    DbError, Read, Tx,
    column::{self, id, pack_batch},
};
use model::{DeviceId, Verified};
use rusqlite::{named_params, params};

pub fn find(read: &Read, device: DeviceId) -> Result<Option<Verified>, DbError> {
    read.find(
        "SELECT body, statement FROM staged WHERE office = ?1 AND device = ?2",
        params![read.office(), id(device.0)],
        |row| column::batch(row, 0, 1),
    )
}

pub fn all(read: &Read) -> Result<Vec<Verified>, DbError> {
    read.all("SELECT body, statement FROM staged WHERE office = ?1", params![read.office()], |row| {
        column::batch(row, 0, 1)
    })
}

pub fn set(tx: &Tx, batch: &Verified) -> Result<(), DbError> {
    let statement = batch.statement();
    tx.execute(
        "INSERT OR REPLACE INTO staged (office, device, statement, body)
         VALUES (:office, :device, :statement, :body)",
        named_params! {
            ":office": tx.office(), ":device": id(statement.device.0), ":statement": statement.hash().0,
            ":body": pack_batch(batch)?,
        },
    )?;
    Ok(())
}

pub fn remove(tx: &Tx, device: DeviceId) -> Result<(), DbError> {
    tx.execute("DELETE FROM staged WHERE office = ?1 AND device = ?2", params![tx.office(), id(device.0)])?;
    Ok(())
}
