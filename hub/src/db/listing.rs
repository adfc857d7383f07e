//! What lists show of records, and what search looks through.

use super::{
    DbError, Read, Tx,
    column::{json, list, parsed, uint},
};
use model::{Feed, RecordRef};
use rulebook::{Listing, Query};
use rusqlite::{ToSql, named_params};

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

/// Records of a kind in these feeds (`None`: in all) that the query finds: those whose title begins so first, then
/// those where the words follow each other. A page of them, and how many there are.
pub fn find(
    read: &Read,
    kind: &str,
    feeds: Option<&[Feed]>,
    query: &Query,
    page: &Page,
) -> Result<(Vec<Listed>, u32), DbError> {
    let (office, typed, feeds) = (read.office(), query.typed(), feeds.map(list));
    let mut parameters: Vec<&dyn ToSql> = vec![&office, &kind, &feeds, &typed];
    parameters.extend(query.words().iter().map(|word| word as &dyn ToSql));
    let words = (5..query.words().len() + 5).map(|n| format!(" AND instr(l.words, ?{n}) > 0"));
    let fits = format!(
        "l.office = ?1 AND l.kind = ?2 AND ?4 IS NOT NULL
         AND (?3 IS NULL OR l.feed IN (SELECT value FROM json_each(?3))){}",
        words.collect::<String>()
    );
    let count =
        read.get(&format!("SELECT count(*) FROM listing l WHERE {fits}"), parameters.as_slice(), |row| {
            row.get(0)
        })?;
    let (size, offset) = (page.size, page.number.saturating_mul(page.size));
    // The page is found over the index alone; bodies are read for its rows only.
    let sql = format!(
        "WITH found AS MATERIALIZED (
             SELECT l.record, CASE instr(l.words, ?4) WHEN 1 THEN 0 WHEN 0 THEN 2 ELSE 1 END AS rank, l.sort
             FROM listing l WHERE {fits} ORDER BY rank, l.sort, l.record LIMIT {size} OFFSET {offset})
         SELECT l.record, l.body, r.updated_at FROM found
         JOIN listing l ON l.office = ?1 AND l.record = found.record
         JOIN records r ON r.office = ?1 AND r.record = found.record
         ORDER BY found.rank, found.sort, found.record"
    );
    let rows = read.all(&sql, parameters.as_slice(), |row| {
        Ok(Listed { reference: parsed(row, 0)?, row: json(row, 1)?, updated_at: uint(row, 2)? })
    })?;
    Ok((rows, count))
}

pub fn keep(tx: &Tx, record: &RecordRef, feed: &Feed, row: &Listing) -> Result<(), DbError> {
    let body =
        serde_json::to_string(row).map_err(|_| DbError::Internal("a row of a list can't be written"))?;
    tx.execute(
        "INSERT INTO listing (office, record, kind, feed, sort, due, words, body)
         VALUES (:office, :record, :kind, :feed, :sort, :due, :words, :body)
         ON CONFLICT (office, record) DO UPDATE SET feed = excluded.feed, sort = excluded.sort, due = excluded.due,
             words = excluded.words, body = excluded.body",
        named_params! {
            ":office": tx.office(), ":record": record.to_string(), ":kind": record.kind.as_str(),
            ":feed": feed.to_string(), ":sort": row.sort(), ":due": row.due, ":words": row.words, ":body": body,
        },
    )?;
    Ok(())
}

pub fn remove(tx: &Tx, record: &RecordRef) -> Result<(), DbError> {
    tx.execute("DELETE FROM listing WHERE office = ?1 AND record = ?2", [tx.office(), &record.to_string()])?;
    Ok(())
}

pub fn remove_all(tx: &Tx) -> Result<(), DbError> {
    tx.execute("DELETE FROM listing WHERE office = ?1", [tx.office()])?;
    Ok(())
}
