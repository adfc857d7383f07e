//! What the office said of its users' roles: statements by their number, kept for ever.

use super::{
    DbError, Read, Tx,
    column::{id, int, json, uint},
};
use model::UserId;
use rusqlite::params;
use wire::roles::{SignedRole, Told};

fn told(row: &rusqlite::Row) -> rusqlite::Result<Told> {
    Ok(Told { serial: uint(row, 0)?, statement: json(row, 1)? })
}

/// The next ones after a number, at most so many.
pub fn after(read: &Read, serial: u64, most: u32) -> Result<Vec<Told>, DbError> {
    read.all(
        "SELECT serial, body FROM role_statements WHERE office = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3",
        params![read.office(), int(serial), most],
        told,
    )
}

/// The last one of a user, if it is of this hub as it is now: none that was said before it was restored or rewound.
pub fn standing(read: &Read, user: UserId) -> Result<Option<Told>, DbError> {
    let last = last_of(read, user)?;
    let left_out = left_out(read)?;
    Ok(last.filter(|last| last.serial > left_out))
}

/// The last one of a user, whenever it was said.
pub fn last_of(read: &Read, user: UserId) -> Result<Option<Told>, DbError> {
    read.find(
        "SELECT serial, body FROM role_statements WHERE office = ?1 AND user = ?2 ORDER BY serial DESC LIMIT 1",
        params![read.office(), id(user.0)],
        told,
    )
}

/// All of a user.
pub fn of(read: &Read, user: UserId) -> Result<Vec<Told>, DbError> {
    read.all(
        "SELECT serial, body FROM role_statements WHERE office = ?1 AND user = ?2 ORDER BY serial",
        params![read.office(), id(user.0)],
        told,
    )
}

/// The number of the last statement; 0 before the first.
pub fn newest(read: &Read) -> Result<u64, DbError> {
    let sql = "SELECT serial FROM role_statements WHERE office = ?1 ORDER BY serial DESC LIMIT 1";
    Ok(read.find(sql, params![read.office()], |row| uint(row, 0))?.unwrap_or_default())
}

fn left_out(read: &Read) -> Result<u64, DbError> {
    let sql = "SELECT statements_left_out FROM office WHERE office = ?1";
    read.get(sql, params![read.office()], |row| uint(row, 0))
}

/// For the next statement.
pub fn next_serial(read: &Read) -> Result<u64, DbError> {
    Ok(newest(read)?.max(left_out(read)?) + 1)
}

/// So many may have been given that this hub doesn't know of.
const LEFT_OUT: u64 = 1_000_000;

/// The hub was restored or rewound: a number that phones may have seen is never given again.
pub fn leave_out_serials(tx: &Tx) -> Result<(), DbError> {
    let above = next_serial(tx)? - 1 + LEFT_OUT;
    tx.execute(
        "UPDATE office SET statements_left_out = ?2 WHERE office = ?1",
        params![tx.office(), int(above)],
    )?;
    Ok(())
}

/// The same statement by another key of the office.
pub fn set_signed(tx: &Tx, serial: u64, statement: &SignedRole) -> Result<(), DbError> {
    tx.execute(
        "UPDATE role_statements SET body = ?3 WHERE office = ?1 AND serial = ?2",
        params![tx.office(), int(serial), written(statement)?],
    )?;
    Ok(())
}

fn written(statement: &SignedRole) -> Result<String, DbError> {
    serde_json::to_string(statement).map_err(|_| DbError::Internal("a statement can't be written"))
}

pub fn add(tx: &Tx, user: UserId, serial: u64, statement: &SignedRole) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO role_statements (office, serial, user, body) VALUES (?1, ?2, ?3, ?4)",
        params![tx.office(), int(serial), id(user.0), written(statement)?],
    )?;
    Ok(())
}
