//! Admitted submissions, and where the hub's own evaluation sees them otherwise.

use super::{DbError, Read, Tx, column::int};
use model::{ChangeId, RecordRef, SubmissionId, UserId};
use rusqlite::{Row, named_params};
use serde::Serialize;

pub struct Submission<'a> {
    pub id: SubmissionId,
    pub change: ChangeId,
    pub form: &'a str,
    pub version: &'a str,
    pub root: &'a RecordRef,
    pub author: UserId,
    /// As the phone wrote it.
    pub finished_at: &'a str,
    pub received_at: u64,
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
    pub finished_at: String,
    /// The form's title; its id, if it is not published here.
    pub form: String,
    pub version: String,
    pub author: String,
    /// How many answers the hub's evaluation sees otherwise.
    pub differences: u32,
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
        })
    };
    read.all(
        "SELECT s.finished_at, coalesce(f.title, s.form), s.version, coalesce(u.name, ''),
                json_array_length(s.differences)
         FROM submissions s
         LEFT JOIN users u ON u.office = s.office AND u.id = s.author
         LEFT JOIN forms f ON f.office = s.office AND f.id = s.form AND f.version = s.version
         WHERE s.office = ?1 AND s.root = ?2 ORDER BY s.finished_at DESC",
        [read.office(), &root.to_string()],
        row,
    )
}

/// One that is here already stays.
pub fn add(tx: &Tx, new: &Submission) -> Result<(), DbError> {
    let differences = serde_json::to_string(new.differences)
        .map_err(|_| DbError::Internal("a submission's differences can't be written"))?;
    tx.execute(
        "INSERT INTO submissions (office, id, change, form, version, root, author, finished_at, received_at,
                                  differences, flagged)
         VALUES (:office, :id, :change, :form, :version, :root, :author, :finished, :received, :differences,
                 :flagged)
         ON CONFLICT (office, id) DO NOTHING",
        named_params! {
            ":office": tx.office(), ":id": new.id.to_string(), ":change": new.change.to_string(),
            ":form": new.form, ":version": new.version, ":root": new.root.to_string(),
            ":author": new.author.to_string(), ":finished": new.finished_at,
            ":received": int(new.received_at), ":differences": differences,
            ":flagged": !new.differences.is_empty(),
        },
    )?;
    Ok(())
}

/// The submission moved.
pub fn set_root(tx: &Tx, id: SubmissionId, root: &RecordRef) -> Result<(), DbError> {
    tx.execute(
        "UPDATE submissions SET root = ?3 WHERE office = ?1 AND id = ?2",
        [tx.office(), &id.to_string(), &root.to_string()],
    )?;
    Ok(())
}
