//! Published versions of forms, with their files.

use super::{
    DbError, Read, Tx,
    column::{int, optional_day, optional_uint, uint},
};
use chrono::NaiveDate;
use rusqlite::{Row, named_params, params};

pub struct Version {
    pub id: String,
    pub version: String,
    pub title: String,
    pub newest: bool,
    pub published_at: u64,
    pub withdrawn_at: Option<u64>,
    /// Of one that waits for its day, or did.
    pub first_day: Option<NaiveDate>,
}

impl Version {
    /// Not withdrawn, and its day has come.
    pub fn counts(&self, today: NaiveDate) -> bool {
        self.withdrawn_at.is_none() && self.first_day.is_none_or(|day| day <= today)
    }
}

pub struct File {
    pub name: String,
    /// Hexadecimal.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
}

/// Every published version, the newest of each form first.
pub fn versions(read: &Read) -> Result<Vec<Version>, DbError> {
    let row = |row: &Row| {
        Ok(Version {
            id: row.get(0)?,
            version: row.get(1)?,
            title: row.get(2)?,
            newest: row.get(3)?,
            published_at: uint(row, 4)?,
            withdrawn_at: optional_uint(row, 5)?,
            first_day: optional_day(row, 6)?,
        })
    };
    read.all(
        "SELECT id, version, title, newest, published_at, withdrawn_at, first_day FROM forms
         WHERE office = ?1 ORDER BY id, newest DESC, published_at DESC, version DESC",
        params![read.office()],
        row,
    )
}

pub fn files(read: &Read, id: &str, version: &str) -> Result<Vec<File>, DbError> {
    read.all(
        "SELECT name, sha256, length(body) FROM form_files
         WHERE office = ?1 AND form = ?2 AND version = ?3 ORDER BY name",
        params![read.office(), id, version],
        |row| Ok(File { name: row.get(0)?, sha256: row.get(1)?, size: uint(row, 2)? }),
    )
}

pub fn file(read: &Read, id: &str, version: &str, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    read.find(
        "SELECT body FROM form_files WHERE office = ?1 AND form = ?2 AND version = ?3 AND name = ?4",
        params![read.office(), id, version, name],
        |row| row.get(0),
    )
}

/// The file of this name that was published last, with any form.
pub fn last_file(read: &Read, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    read.find(
        "SELECT m.body FROM form_files m JOIN forms f
             ON f.office = m.office AND f.id = m.form AND f.version = m.version
         WHERE m.office = ?1 AND m.name = ?2 ORDER BY f.published_at DESC LIMIT 1",
        params![read.office(), name],
        |row| row.get(0),
    )
}

pub fn add(
    tx: &Tx,
    (id, version): (&str, &str),
    title: &str,
    first_day: Option<NaiveDate>,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO forms (office, id, version, title, newest, published_at, first_day)
         VALUES (:office, :id, :version, :title, 0, :now, :first_day)",
        named_params! {
            ":office": tx.office(), ":id": id, ":version": version, ":title": title, ":now": int(tx.now()),
            ":first_day": first_day.map(|day| day.to_string()),
        },
    )?;
    Ok(())
}

pub fn add_file(
    tx: &Tx,
    (id, version): (&str, &str),
    name: &str,
    sha256: &str,
    body: &[u8],
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO form_files (office, form, version, name, sha256, body)
         VALUES (:office, :form, :version, :name, :sha256, :body)",
        named_params! {
            ":office": tx.office(), ":form": id, ":version": version, ":name": name, ":sha256": sha256,
            ":body": body,
        },
    )?;
    Ok(())
}

/// All versions of the form that there are now, none of which is the newest any more. Whether any was there to withdraw.
pub fn withdraw(tx: &Tx, id: &str) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE forms SET newest = 0, withdrawn_at = ?3 WHERE office = ?1 AND id = ?2 AND withdrawn_at IS NULL",
        params![tx.office(), id, int(tx.now())],
    )?;
    Ok(changed > 0)
}

/// This version of the form is the newest, no other.
pub fn set_newest(tx: &Tx, id: &str, version: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE forms SET newest = (version = ?3) WHERE office = ?1 AND id = ?2",
        params![tx.office(), id, version],
    )?;
    Ok(())
}
