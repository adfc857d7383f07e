//! Records as the admitted changes make them.

use super::{
    DbError, Read, Tx,
    column::{int, json, optional_parsed, parsed, uint},
};
use model::{Feed, RecordRef, RecordState, UserId};
use rusqlite::{Row, named_params, params};

pub struct Record {
    pub reference: RecordRef,
    pub parent: Option<RecordRef>,
    /// The household or case at the top; itself for a root.
    pub root: RecordRef,
    pub feed: Feed,
    pub state: RecordState,
    pub removed: bool,
    /// Milliseconds since 1970.
    pub updated_at: u64,
}

impl Record {
    pub fn id(&self) -> String {
        self.reference.id.to_string()
    }

    pub fn kind(&self) -> &str {
        self.reference.kind.as_str()
    }

    /// A field's text, or nothing.
    pub fn text(&self, field: &str) -> &str {
        self.state.text(field).unwrap_or_default()
    }
}

/// A record to be kept.
pub struct Kept<'a> {
    pub reference: &'a RecordRef,
    pub root: &'a RecordRef,
    pub feed: &'a Feed,
    pub state: &'a RecordState,
    /// What a household or person is searched by, folded.
    pub search: &'a str,
    pub removed: bool,
}

/// A page of a list.
pub struct Page {
    /// From 0.
    pub number: u32,
    pub size: u32,
}

const COLUMNS: &str = "r.record, r.parent, r.root, r.feed, r.state, r.removed, r.updated_at";

fn record(row: &Row) -> rusqlite::Result<Record> {
    Ok(Record {
        reference: parsed(row, 0)?,
        parent: optional_parsed(row, 1)?,
        root: parsed(row, 2)?,
        feed: parsed(row, 3)?,
        state: json(row, 4)?,
        removed: row.get(5)?,
        updated_at: uint(row, 6)?,
    })
}

/// Removed ones too.
pub fn find(read: &Read, reference: &RecordRef) -> Result<Option<Record>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM records r WHERE r.office = ?1 AND r.record = ?2");
    read.find(&sql, [read.office(), &reference.to_string()], record)
}

/// All below a root that are not removed, in the order they were made.
pub fn of_root(read: &Read, root: &RecordRef) -> Result<Vec<Record>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.root = ?2 AND r.record <> ?2 AND r.removed = 0 ORDER BY r.record"
    );
    read.all(&sql, [read.office(), &root.to_string()], record)
}

/// All below any record, removed ones too.
pub fn below(read: &Read, reference: &RecordRef) -> Result<Vec<RecordRef>, DbError> {
    read.all(
        "WITH RECURSIVE below (record) AS (
             SELECT record FROM records WHERE office = ?1 AND parent = ?2
             UNION SELECT r.record FROM records r JOIN below b ON r.parent = b.record WHERE r.office = ?1
         ) SELECT record FROM below",
        [read.office(), &reference.to_string()],
        |row| parsed(row, 0),
    )
}

/// Households of these feeds (`None`: of all) in which one record, the household's own or one of its people's, has
/// all of the folded words. A page of them, and how many there are.
pub fn households(
    read: &Read,
    feeds: Option<&[Feed]>,
    words: &[String],
    page: &Page,
) -> Result<(Vec<Record>, u32), DbError> {
    let fits = "r.office = ?1 AND r.kind = 'household' AND r.removed = 0
        AND (?2 IS NULL OR r.feed IN (SELECT value FROM json_each(?2)))
        AND (json_array_length(?3) = 0 OR r.record IN (
            SELECT f.root FROM records f
            WHERE f.office = ?1 AND f.kind IN ('household', 'person') AND f.removed = 0
              AND NOT EXISTS (SELECT 1 FROM json_each(?3) w WHERE instr(f.search, w.value) = 0)))";
    let feeds = feeds.map(list);
    let words = list(words);
    let count = read.get(
        &format!("SELECT count(*) FROM records r WHERE {fits}"),
        params![read.office(), feeds, words],
        |row| row.get(0),
    )?;
    let rows = read.all(
        &format!(
            "SELECT {COLUMNS} FROM records r WHERE {fits} ORDER BY r.search, r.record LIMIT ?4 OFFSET ?5"
        ),
        params![read.office(), feeds, words, page.size, page.number.saturating_mul(page.size)],
        record,
    )?;
    Ok((rows, count))
}

/// Cases of these communes' feeds (`None`: of all) and the restricted ones that a user is a member of, the newest
/// first, at most 500.
pub fn cases(read: &Read, communes: Option<&[Feed]>, member: UserId) -> Result<Vec<Record>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.kind = 'case' AND r.removed = 0 AND (
             (r.feed LIKE 'commune:%' AND (?2 IS NULL OR r.feed IN (SELECT value FROM json_each(?2))))
             OR r.feed IN (SELECT 'case:' || m.case_id FROM case_members m WHERE m.office = ?1 AND m.user = ?3))
         ORDER BY r.updated_at DESC, r.record LIMIT 500"
    );
    read.all(&sql, params![read.office(), communes.map(list), member.to_string()], record)
}

/// Texts as a JSON list.
fn list<T: ToString>(texts: &[T]) -> String {
    serde_json::Value::from_iter(texts.iter().map(T::to_string)).to_string()
}

pub fn keep(tx: &Tx, record: &Kept) -> Result<(), DbError> {
    let state =
        serde_json::to_string(record.state).map_err(|_| DbError::Internal("a record can't be written"))?;
    tx.execute(
        "INSERT INTO records (office, record, kind, parent, root, feed, state, search, removed, updated_at)
         VALUES (:office, :record, :kind, :parent, :root, :feed, :state, :search, :removed, :now)
         ON CONFLICT (office, record) DO UPDATE SET parent = excluded.parent, root = excluded.root,
             feed = excluded.feed, state = excluded.state, search = excluded.search,
             removed = excluded.removed, updated_at = excluded.updated_at",
        named_params! {
            ":office": tx.office(), ":record": record.reference.to_string(),
            ":kind": record.reference.kind.as_str(),
            ":parent": record.state.parent().map(|parent| parent.to_string()), ":root": record.root.to_string(),
            ":feed": record.feed.to_string(), ":state": state, ":search": record.search,
            ":removed": record.removed, ":now": int(tx.now()),
        },
    )?;
    Ok(())
}
