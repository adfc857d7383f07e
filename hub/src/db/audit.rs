//! Who read what of restricted cases (Decree 56/2017/NĐ-CP, article 24), and what was done about users and their devices.

use super::{
    DbError, Read, Tx,
    column::{id, int, optional_id, uint},
};
use model::UserId;
use rusqlite::{named_params, params};
use std::fmt::Display;

/// What was done about a user, or read of a record.
pub struct Entry {
    pub at: u64,
    /// `None`: at the command line.
    pub by: Option<UserId>,
    /// Such as `invite`.
    pub action: String,
}

/// `by`: `None` at the command line; `subject`: a record, or a user's id.
pub fn add(tx: &Tx, by: Option<UserId>, action: &str, subject: &dyn Display) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO audit (office, id, at, user, action, subject)
         VALUES (:office, :id, :now, :user, :action, :subject)",
        named_params! {
            ":office": tx.office(), ":id": id(uuid::Uuid::now_v7()), ":now": int(tx.now()),
            ":user": by.map(|by| id(by.0)), ":action": action, ":subject": subject.to_string(),
        },
    )?;
    Ok(())
}

/// Of a user's id or a record, the newest first, `most` of them.
pub fn about(read: &Read, subject: &dyn Display, most: u32) -> Result<Vec<Entry>, DbError> {
    read.all(
        "SELECT at, user, action FROM audit WHERE office = ?1 AND subject = ?2 ORDER BY at DESC, id DESC LIMIT ?3",
        params![read.office(), subject.to_string(), most],
        |row| Ok(Entry { at: uint(row, 0)?, by: optional_id(row, 1)?.map(UserId), action: row.get(2)? }),
    )
}
