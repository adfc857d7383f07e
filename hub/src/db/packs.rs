//! Packs that were proposed, with their files; those that are published have a serial.

use super::{
    DbError, Read, Tx,
    column::{id, int, json, optional_id, optional_uint, pack, parsed, uint, unpacked},
};
use chrono::NaiveDate;
use model::{Digest, UserId, encoding::Bytes};
use rusqlite::{Row, named_params, params};
use wire::packs::SignedPack;

pub struct Proposed {
    /// Of proposals, from 1.
    pub number: u64,
    /// Of publications; `None` for what is not published.
    pub serial: Option<u64>,
    pub id: String,
    pub version: String,
    pub title_vi: String,
    pub title_en: String,
    /// In Viet Nam.
    pub first_day: NaiveDate,
    /// `None`: at the command line.
    pub proposed_by: Option<UserId>,
    pub proposed_at: u64,
    pub decided_by: Option<UserId>,
    /// `None`: it waits for a second person.
    pub decided_at: Option<u64>,
}

pub struct New<'a> {
    pub id: &'a str,
    pub version: &'a str,
    pub title_vi: &'a str,
    pub title_en: &'a str,
    pub first_day: NaiveDate,
    pub by: Option<UserId>,
}

const COLUMNS: &str =
    "number, serial, id, version, title_vi, title_en, first_day, proposed_by, proposed_at, decided_by,
                       decided_at";

fn proposed(row: &Row) -> rusqlite::Result<Proposed> {
    Ok(Proposed {
        number: uint(row, 0)?,
        serial: optional_uint(row, 1)?,
        id: row.get(2)?,
        version: row.get(3)?,
        title_vi: row.get(4)?,
        title_en: row.get(5)?,
        first_day: parsed(row, 6)?,
        proposed_by: optional_id(row, 7)?.map(UserId),
        proposed_at: uint(row, 8)?,
        decided_by: optional_id(row, 9)?.map(UserId),
        decided_at: optional_uint(row, 10)?,
    })
}

pub fn find(read: &Read, number: u64) -> Result<Option<Proposed>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM packs WHERE office = ?1 AND number = ?2");
    read.find(&sql, params![read.office(), int(number)], proposed)
}

/// Those that wait for a second person, the newest first.
pub fn open(read: &Read) -> Result<Vec<Proposed>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM packs WHERE office = ?1 AND serial IS NULL AND decided_at IS NULL ORDER BY number DESC"
    );
    read.all(&sql, params![read.office()], proposed)
}

/// The newest first.
pub fn published(read: &Read) -> Result<Vec<Proposed>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM packs WHERE office = ?1 AND serial IS NOT NULL ORDER BY serial DESC");
    read.all(&sql, params![read.office()], proposed)
}

/// The serial of the last publication; 0 before the first.
pub fn newest(read: &Read) -> Result<u64, DbError> {
    let sql =
        "SELECT serial FROM packs WHERE office = ?1 AND serial IS NOT NULL ORDER BY serial DESC LIMIT 1";
    Ok(read.find(sql, params![read.office()], |row| uint(row, 0))?.unwrap_or_default())
}

/// For the next publication.
pub fn next_serial(read: &Read) -> Result<u64, DbError> {
    let sql = "SELECT serials_left_out FROM office WHERE office = ?1";
    let left_out = read.get(sql, params![read.office()], |row| uint(row, 0))?;
    Ok(newest(read)?.max(left_out) + 1)
}

/// So many serials may have been given that this hub doesn't know of.
const LEFT_OUT: u64 = 1000;

/// The hub was restored or rewound: a serial that phones may have seen is never given again.
pub fn leave_out_serials(tx: &Tx) -> Result<(), DbError> {
    let above = next_serial(tx)? - 1 + LEFT_OUT;
    tx.execute(
        "UPDATE office SET serials_left_out = ?2 WHERE office = ?1",
        params![tx.office(), int(above)],
    )?;
    Ok(())
}

/// Of all publications, the first one first.
pub fn manifests(read: &Read) -> Result<Vec<SignedPack>, DbError> {
    read.all(
        "SELECT manifest FROM packs WHERE office = ?1 AND serial IS NOT NULL ORDER BY serial",
        params![read.office()],
        manifest,
    )
}

/// Of the publication with this serial.
pub fn of_serial(read: &Read, serial: u64) -> Result<Option<(u64, SignedPack)>, DbError> {
    read.find(
        "SELECT manifest, number FROM packs WHERE office = ?1 AND serial = ?2",
        params![read.office(), int(serial)],
        |row| Ok((uint(row, 1)?, manifest(row)?)),
    )
}

fn manifest(row: &Row) -> rusqlite::Result<SignedPack> {
    json(row, 0)
}

