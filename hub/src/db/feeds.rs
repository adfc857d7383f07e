//! Feeds: what those who are granted them read, numbered without gaps.

use super::{
    DbError, Read, Tx,
    batches::{self, BatchKey},
    column::{self, id, int, optional_record, optional_uint, read_id, read_record, record, text, uint},
    mark, members,
};
use model::{CaseId, ChangeId, DeviceId, Feed, RecordRef, UserId, Verified, encoding::Bytes};
use rusqlite::{Row, named_params, params, types::ValueRef};
use std::collections::BTreeSet;
use wire::receipt::Mark;

/// An entry to be numbered.
pub enum Entry {
    /// A batch, or its changes at these places.
    Put {
        batch: BatchKey,
        shows: Option<BTreeSet<u32>>,
    },
    Leave {
        record: RecordRef,
    },
}

/// An entry as it is read.
pub struct Numbered {
    pub position: u64,
    pub received_at: u64,
    /// [`wire::pull::FeedEntry::since`].
    pub since: Option<u64>,
    pub content: Content,
}

pub enum Content {
    Put(Box<Verified>),
    /// Begins with this `seq`; the reader holds it.
    Own(u64),
    /// The record went, with all below it.
    Leave(RecordRef),
}

/// A device's batches from the one that begins with `first` to the one that ends with `last`.
pub struct Own {
    pub device: DeviceId,
    pub first: u64,
    pub last: u64,
}

/// Communes' feeds that have anything, with their newest positions.
pub fn communes(read: &Read) -> Result<Vec<(Feed, u64)>, DbError> {
    let rows = read.all(
        "SELECT feed, n FROM feeds WHERE office = ?1 AND feed >= 'commune:' AND feed < 'commune;'",
        params![read.office()],
        |row| Ok((text(row, 0)?.parse().ok(), uint(row, 1)?)),
    )?;
    Ok(rows.into_iter().filter_map(|(feed, head)| Some((feed?, head))).collect())
}

/// The restricted cases that a user is a member of, with their feeds' newest positions.
pub fn cases(read: &Read, member: UserId) -> Result<Vec<(CaseId, u64)>, DbError> {
    let mut cases = Vec::new();
    for case in members::cases(read, member)? {
        cases.extend(head(read, &Feed::Case(case))?.map(|head| (case, head)));
    }
    Ok(cases)
}

/// The newest position of a feed that has anything.
pub fn head(read: &Read, feed: &Feed) -> Result<Option<u64>, DbError> {
    read.find(
        "SELECT n FROM feeds WHERE office = ?1 AND feed = ?2",
        params![read.office(), feed.to_string()],
        |row| uint(row, 0),
    )
}

/// Entries after a position: `most` of them, and none after the one with which their batches come to `bytes`. Of the
/// batches that the reader holds only the number is told.
pub fn entries(
    read: &Read,
    feed: &Feed,
    after: u64,
    most: u32,
    bytes: usize,
    held: Option<&Own>,
) -> Result<Vec<Numbered>, DbError> {
    let mut statement = read.connection().prepare_cached(
        "SELECT e.position, coalesce(e.left_at, b.received_at), e.left_record, e.shows, b.body, b.statement, b.device,
             b.first_seq, b.last_seq, b.erased, b.since
         FROM feed_entries e LEFT JOIN batches b
             ON b.office = e.office AND b.device = e.device AND b.first_seq = e.first_seq
         WHERE e.office = ?1 AND e.feed = ?2 AND e.position > ?3 ORDER BY e.position LIMIT ?4",
    )?;
    let mut rows = statement.query(params![read.office(), feed.to_string(), int(after), most])?;
    let mut entries = Vec::new();
    let mut left = bytes;
    while left > 0
        && let Some(row) = rows.next()?
    {
        let content = match optional_record(row, 2)? {
            Some(record) => Content::Leave(record),
            None if is_held(row, held)? => Content::Own(uint(row, 7)?),
            None => {
                let batch = shown(column::batch(row, 4, 5)?, shows(row, 3)?)?;
                left = left.saturating_sub(batch.weight());
                Content::Put(Box::new(batch))
            }
        };
        let since = optional_uint(row, 10)?;
        entries.push(Numbered { position: uint(row, 0)?, received_at: uint(row, 1)?, since, content });
    }
    Ok(entries)
}

