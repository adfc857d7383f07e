//! Counts without personal data.

use crate::{HubError, db::uint};
use rusqlite::Connection;
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

pub fn stats(connection: &Connection, office: &str) -> Result<Stats, HubError> {
    let count = |sql: &str| -> Result<u64, HubError> {
        Ok(uint(connection.query_row(sql, [office], |row| row.get(0))?))
    };
    let records = |kind: &str| -> Result<u64, HubError> {
        let sql = "SELECT count(*) FROM records WHERE office = ?1 AND kind = ?2 AND removed = 0";
        Ok(uint(connection.query_row(sql, [office, kind], |row| row.get(0))?))
    };
    Ok(Stats {
        households: records(model::kind::HOUSEHOLD)?,
        people: records(model::kind::PERSON)?,
        visits: records(model::kind::VISIT)?,
        cases: records(model::kind::CASE)?,
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
