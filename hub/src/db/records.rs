//! Records as the admitted changes make them.

use super::{
    DbError, Read, Tx,
    column::{int, json, list, optional_parsed, parsed, uint},
};
use model::{Feed, RecordRef, RecordState, UserId};
use rusqlite::{Row, named_params, params};

pub struct RecordRow {
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

impl RecordRow {
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
    pub removed: bool,
}

const COLUMNS: &str = "r.record, r.parent, r.root, r.feed, r.state, r.removed, r.updated_at";

fn record(row: &Row) -> rusqlite::Result<RecordRow> {
    Ok(RecordRow {
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
pub fn find(read: &Read, reference: &RecordRef) -> Result<Option<RecordRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM records r WHERE r.office = ?1 AND r.record = ?2");
    read.find(&sql, [read.office(), &reference.to_string()], record)
}

/// All below a root that are not removed, in the order they were made.
pub fn of_root(read: &Read, root: &RecordRef) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.root = ?2 AND r.record <> ?2 AND r.removed = 0 ORDER BY r.record"
    );
    read.all(&sql, [read.office(), &root.to_string()], record)
}

/// A root and those of these kinds below it that are not removed, in the order they were made.
pub fn of_kinds(read: &Read, root: &RecordRef, kinds: &[&str]) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.root = ?2 AND r.kind IN (SELECT value FROM json_each(?3)) AND r.removed = 0
         ORDER BY r.record"
    );
    read.all(&sql, [read.office(), &root.to_string(), &list(kinds)], record)
}

/// All of a kind that stand at the top.
pub fn roots(read: &Read, kind: &str) -> Result<Vec<RecordRef>, DbError> {
    let sql = "SELECT record FROM records WHERE office = ?1 AND kind = ?2 AND record = root ORDER BY record";
    read.all(sql, [read.office(), kind], |row| parsed(row, 0))
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

/// Records of a kind of these communes' feeds (`None`: of all) and the restricted ones that a user is a member of, the newest
/// first, at most 500.
pub fn of_member(
    read: &Read,
    kind: &str,
    communes: Option<&[Feed]>,
    member: UserId,
) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.kind = ?4 AND r.removed = 0 AND (
             (r.feed LIKE 'commune:%' AND (?2 IS NULL OR r.feed IN (SELECT value FROM json_each(?2))))
             OR r.feed IN (SELECT 'case:' || m.case_id FROM case_members m WHERE m.office = ?1 AND m.user = ?3))
         ORDER BY r.updated_at DESC, r.record LIMIT 500"
    );
    read.all(&sql, params![read.office(), communes.map(list), member.to_string(), kind], record)
}

pub fn keep(tx: &Tx, record: &Kept) -> Result<(), DbError> {
    let state =
        serde_json::to_string(record.state).map_err(|_| DbError::Internal("a record can't be written"))?;
    tx.execute(
        "INSERT INTO records (office, record, kind, parent, root, feed, state, removed, updated_at)
         VALUES (:office, :record, :kind, :parent, :root, :feed, :state, :removed, :now)
         ON CONFLICT (office, record) DO UPDATE SET parent = excluded.parent, root = excluded.root,
             feed = excluded.feed, state = excluded.state,
             removed = excluded.removed, updated_at = excluded.updated_at",
        named_params! {
            ":office": tx.office(), ":record": record.reference.to_string(),
            ":kind": record.reference.kind.as_str(),
            ":parent": record.state.parent().map(|parent| parent.to_string()), ":root": record.root.to_string(),
            ":feed": record.feed.to_string(), ":state": state, ":removed": record.removed, ":now": int(tx.now()),
        },
    )?;
    Ok(())
}
