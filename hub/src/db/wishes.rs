//! Other devices that administrators want for users: each waits for who agrees.

use super::{
    DbError, Read, Tx,
    column::{id, int, read_id, uint},
};
use model::UserId;
use rusqlite::{Row, params};

pub struct Wish {
    /// Whose device it is to be.
    pub user: UserId,
    pub asked_by: UserId,
    pub asked_at: u64,
}

fn wish(row: &Row) -> rusqlite::Result<Wish> {
    Ok(Wish { user: UserId(read_id(row, 0)?), asked_by: UserId(read_id(row, 1)?), asked_at: uint(row, 2)? })
}

pub fn all(read: &Read) -> Result<Vec<Wish>, DbError> {
    let sql = "SELECT user, asked_by, asked_at FROM wishes WHERE office = ?1 ORDER BY asked_at, user";
    read.all(sql, params![read.office()], wish)
}

pub fn of_user(read: &Read, user: UserId) -> Result<Option<Wish>, DbError> {
    let sql = "SELECT user, asked_by, asked_at FROM wishes WHERE office = ?1 AND user = ?2";
    read.find(sql, params![read.office(), id(user.0)], wish)
}

/// Instead of one from before.
pub fn set(tx: &Tx, user: UserId, asked_by: UserId) -> Result<(), DbError> {
    tx.execute(
        "INSERT OR REPLACE INTO wishes (office, user, asked_by, asked_at) VALUES (?1, ?2, ?3, ?4)",
        params![tx.office(), id(user.0), id(asked_by.0), int(tx.now())],
    )?;
    Ok(())
}

/// Whether there was one.
pub fn remove(tx: &Tx, user: UserId) -> Result<bool, DbError> {
    let removed =
        tx.execute("DELETE FROM wishes WHERE office = ?1 AND user = ?2", params![tx.office(), id(user.0)])?;
    Ok(removed > 0)
}
