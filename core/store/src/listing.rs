//! Records as a list, and search by what a person types.

use crate::{Store, StoreError};
use model::{RecordRef, RecordState};
use rulebook::{Listing, Query, Rulebook};
use rusqlite::{OptionalExtension, Row, ToSql, Transaction};
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

const COLUMNS: &str = "reference, body";

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
        // A scan over one narrow table: at the size of a province's thousands of households quicker than an index of
        // words, where every other household is a Nguyễn, and what is deleted is gone at once.
        let query = Query::parse(query);
        let words = (3..query.words().len() + 3).map(|n| format!(" AND instr(words, ?{n}) > 0"));
        let fits = format!("kind = ?1 AND ?2 IS NOT NULL{}", words.collect::<String>());
        let typed = query.typed();
        self.read(|db| {
            let mut parameters: Vec<&dyn ToSql> = vec![&kind, &typed];
            parameters.extend(query.words().iter().map(|word| word as &dyn ToSql));
            let count = format!("SELECT count(*) FROM listing WHERE {fits}");
            let total = db.prepare_cached(&count)?.query_row(parameters.as_slice(), |row| row.get(0))?;
            // The page is found over the index alone; bodies are read for its rows only.
            let page = format!(
                "WITH found AS MATERIALIZED (
                     SELECT n, reference, CASE instr(words, ?2) WHEN 1 THEN 0 WHEN 0 THEN 2 ELSE 1 END AS rank, sort
                     FROM listing WHERE {fits} ORDER BY rank, sort, reference LIMIT {limit} OFFSET {offset})
                 SELECT l.reference, l.body FROM found JOIN listing l ON l.n = found.n
                 ORDER BY found.rank, found.sort, found.reference"
            );
            let mut select = db.prepare(&page)?;
            Ok(ListPage { rows: read(select.query_map(parameters.as_slice(), listed)?)?, total })
        })
    }

    /// One record as lists show it; `None` for one that no list shows.
    pub fn listed(&self, reference: &RecordRef) -> Result<Option<Listed>, StoreError> {
        self.read(|db| {
            let mut select =
                db.prepare_cached(&format!("SELECT {COLUMNS} FROM listing WHERE reference = ?1"))?;
            Ok(read(select.query_map([reference.to_string()], listed)?)?.pop())
        })
    }

    /// Of a kind, what is due on `day` (`YYYY-MM-DD`) or was before and is not done yet, earliest first.
    pub fn due(&self, kind: &str, day: &str, limit: u32) -> Result<Vec<Listed>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM listing WHERE kind = ?1 AND due <= ?2 ORDER BY due, sort, reference LIMIT ?3"
            ))?;
            read(select.query_map((kind, day, limit), listed)?)
        })
    }

    pub fn list_count(&self, kind: &str) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM listing WHERE kind = ?1";
        self.read(|db| Ok(db.prepare_cached(sql)?.query_row([kind], |row| row.get(0))?))
    }
}

/// Makes the row of a root anew from its records.
pub(crate) fn show(tx: &Transaction<'_>, rulebook: &Rulebook, root: &str) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM listing WHERE reference = ?1")?.execute([root])?;
    let mut select = tx.prepare_cached(
        "SELECT n, body FROM record WHERE reference = ?1 AND root = ?1 AND removed = 0 AND restricted = 0",
    )?;
    let own: Option<(i64, Vec<u8>)> =
        select.query_row([root], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((n, body)) = own else { return Ok(()) };
    let reference: RecordRef = root.parse().map_err(|_| StoreError::Unreadable)?;
    let below = below(tx, rulebook, root)?;
    let Some(row) = rulebook.listing(&reference, &serde_json::from_slice(&body)?, &below) else {
        return Ok(());
    };
    tx.prepare_cached(
        "INSERT INTO listing (n, reference, kind, sort, due, words, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((n, root, reference.kind.as_str(), row.sort(), &row.due, &row.words, serde_json::to_string(&row)?))?;
    Ok(())
}

/// What a list shows of the records below a root.
fn below(
    tx: &Transaction<'_>,
    rulebook: &Rulebook,
    root: &str,
) -> Result<Vec<(RecordRef, RecordState)>, StoreError> {
    let kinds: Vec<&str> = rulebook.kinds_in_lists().collect();
    let mut select = tx.prepare_cached(
        "SELECT reference, body FROM record WHERE root = ?1 AND reference <> ?1
         AND kind IN (SELECT value FROM json_each(?2)) AND removed = 0 AND restricted = 0",
    )?;
    let rows = select.query_map((root, serde_json::to_string(&kinds)?), |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let mut below = Vec::new();
    for row in rows {
        let (reference, body) = row?;
        below.push((reference.parse().map_err(|_| StoreError::Unreadable)?, serde_json::from_slice(&body)?));
    }
    Ok(below)
}
