//! Records as a list, and search by what a person types.

use crate::{Store, StoreError, open::Opened, progress, sealing::Vault, state};
use model::{RecordRef, RecordState};
use rulebook::{Listing, Query, Rulebook};
use rusqlite::{OptionalExtension, Row, Transaction};
use std::fmt;

/// A row of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    pub reference: RecordRef,
    pub row: Listing,
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("reference", &self.reference).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct ListPage {
    pub rows: Vec<Listed>,
    /// Of all that fit the query.
    pub total: u32,
}

const ONE: &str = "SELECT reference, body FROM listing WHERE reference = ?1";

fn listed(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn read(rows: impl Iterator<Item = rusqlite::Result<(String, String)>>) -> Result<Vec<Listed>, StoreError> {
    let read = |row: rusqlite::Result<(String, String)>| {
        let (reference, body) = row?;
        let reference = reference.parse().map_err(|_| StoreError::Unreadable)?;
        Ok(Listed { reference, row: serde_json::from_str(&body)? })
    };
    rows.map(read).collect()
}

impl Store {
    /// Records of a kind by the words of what lists show of them and of what is below, without tone marks, each from
    /// its beginning (`ng thi hoa`); all for an empty query. Those whose own title begins so come first, then those
    /// where the words follow each other.
    pub fn list(&self, kind: &str, query: &str, offset: u32, limit: u32) -> Result<ListPage, StoreError> {
        let query = Query::parse(query);
        self.search(|Opened { db, index }| {
            let (found, total) = index.find(db, kind, &query, (offset, limit))?;
            let mut select = db.prepare_cached(ONE)?;
            let row = |id| select.query_row([RecordRef::new(kind.to_owned(), id).to_string()], listed);
            Ok(ListPage { rows: read(found.into_iter().map(row))?, total })
        })
    }

    /// One record as lists show it; `None` for one that no list shows.
    pub fn listed(&self, reference: &RecordRef) -> Result<Option<Listed>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(ONE)?;
            Ok(read(select.query_map([reference.to_string()], listed)?)?.pop())
        })
    }

    /// Of a kind, those of which something, be it below them, is due on `day` (`YYYY-MM-DD`) or was before and is not done
    /// yet, that which was due first before the others.
    pub fn due(&self, kind: &str, day: &str, limit: u32) -> Result<Vec<Listed>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT reference, body FROM listing WHERE kind = ?1 AND due <= ?2
                 ORDER BY due, sort, reference LIMIT ?3",
            )?;
            read(select.query_map((kind, day, limit), listed)?)
        })
    }

    pub fn list_count(&self, kind: &str) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM listing INDEXED BY listing_due WHERE kind = ?1";
        self.read(|db| Ok(db.prepare_cached(sql)?.query_row([kind], |row| row.get(0))?))
    }
}

/// Makes the row of a root anew from its records.
pub(crate) fn show(
    tx: &Transaction<'_>,
    vault: &Vault,
    rulebook: &Rulebook,
    root: &RecordRef,
) -> Result<(), StoreError> {
    let key = root.to_string();
    tx.prepare_cached("DELETE FROM listing WHERE reference = ?1")?.execute([&key])?;
    let row = row_of(tx, vault, rulebook, (root, &key))?;
    progress::call_root(tx, &key, row.as_ref().map(|(_, row)| row.title.as_str()))?;
    let Some((n, row)) = row else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO listing (n, reference, kind, sort, due, words, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((n, &key, root.kind.as_str(), row.sort(), row.first_due(), &row.words, serde_json::to_string(&row)?))?;
    Ok(())
}

/// With the number of the root's own record.
fn row_of(
    tx: &Transaction<'_>,
    vault: &Vault,
    rulebook: &Rulebook,
    (root, key): (&RecordRef, &str),
) -> Result<Option<(i64, Listing)>, StoreError> {
    let mut select = tx.prepare_cached(
        "SELECT n, body FROM record WHERE reference = ?1 AND root = ?1 AND removed = 0 AND restricted = 0",
    )?;
    let own: Option<(i64, Vec<u8>)> =
        select.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((n, body)) = own else { return Ok(None) };
    let state = state::from_bytes(&vault.open(false, "", &body)?)?;
    Ok(rulebook.listing(root, &state, &below(tx, vault, rulebook, key)?).map(|row| (n, row)))
}

/// What a list shows of the records below a root.
fn below(
    tx: &Transaction<'_>,
    vault: &Vault,
    rulebook: &Rulebook,
    root: &str,
) -> Result<Vec<(RecordRef, RecordState)>, StoreError> {
    let kinds: Vec<&str> = rulebook.kinds_in_lists().collect();
    let mut select = tx.prepare_cached(
        "SELECT reference, body FROM record WHERE root = ?1 AND reference <> ?1
         AND kind IN (SELECT value FROM json_each(?2)) AND removed = 0 AND restricted = 0",
    )?;
    let mut rows = select.query((root, serde_json::to_string(&kinds)?))?;
    let mut below = Vec::new();
    while let Some(row) = rows.next()? {
        let reference: String = row.get(0)?;
        let body = row.get_ref(1)?.as_blob().map_err(|_| StoreError::Unreadable)?;
        let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
        // Of a household with many visits most is what is written of them.
        let reads = |field: &str| rulebook.list_reads(reference.kind.as_str(), field);
        let state = state::some_from_bytes(&vault.open(false, "", body)?, reads)?;
        let state = progress::stands(tx, vault, rulebook, &reference, state)?;
        below.push((reference, state));
    }
    Ok(below)
}
