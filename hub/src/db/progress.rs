//! Where records that move by a workflow stand, and what runs in them.

use super::{
    DbError, Read, Tx,
    column::{self, id, int, json, optional_uint, read_record, record, text},
};
use model::{Feed, RecordRef, UserId};
use rusqlite::{Row as SqlRow, named_params, params};
use workflow::clocks::Timed;

/// A record that moves by a workflow.
pub struct Row {
    pub reference: RecordRef,
    pub feed: Feed,
    /// By its code; empty where it is of none.
    pub commune: String,
    pub worker: Option<UserId>,
    pub is_open: bool,
    /// People took different steps, and none was chosen.
    pub undecided: bool,
    /// When an alarm began that nobody has met, milliseconds since 1970.
    pub alarm: Option<u64>,
    /// When the first of its deadlines is overdue.
    pub due: Option<u64>,
    /// The state that its steps lead to; `None`: its field says so.
    pub stands: Option<String>,
    /// Those that run.
    pub clocks: Vec<Timed>,
}

const COLUMNS: &str = "record, feed, commune, worker, is_open, undecided, alarm, due, stands, clocks";

fn row(row: &SqlRow) -> rusqlite::Result<Row> {
    Ok(Row {
        reference: read_record(row, 0)?,
        feed: column::parsed(row, 1)?,
        commune: text(row, 2)?.to_owned(),
        worker: column::optional_id(row, 3)?.map(UserId),
        is_open: row.get(4)?,
        undecided: row.get(5)?,
        alarm: optional_uint(row, 6)?,
        due: optional_uint(row, 7)?,
        stands: row.get(8)?,
        clocks: json(row, 9)?,
    })
}

pub fn find(read: &Read, reference: &RecordRef) -> Result<Option<Row>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM progress WHERE office = ?1 AND record = ?2");
    read.find(&sql, params![read.office(), record(reference)], row)
}

pub fn keep(tx: &Tx, new: &Row) -> Result<(), DbError> {
    let clocks = serde_json::to_string(&new.clocks);
    let clocks = clocks.map_err(|_| DbError::Internal("a record's clocks can't be written"))?;
    tx.execute(
        "INSERT INTO progress (office, record, kind, feed, commune, worker, is_open, undecided, alarm, due, stands, clocks)
         VALUES (:office, :record, :kind, :feed, :commune, :worker, :is_open, :undecided, :alarm, :due, :stands, :clocks)
         ON CONFLICT (office, record) DO UPDATE SET feed = excluded.feed, commune = excluded.commune,
             worker = excluded.worker, is_open = excluded.is_open, undecided = excluded.undecided,
             alarm = excluded.alarm, due = excluded.due, stands = excluded.stands, clocks = excluded.clocks",
        named_params! {
            ":office": tx.office(), ":record": record(&new.reference), ":kind": new.reference.kind.as_str(),
            ":feed": new.feed.to_string(), ":commune": new.commune, ":worker": new.worker.map(|user| id(user.0)),
            ":is_open": new.is_open, ":undecided": new.undecided, ":alarm": new.alarm.map(int),
            ":due": new.due.map(int), ":stands": new.stands, ":clocks": clocks,
        },
    )?;
    Ok(())
}

pub fn remove(tx: &Tx, of: &RecordRef) -> Result<(), DbError> {
    tx.execute("DELETE FROM progress WHERE office = ?1 AND record = ?2", params![tx.office(), record(of)])?;
    Ok(())
}

pub fn remove_all(tx: &Tx) -> Result<(), DbError> {
    tx.execute("DELETE FROM progress WHERE office = ?1", params![tx.office()])?;
    Ok(())
}

/// All that is still worked on in these feeds (`all_communes`: and in those of every commune), the first due first; what
/// has no deadline comes last.
pub fn open(read: &Read, feeds: &[Feed], all_communes: bool) -> Result<Vec<Row>, DbError> {
    let feeds: Vec<String> = feeds.iter().map(Feed::to_string).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM progress
         WHERE office = ?1 AND is_open = 1
             AND (feed IN (SELECT value FROM json_each(?2)) OR (?3 AND feed >= 'commune:' AND feed < 'commune;'))
         ORDER BY due IS NULL, due, record"
    );
    read.all(&sql, params![read.office(), column::list(&feeds), all_communes], row)
}

/// Alarms that nobody has met, whoever may see them.
pub fn alarms(read: &Read) -> Result<Vec<Row>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM progress WHERE office = ?1 AND alarm IS NOT NULL AND is_open = 1 ORDER BY alarm"
    );
    read.all(&sql, params![read.office()], row)
}

/// How many steps of an alarm were called, if it began then.
pub fn called(read: &Read, of: &RecordRef, clock: &str, began: i64) -> Result<u32, DbError> {
    let steps = read.find(
        "SELECT steps FROM alarms WHERE office = ?1 AND record = ?2 AND clock = ?3 AND began = ?4",
        params![read.office(), record(of), clock, began],
        |row| row.get(0),
    )?;
    Ok(steps.unwrap_or(0))
}

pub fn set_called(tx: &Tx, of: &RecordRef, clock: &str, began: i64, steps: u32) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO alarms (office, record, clock, began, steps) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (office, record, clock) DO UPDATE SET began = excluded.began, steps = excluded.steps",
        params![tx.office(), record(of), clock, began, steps],
    )?;
    Ok(())
}
