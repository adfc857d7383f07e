//! The office's keys: the one that signs, and the public halves of those before it.

use super::{
    DbError, Read, Tx,
    column::{int, json, uint},
};
use model::{PublicKey, encoding::Bytes};
use rusqlite::{Row, named_params, params};
use serde::{Serialize, de::DeserializeOwned};
use wire::{
    keys::{RecoverySigner, Step},
    signed::Signed,
};
use zeroize::Zeroizing;

pub struct Key {
    /// The first is 0.
    pub serial: u64,
    pub key: PublicKey,
    /// By what phones go on to it; `None`: it is the first.
    pub step: Option<Step>,
    /// Who signs replacements, as this key says it.
    pub recovery: Option<Signed<RecoverySigner>>,
    /// Milliseconds since 1970.
    pub since: u64,
}

/// One after the other; the last is in use. None before a hub of this version first started.
pub fn all(read: &Read) -> Result<Vec<Key>, DbError> {
    let row = |row: &Row| {
        Ok(Key {
            serial: uint(row, 0)?,
            key: Bytes(row.get(1)?),
            step: optional(row, 2)?,
            recovery: optional(row, 3)?,
            since: uint(row, 4)?,
        })
    };
    let sql = "SELECT serial, key, step, recovery, since FROM office_keys WHERE office = ?1 ORDER BY serial";
    read.all(sql, params![read.office()], row)
}

pub fn add(tx: &Tx, key: &Key) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO office_keys (office, serial, key, step, recovery, since)
         VALUES (:office, :serial, :key, :step, :recovery, :since)",
        named_params! {
            ":office": tx.office(), ":serial": int(key.serial), ":key": key.key.0,
            ":step": key.step.as_ref().map(written).transpose()?,
            ":recovery": key.recovery.as_ref().map(written).transpose()?, ":since": int(key.since),
        },
    )?;
    Ok(())
}

pub fn set_recovery(tx: &Tx, serial: u64, recovery: &Signed<RecoverySigner>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE office_keys SET recovery = ?3 WHERE office = ?1 AND serial = ?2",
        params![tx.office(), int(serial), written(recovery)?],
    )?;
    Ok(())
}

/// PKCS#8.
pub fn signing(read: &Read) -> Result<Zeroizing<Vec<u8>>, DbError> {
    let sql = "SELECT signing_key FROM office WHERE office = ?1";
    read.get(sql, params![read.office()], |row| Ok(Zeroizing::new(row.get(0)?)))
}

/// PKCS#8, of the key that signs receipts.
pub fn receipts(read: &Read) -> Result<Zeroizing<Vec<u8>>, DbError> {
    let sql = "SELECT coalesce(receipt_key, signing_key) FROM office WHERE office = ?1";
    read.get(sql, params![read.office()], |row| Ok(Zeroizing::new(row.get(0)?)))
}

/// From now on this one signs (PKCS#8); receipts too if those of the keys before count for nothing.
pub fn set_signing(tx: &Tx, key: &[u8], receipts_too: bool) -> Result<(), DbError> {
    tx.execute(
        "UPDATE office SET receipt_key = CASE WHEN ?3 THEN NULL ELSE coalesce(receipt_key, signing_key) END,
             signing_key = ?2
         WHERE office = ?1",
        params![tx.office(), key, receipts_too],
    )?;
    Ok(())
}

/// The public half of what the recovery key signs with, if it is known.
pub fn recovery_signer(read: &Read) -> Result<Option<PublicKey>, DbError> {
    let sql = "SELECT recovery_signer FROM office WHERE office = ?1";
    read.get(sql, params![read.office()], |row| Ok(row.get::<_, Option<_>>(0)?.map(Bytes)))
}

pub fn set_recovery_signer(tx: &Tx, signer: &PublicKey) -> Result<(), DbError> {
    tx.execute("UPDATE office SET recovery_signer = ?2 WHERE office = ?1", params![tx.office(), signer.0])?;
    Ok(())
}

fn written<T: Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value)
        .map_err(|_| DbError::Internal("what an office says of its key can't be written"))
}

fn optional<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<Option<T>> {
    if row.get_ref(column)? == rusqlite::types::ValueRef::Null {
        Ok(None)
    } else {
        json(row, column).map(Some)
    }
}
