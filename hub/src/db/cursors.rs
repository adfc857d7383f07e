//! How far each device has read each feed: who has been told what.

use super::{
    DbError, Read, Tx,
    column::{id, int, optional_uint, record, text, uint},
};
use model::{DeviceId, Feed, RecordRef};
use rusqlite::{named_params, params};
use std::collections::BTreeMap;

/// How far one device has read one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// As the device said: it keeps all up to here.
    pub position: u64,
    /// What it was sent; it may have come.
    pub sent: u64,
}

pub type Cursors = BTreeMap<Feed, Cursor>;

pub fn of_device(read: &Read, device: DeviceId) -> Result<Cursors, DbError> {
    let rows = read.all(
        "SELECT feed, position, sent FROM cursors WHERE office = ?1 AND device = ?2",
        params![read.office(), id(device.0)],
        |row| {
            Ok((text(row, 0)?.parse::<Feed>().ok(), Cursor { position: uint(row, 1)?, sent: uint(row, 2)? }))
        },
    )?;
    Ok(rows.into_iter().filter_map(|(feed, cursor)| Some((feed?, cursor))).collect())
}

pub fn set(tx: &Tx, device: DeviceId, feed: &Feed, cursor: Cursor) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO cursors (office, device, feed, position, sent)
         VALUES (:office, :device, :feed, :position, :sent)
         ON CONFLICT (office, device, feed) DO UPDATE SET position = excluded.position, sent = excluded.sent",
        named_params! {
            ":office": tx.office(), ":device": id(device.0), ":feed": feed.to_string(),
            ":position": int(cursor.position), ":sent": int(cursor.sent),
        },
    )?;
    Ok(())
}

/// The device has forgotten the feed.
pub fn remove(tx: &Tx, device: DeviceId, feed: &Feed) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM cursors WHERE office = ?1 AND device = ?2 AND feed = ?3",
        params![tx.office(), id(device.0), feed.to_string()],
    )?;
    Ok(())
}

/// A record's leave of a feed.
pub struct Leave {
    pub feed: Feed,
    pub position: u64,
    pub at: u64,
}

/// A device that was sent a record before it left a feed.
pub struct Reader {
    pub device: String,
    pub user: String,
    /// Whether it has read that the record left.
    pub told: bool,
    pub last_sync_at: Option<u64>,
    pub revoked: bool,
}

/// Where a record has been, the oldest first.
pub fn leaves(read: &Read, of: &RecordRef) -> Result<Vec<Leave>, DbError> {
    let rows = read.all(
        "SELECT feed, position, left_at FROM feed_entries
         WHERE office = ?1 AND left_record = ?2 AND left_at IS NOT NULL ORDER BY left_at, position",
        params![read.office(), record(of)],
        |row| Ok((text(row, 0)?.parse::<Feed>().ok(), uint(row, 1)?, uint(row, 2)?)),
    )?;
    let leave = |(feed, position, at): (Option<Feed>, _, _)| Some(Leave { feed: feed?, position, at });
    Ok(rows.into_iter().filter_map(leave).collect())
}

/// Who may have read a record in the feed that it left.
pub fn readers(read: &Read, of: &RecordRef, leave: &Leave) -> Result<Vec<Reader>, DbError> {
    read.all(
        "SELECT d.name, u.name, c.position >= :left, d.last_sync_at, d.revoked_at IS NOT NULL
         FROM cursors c JOIN devices d ON d.office = c.office AND d.id = c.device
         JOIN users u ON u.office = d.office AND u.id = d.user
         WHERE c.office = :office AND c.feed = :feed AND c.sent >= (
             SELECT min(e.position) FROM changes h JOIN feed_entries e
                 ON e.office = h.office AND e.device = h.device AND e.first_seq = h.first_seq
             WHERE h.office = :office AND h.record = :record AND e.feed = :feed AND e.position < :left)
         ORDER BY c.position >= :left, u.name, d.enrolled_at, d.id",
        named_params! {
            ":office": read.office(), ":feed": leave.feed.to_string(), ":record": record(of),
            ":left": int(leave.position),
        },
        |row| {
            Ok(Reader {
                device: row.get(0)?,
                user: row.get(1)?,
                told: row.get(2)?,
                last_sync_at: optional_uint(row, 3)?,
                revoked: row.get(4)?,
            })
        },
    )
}
