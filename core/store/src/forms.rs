//! Published forms, all versions that drafts may need.

use crate::{Store, StoreError, pull::PROGRAM};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, Row};
use std::collections::BTreeMap;
use wire::forms::{FormEntry, FormList};

/// A version with its files: `form.xml`, `records.csv`, media.
#[derive(Clone, Debug)]
pub struct StoredForm {
    pub entry: FormEntry,
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A version that the office published and that this phone could not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedForm {
    pub entry: FormEntry,
    /// See [`wire::forms::Complaint`].
    pub code: String,
}

impl Store {
    /// Keeps one version; its files are checked against their hashes.
    pub fn put_form(&self, entry: &FormEntry, files: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        for wanted in &entry.files {
            let file = files.iter().find(|(name, _)| *name == wanted.name);
            let (_, bytes) = file.ok_or(StoreError::FormMismatch)?;
            let hash: String = digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect();
            if hash != wanted.sha256 {
                return Err(StoreError::FormMismatch);
            }
        }
        self.write(|tx| {
            tx.execute("DELETE FROM form WHERE id = ?1 AND version = ?2", (&entry.id, &entry.version))?;
            tx.execute(
                "DELETE FROM form_refused WHERE id = ?1 AND version = ?2",
                (&entry.id, &entry.version),
            )?;
            if entry.newest {
                tx.execute("UPDATE form SET newest = 0 WHERE id = ?1", [&entry.id])?;
            }
            tx.execute(
                "INSERT INTO form (id, version, newest, entry) VALUES (?1, ?2, ?3, ?4)",
                (&entry.id, &entry.version, entry.newest, serde_json::to_vec(entry)?),
            )?;
            for (name, bytes) in files.iter().filter(|(name, _)| entry.files.iter().any(|f| f.name == *name))
            {
                tx.execute(
                    "INSERT INTO form_file (form, version, name, body) VALUES (?1, ?2, ?3, ?4)",
                    (&entry.id, &entry.version, name, bytes),
                )?;
            }
            Ok(())
        })
    }

    /// Notes a version whose files came and can't be read by this program: it does not ask for them again.
    pub fn refuse_form(&self, entry: &FormEntry, code: &str) -> Result<(), StoreError> {
        self.write(|tx| refuse(tx, entry, code, Some(PROGRAM)))
    }

    /// What the office published and this phone could not take.
    pub fn refused_forms(&self) -> Result<Vec<RefusedForm>, StoreError> {
        self.read(|db| Ok(refused(db)?.into_iter().map(|(refused, _)| refused).collect()))
    }

    /// The versions of `list` that are not here, and that this program has not tried in vain.
    pub fn missing_forms(&self, list: &FormList) -> Result<Vec<FormEntry>, StoreError> {
        let here = self.forms()?;
        let refused = self.read(refused)?;
        let is_same =
            |a: &FormEntry, b: &FormEntry| a.id == b.id && a.version == b.version && a.files == b.files;
        let is_known = |entry: &FormEntry| {
            let tried = refused.iter().filter(|(_, program)| program.as_deref() == Some(PROGRAM));
            here.iter().chain(tried.map(|(refused, _)| &refused.entry)).any(|known| is_same(known, entry))
        };
        Ok(list.forms.iter().filter(|entry| !is_known(entry)).cloned().collect())
    }

    /// Takes over which version is the newest, and drops versions that are neither listed nor used by a draft. While
    /// the newest is among those that could not be taken (`now`, or before), the one before it stays in use.
    pub fn set_form_list(&self, list: &FormList, now: &[RefusedForm]) -> Result<(), StoreError> {
        let listed = |id: &str, version: &str| {
            list.forms.iter().find(|entry| entry.id == id && entry.version == version)
        };
        self.write(|tx| {
            let here: Vec<FormEntry> = forms(tx)?;
            for FormEntry { id, version, newest: was_newest, .. } in &here {
                let newest = list.forms.iter().find(|entry| entry.newest && entry.id == *id);
                let newest_is_here = newest
                    .is_some_and(|newest| here.iter().any(|h| h.id == *id && h.version == newest.version));
                let is_newest = match newest {
                    // Withdrawn.
                    None => false,
                    Some(newest) if newest_is_here => newest.version == *version,
                    Some(_) => *was_newest,
                };
                if is_newest || listed(id, version).is_some() {
                    tx.execute(
                        "UPDATE form SET newest = ?3 WHERE id = ?1 AND version = ?2",
                        (id, version, is_newest),
                    )?;
                } else {
                    tx.execute(
                        "DELETE FROM form WHERE id = ?1 AND version = ?2
                         AND NOT EXISTS (SELECT 1 FROM draft WHERE form = ?1 AND version = ?2)",
                        (id, version),
                    )?;
                    tx.execute("UPDATE form SET newest = 0 WHERE id = ?1 AND version = ?2", (id, version))?;
                }
            }
            for (RefusedForm { entry, .. }, program) in refused(tx)? {
                let still = listed(&entry.id, &entry.version)
                    .is_some_and(|listed| listed.newest && listed.files == entry.files);
                if !still || program.as_deref() != Some(PROGRAM) {
                    tx.execute(
                        "DELETE FROM form_refused WHERE id = ?1 AND version = ?2",
                        (&entry.id, &entry.version),
                    )?;
                }
            }
            now.iter().try_for_each(|now| refuse(tx, &now.entry, &now.code, None))
        })
    }

    /// The versions that are here.
    pub fn forms(&self) -> Result<Vec<FormEntry>, StoreError> {
        self.read(forms)
    }

    /// A version, or the newest.
    pub fn form(&self, id: &str, version: Option<&str>) -> Result<StoredForm, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT entry, newest FROM form WHERE id = ?1 AND (version = ?2 OR (?2 IS NULL AND newest = 1))",
            )?;
            let mut rows = select.query((id, version))?;
            let entry = entry_of(rows.next()?.ok_or(StoreError::NotFound)?)?;
            let mut select =
                db.prepare_cached("SELECT name, body FROM form_file WHERE form = ?1 AND version = ?2")?;
            let files = select.query_map((id, &entry.version), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(StoredForm { files: files.collect::<Result<_, _>>()?, entry })
        })
    }
}

fn forms(db: &Connection) -> Result<Vec<FormEntry>, StoreError> {
    let mut select = db.prepare_cached("SELECT entry, newest FROM form ORDER BY id, version")?;
    let mut rows = select.query([])?;
    let mut forms = Vec::new();
    while let Some(row) = rows.next()? {
        forms.push(entry_of(row)?);
    }
    Ok(forms)
}

fn refuse(tx: &Connection, entry: &FormEntry, code: &str, program: Option<&str>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO form_refused (id, version, entry, code, program) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&entry.id, &entry.version, serde_json::to_vec(entry)?, code, program),
    )?;
    Ok(())
}

/// Each with the program that could not read it, if one tried.
fn refused(db: &Connection) -> Result<Vec<(RefusedForm, Option<String>)>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT entry, code, program FROM form_refused ORDER BY id, version")?;
    let mut rows = select.query([])?;
    let mut refused = Vec::new();
    while let Some(row) = rows.next()? {
        let entry: Vec<u8> = row.get(0)?;
        let entry = serde_json::from_slice(&entry)?;
        refused.push((RefusedForm { entry, code: row.get(1)? }, row.get(2)?));
    }
    Ok(refused)
}

fn entry_of(row: &Row<'_>) -> Result<FormEntry, StoreError> {
    let body: Vec<u8> = row.get(0)?;
    let mut entry: FormEntry = serde_json::from_slice(&body)?;
    entry.newest = row.get(1)?;
    Ok(entry)
}
