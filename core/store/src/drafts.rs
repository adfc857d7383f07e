//! Forms being filled: a snapshot and the answers after it. A call returns after its commit.

use crate::{Store, StoreError};
use model::{DraftId, PhotoFile, RecordRef};
use rusqlite::{Row, Transaction};
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone)]
pub struct NewDraft {
    pub form: String,
    pub version: String,
    /// The version of the rulebook that it begins under, and finishes under.
    pub rulebook: String,
    /// The household or case it is about.
    pub about: Option<RecordRef>,
    /// Opens or belongs to a restricted case: encrypted under the second key.
    pub restricted: bool,
    pub title: String,
    /// Kept as it is and given back in [`Draft::basis`]: what the form was prefilled from.
    pub basis: String,
    /// What is filled in for a step of a workflow.
    pub step: Option<DraftStep>,
}

/// The step that is taken with a form, once that is finished.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftStep {
    pub action: String,
    pub reason: String,
}

/// The whole instance and where the person is.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    pub instance: String,
    pub page: String,
    pub language: Option<String>,
}

/// One value that was stored after the snapshot.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    pub path: String,
    pub value: Option<String>,
}

/// An answer that a newer version of the form has no place for, as a person reads it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// In the version that it was given to.
    pub path: String,
    pub label: String,
    pub value: String,
    /// Why, as a stable code.
    pub reason: String,
}

/// A draft carried over to another version of its form.
pub struct CarriedDraft {
    pub version: String,
    /// As of a new draft.
    pub rulebook: String,
    pub title: String,
    pub snapshot: Snapshot,
    /// All of them, from this time and from before.
    pub set_aside: Vec<SetAside>,
}

/// For the list of drafts.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftRow {
    pub id: DraftId,
    pub form: String,
    pub version: String,
    pub about: Option<RecordRef>,
    pub restricted: bool,
    pub title: String,
    /// Milliseconds since 1970.
    pub started_at: u64,
    pub changed_at: u64,
}

#[derive(Clone)]
pub struct Draft {
    pub row: DraftRow,
    /// For [`Store::rulebook_of`].
    pub rulebook: Option<String>,
    pub basis: String,
    /// `None` before the first snapshot.
    pub snapshot: Option<Snapshot>,
    /// Oldest first.
    pub later: Vec<StoredAnswer>,
    /// Attachment name and file.
    pub photos: Vec<(String, PhotoFile)>,
    /// What carrying over to newer versions left.
    pub set_aside: Vec<SetAside>,
    pub step: Option<DraftStep>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("page", &self.page).finish_non_exhaustive()
    }
}

/// Without the value.
impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAnswer").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Without label and value.
impl fmt::Debug for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetAside")
            .field("path", &self.path)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// Without the reason.
impl fmt::Debug for DraftStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftStep").field("action", &self.action).finish_non_exhaustive()
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("row", &self.row)
            .field("later", &self.later.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DraftRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftRow").field("id", &self.id).field("form", &self.form).finish_non_exhaustive()
    }
}

/// Title, snapshot, answers, what was set aside, the step and photos are sealed for this draft and this use only.
fn context(draft: DraftId, what: &str) -> String {
    format!("draft {what} {draft}")
}

