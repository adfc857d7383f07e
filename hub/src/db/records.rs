//! Records as the admitted changes make them.

use super::{
    DbError, Read, Tx,
    column::{self, int, optional_record, pack_json, packed_json, parsed, read_id, read_record, uint},
};
use model::{CaseId, ChangeId, Feed, MergePolicy, RecordRef, RecordState, kind};
use rusqlite::{Row, named_params, params, types::ValueRef};

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

const COLUMNS: &str = "r.record, r.parent, r.root, r.feed, r.state, r.removed, r.updated_at, b.body, b.statement, r.made_by, b.received_at";
const RECORDS: &str = "records r LEFT JOIN changes c ON c.office = r.office AND c.id = r.made_by
    LEFT JOIN batches b ON b.office = c.office AND b.device = c.device AND b.first_seq = c.first_seq";

fn record(row: &Row) -> rusqlite::Result<RecordRow> {
    Ok(RecordRow {
        reference: read_record(row, 0)?,
        parent: optional_record(row, 1)?,
        root: read_record(row, 2)?,
        feed: parsed(row, 3)?,
        state: state(row)?,
        removed: row.get(5)?,
        updated_at: uint(row, 6)?,
    })
}

fn state(row: &Row) -> rusqlite::Result<RecordState> {
    if row.get_ref(4)? != ValueRef::Null {
        return packed_json(row, 4);
    }
    let (batch, made_by, received) = (column::batch(row, 7, 8)?, ChangeId(read_id(row, 9)?), uint(row, 10)?);
    let mut state = RecordState::default();
    let change = batch.changes().flatten().find(|change| change.id == made_by);
    let plan = change.and_then(|change| state.plan(&change, Some(received), |_| MergePolicy::Value).ok());
    let plan = plan.ok_or_else(|| column::unreadable(7))?;
    state.apply(plan);
    Ok(state)
}

/// The change that alone made a record what it is: what most records stay, so that what they say is kept once.
fn only_change(state: &RecordState) -> Option<ChangeId> {
    let mut changes = state.fields.values().map(|field| match field.heads.as_slice() {
        [head] if field.superseded.is_empty() && field.awaited.is_empty() => Some(head.change),
        _ => None,
    });
    let first = changes.next()??;
    changes.all(|change| change == Some(first)).then_some(first)
}

/// Removed ones too.
pub fn find(read: &Read, reference: &RecordRef) -> Result<Option<RecordRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM {RECORDS} WHERE r.office = ?1 AND r.record = ?2");
    read.find(&sql, params![read.office(), column::record(reference)], record)
}

/// All below a root that are not removed, in the order they were made.
pub fn of_root(read: &Read, root: &RecordRef) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.root = ?2 AND r.record <> ?2 AND r.removed = 0 ORDER BY r.record"
    );
    read.all(&sql, params![read.office(), column::record(root)], record)
}

/// Those below a root that were taken out, the last first.
pub fn removed_of_root(read: &Read, root: &RecordRef) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.root = ?2 AND r.record <> ?2 AND r.removed = 1
         ORDER BY r.updated_at DESC, r.record"
    );
    read.all(&sql, params![read.office(), column::record(root)], record)
}

/// A root and those of these kinds below it that are not removed, in the order they were made. The kind is read in the
/// index: of a household with many visits most rows are none of these.
pub fn of_kinds(read: &Read, root: &RecordRef, kinds: &[&str]) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.root = ?2 AND r.removed = 0
             AND CAST(substr(r.record, 17) AS TEXT) IN (SELECT value FROM json_each(?3)) ORDER BY r.record"
    );
    read.all(&sql, params![read.office(), column::record(root), column::list(kinds)], record)
}

/// Those of a kind that are not removed, after one of them, in the order they were made; looks at every record.
pub fn of_kind_after(
    read: &Read,
    kind: &str,
    after: Option<&RecordRef>,
    most: u32,
) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.record > ?2 AND r.kind = ?3 AND r.removed = 0 ORDER BY r.record LIMIT ?4"
    );
    let after = after.map(column::record).unwrap_or_default();
    read.all(&sql, params![read.office(), after, kind, most], record)
}