/// Keeps a proposal; returns its number.
pub fn add(tx: &Tx, new: &New) -> Result<u64, DbError> {
    let sql = "SELECT coalesce(max(number), 0) + 1 FROM packs WHERE office = ?1";
    let number = tx.get(sql, params![tx.office()], |row| uint(row, 0))?;
    tx.execute(
        "INSERT INTO packs (office, number, id, version, title_vi, title_en, first_day, proposed_by, proposed_at)
         VALUES (:office, :number, :id, :version, :title_vi, :title_en, :first_day, :by, :now)",
        named_params! {
            ":office": tx.office(), ":number": int(number), ":id": new.id, ":version": new.version,
            ":title_vi": new.title_vi, ":title_en": new.title_en, ":first_day": new.first_day.to_string(),
            ":by": new.by.map(|by| id(by.0)), ":now": int(tx.now()),
        },
    )?;
    Ok(number)
}

/// A second person agreed: it is published from this day on.
pub fn publish(
    tx: &Tx,
    number: u64,
    (serial, first_day): (u64, NaiveDate),
    manifest: &SignedPack,
    by: Option<UserId>,
) -> Result<(), DbError> {
    let manifest = written(manifest)?;
    tx.execute(
        "UPDATE packs SET serial = :serial, first_day = :first_day, manifest = :manifest, decided_by = :by, decided_at = :now
         WHERE office = :office AND number = :number AND serial IS NULL",
        named_params! {
            ":office": tx.office(), ":number": int(number), ":serial": int(serial),
            ":first_day": first_day.to_string(), ":manifest": manifest, ":by": by.map(|by| id(by.0)),
            ":now": int(tx.now()),
        },
    )?;
    Ok(())
}

/// The same statement by another key of the office.
pub fn set_manifest(tx: &Tx, number: u64, manifest: &SignedPack) -> Result<(), DbError> {
    tx.execute(
        "UPDATE packs SET manifest = ?3 WHERE office = ?1 AND number = ?2",
        params![tx.office(), int(number), written(manifest)?],
    )?;
    Ok(())
}

fn written(manifest: &SignedPack) -> Result<String, DbError> {
    serde_json::to_string(manifest).map_err(|_| DbError::Internal("a manifest can't be written"))
}

/// Somebody refused it: its files go, but for bodies that others name.
pub fn refuse(tx: &Tx, number: u64, by: Option<UserId>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE packs SET decided_by = ?3, decided_at = ?4 WHERE office = ?1 AND number = ?2 AND serial IS NULL",
        params![tx.office(), int(number), by.map(|by| id(by.0)), int(tx.now())],
    )?;
    tx.execute(
        "DELETE FROM pack_bodies AS b WHERE b.office = ?1
             AND b.sha256 IN (SELECT sha256 FROM pack_files WHERE office = ?1 AND number = ?2)
             AND NOT EXISTS (SELECT 1 FROM pack_files o
                             WHERE o.office = ?1 AND o.sha256 = b.sha256 AND o.number <> ?2)",
        params![tx.office(), int(number)],
    )?;
    tx.execute(
        "DELETE FROM pack_files WHERE office = ?1 AND number = ?2",
        params![tx.office(), int(number)],
    )?;
    Ok(())
}

pub fn add_file(tx: &Tx, number: u64, path: &str, sha256: &Digest, body: &[u8]) -> Result<(), DbError> {
    let packed = pack(body).ok_or(DbError::Internal("a file can't be packed"))?;
    tx.execute(
        "INSERT INTO pack_bodies (office, sha256, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (office, sha256) DO NOTHING",
        params![tx.office(), sha256.0, packed],
    )?;
    tx.execute(
        "INSERT INTO pack_files (office, number, path, sha256) VALUES (?1, ?2, ?3, ?4)",
        params![tx.office(), int(number), path, sha256.0],
    )?;
    Ok(())
}

pub struct File {
    pub path: String,
    pub sha256: Digest,
    /// `None`: it is gone, or damaged.
    pub body: Option<Vec<u8>>,
}

/// The files of a proposal, by path.
pub fn files(read: &Read, number: u64) -> Result<Vec<File>, DbError> {
    read.all(
        "SELECT f.path, f.sha256, b.body FROM pack_files f
             LEFT JOIN pack_bodies b ON b.office = f.office AND b.sha256 = f.sha256
         WHERE f.office = ?1 AND f.number = ?2 ORDER BY f.path",
        params![read.office(), int(number)],
        |row| Ok(File { path: row.get(0)?, sha256: Bytes(row.get(1)?), body: unpacked(row, 2).ok() }),
    )
}

/// What a file of a published pack holds.
pub fn body(read: &Read, sha256: &Digest) -> Result<Option<Vec<u8>>, DbError> {
    read.find(
        "SELECT b.body FROM pack_bodies b
         WHERE b.office = ?1 AND b.sha256 = ?2
             AND EXISTS (SELECT 1 FROM pack_files f JOIN packs p ON p.office = f.office AND p.number = f.number
                         WHERE f.office = b.office AND f.sha256 = b.sha256 AND p.serial IS NOT NULL)",
        params![read.office(), sha256.0],
        |row| unpacked(row, 0),
    )
}
