//! What can still be read of a damaged database, in a folder of its own; the damaged one is left as it is, put aside.

use crate::{Keys, StoreError, open};
use rusqlite::{Connection, Row, params_from_iter, types::Value};
use std::path::Path;

/// What was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    pub drafts: u64,
    /// Own batches, also those that the hub has.
    pub batches: u64,
    /// Nothing was unreadable that only this phone has: drafts, own batches, what the hub said of them.
    pub is_whole: bool,
}

/// Why the folder needs another enrolment: what is missing of its chain can't be told.
pub const SALVAGED: &str = "store.salvaged";

struct Table {
    name: &'static str,
    /// Its rowid.
    key: &'static str,
    /// Nobody else has it.
    is_own: bool,
}

const fn own(name: &'static str, key: &'static str) -> Table {
    Table { name, key, is_own: true }
}

const fn other(name: &'static str, key: &'static str) -> Table {
    Table { name, key, is_own: false }
}

/// Parents before their children. What isn't here is made anew, or comes again from the hub.
const TABLES: &[Table] = &[
    own("draft", "n"),
    own("draft_answer", "n"),
    own("draft_photo", "n"),
    own("outbox", "first_seq"),
    own("outbox_body", "first_seq"),
    own("outbox_change", "seq"),
    own("held", "first_seq"),
    own("blob", "n"),
    other("former", "n"),
    other("former_batch", "n"),
    other("acknowledgement", "through"),
    other("record", "n"),
    other("office_key", "n"),
];
/// By other keys: what lies before and after a damaged page of them.
const BY_TEXT: &[(&str, &str)] = &[
    ("erasure", "id"),
    ("certificate", "device"),
    ("form", "id, version"),
    ("stack", "version"),
    ("record_feed", "record, feed"),
];
/// How many ranges of rows are looked at in a table.
const MAX_PROBES: u32 = 2_000;
const MOST_AT_THE_END: i64 = 1 << 20;

/// Copies what can be read of `from` into the new database `to`, under the same keys.
///
/// # Errors
/// [`StoreError::Damaged`]: whose it was can't be read.
pub(crate) fn salvage(from: &Path, to: &Path, keys: &Keys) -> Result<Salvaged, StoreError> {
    let mut from = Source { path: from, keys, db: open::read_only(from, keys)? };
    let mut to = open::made(to, keys)?;
    to.execute_batch("PRAGMA foreign_keys = OFF")?;
    let tx = to.transaction()?;
    let device = columns(&tx, "device")?;
    let row = from.db.query_row(&format!("SELECT {} FROM device", device.join(", ")), [], |row| {
        values_from(row, 0, device.len())
    });
    insert(&tx, "device", &device, row.map_err(|_| StoreError::Damaged)?)?;
    let mut salvaged = Salvaged { is_whole: true, ..Salvaged::default() };
    for table in TABLES {
        let mut copying = Copying::new(&mut from, &tx, table)?;
        copying.all()?;
        salvaged.is_whole &= copying.unreadable == 0 || !table.is_own;
    }
    for (table, key) in BY_TEXT {
        copy_from_both_ends(&mut from, &tx, table, key)?;
    }
    for (table, key) in [("form_file", "n"), ("content", "n"), ("pack", "serial")] {
        Copying::new(&mut from, &tx, &other(table, key))?.all()?;
    }
    without_orphans(&tx)?;
    // Everything is read again, lists are made anew, and the hub is asked under another identity.
    tx.execute_batch(
        "INSERT INTO feed (feed, position) SELECT DISTINCT feed, 0 FROM record_feed WHERE feed <> 'own-device';
         DELETE FROM outbox WHERE first_seq NOT IN (SELECT first_seq FROM outbox_body);
         UPDATE device SET rulebook = '', epoch = '', statements_read = 0;",
    )?;
    tx.execute("UPDATE device SET ended = ?1", [SALVAGED])?;
    let count = |table: &str| -> Result<u64, StoreError> {
        let count: i64 = tx.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    };
    (salvaged.drafts, salvaged.batches) = (count("draft")?, count("outbox")?);
    tx.commit()?;
    to.close().map_err(|(_, error)| StoreError::from(error))?;
    Ok(salvaged)
}

/// A connection reads nothing more once it met a damaged page: then another goes on.
struct Source<'a> {
    path: &'a Path,
    keys: &'a Keys,
    db: Connection,
}

impl Source<'_> {
    /// Gives each row to `take`; whether all could be read.
    fn each(
        &mut self,
        sql: &str,
        range: &[i64],
        mut take: impl FnMut(&Row<'_>) -> Result<Result<(), rusqlite::Error>, StoreError>,
    ) -> Result<bool, StoreError> {
        let done = (|| {
            let Ok(mut select) = self.db.prepare(sql) else { return Ok(false) };
            let Ok(mut rows) = select.query(params_from_iter(range)) else { return Ok(false) };
            loop {
                match rows.next() {
                    Ok(None) => return Ok(true),
                    Ok(Some(row)) if take(row)?.is_ok() => {}
                    _ => return Ok(false),
                }
            }
        })();
        if let Ok(false) = done {
            self.db = open::read_only(self.path, self.keys)?;
        }
        done
    }
}

