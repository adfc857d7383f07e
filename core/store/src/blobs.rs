//! Ciphertexts of photos: files named by their address, and whether the hub has them.

use crate::{Store, StoreError, files, state, tree};
use model::{PhotoFile, RecordRef};
use rulebook::{MAX_DEPTH, Urgency};
use rusqlite::{Connection, OptionalExtension, Transaction};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::PathBuf,
    time::Duration,
};

/// A blob of a finished form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Hex SHA-256 of the ciphertext.
    pub address: String,
    pub size: u64,
    pub thumbnail: bool,
    pub restricted: bool,
    /// Of a restricted case, or of one that was not concluded to be no emergency.
    pub urgent: bool,
    pub uploaded: bool,
}

/// Only what is an address becomes a file name: it may come from another phone.
fn is_address(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

impl Store {
    /// Where a blob's ciphertext lies; reading it needs no lock.
    pub fn blob_path(&self, address: &str) -> PathBuf {
        self.blobs_folder().join(if is_address(address) { address } else { "no-address" })
    }

    /// Makes a ciphertext durable (temporary file, fsync, rename, fsync of the folder) and returns its address.
    pub fn write_blob(&self, ciphertext: &[u8]) -> Result<String, StoreError> {
        let address = wire::blob::address(ciphertext);
        files::write_durably(&self.blob_path(&address), ciphertext)?;
        Ok(address)
    }

    pub fn has_blob(&self, address: &str) -> bool {
        self.blob_path(address).is_file()
    }

    /// Blobs of finished forms, oldest first, thumbnail before its photo; only those the hub lacks if `pending_only`.
    pub fn blobs(&self, pending_only: bool) -> Result<Vec<Blob>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT address, size, thumbnail, restricted, uploaded, record FROM blob
                 WHERE uploaded = 0 OR NOT ?1 ORDER BY n",
            )?;
            let rows = select.query_map([pending_only], |row| {
                let blob = Blob {
                    address: row.get(0)?,
                    size: row.get::<_, i64>(1)?.cast_unsigned(),
                    thumbnail: row.get(2)?,
                    restricted: row.get(3)?,
                    urgent: row.get(3)?,
                    uploaded: row.get(4)?,
                };
                Ok((blob, row.get::<_, String>(5)?))
            })?;
            let mut urgent = HashMap::new();
            let mut blobs = Vec::new();
            for row in rows {
                let (mut blob, record) = row?;
                if !blob.restricted {
                    blob.urgent = match urgent.get(&record) {
                        Some(known) => *known,
                        None => {
                            let known = self.is_urgent(db, &record)?;
                            urgent.insert(record, known);
                            known
                        }
                    };
                }
                blobs.push(blob);
            }
            Ok(blobs)
        })
    }

    /// Whether an open record lies in a case that may be an emergency.
    fn is_urgent(&self, db: &Connection, record: &str) -> Result<bool, StoreError> {
        let mut select =
            db.prepare_cached("SELECT kind, parent, restricted, body FROM record WHERE reference = ?1")?;
        let (mut next, rulebook) = (Some(record.to_owned()), self.rulebook());
        for _ in 0..MAX_DEPTH {
            let Some(reference) = next else { return Ok(false) };
            let row = select.query_row([&reference], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, bool>(2)?, row.get::<_, Vec<u8>>(3)?))
            });
            let Some((kind, parent, restricted, body)) = row.optional()? else { return Ok(false) };
            if restricted {
                return Ok(true);
            }
            // A case is what moves by a workflow.
            if rulebook.kind(&kind).is_some_and(|kind| kind.workflow.is_some()) {
                let body = self.vault.open(false, &tree::context(&reference), &body)?;
                let case = state::from_bytes(&body)?;
                return Ok(Urgency::of(|field| case.heads(field)) != Urgency::NotUrgent);
            }
            next = parent;
        }
        Ok(false)
    }

    /// The hub holds these whole.
    pub fn mark_blobs_uploaded(&self, addresses: &[String]) -> Result<(), StoreError> {
        self.mark_blobs(addresses, true)
    }

    /// The hub lost these (restored from a backup): to be uploaded again.
    pub fn mark_blobs_missing(&self, addresses: &[String]) -> Result<(), StoreError> {
        self.mark_blobs(addresses, false)
    }

    fn mark_blobs(&self, addresses: &[String], uploaded: bool) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut update =
                tx.prepare_cached("UPDATE blob SET uploaded = ?2 WHERE address = ?1 AND uploaded <> ?3")?;
            for address in addresses {
                update.execute((address, uploaded, STAYS))?;
            }
            Ok(())
        })
    }

    /// After the transaction that stopped naming them. A file that stays is taken by the next [`Store::prune`].
    pub(crate) fn remove_blobs(&self, addresses: &[String]) {
        for address in addresses {
            let _ = fs::remove_file(self.blob_path(address));
        }
    }

    /// Removes files that nothing names, as after a crash between a photo's file and its answer. Young ones stay:
    /// their answer may be on its way.
    pub(crate) fn sweep_blobs(&self) -> Result<(), StoreError> {
        let mut old = Vec::new();
        for entry in fs::read_dir(self.blobs_folder())? {
            let entry = entry?;
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age > SWEEP_AFTER {
                old.extend(entry.file_name().into_string());
            }
        }
        let named: HashSet<String> = self.read(|db| {
            let mut select = db.prepare(
                "SELECT address FROM blob UNION SELECT address FROM draft_photo
                 UNION SELECT thumbnail FROM draft_photo",
            )?;
            let named = select.query_map([], |row| row.get(0))?;
            Ok(named.collect::<Result<_, _>>()?)
        })?;
        for name in old.iter().filter(|name| !named.contains(*name)) {
            fs::remove_file(self.blobs_folder().join(name))?;
        }
        Ok(())
    }
}

/// In the place of whether the hub has it: it never gets it.
pub(crate) const STAYS: i64 = 2;

/// Photos that a change made here names: to be uploaded, the thumbnail first.
pub(crate) fn to_upload(
    tx: &Transaction<'_>,
    record: &RecordRef,
    restricted: bool,
    file: &PhotoFile,
) -> Result<(), StoreError> {
    keep(tx, record, restricted, file, 0)
}

/// Those of what never leaves this phone.
pub(crate) fn to_stay(
    tx: &Transaction<'_>,
    record: &RecordRef,
    restricted: bool,
    file: &PhotoFile,
) -> Result<(), StoreError> {
    keep(tx, record, restricted, file, STAYS)
}

fn keep(
    tx: &Transaction<'_>,
    record: &RecordRef,
    restricted: bool,
    file: &PhotoFile,
    uploaded: i64,
) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO blob (address, record, size, thumbnail, restricted, uploaded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (blob, thumbnail) in [(&file.thumbnail, true), (&file.blob, false)] {
        if is_address(&blob.address) {
            let size = blob.size.cast_signed();
            insert.execute((&blob.address, record.to_string(), size, thumbnail, restricted, uploaded))?;
        }
    }
    Ok(())
}

const SWEEP_AFTER: Duration = Duration::from_secs(24 * 3600);