impl Store {
    pub fn create_draft(&self, new: &NewDraft, snapshot: Option<&Snapshot>) -> Result<DraftId, StoreError> {
        let id = DraftId::new();
        let now = self.clock.now_ms().cast_signed();
        self.write(|tx| {
            let seal =
                |what, text: &str| self.vault.close(new.restricted, &context(id, what), text.as_bytes());
            let step = new.step.as_ref().map(serde_json::to_string).transpose()?;
            tx.execute(
                "INSERT INTO draft
                 (id, form, version, about, restricted, started_at, changed_at, title, basis, rulebook, step)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10)",
                (
                    id.to_string(),
                    &new.form,
                    &new.version,
                    new.about.as_ref().map(ToString::to_string),
                    new.restricted,
                    now,
                    seal("title", &new.title)?,
                    seal("basis", &new.basis)?,
                    &new.rulebook,
                    step.map(|step| seal("step", &step)).transpose()?,
                ),
            )?;
            match snapshot {
                Some(snapshot) => self.keep_snapshot(tx, id, snapshot),
                None => Ok(()),
            }
        })?;
        Ok(id)
    }

    /// Replaces the snapshot and the answers before it.
    pub fn save_snapshot(&self, draft: DraftId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.write(|tx| self.keep_snapshot(tx, draft, snapshot))
    }

    fn keep_snapshot(
        &self,
        tx: &Transaction<'_>,
        draft: DraftId,
        snapshot: &Snapshot,
    ) -> Result<(), StoreError> {
        let restricted = self.touch(tx, draft)?;
        let body =
            self.vault.close(restricted, &context(draft, "snapshot"), &serde_json::to_vec(snapshot)?)?;
        tx.prepare_cached("UPDATE draft SET snapshot = ?2 WHERE id = ?1")?
            .execute((draft.to_string(), body))?;
        tx.prepare_cached("DELETE FROM draft_answer WHERE draft = ?1")?.execute([draft.to_string()])?;
        Ok(())
    }

    /// Notes that the draft changes now; says whether it is restricted.
    fn touch(&self, tx: &Transaction<'_>, draft: DraftId) -> Result<bool, StoreError> {
        let mut update =
            tx.prepare_cached("UPDATE draft SET changed_at = ?2 WHERE id = ?1 RETURNING restricted")?;
        Ok(update.query_row((draft.to_string(), self.clock.now_ms().cast_signed()), |row| row.get(0))?)
    }

    pub fn append_answers(&self, draft: DraftId, answers: &[StoredAnswer]) -> Result<(), StoreError> {
        self.write(|tx| {
            let restricted = self.touch(tx, draft)?;
            self.keep_answers(tx, draft, restricted, answers)
        })
    }

    fn keep_answers(
        &self,
        tx: &Transaction<'_>,
        draft: DraftId,
        restricted: bool,
        answers: &[StoredAnswer],
    ) -> Result<(), StoreError> {
        let mut insert = tx.prepare_cached("INSERT INTO draft_answer (draft, body) VALUES (?1, ?2)")?;
        for answer in answers {
            let body = serde_json::to_vec(answer)?;
            let body = self.vault.close(restricted, &context(draft, "answer"), &body)?;
            insert.execute((draft.to_string(), body))?;
        }
        Ok(())
    }

    /// A photo with the answers that name it; its blobs are durable already ([`Store::write_blob`]).
    pub fn add_photo(
        &self,
        draft: DraftId,
        name: &str,
        file: &PhotoFile,
        answers: &[StoredAnswer],
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let restricted = self.touch(tx, draft)?;
            let body = self.vault.close(restricted, &context(draft, "photo"), &serde_json::to_vec(file)?)?;
            tx.execute(
                "INSERT OR REPLACE INTO draft_photo (draft, name, address, thumbnail, body)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (draft.to_string(), name, &file.blob.address, &file.thumbnail.address, body),
            )?;
            self.keep_answers(tx, draft, restricted, answers)
        })
    }

    /// Makes the draft one of another version of its form, all of it or nothing: the draft is the old one until then.
    /// Its photos stay.
    pub fn carry_draft(&self, draft: DraftId, carried: &CarriedDraft) -> Result<(), StoreError> {
        self.write(|tx| {
            let restricted = self.touch(tx, draft)?;
            let seal = |what, body: &[u8]| self.vault.close(restricted, &context(draft, what), body);
            tx.execute(
                "UPDATE draft SET version = ?2, title = ?3, set_aside = ?4, rulebook = ?5 WHERE id = ?1",
                (
                    draft.to_string(),
                    &carried.version,
                    seal("title", carried.title.as_bytes())?,
                    seal("set aside", &serde_json::to_vec(&carried.set_aside)?)?,
                    &carried.rulebook,
                ),
            )?;
            self.keep_snapshot(tx, draft, &carried.snapshot)
        })
    }

    pub fn draft(&self, draft: DraftId) -> Result<Draft, StoreError> {
        let key = draft.to_string();
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS}, snapshot, basis, set_aside, rulebook, step FROM draft WHERE id = ?1"
            ))?;
            let mut rows = select.query([&key])?;
            let found = rows.next()?.ok_or(StoreError::NotFound)?;
            let row = self.draft_row(found)?;
            let open = |what, body: Vec<u8>| self.vault.open(row.restricted, &context(draft, what), &body);
            let snapshot = match found.get(8)? {
                Some(body) => Some(serde_json::from_slice(&open("snapshot", body)?)?),
                None => None,
            };
            let basis = text_of(&open("basis", found.get(9)?)?)?;
            let set_aside = match found.get(10)? {
                Some(body) => serde_json::from_slice(&open("set aside", body)?)?,
                None => Vec::new(),
            };
            let step = match found.get(12)? {
                Some(body) => Some(serde_json::from_slice(&open("step", body)?)?),
                None => None,
            };
            let mut later = Vec::new();
            let mut select =
                db.prepare_cached("SELECT body FROM draft_answer WHERE draft = ?1 ORDER BY n")?;
            for body in select.query_map([&key], |row| row.get(0))? {
                later.push(serde_json::from_slice(&open("answer", body?)?)?);
            }
            let mut photos = Vec::new();
            let mut select =
                db.prepare_cached("SELECT name, body FROM draft_photo WHERE draft = ?1 ORDER BY n")?;
            for photo in select.query_map([&key], |row| Ok((row.get(0)?, row.get(1)?)))? {
                let (name, body) = photo?;
                photos.push((name, serde_json::from_slice(&open("photo", body)?)?));
            }
            Ok(Draft { basis, snapshot, later, photos, set_aside, rulebook: found.get(11)?, step, row })
        })
    }

    fn draft_row(&self, row: &Row<'_>) -> Result<DraftRow, StoreError> {
        let id: String = row.get(0)?;
        let id: DraftId = id.parse().map_err(|_| StoreError::Unreadable)?;
        let about: Option<String> = row.get(3)?;
        let restricted = row.get(4)?;
        let title = self.vault.open(restricted, &context(id, "title"), &row.get::<_, Vec<u8>>(7)?)?;
        Ok(DraftRow {
            id,
            form: row.get(1)?,
            version: row.get(2)?,
            about: about.map(|about| about.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
            restricted,
            title: text_of(&title)?,
            started_at: row.get::<_, i64>(5)?.cast_unsigned(),
            changed_at: row.get::<_, i64>(6)?.cast_unsigned(),
        })
    }

    /// Last changed first; without those of restricted cases while these are locked.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM draft WHERE restricted = 0 OR ?1 ORDER BY changed_at DESC, n DESC"
            ))?;
            let mut rows = select.query([!self.vault.is_locked()])?;
            let mut drafts = Vec::new();
            while let Some(row) = rows.next()? {
                drafts.push(self.draft_row(row)?);
            }
            Ok(drafts)
        })
    }

    /// With its photos.
    pub fn delete_draft(&self, draft: DraftId) -> Result<(), StoreError> {
        let blobs = self.write(|tx| take_draft(tx, draft))?;
        self.remove_blobs(&blobs);
        Ok(())
    }
}

