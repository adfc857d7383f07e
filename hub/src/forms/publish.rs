//! Published versions: kept for ever, as submissions are checked with their own.

use super::{CheckedForm, FormError, FormSource};
use crate::{
    Hub, HubError,
    db::{int, uint},
    secret,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::{cmp::Ordering, collections::BTreeMap};
use wire::forms::{FormEntry, FormFile, FormList};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    New,
    /// The same version with the same content was here.
    Known,
}

pub struct FormRow {
    pub id: String,
    pub version: String,
    pub title: String,
    pub newest: bool,
    pub published_at: u64,
}

/// Keeps the version, and decides again what waited for it.
pub fn publish(hub: &Hub, transaction: &Transaction, form: &CheckedForm) -> Result<Published, HubError> {
    let office = hub.office();
    let hashes: BTreeMap<&str, String> =
        form.files.iter().map(|(name, body)| (name.as_str(), secret::hex(&secret::sha256(body)))).collect();
    let known = files(transaction, office, &form.id, &form.version)?;
    if !known.is_empty() {
        let same = known.len() == hashes.len()
            && known.iter().all(|file| hashes.get(file.name.as_str()) == Some(&file.sha256));
        let taken = || FormError::VersionTaken { id: form.id.clone(), version: form.version.clone() };
        return if same { Ok(Published::Known) } else { Err(taken().into()) };
    }
    transaction.execute(
        "INSERT INTO forms (office, id, version, title, newest, published_at) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        params![office, form.id, form.version, form.title, int(hub.now())],
    )?;
    for (name, body) in &form.files {
        transaction.execute(
            "INSERT INTO form_files (office, form, version, name, sha256, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![office, form.id, form.version, name, hashes[name.as_str()], body],
        )?;
    }
    let mut statement = transaction.prepare("SELECT version FROM forms WHERE office = ?1 AND id = ?2")?;
    let versions: Vec<String> =
        statement.query_map([office, &form.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let newest = versions.iter().max_by(|a, b| compare_versions(a, b));
    transaction.execute(
        "UPDATE forms SET newest = (version = ?3) WHERE office = ?1 AND id = ?2",
        params![office, form.id, newest],
    )?;
    crate::sync::admission::decide_form(hub, transaction)?;
    Ok(Published::New)
}

/// As text where the lengths are equal, else as numbers.
fn compare_versions(a: &str, b: &str) -> Ordering {
    if a.len() == b.len() {
        return a.cmp(b);
    }
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

fn files(connection: &Connection, office: &str, id: &str, version: &str) -> Result<Vec<FormFile>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, sha256, length(body) FROM form_files
         WHERE office = ?1 AND form = ?2 AND version = ?3 ORDER BY name",
    )?;
    let file = |row: &rusqlite::Row| {
        Ok(FormFile { name: row.get(0)?, sha256: row.get(1)?, size: uint(row.get(2)?) })
    };
    let files = statement.query_map([office, id, version], file)?.collect::<Result<_, _>>()?;
    Ok(files)
}

/// Every published version, the newest of each form first.
pub fn versions(connection: &Connection, office: &str) -> Result<Vec<FormRow>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, version, title, newest, published_at FROM forms
         WHERE office = ?1 ORDER BY id, newest DESC, published_at DESC, version DESC",
    )?;
    let row = |row: &rusqlite::Row| {
        Ok(FormRow {
            id: row.get(0)?,
            version: row.get(1)?,
            title: row.get(2)?,
            newest: row.get(3)?,
            published_at: uint(row.get(4)?),
        })
    };
    let forms = statement.query_map([office], row)?.collect::<Result<_, _>>()?;
    Ok(forms)
}

/// What phones are told.
pub fn list(connection: &Connection, office: &str) -> Result<FormList, HubError> {
    let mut forms = Vec::new();
    for row in versions(connection, office)? {
        let files = files(connection, office, &row.id, &row.version)?;
        forms.push(FormEntry {
            id: row.id,
            version: row.version,
            title: row.title,
            files,
            newest: row.newest,
        });
    }
    Ok(FormList { v: wire::VERSION, forms })
}

pub fn file(
    connection: &Connection,
    office: &str,
    id: &str,
    version: &str,
    name: &str,
) -> Result<Option<Vec<u8>>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT body FROM form_files WHERE office = ?1 AND form = ?2 AND version = ?3 AND name = ?4",
    )?;
    Ok(statement.query_row([office, id, version, name], |row| row.get(0)).optional()?)
}

/// Gives a workbook the lists that it names and does not bring, from what was published last: the communes need not
/// be in every upload.
pub fn complete(hub: &Hub, connection: &Connection, source: &mut FormSource) -> Result<(), HubError> {
    for name in source.named_lists() {
        let body: Option<Vec<u8>> = connection
            .query_row(
                "SELECT m.body FROM form_files m JOIN forms f
                     ON f.office = m.office AND f.id = m.form AND f.version = m.version
                 WHERE m.office = ?1 AND m.name = ?2 ORDER BY f.published_at DESC LIMIT 1",
                [hub.office(), &name],
                |row| row.get(0),
            )
            .optional()?;
        source.media.extend(body.map(|body| (name, body)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_text_of_equal_length_else_numbers() {
        assert_eq!(compare_versions("2026112401", "2026112402"), Ordering::Less);
        assert_eq!(compare_versions("9", "10"), Ordering::Less);
        assert_eq!(compare_versions("1.2", "1.10"), Ordering::Greater);
    }
}
