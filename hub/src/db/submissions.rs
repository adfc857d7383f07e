//! Admitted submissions, and where the hub's own evaluation sees them otherwise.

use super::{
    DbError, Read, Tx,
    column::{id, int, pack_json, read_record, record, uint},
};
use model::{RecordRef, UserId};
use rusqlite::{Row, named_params, params};
use serde::Serialize;

pub struct Submission<'a> {
    pub record: &'a RecordRef,
    pub form: &'a str,
    pub version: &'a str,
    pub author: UserId,
    /// As the phone wrote it.
    pub finished_at: &'a str,
    pub differences: &'a [Difference],
}

/// Path and code only: values are personal data and stand in the submission itself.
#[derive(Clone, Serialize)]
pub struct Difference {
    pub path: String,
    pub code: String,
}

/// A submission as the office sees it.
pub struct Listed {
    pub record: RecordRef,
    pub finished_at: String,
    /// The form's title; its id, if it is not published here.
    pub form: String,
    pub version: String,
    pub author: String,
    /// How many answers the hub's evaluation sees otherwise.
    pub differences: u32,
}

/// How many were made by a version of a form; looks at every one.
pub fn count_of(read: &Read, form: &str, version: &str) -> Result<u64, DbError> {
    let sql = "SELECT count(*) FROM submissions WHERE office = ?1 AND form = ?2 AND version = ?3";
    read.get(sql, params![read.office(), form, version], |row| uint(row, 0))
}

/// The newest first.
pub fn of_root(read: &Read, root: &RecordRef) -> Result<Vec<Listed>, DbError> {
    let row = |row: &Row| {
        Ok(Listed {
            finished_at: row.get(0)?,
            form: row.get(1)?,
            version: row.get(2)?,
            author: row.get(3)?,
            differences: row.get(4)?,
            record: read_record(row, 5)?,
        })
    };
    read.all(
        "SELECT s.finished_at, coalesce(f.title, s.form), s.version, coalesce(u.name, ''), s.differing,
                r.record
         FROM records r JOIN submissions s ON s.office = r.office AND s.record = r.record
         LEFT JOIN users u ON u.office = s.office AND u.id = s.author
         LEFT JOIN forms f ON f.office = s.office AND f.id = s.form AND f.version = s.version
         WHERE r.office = ?1 AND r.root = ?2 ORDER BY s.finished_at DESC",
        params![read.office(), record(root)],
        row,
    )
}

/// One that is here already stays.
pub fn add(tx: &Tx, new: &Submission) -> Result<(), DbError> {
    let differences = pack_json(&new.differences)
        .ok_or(DbError::Internal("a submission's differences can't be written"))?;
    tx.execute(
        "INSERT INTO submissions (office, record, form, version, author, finished_at, differing, differences)
         VALUES (:office, :record, :form, :version, :author, :finished, :differing, :differences)
         ON CONFLICT (office, record) DO NOTHING",
        named_params! {
            ":office": tx.office(), ":record": record(new.record), ":form": new.form, ":version": new.version,
            ":author": id(new.author.0), ":finished": new.finished_at,
            ":differing": int(new.differences.len() as u64), ":differences": differences,
        },
    )?;
    Ok(())
}
