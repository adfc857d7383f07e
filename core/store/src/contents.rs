//! Files of forms and packs by their hash: each is kept once, whoever names it.

use crate::{Store, StoreError, forms, packs, sealing::Vault};
use model::{Digest, encoding::Bytes};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;
use wire::packs::hash;

impl Store {
    /// Keeps a file that is what its hash says.
    ///
    /// # Errors
    /// [`StoreError::FormMismatch`]: it isn't.
    pub fn put_content(&self, sha256: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(|tx| keep(tx, &self.vault, sha256, bytes))
    }

    /// Those of `wanted` that are here.
    pub fn contents_here(&self, wanted: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, StoreError> {
        self.read(|db| {
            let mut here = BTreeSet::new();
            for sha256 in wanted {
                if is_here(db, sha256)? {
                    here.insert(*sha256);
                }
            }
            Ok(here)
        })
    }
}

pub(crate) fn keep(tx: &Connection, vault: &Vault, sha256: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
    if hash(bytes) != *sha256 {
        return Err(StoreError::FormMismatch);
    }
    if !is_here(tx, sha256)? {
        let body = vault.close(false, "", bytes)?;
        tx.execute("INSERT INTO content (sha256, body) VALUES (?1, ?2)", (sha256.0, body))?;
    }
    Ok(())
}

pub(crate) fn is_here(db: &Connection, sha256: &Digest) -> Result<bool, StoreError> {
    let mut select = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM content WHERE sha256 = ?1)")?;
    Ok(select.query_row([sha256.0], |row| row.get(0))?)
}

pub(crate) fn read(db: &Connection, vault: &Vault, sha256: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
    let mut select = db.prepare_cached("SELECT body FROM content WHERE sha256 = ?1")?;
    let body: Option<Vec<u8>> = select.query_row([sha256.0], |row| row.get(0)).optional()?;
    body.map(|body| Ok(vault.open(false, "", &body)?.to_vec())).transpose()
}

/// Drops the files that no form and no pack names. Not before a run's end: until then some are of what is on its way.
pub(crate) fn sweep(tx: &Connection) -> Result<(), StoreError> {
    let named: BTreeSet<Digest> = forms::contents(tx)?.into_iter().chain(packs::contents(tx)?).collect();
    let mut select = tx.prepare("SELECT sha256 FROM content")?;
    let here = select.query_map([], |row| row.get(0).map(Bytes))?.collect::<Result<Vec<Digest>, _>>()?;
    for sha256 in here.iter().filter(|sha256| !named.contains(sha256)) {
        tx.execute("DELETE FROM content WHERE sha256 = ?1", [sha256.0])?;
    }
    Ok(())
}
