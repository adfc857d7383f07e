//! One-time codes to enrol a phone with. A code's hash is kept, never the code.

use super::{
    DbError, Read, Tx,
    column::{id, int, optional_id, read_id, uint},
};
use model::{DeviceId, UserId};
use rusqlite::{named_params, params};

pub struct Invitation {
    pub user: UserId,
    pub expires_at: u64,
    pub used: bool,
    /// What it made.
    pub device: Option<DeviceId>,
    /// Made when the user had no device: nobody but the administrator knows of it.
    pub is_first: bool,
}

pub fn find(read: &Read, code_hash: &[u8; 32]) -> Result<Option<Invitation>, DbError> {
    read.find(
        "SELECT user, expires_at, used_at IS NOT NULL, device, is_first FROM invitations
         WHERE office = ?1 AND code_hash = ?2",
        params![read.office(), code_hash],
        |row| {
            Ok(Invitation {
                user: UserId(read_id(row, 0)?),
                expires_at: uint(row, 1)?,
                used: row.get(2)?,
                device: optional_id(row, 3)?.map(DeviceId),
                is_first: row.get(4)?,
            })
        },
    )
}

pub fn add(
    tx: &Tx,
    code_hash: &[u8; 32],
    user: UserId,
    expires_at: u64,
    is_first: bool,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO invitations (office, code_hash, user, created_at, expires_at, is_first)
         VALUES (:office, :code_hash, :user, :now, :expires_at, :is_first)",
        named_params! {
            ":office": tx.office(), ":code_hash": code_hash, ":user": id(user.0),
            ":now": int(tx.now()), ":expires_at": int(expires_at), ":is_first": is_first,
        },
    )?;
    Ok(())
}

pub fn set_used(tx: &Tx, code_hash: &[u8; 32], device: DeviceId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE invitations SET used_at = ?3, device = ?4 WHERE office = ?1 AND code_hash = ?2",
        params![tx.office(), code_hash, int(tx.now()), id(device.0)],
    )?;
    Ok(())
}
