//! Counts without personal data.

use super::{DbError, Read, column::uint};
use model::kind;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub households: u64,
    pub people: u64,
    pub visits: u64,
    pub cases: u64,
    pub submissions: u64,
    pub changes: u64,
    pub waiting: u64,
    pub photos: u64,
    pub photos_whole: u64,
    pub devices: u64,
    pub flagged: u64,
}

pub fn count(read: &Read) -> Result<Stats, DbError> {
    let count = |sql: &str| read.get(sql, [read.office()], |row| uint(row, 0));
    let records = |kind: &str| {
        let sql = "SELECT count(*) FROM records WHERE office = ?1 AND kind = ?2 AND removed = 0";
        read.get(sql, [read.office(), kind], |row| uint(row, 0))
    };
    Ok(Stats {
        households: records(kind::HOUSEHOLD)?,
        people: records(kind::PERSON)?,
        visits: records(kind::VISIT)?,
        cases: records(kind::CASE)?,
        submissions: count("SELECT count(*) FROM submissions WHERE office = ?1")?,
        changes: count("SELECT count(*) FROM changes WHERE office = ?1")?,
        waiting: count("SELECT count(*) FROM changes WHERE office = ?1 AND admitted_at IS NULL")?,
        photos: count("SELECT count(*) FROM photos WHERE office = ?1")?,
        photos_whole: count(
            "SELECT count(*) FROM photos p JOIN blobs b ON b.office = p.office AND b.address = p.address
             WHERE p.office = ?1 AND b.whole_at IS NOT NULL",
        )?,
        devices: count("SELECT count(*) FROM devices WHERE office = ?1 AND revoked_at IS NULL")?,
        flagged: count("SELECT count(*) FROM submissions WHERE office = ?1 AND flagged = 1")?,
    })
}