fn shows(row: &Row, column: usize) -> rusqlite::Result<Shows> {
    let places = row.get_ref(column)?.as_blob_or_null().map_err(|_| column::unreadable(column))?;
    let place = |bytes: &[u8; 4]| u32::from_be_bytes(*bytes);
    Ok(places.map(|places| places.as_chunks::<4>().0.iter().map(place).collect()))
}

fn places(shows: &BTreeSet<u32>) -> Vec<u8> {
    shows.iter().flat_map(|place| place.to_be_bytes()).collect()
}

/// What a feed shows of a batch.
fn shown(batch: Verified, shows: Shows) -> Result<Verified, DbError> {
    let Some(places) = shows else { return Ok(batch) };
    let of_place = |place: &u32| batch.ids().get(usize::try_from(*place).ok()?).copied().flatten();
    let wanted: BTreeSet<ChangeId> = places.iter().filter_map(of_place).collect();
    batch.only(|id| wanted.contains(&id)).map_err(|_| DbError::Internal("a batch can't be shown in part"))
}

/// What is shown whole and as it was sent.
fn is_held(row: &Row, held: Option<&Own>) -> rusqlite::Result<bool> {
    let Some(held) = held else { return Ok(false) };
    let whole = row.get_ref(3)? == ValueRef::Null && !row.get::<_, bool>(9)?;
    let (device, first, last) = (DeviceId(read_id(row, 6)?), uint(row, 7)?, uint(row, 8)?);
    Ok(whole && device == held.device && first >= held.first && last <= held.last)
}

/// The places of the changes of a batch that a feed shows; `None` for all.
pub type Shows = Option<BTreeSet<u32>>;

/// The feeds that show a batch, and what of it.
pub fn showing(read: &Read, batch: BatchKey) -> Result<Vec<(Feed, Shows)>, DbError> {
    let rows = read.all(
        "SELECT DISTINCT feed, shows FROM feed_entries WHERE office = ?1 AND device = ?2 AND first_seq = ?3",
        params![read.office(), id(batch.device.0), int(batch.first_seq)],
        |row| Ok((text(row, 0)?.parse().ok(), shows(row, 1)?)),
    )?;
    Ok(rows.into_iter().filter_map(|(feed, shows)| Some((feed?, shows))).collect())
}

/// Roots that left these communes' feeds (`None`: all), when, and the feed that each left; the last first, `most` of them.
pub fn left(
    read: &Read,
    communes: Option<&[Feed]>,
    most: u32,
) -> Result<Vec<(RecordRef, u64, Feed)>, DbError> {
    let feeds: Vec<String> = communes.unwrap_or_default().iter().map(Feed::to_string).collect();
    let rows = read.all(
        "SELECT e.left_record, e.left_at, e.feed FROM feed_entries e
             JOIN records r ON r.office = e.office AND r.record = e.left_record AND r.root = r.record
         WHERE e.office = ?1 AND e.left_at IS NOT NULL AND r.feed <> e.feed
             AND (e.feed IN (SELECT value FROM json_each(?2))
                  OR (?3 AND e.feed >= 'commune:' AND e.feed < 'commune;'))
         ORDER BY e.left_at DESC LIMIT ?4",
        params![read.office(), column::list(&feeds), communes.is_none(), most],
        |row| Ok((read_record(row, 0)?, uint(row, 1)?, text(row, 2)?.parse().ok())),
    )?;
    Ok(rows.into_iter().filter_map(|(record, at, feed)| Some((record, at, feed?))).collect())
}

