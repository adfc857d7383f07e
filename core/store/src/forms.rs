//! Published forms, all versions that drafts may need.

use crate::{Store, StoreError, contents, pull::PROGRAM, sealing::Vault};
use model::Digest;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;
use wire::forms::{FormEntry, FormFile, FormList, standing};

/// A version with its files: `form.xml`, `records.csv`, media.
#[derive(Clone, Debug)]
pub struct StoredForm {
    pub entry: FormEntry,
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A version, and what it calls what it asks, as whoever kept it wrote that; `None`: not known yet.
pub type LabelledForm = (FormEntry, Option<Vec<u8>>);

/// A version that the office published and that this phone could not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedForm {
    pub entry: FormEntry,
    /// See [`wire::forms::Complaint`].
    pub code: String,
}

impl Store {
    /// Keeps one version; its files are checked against their hashes. `labels`: see [`Store::form_labels`].
    pub fn put_form(
        &self,
        entry: &FormEntry,
        files: &[(String, Vec<u8>)],
        labels: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            for wanted in &entry.files {
                let file = files.iter().find(|(name, _)| *name == wanted.name);
                let (_, bytes) = file.ok_or(StoreError::FormMismatch)?;
                let sha256 = wanted.digest().ok_or(StoreError::FormMismatch)?;
                contents::keep(tx, &self.vault, &sha256, bytes)?;
            }
            tx.execute("DELETE FROM form WHERE id = ?1 AND version = ?2", (&entry.id, &entry.version))?;
            tx.execute(
                "DELETE FROM form_refused WHERE id = ?1 AND version = ?2",
                (&entry.id, &entry.version),
            )?;
            if entry.newest {
                tx.execute("UPDATE form SET newest = 0 WHERE id = ?1", [&entry.id])?;
            }
            let labels = labels.map(|labels| self.vault.close(false, "", labels)).transpose()?;
            tx.execute(
                "INSERT INTO form (id, version, newest, entry, labels) VALUES (?1, ?2, ?3, ?4, ?5)",
                (&entry.id, &entry.version, entry.newest, serde_json::to_vec(entry)?, labels),
            )?;
            Ok(())
        })
    }

    /// The files of a version that is not kept yet, as far as they are here.
    pub fn form_files(&self, entry: &FormEntry) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.read(|db| Ok(files(db, &self.vault, entry)?.into_iter().collect()))
    }

    /// Notes a version whose files came and can't be read by this program with the rulebook in force: it does not ask
    /// for them again.
    pub fn refuse_form(&self, entry: &FormEntry, code: &str) -> Result<(), StoreError> {
        self.write(|tx| refuse(tx, entry, code, Some((PROGRAM, self.rulebook().version()))))
    }

    /// [`wire::forms::standing`] of the versions that are here; `None` while some could not be taken or lack a file.
    pub fn forms_standing(&self) -> Result<Option<Digest>, StoreError> {
        self.read(|db| {
            let here = forms(db)?;
            for entry in &here {
                if !is_whole(db, entry)? {
                    return Ok(None);
                }
            }
            Ok(refused(db)?.is_empty().then(|| standing(&here)))
        })
    }

    /// What the office published and this phone could not take.
    pub fn refused_forms(&self) -> Result<Vec<RefusedForm>, StoreError> {
        self.read(|db| Ok(refused(db)?.into_iter().map(|(refused, _)| refused).collect()))
    }

    /// The versions of `list` that are not here, and that this program has not tried in vain.
    pub fn missing_forms(&self, list: &FormList) -> Result<Vec<FormEntry>, StoreError> {
        let is_same =
            |a: &FormEntry, b: &FormEntry| a.id == b.id && a.version == b.version && a.files == b.files;
        let rulebook = self.rulebook();
        self.read(|db| {
            let (here, refused) = (forms(db)?, refused(db)?);
            let mut missing = Vec::new();
            for entry in &list.forms {
                let kept = here.iter().any(|here| is_same(here, entry)) && is_whole(db, entry)?;
                let mut tried = refused.iter().filter(|(_, tried)| tried.is_by(rulebook.version()));
                if !kept && !tried.any(|(refused, _)| is_same(&refused.entry, entry)) {
                    missing.push(entry.clone());
                }
            }
            Ok(missing)
        })
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
            for (RefusedForm { entry, .. }, tried) in refused(tx)? {
                let still = listed(&entry.id, &entry.version)
                    .is_some_and(|listed| listed.newest && listed.files == entry.files);
                if !still || !tried.is_by(self.rulebook().version()) {
                    tx.execute(
                        "DELETE FROM form_refused WHERE id = ?1 AND version = ?2",
                        (&entry.id, &entry.version),
                    )?;
                }
            }
            now.iter().try_for_each(|now| refuse(tx, &now.entry, &now.code, None))
        })
    }

    /// The versions that are here with their labels.
    pub fn form_labels(&self) -> Result<Vec<LabelledForm>, StoreError> {
        self.read(|db| {
            let mut select =
                db.prepare_cached("SELECT entry, newest, labels FROM form ORDER BY id, version")?;
            let mut rows = select.query([])?;
            let mut forms = Vec::new();
            while let Some(row) = rows.next()? {
                let labels: Option<Vec<u8>> = row.get(2)?;
                let labels = labels.map(|labels| self.vault.open(false, "", &labels)).transpose()?;
                forms.push((entry_of(row)?, labels.map(|labels| labels.to_vec())));
            }
            Ok(forms)
        })
    }

    pub fn put_form_labels(&self, entry: &FormEntry, labels: &[u8]) -> Result<(), StoreError> {
        self.write(|tx| {
            let labels = self.vault.close(false, "", labels)?;
            tx.execute(
                "UPDATE form SET labels = ?3 WHERE id = ?1 AND version = ?2",
                (&entry.id, &entry.version, labels),
            )?;
            Ok(())
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
            Ok(StoredForm { files: files(db, &self.vault, &entry)?, entry })
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

/// The program that could not read a version's files, and its rulebook then; none: nobody tried.
struct Tried(Option<String>, Option<String>);

impl Tried {
    fn is_by(&self, rulebook: &str) -> bool {
        self.0.as_deref() == Some(PROGRAM) && self.1.as_deref() == Some(rulebook)
    }
}

fn refuse(
    tx: &Connection,
    entry: &FormEntry,
    code: &str,
    tried: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let (program, rulebook) = tried.unzip();
    tx.execute(
        "INSERT OR REPLACE INTO form_refused (id, version, entry, code, program, rulebook)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (&entry.id, &entry.version, serde_json::to_vec(entry)?, code, program, rulebook),
    )?;
    Ok(())
}

fn refused(db: &Connection) -> Result<Vec<(RefusedForm, Tried)>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT entry, code, program, rulebook FROM form_refused ORDER BY id, version")?;
    let mut rows = select.query([])?;
    let mut refused = Vec::new();
    while let Some(row) = rows.next()? {
        let entry: Vec<u8> = row.get(0)?;
        let entry = serde_json::from_slice(&entry)?;
        refused.push((RefusedForm { entry, code: row.get(1)? }, Tried(row.get(2)?, row.get(3)?)));
    }
    Ok(refused)
}

/// The hashes that the forms here name, and those that could not be taken: the next try need not fetch all.
pub(crate) fn contents(db: &Connection) -> Result<Vec<Digest>, StoreError> {
    let refused = refused(db)?.into_iter().map(|(refused, _)| refused.entry);
    let named = forms(db)?.into_iter().chain(refused).flat_map(|entry| entry.files);
    Ok(named.filter_map(|file| file.digest()).collect())
}

fn files(db: &Connection, vault: &Vault, entry: &FormEntry) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
    let mut files = BTreeMap::new();
    for file in &entry.files {
        let kept = match file.digest() {
            Some(sha256) => contents::read(db, vault, &sha256)?,
            None => None,
        };
        let body = match kept {
            Some(body) => Some(body),
            None => of_before(db, entry, file)?,
        };
        files.extend(body.map(|body| (file.name.clone(), body)));
    }
    Ok(files)
}

/// A file of a version that came before files were kept by their hash.
fn of_before(db: &Connection, entry: &FormEntry, file: &FormFile) -> Result<Option<Vec<u8>>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT body FROM form_file WHERE form = ?1 AND version = ?2 AND name = ?3")?;
    Ok(select.query_row((&entry.id, &entry.version, &file.name), |row| row.get(0)).optional()?)
}

/// Whether all its files are here.
fn is_whole(db: &Connection, entry: &FormEntry) -> Result<bool, StoreError> {
    for file in &entry.files {
        let kept = match file.digest() {
            Some(sha256) => contents::is_here(db, &sha256)?,
            None => false,
        };
        if !kept && of_before(db, entry, file)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn entry_of(row: &Row<'_>) -> Result<FormEntry, StoreError> {
    let body: Vec<u8> = row.get(0)?;
    let mut entry: FormEntry = serde_json::from_slice(&body)?;
    entry.newest = row.get(1)?;
    Ok(entry)
}
