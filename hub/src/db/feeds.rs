//! Feeds: what those who are granted them read, numbered without gaps.

use super::{
    DbError, Read, Tx,
    column::{int, optional_parsed, parsed, text, uint},
};
use model::{CaseId, ChangeId, DeviceId, Feed, RecordRef, SignedChange, UserId};
use rusqlite::{Row, named_params, params};

/// An entry to be numbered.
pub enum Entry {
    Put { change: ChangeId, received_at: u64 },
    Leave { record: RecordRef },
}

/// An entry as it is read.
pub struct Numbered {
    pub position: u64,
    pub received_at: u64,
    pub content: Content,
}

pub enum Content {
    Put {
        signed: SignedChange,
        device: DeviceId,
        /// Of the change as it is kept.
        bytes: usize,
    },
    /// Of this `seq`, which the reader holds.
    Own(u64),
    /// The record went, with all below it.
    Leave(RecordRef),
}

/// A device's changes from `first` to `last`.
pub struct Own {
    pub device: DeviceId,
    pub first: u64,
    pub last: u64,
}

/// Communes' feeds that have anything, with their newest positions.
pub fn communes(read: &Read) -> Result<Vec<(Feed, u64)>, DbError> {
    let rows = read.all(
        "SELECT feed, n FROM feeds WHERE office = ?1 AND feed >= 'commune:' AND feed < 'commune;'",
        [read.office()],
        |row| Ok((text(row, 0)?.parse().ok(), uint(row, 1)?)),
    )?;
    Ok(rows.into_iter().filter_map(|(feed, head)| Some((feed?, head))).collect())
}

/// The restricted cases that a user is a member of, with their feeds' newest positions.
pub fn cases(read: &Read, member: UserId) -> Result<Vec<(CaseId, u64)>, DbError> {
    let rows = read.all(
        "SELECT DISTINCT m.case_id, f.n FROM case_members m
             JOIN feeds f ON f.office = m.office AND f.feed = 'case:' || m.case_id
         WHERE m.office = ?1 AND m.user = ?2",
        [read.office(), &member.to_string()],
        |row| Ok((text(row, 0)?.parse().ok(), uint(row, 1)?)),
    )?;
    Ok(rows.into_iter().filter_map(|(case, head)| Some((case?, head))).collect())
}

/// Entries after a position: `most` of them, and none after the one with which their changes come to `bytes`. Of the
/// changes that the reader holds only the number is told.
pub fn entries(
    read: &Read,
    feed: &Feed,
    after: u64,
    most: u32,
    bytes: usize,
    held: Option<&Own>,
) -> Result<Vec<Numbered>, DbError> {
    let mut statement = read.connection().prepare_cached(
        "SELECT e.position, e.received_at, e.left_record, c.body, c.device, c.seq
         FROM feed_entries e LEFT JOIN changes c ON c.office = e.office AND c.id = e.change
         WHERE e.office = ?1 AND e.feed = ?2 AND e.position > ?3 ORDER BY e.position LIMIT ?4",
    )?;
    let mut rows = statement.query(params![read.office(), feed.to_string(), int(after), most])?;
    let mut entries = Vec::new();
    let mut left = bytes;
    while left > 0
        && let Some(row) = rows.next()?
    {
        let content = match optional_parsed(row, 2)? {
            Some(record) => Content::Leave(record),
            None if let Some(seq) = held_seq(row, held)? => Content::Own(seq),
            None => {
                let body = text(row, 3)?;
                let signed = serde_json::from_str(body)
                    .map_err(|_| DbError::Internal("a feed's entry can't be read"))?;
                left = left.saturating_sub(body.len());
                Content::Put { signed, device: parsed(row, 4)?, bytes: body.len() }
            }
        };
        entries.push(Numbered { position: uint(row, 0)?, received_at: uint(row, 1)?, content });
    }
    Ok(entries)
}

fn held_seq(row: &Row, held: Option<&Own>) -> rusqlite::Result<Option<u64>> {
    let Some(held) = held else { return Ok(None) };
    let (device, seq): (DeviceId, u64) = (parsed(row, 4)?, uint(row, 5)?);
    Ok((device == held.device && (held.first..=held.last).contains(&seq)).then_some(seq))
}

/// The positions are taken in the transaction that fills them: a reader never sees a gap.
pub fn append(tx: &Tx, feed: &Feed, entries: Vec<Entry>) -> Result<(), DbError> {
    let feed = feed.to_string();
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let head = tx.get(
        "INSERT INTO feeds (office, feed, n) VALUES (?1, ?2, ?3)
         ON CONFLICT (office, feed) DO UPDATE SET n = n + excluded.n RETURNING n",
        params![tx.office(), feed, int(count)],
        |row| uint(row, 0),
    )?;
    for (position, entry) in (head - count + 1..).zip(entries) {
        let (change, left_record, received_at) = match entry {
            Entry::Put { change, received_at } => (Some(change.to_string()), None, received_at),
            Entry::Leave { record } => (None, Some(record.to_string()), tx.now()),
        };
        tx.execute(
            "INSERT INTO feed_entries (office, feed, position, change, left_record, received_at)
             VALUES (:office, :feed, :position, :change, :left_record, :received_at)",
            named_params! {
                ":office": tx.office(), ":feed": feed, ":position": int(position), ":change": change,
                ":left_record": left_record, ":received_at": int(received_at),
            },
        )?;
    }
    Ok(())
}