/// All of a kind that stand at the top; looks at every record.
pub fn roots(read: &Read, kind: &str) -> Result<Vec<RecordRef>, DbError> {
    let sql = "SELECT record FROM records WHERE office = ?1 AND root = record AND kind = ?2 ORDER BY record";
    read.all(sql, params![read.office(), kind], |row| read_record(row, 0))
}

/// Everything that has this root, removed ones too, with what each lies under.
pub fn links(read: &Read, root: &RecordRef) -> Result<Vec<(RecordRef, Option<RecordRef>)>, DbError> {
    read.all(
        "SELECT record, parent FROM records WHERE office = ?1 AND root = ?2",
        params![read.office(), column::record(root)],
        |row| Ok((read_record(row, 0)?, optional_record(row, 1)?)),
    )
}

/// Cases of these communes' feeds (`None`: of all) and the restricted ones that are named, the newest first, at most 500.
pub fn cases(
    read: &Read,
    communes: Option<&[Feed]>,
    restricted: &[CaseId],
) -> Result<Vec<RecordRow>, DbError> {
    let restricted = restricted.iter().copied().map(Feed::Case);
    let feeds: Vec<String> =
        communes.unwrap_or_default().iter().cloned().chain(restricted).map(|feed| feed.to_string()).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.kind = '{}' AND r.removed = 0
             AND (r.feed IN (SELECT value FROM json_each(?2)) OR (?3 AND r.feed >= 'commune:' AND r.feed < 'commune;'))
         ORDER BY r.updated_at DESC, r.record LIMIT 500",
        kind::CASE
    );
    read.all(&sql, params![read.office(), column::list(&feeds), communes.is_none()], record)
}

/// Those that were taken out of these communes' feeds (`None`: of all), the last first, `most` of them.
pub fn removed(read: &Read, communes: Option<&[Feed]>, most: u32) -> Result<Vec<RecordRow>, DbError> {
    let feeds: Vec<String> = communes.unwrap_or_default().iter().map(Feed::to_string).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.removed = 1
             AND (r.feed IN (SELECT value FROM json_each(?2)) OR (?3 AND r.feed >= 'commune:' AND r.feed < 'commune;'))
         ORDER BY r.updated_at DESC, r.record LIMIT ?4"
    );
    read.all(&sql, params![read.office(), column::list(&feeds), communes.is_none(), most], record)
}

/// All restricted cases that are not removed.
pub fn restricted(read: &Read) -> Result<Vec<RecordRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {RECORDS}
         WHERE r.office = ?1 AND r.kind = '{}' AND r.removed = 0 AND r.feed >= 'case:' AND r.feed < 'case;'",
        kind::CASE
    );
    read.all(&sql, params![read.office()], record)
}

pub fn keep(tx: &Tx, record: &Kept) -> Result<(), DbError> {
    let made_by = only_change(record.state);
    let state = match made_by {
        Some(_) => None,
        None => Some(pack_json(record.state).ok_or(DbError::Internal("a record can't be written"))?),
    };
    tx.execute(
        "INSERT INTO records (office, record, kind, parent, root, feed, made_by, state, removed, updated_at)
         VALUES (:office, :record, :kind, :parent, :root, :feed, :made_by, :state, :removed, :now)
         ON CONFLICT (office, record) DO UPDATE SET parent = excluded.parent, root = excluded.root,
             feed = excluded.feed, made_by = excluded.made_by, state = excluded.state,
             removed = excluded.removed, updated_at = excluded.updated_at",
        named_params! {
            ":office": tx.office(), ":record": column::record(record.reference),
            ":kind": record.reference.kind.as_str(),
            ":parent": record.state.parent().map(|parent| column::record(&parent)),
            ":root": column::record(record.root), ":feed": record.feed.to_string(),
            ":made_by": made_by.map(|change| column::id(change.0)), ":state": state,
            ":removed": record.removed, ":now": int(tx.now()),
        },
    )?;
    Ok(())
}
