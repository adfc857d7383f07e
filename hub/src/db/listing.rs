//! What lists show of records, and what search looks through.

mod memory;

pub use memory::Lists;

use super::{
    DbError, Read, Tx,
    column::{pack_json, packed_json, record, uint},
};
use model::{Feed, RecordRef};
use rulebook::{Listing, Query};
use rusqlite::{named_params, params};

/// A row of a list.
pub struct Listed {
    pub reference: RecordRef,
    pub row: Listing,
    /// Milliseconds since 1970.
    pub updated_at: u64,
}

/// A page of a list.
pub struct Page {
    /// From 0.
    pub number: u32,
    pub size: u32,
}

/// Records of a kind, in the feeds that are asked for, that the query finds: those whose title begins so first, then
/// those where the words follow each other. A page of them, and how many there are.
pub fn find(
    read: &Read,
    lists: &Lists,
    kind: &str,
    is_asked: impl Fn(&Feed) -> bool,
    query: &Query,
    page: &Page,
) -> Result<(Vec<Listed>, u32), DbError> {
    let (found, count) = lists.find(read, kind, is_asked, query, page)?;
    let mut rows = Vec::with_capacity(found.len());
    for reference in found {
        let row = read.find(
            "SELECT l.body, r.updated_at FROM listing l
                 JOIN records r ON r.office = l.office AND r.record = l.record
             WHERE l.office = ?1 AND l.record = ?2 AND l.feed IS NOT NULL",
            params![read.office(), record(&reference)],
            |row| Ok((packed_json(row, 0)?, uint(row, 1)?)),
        )?;
        rows.extend(row.map(|(row, updated_at)| Listed { reference, row, updated_at }));
    }
    Ok((rows, count))
}

/// The number of the next row that is written.
const NEXT: &str = "(SELECT coalesce(max(n), 0) + 1 FROM listing WHERE office = :office)";

pub fn keep(tx: &Tx, of: &RecordRef, feed: &Feed, row: &Listing) -> Result<(), DbError> {
    let body = pack_json(row).ok_or(DbError::Internal("a row of a list can't be written"))?;
    tx.execute(
        &format!(
            "INSERT INTO listing (office, record, n, feed, sort, words, body)
             VALUES (:office, :record, {NEXT}, :feed, :sort, :words, :body)
             ON CONFLICT (office, record) DO UPDATE SET n = excluded.n, feed = excluded.feed,
                 sort = excluded.sort, words = excluded.words, body = excluded.body
             WHERE feed IS NOT excluded.feed OR words <> excluded.words OR body <> excluded.body"
        ),
        named_params! {
            ":office": tx.office(), ":record": record(of), ":feed": feed.to_string(), ":sort": row.sort(),
            ":words": row.words, ":body": body,
        },
    )?;
    Ok(())
}

/// The row stays, empty, so that who keeps lists in memory hears that it went.
pub fn remove(tx: &Tx, of: &RecordRef) -> Result<(), DbError> {
    tx.execute(
        &format!(
            "UPDATE listing SET n = {NEXT}, feed = NULL, sort = '', words = '', body = x''
             WHERE office = :office AND record = :record AND feed IS NOT NULL"
        ),
        named_params! { ":office": tx.office(), ":record": record(of) },
    )?;
    Ok(())
}

pub fn remove_all(tx: &Tx) -> Result<(), DbError> {
    // Numbers above all that were ever given out, each once.
    tx.execute(
        "UPDATE listing SET n = n + (SELECT max(n) FROM listing WHERE office = ?1), feed = NULL, sort = '',
             words = '', body = x''
         WHERE office = ?1",
        params![tx.office()],
    )?;
    Ok(())
}
