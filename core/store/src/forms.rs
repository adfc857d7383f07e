//! Published forms, all versions that drafts may need.

use crate::{Store, StoreError};
use ring::digest::{SHA256, digest};
use rusqlite::Row;
use std::collections::BTreeMap;
use wire::forms::{FormEntry, FormList};

/// A version with its files: `form.xml`, `records.csv`, media.
#[derive(Clone, Debug)]
pub struct StoredForm {
    pub entry: FormEntry,
    pub files: BTreeMap<String, Vec<u8>>,
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

    /// The versions of `list` that are not here.
    pub fn missing_forms(&self, list: &FormList) -> Result<Vec<FormEntry>, StoreError> {
        let here = self.forms()?;
        let is_here = |entry: &FormEntry| {
            here.iter().any(|h| h.id == entry.id && h.version == entry.version && h.files == entry.files)
        };
        Ok(list.forms.iter().filter(|entry| !is_here(entry)).cloned().collect())
    }

    /// Takes over which version is the newest, and drops versions that are neither listed nor used by a draft.
    pub fn set_form_list(&self, list: &FormList) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut here = tx.prepare("SELECT id, version FROM form")?;
            let here: Vec<(String, String)> =
                here.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            for (id, version) in here {
                match list.forms.iter().find(|entry| entry.id == id && entry.version == version) {
                    Some(entry) => tx.execute(
                        "UPDATE form SET newest = ?3 WHERE id = ?1 AND version = ?2",
                        (&id, &version, entry.newest),
                    )?,
                    None => tx.execute(
                        "DELETE FROM form WHERE id = ?1 AND version = ?2
                         AND NOT EXISTS (SELECT 1 FROM draft WHERE form = ?1 AND version = ?2)",
                        (&id, &version),
                    )?,
                };
            }
            Ok(())
        })
    }

    /// The versions that are here.
    pub fn forms(&self) -> Result<Vec<FormEntry>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached("SELECT entry, newest FROM form ORDER BY id, version")?;
            let mut rows = select.query([])?;
            let mut forms = Vec::new();
            while let Some(row) = rows.next()? {
                forms.push(entry_of(row)?);
            }
            Ok(forms)
        })
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

fn entry_of(row: &Row<'_>) -> Result<FormEntry, StoreError> {
    let body: Vec<u8> = row.get(0)?;
    let mut entry: FormEntry = serde_json::from_slice(&body)?;
    entry.newest = row.get(1)?;
    Ok(entry)
}
