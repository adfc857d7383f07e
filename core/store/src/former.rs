//! Devices that this folder was before: the hub may be restored from a backup of their time, or before it, and then lacks
//! what it had of them.

use crate::{
    StoreError,
    outbox::{self, Own},
    sealing::Vault,
};
use model::{DeviceId, DeviceKey, RecordRef, encoding::Bytes};
use rusqlite::{Connection, Transaction};
use wire::{
    enrol::{Continued, Kept, MAX_CONTINUED, MAX_KEPT},
    erasure::Orders,
};
use zeroize::Zeroizing;

/// A device of this folder, to be named when another is asked for.
pub struct Former {
    pub device: DeviceId,
    pub key: DeviceKey,
    /// Its batches that are kept here, in their order.
    pub kept: Vec<Kept>,
}

/// The newest first, as many as an enrolment may name beside the present one.
pub(crate) fn all(db: &Connection) -> Result<Vec<Former>, StoreError> {
    let mut select = db.prepare("SELECT n, device, signing_key FROM former ORDER BY n DESC LIMIT ?1")?;
    let most = i64::try_from(MAX_CONTINUED - 1).unwrap_or(0);
    let rows = select.query_map([most], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, Zeroizing::new(row.get::<_, Vec<u8>>(2)?)))
    })?;
    let mut all = Vec::new();
    for row in rows {
        let (n, device, key) = row?;
        let device = device.parse().map_err(|_| StoreError::Unreadable)?;
        all.push(Former { device, key: DeviceKey::from_pkcs8(&key)?, kept: kept(db, n)? });
    }
    Ok(all)
}

fn kept(db: &Connection, former: i64) -> Result<Vec<Kept>, StoreError> {
    let mut select = db.prepare(
        "SELECT last_seq, statement FROM former_batch WHERE former = ?1 ORDER BY first_seq DESC LIMIT ?2",
    )?;
    let rows = select.query_map((former, i64::try_from(MAX_KEPT).unwrap_or(i64::MAX)), |row| {
        Ok(Kept::new(row.get::<_, i64>(0)?.cast_unsigned(), &Bytes(row.get(1)?)))
    })?;
    let mut kept = rows.collect::<Result<Vec<_>, _>>()?;
    kept.reverse();
    Ok(kept)
}

/// The present device ends; its batches that the hub has stay here.
pub(crate) fn end(tx: &Transaction<'_>, device: DeviceId, has: &[u64], now: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO former (device, signing_key) SELECT ?1, signing_key FROM device",
        [device.to_string()],
    )?;
    let former = tx.last_insert_rowid();
    let mut keep = tx.prepare(
        "INSERT INTO former_batch (former, first_seq, last_seq, statement, restricted, cause, at, body)
         SELECT ?1, first_seq, last_seq, statement, restricted,
             (SELECT cause FROM outbox_change c WHERE c.first_seq = o.first_seq AND cause IS NOT NULL LIMIT 1),
             ?3, body
         FROM outbox o JOIN outbox_body USING (first_seq) WHERE first_seq = ?2",
    )?;
    for first in has {
        keep.execute((former, first.cast_signed(), now))?;
    }
    Ok(())
}

/// Takes out what the hub lacks of devices before, the oldest first, each with what it came from.
pub(crate) fn take_lacking(
    tx: &Transaction<'_>,
    vault: &Vault,
    continued: &[Continued],
) -> Result<Vec<(Own, Option<RecordRef>)>, StoreError> {
    let mut select = tx.prepare(
        "SELECT b.first_seq, statement, restricted, body, b.n, last_seq, device, cause
         FROM former_batch b JOIN former f ON f.n = b.former ORDER BY b.former, b.first_seq",
    )?;
    let mut rows = select.query([])?;
    let (mut lacking, mut taken) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let (n, last): (i64, i64) = (row.get(4)?, row.get(5)?);
        let device: DeviceId = row.get::<_, String>(6)?.parse().map_err(|_| StoreError::Unreadable)?;
        let told = continued.iter().find(|continued| continued.device == device);
        if told.is_some_and(|told| last.cast_unsigned() <= told.received_through) {
            continue;
        }
        let cause: Option<String> = row.get(7)?;
        let cause = cause.map(|cause| cause.parse()).transpose().map_err(|_| StoreError::Unreadable)?;
        lacking.push((outbox::read(row, vault)?, cause));
        taken.push(n);
    }
    for n in taken {
        tx.execute("DELETE FROM former_batch WHERE n = ?1", [n])?;
    }
    Ok(lacking)
}

pub(crate) fn erase(
    tx: &Transaction<'_>,
    vault: &Vault,
    orders: &Orders,
    only_restricted: bool,
) -> Result<(), StoreError> {
    let mut select = tx.prepare(
        "SELECT first_seq, statement, restricted, body, n FROM former_batch
         WHERE (restricted = 1 OR NOT ?1) AND (restricted = 0 OR ?2)",
    )?;
    let mut rows = select.query((only_restricted, !vault.is_locked()))?;
    let mut erased = Vec::new();
    while let Some(row) = rows.next()? {
        let Own { batch, restricted } = outbox::read(row, vault)?;
        if let Some(batch) = orders.settled(&batch)? {
            erased.push((row.get::<_, i64>(4)?, outbox::write(vault, &Own { batch, restricted })?));
        }
    }
    for (n, body) in erased {
        tx.execute("UPDATE former_batch SET body = ?2 WHERE n = ?1", (n, body))?;
    }
    Ok(())
}

/// A record became restricted: so do the batches with changes of it.
pub(crate) fn restrict(tx: &Transaction<'_>, vault: &Vault, record: &str) -> Result<(), StoreError> {
    let mut select = tx.prepare_cached(
        "SELECT first_seq, statement, restricted, body, n FROM former_batch WHERE restricted = 0",
    )?;
    let mut rows = select.query([])?;
    let mut sealed = Vec::new();
    while let Some(row) = rows.next()? {
        let Own { batch, .. } = outbox::read(row, vault)?;
        if batch.changes().flatten().any(|change| change.head.record.to_string() == record) {
            sealed.push((row.get::<_, i64>(4)?, outbox::write(vault, &Own { batch, restricted: true })?));
        }
    }
    for (n, body) in sealed {
        tx.execute("UPDATE former_batch SET restricted = 1, body = ?2 WHERE n = ?1", (n, body))?;
    }
    Ok(())
}

/// Of devices that ended before `before`.
pub(crate) fn prune(tx: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM former_batch WHERE at < ?1", [before])?;
    tx.execute(
        "DELETE FROM former WHERE NOT EXISTS (SELECT 1 FROM former_batch WHERE former = former.n)",
        [],
    )?;
    Ok(())
}