fn text_of(bytes: &[u8]) -> Result<String, StoreError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| StoreError::Unreadable)
}

const COLUMNS: &str = "id, form, version, about, restricted, started_at, changed_at, title";

/// Deletes a draft; gives the addresses of its photos that nothing else names.
pub(crate) fn take_draft(tx: &Transaction<'_>, draft: DraftId) -> Result<Vec<String>, StoreError> {
    let mut photos =
        tx.prepare_cached("DELETE FROM draft_photo WHERE draft = ?1 RETURNING address, thumbnail")?;
    let photos = photos.query_map([draft.to_string()], |row| Ok([row.get(0)?, row.get(1)?]))?;
    let photos: Vec<[String; 2]> = photos.collect::<Result<_, _>>()?;
    if tx.execute("DELETE FROM draft WHERE id = ?1", [draft.to_string()])? == 0 {
        return Err(StoreError::NotFound);
    }
    let mut named = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM blob WHERE address = ?1)
         OR EXISTS (SELECT 1 FROM draft_photo WHERE ?1 IN (address, thumbnail))",
    )?;
    let mut unnamed = Vec::new();
    for address in photos.into_iter().flatten() {
        if !named.query_row([&address], |row| row.get(0))? {
            unnamed.push(address);
        }
    }
    Ok(unnamed)
}