/// The mark of the entry at a position.
pub fn mark(read: &Read, feed: &Feed, position: u64) -> Result<Option<Mark>, DbError> {
    read.find(
        "SELECT mark FROM feed_entries WHERE office = ?1 AND feed = ?2 AND position = ?3",
        params![read.office(), feed.to_string(), int(position)],
        |row| Ok(Bytes(row.get(0)?)),
    )
}

/// What makes an entry what it is.
fn marked(tx: &Tx, before: Mark, entry: &Entry) -> Result<Mark, DbError> {
    Ok(match entry {
        Entry::Put { batch, shows } => {
            let statement = batches::statement(tx, *batch)?;
            let shows: Vec<u8> = shows.iter().flatten().flat_map(|place| place.to_be_bytes()).collect();
            mark::after(before, &[b"put", &statement.0, &shows])
        }
        Entry::Leave { record: left } => mark::after(before, &[b"leave", &record(left)]),
    })
}

/// A feed shows these changes of a batch no more, as their records, of which `record` is one, went to another feed. What
/// is left of an entry keeps its position.
pub fn take_out(
    tx: &Tx,
    feed: &Feed,
    batch: BatchKey,
    gone: &BTreeSet<u32>,
    left: &RecordRef,
) -> Result<(), DbError> {
    let (feed, device, first_seq) = (feed.to_string(), id(batch.device.0), int(batch.first_seq));
    let entries = tx.all(
        "SELECT e.position, e.shows, b.last_seq - b.first_seq + 1 FROM feed_entries e JOIN batches b
             ON b.office = e.office AND b.device = e.device AND b.first_seq = e.first_seq
         WHERE e.office = ?1 AND e.device = ?2 AND e.first_seq = ?3 AND e.feed = ?4",
        params![tx.office(), device, first_seq, feed],
        |row| Ok((uint(row, 0)?, shows(row, 1)?, row.get(2)?)),
    )?;
    for (position, shows, changes) in entries {
        let before = shows.unwrap_or_else(|| (0..changes).collect());
        let stays: BTreeSet<u32> = before.difference(gone).copied().collect();
        let left = stays.is_empty().then(|| record(left));
        tx.execute(
            "UPDATE feed_entries SET shows = ?4, left_record = coalesce(left_record, ?5)
             WHERE office = ?1 AND feed = ?2 AND position = ?3",
            params![tx.office(), feed, int(position), places(&stays), left],
        )?;
    }
    Ok(())
}

/// The positions are taken in the transaction that fills them: a reader never sees a gap.
pub fn append(tx: &Tx, feed: &Feed, entries: Vec<Entry>) -> Result<(), DbError> {
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let head = tx.get(
        "INSERT INTO feeds (office, feed, n) VALUES (?1, ?2, ?3)
         ON CONFLICT (office, feed) DO UPDATE SET n = n + excluded.n RETURNING n",
        params![tx.office(), feed.to_string(), int(count)],
        |row| uint(row, 0),
    )?;
    let mut last = mark(tx, feed, head - count)?.unwrap_or(mark::START);
    for (position, entry) in (head - count + 1..).zip(entries) {
        last = marked(tx, last, &entry)?;
        let (batch, shows, left) = match entry {
            Entry::Put { batch, shows } => (Some(batch), shows, None),
            Entry::Leave { record: left } => (None, None, Some(record(&left))),
        };
        let left_at = left.is_some().then(|| int(tx.now()));
        let shows = shows.as_ref().map(places);
        tx.execute(
            "INSERT INTO feed_entries (office, feed, position, device, first_seq, shows, left_record, left_at, mark)
             VALUES (:office, :feed, :position, :device, :first, :shows, :left, :left_at, :mark)",
            named_params! {
                ":office": tx.office(), ":feed": feed.to_string(), ":position": int(position),
                ":device": batch.map(|batch| id(batch.device.0)), ":first": batch.map(|batch| int(batch.first_seq)),
                ":shows": shows, ":left": left, ":left_at": left_at, ":mark": last.0,
            },
        )?;
    }
    Ok(())
}
