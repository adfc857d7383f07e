//! Counts without personal data.

use super::{DbError, Read, column::uint};
use rusqlite::params;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// By kind, without removed ones.
    pub records: BTreeMap<String, u64>,
    pub submissions: u64,
    pub changes: u64,
    /// Changes that wait for something to happen.
    pub waiting: u64,
    /// Changes that aren't allowed and stay apart.
    pub denied: u64,
    pub photos: u64,
    pub photos_whole: u64,
    pub devices: u64,
    pub flagged: u64,
}

impl Stats {
    /// How many records there are of a kind.
    pub fn of(&self, kind: &str) -> u64 {
        self.records.get(kind).copied().unwrap_or_default()
    }
}

/// Of each kind how many there are, without removed ones.
pub fn records(read: &Read) -> Result<BTreeMap<String, u64>, DbError> {
    let sql = "SELECT kind, count(*) FROM records WHERE office = ?1 AND removed = 0 GROUP BY kind";
    let counts = read.all(sql, params![read.office()], |row| Ok((row.get(0)?, uint(row, 1)?)))?;
    Ok(counts.into_iter().collect())
}

pub fn count(read: &Read) -> Result<Stats, DbError> {
    let count = |sql: &str| read.get(sql, params![read.office()], |row| uint(row, 0));
    let photos = |here: &str| {
        format!(
            "SELECT count(DISTINCT p.record) FROM photos p
                 JOIN records r ON r.office = p.office AND r.record = p.record
             WHERE p.office = ?1 AND NOT p.thumbnail {here}"
        )
    };
    Ok(Stats {
        records: records(read)?,
        submissions: count("SELECT count(*) FROM submissions WHERE office = ?1")?,
        changes: count("SELECT count(*) FROM changes WHERE office = ?1")?,
        waiting: count(
            "SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM waiting WHERE office = ?1 AND denied IS NULL",
        )?,
        denied: count(
            "SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM waiting WHERE office = ?1 AND denied IS NOT NULL",
        )?,
        photos: count(&photos(""))?,
        photos_whole: count(&photos(
            "AND EXISTS (SELECT 1 FROM blobs b WHERE b.office = p.office AND b.address = p.address)",
        ))?,
        devices: count("SELECT count(*) FROM devices WHERE office = ?1 AND revoked_at IS NULL")?,
        flagged: count("SELECT count(*) FROM submissions WHERE office = ?1 AND differing > 0")?,
    })
}
