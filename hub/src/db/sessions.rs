//! Sessions of the console. A token's hash is kept, never the token.

use super::{
    DbError, Read, Tx,
    column::{id, int, read_id},
};
use model::UserId;
use rusqlite::{named_params, params};

pub fn add(tx: &Tx, token_hash: &[u8; 32], user: UserId, expires_at: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO sessions (office, token_hash, user, created_at, expires_at)
         VALUES (:office, :token_hash, :user, :now, :expires_at)",
        named_params! {
            ":office": tx.office(), ":token_hash": token_hash, ":user": id(user.0),
            ":now": int(tx.now()), ":expires_at": int(expires_at),
        },
    )?;
    Ok(())
}

/// Whose session it is, unless it has expired or the user is disabled.
pub fn user(read: &Read, token_hash: &[u8; 32]) -> Result<Option<UserId>, DbError> {
    read.find(
        "SELECT s.user FROM sessions s JOIN users u ON u.office = s.office AND u.id = s.user
         WHERE s.office = ?1 AND s.token_hash = ?2 AND s.expires_at > ?3 AND u.disabled_at IS NULL",
        params![read.office(), token_hash, int(read.now())],
        |row| Ok(UserId(read_id(row, 0)?)),
    )
}

pub fn remove(tx: &Tx, token_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM sessions WHERE office = ?1 AND token_hash = ?2",
        params![tx.office(), token_hash],
    )?;
    Ok(())
}

pub fn remove_of(tx: &Tx, user: UserId) -> Result<(), DbError> {
    tx.execute("DELETE FROM sessions WHERE office = ?1 AND user = ?2", params![tx.office(), id(user.0)])?;
    Ok(())
}

pub fn remove_expired(tx: &Tx) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM sessions WHERE office = ?1 AND expires_at < ?2",
        params![tx.office(), int(tx.now())],
    )?;
    Ok(())
}
