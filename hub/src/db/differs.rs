//! Steps that were taken before their conditions held, by what the hub knew then.

use super::{
    DbError, Read, Tx,
    column::{self, id, int, read_record, record, text},
};
use model::{Feed, RecordRef, UserId};
use rusqlite::{Row, params};

/// One of them.
pub struct Differs {
    pub step: RecordRef,
    /// The record that it is a step of.
    pub of: RecordRef,
    /// By their ids.
    pub conditions: Vec<String>,
    pub seen: bool,
}

const COLUMNS: &str = "d.step, d.record, d.conditions, d.seen_at IS NOT NULL";

fn differs(row: &Row) -> rusqlite::Result<Differs> {
    Ok(Differs {
        step: read_record(row, 0)?,
        of: read_record(row, 1)?,
        conditions: text(row, 2)?.split_whitespace().map(str::to_owned).collect(),
        seen: row.get(3)?,
    })
}

/// Kept as it was first found.
pub fn keep(tx: &Tx, step: &RecordRef, of: &RecordRef, conditions: &[&str]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO differs (office, step, record, conditions) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![tx.office(), record(step), record(of), conditions.join(" ")],
    )?;
    Ok(())
}

pub fn find(read: &Read, step: &RecordRef) -> Result<Option<Differs>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM differs d WHERE d.office = ?1 AND d.step = ?2");
    read.find(&sql, params![read.office(), record(step)], differs)
}

/// Of a record, the first first.
pub fn of(read: &Read, of: &RecordRef) -> Result<Vec<Differs>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM differs d WHERE d.office = ?1 AND d.record = ?2 ORDER BY d.step");
    read.all(&sql, params![read.office(), record(of)], differs)
}

/// Those in these feeds (`all_communes`: and in those of every commune) that nobody has looked at, the first first; at
/// most so many.
pub fn unseen(read: &Read, feeds: &[Feed], all_communes: bool, most: u32) -> Result<Vec<Differs>, DbError> {
    let feeds: Vec<String> = feeds.iter().map(Feed::to_string).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM differs d JOIN progress p ON p.office = d.office AND p.record = d.record
         WHERE d.office = ?1 AND d.seen_at IS NULL
             AND (p.feed IN (SELECT value FROM json_each(?2)) OR (?3 AND p.feed >= 'commune:' AND p.feed < 'commune;'))
         ORDER BY d.step LIMIT ?4"
    );
    read.all(&sql, params![read.office(), column::list(&feeds), all_communes, most], differs)
}

pub fn set_seen(tx: &Tx, step: &RecordRef, by: UserId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE differs SET seen_at = ?3, seen_by = ?4 WHERE office = ?1 AND step = ?2 AND seen_at IS NULL",
        params![tx.office(), record(step), int(tx.now()), id(by.0)],
    )?;
    Ok(())
}