/// One table by its rowids.
struct Copying<'a, 'f> {
    from: &'a mut Source<'f>,
    to: &'a Connection,
    table: &'static str,
    key: &'static str,
    columns: Vec<String>,
    probes: u32,
    /// Rows, or stretches of them where it can't be told.
    unreadable: u64,
}

impl<'a, 'f> Copying<'a, 'f> {
    fn new(from: &'a mut Source<'f>, to: &'a Connection, table: &Table) -> Result<Self, StoreError> {
        let columns = common_columns(&from.db, to, table.name)?;
        Ok(Self { from, to, table: table.name, key: table.key, columns, probes: 0, unreadable: 0 })
    }

    /// Forwards up to what can't be read, backwards down to it, then both halves of what lies between.
    fn all(&mut self) -> Result<(), StoreError> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let mut ranges = vec![(0, i64::MAX)];
        while let Some((low, high)) = ranges.pop() {
            self.probes += 1;
            if self.probes > MAX_PROBES {
                self.unreadable += 1;
                return Ok(());
            }
            let Some(low) = self.copy(low, high, "ASC")? else { continue };
            let Some(high) = self.copy(low, high, "DESC")? else { continue };
            // Where its end can't be read, nobody knows how far it goes.
            let high = high.min(low.saturating_add(MOST_AT_THE_END));
            if low >= high {
                self.unreadable += 1;
                continue;
            }
            let middle = low + (high - low) / 2;
            ranges.extend([(middle + 1, high), (low, middle)]);
        }
        Ok(())
    }

    /// `None`: to the end. Else the next key that was not read.
    fn copy(&mut self, low: i64, high: i64, order: &str) -> Result<Option<i64>, StoreError> {
        let Self { from, to, table, key, columns, .. } = self;
        let sql = format!(
            "SELECT {key}, {} FROM {table} WHERE {key} BETWEEN ?1 AND ?2 ORDER BY {key} {order}",
            columns.join(", ")
        );
        let forwards = order == "ASC";
        let mut next = if forwards { low } else { high };
        let all = from.each(&sql, &[low, high], |row| {
            let (at, read) = match (row.get::<_, i64>(0), values_from(row, 1, columns.len())) {
                (Ok(at), Ok(read)) => (at, read),
                (Err(error), _) | (_, Err(error)) => return Ok(Err(error)),
            };
            insert(to, table, columns, read)?;
            next = if forwards { at.saturating_add(1) } else { at.saturating_sub(1) };
            Ok(Ok(()))
        })?;
        Ok((!all).then_some(next))
    }
}

fn copy_from_both_ends(
    from: &mut Source<'_>,
    to: &Connection,
    table: &str,
    key: &str,
) -> Result<(), StoreError> {
    let columns = common_columns(&from.db, to, table)?;
    if columns.is_empty() {
        return Ok(());
    }
    for order in ["ASC", "DESC"] {
        let key = key.split(", ").map(|part| format!("{part} {order}")).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {} FROM {table} ORDER BY {key}", columns.join(", "));
        let all = from.each(&sql, &[], |row| match values_from(row, 0, columns.len()) {
            Ok(read) => insert(to, table, &columns, read).map(Ok),
            Err(error) => Ok(Err(error)),
        })?;
        if all {
            return Ok(());
        }
    }
    Ok(())
}

/// Rows whose parents could not be read.
fn without_orphans(to: &Connection) -> Result<(), StoreError> {
    loop {
        let mut check = to.prepare("SELECT \"table\", rowid FROM pragma_foreign_key_check")?;
        let orphans =
            check.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)))?;
        let orphans = orphans.collect::<Result<Vec<_>, _>>()?;
        if orphans.is_empty() {
            return Ok(());
        }
        for (table, rowid) in orphans {
            match rowid {
                Some(rowid) => to.execute(&format!("DELETE FROM {table} WHERE rowid = ?1"), [rowid])?,
                None => {
                    to.execute("DELETE FROM record_feed WHERE record NOT IN (SELECT n FROM record)", [])?
                }
            };
        }
    }
}

/// Those that the damaged database has too: an older version of the program may have made it. None: nor the table.
fn common_columns(from: &Connection, to: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let here = columns(to, table)?;
    // Where not even the schema can be read, nothing else can.
    let Ok(there) = columns(from, table) else { return Ok(here) };
    Ok(here.into_iter().filter(|column| there.contains(column)).collect())
}

fn columns(db: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let mut select = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = select.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn values_from(row: &Row<'_>, first: usize, count: usize) -> Result<Vec<Value>, rusqlite::Error> {
    (first..first + count).map(|column| row.get(column)).collect()
}

fn insert(to: &Connection, table: &str, columns: &[String], row: Vec<Value>) -> Result<(), StoreError> {
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let sql =
        format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
    to.prepare_cached(&sql)?.execute(params_from_iter(row))?;
    Ok(())
}
