//! The embedded database: one writer that commits many requests' work at once, readers beside it.
//!
//! All SQL lies here, a file a noun, behind synchronous functions that take a [`Read`] or a [`Tx`]. Rows come back as
//! plain structs: what is above knows neither SQL nor the engine.

pub mod acknowledged;
pub mod audit;
pub mod batches;
pub mod blobs;
mod column;
pub mod copy;
pub mod cursors;
pub mod devices;
pub mod differs;
mod error;
pub mod feeds;
pub mod forks;
pub mod forms;
mod handle;
pub mod invitations;
pub mod leaf;
pub mod listing;
mod mark;
pub mod members;
pub mod office_keys;
pub mod offices;
pub mod orders;
pub mod packs;
pub mod photos;
pub mod progress;
pub mod records;
pub mod roles;
pub mod sessions;
pub mod staged;
pub mod stats;
pub mod submissions;
pub mod uploads;
pub mod users;
pub mod waiting;
pub mod wishes;
mod writer;

pub use error::DbError;
pub use handle::{Attempt, Read, Tx};

use model::{Clock, OfficeId};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;
use writer::Writer;

/// The database's name in the hub's folder.
pub const FILE: &str = "hub.db";

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("db/migrations/0001_first.sql")),
    M::up(include_str!("db/migrations/0002_packs.sql")),
    M::up(include_str!("db/migrations/0003_office_devices.sql")),
    M::up(include_str!("db/migrations/0004_forms_by_day.sql")),
    M::up(include_str!("db/migrations/0005_roles.sql")),
    M::up(include_str!("db/migrations/0006_keys.sql")),
    M::up(include_str!("db/migrations/0007_steps.sql")),
    M::up(include_str!("db/migrations/0008_duty.sql")),
    M::up(include_str!("db/migrations/0009_differs.sql")),
];

/// Other processes (the command line beside a running hub) write too.
const BUSY: Duration = Duration::from_secs(20);
const IDLE_READERS: usize = 4;
/// KB of pages that a connection keeps: the system's own cache holds the rest.
const WRITER_CACHE: i64 = 16 * 1024;
const READER_CACHE: i64 = 2 * 1024;
/// More than there are statements.
const STATEMENTS: usize = 128;

pub struct Db {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
}

impl Db {
    /// Opens or makes the database. One of a newer program, or a damaged one, is refused and left as it is.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, DbError> {
        let mut connection = Connection::open(path)?;
        configure(&connection, WRITER_CACHE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        bring_up_to_date(&mut connection)?;
        let writer = Writer::start(connection)?;
        Ok(Self { path: path.to_owned(), clock, writer, readers: Mutex::default() })
    }

    /// Runs `read` in one read transaction: it sees one state of the database. Blocks.
    pub fn read<T, E: From<DbError>>(
        &self,
        office: OfficeId,
        read: impl FnOnce(&Read) -> Result<T, E>,
    ) -> Result<T, E> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.reader()?,
        };
        let result = in_transaction(&mut connection, office, self.clock.now_ms(), read)?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    /// Queues `write` for the next group commit. What it returns arrives once it is durable; an error undoes its own
    /// work alone.
    pub fn write<T, E>(
        &self,
        office: OfficeId,
        write: impl FnOnce(&Tx) -> Result<T, E> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let clock = self.clock.clone();
        self.writer.submit(move |transaction| write(&Tx::new(transaction, office, clock.now_ms())))
    }

    /// What was overwritten before is in none of the database's files any more. To be called after what erased it is
    /// committed; blocks until nobody reads an older state.
    pub fn forget(&self) -> Result<(), DbError> {
        let connection = Connection::open(&self.path)?;
        configure(&connection, READER_CACHE)?;
        // What a reader kept open is written over with the next checkpoint that is let through.
        // Pages that were split keep old copies in their gaps.
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn reader(&self) -> Result<Connection, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        configure(&connection, READER_CACHE)?;
        Ok(connection)
    }
}

/// One of a newer program is refused.
fn bring_up_to_date(connection: &mut Connection) -> Result<(), DbError> {
    Ok(Migrations::from_slice(MIGRATIONS).to_latest(connection)?)
}

/// The outer result is the transaction's, the inner one what `read` returned.
fn in_transaction<T, E>(
    connection: &mut Connection,
    office: OfficeId,
    now: u64,
    read: impl FnOnce(&Read) -> Result<T, E>,
) -> Result<Result<T, E>, DbError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    let result = read(&Read::new(&transaction, office, now));
    transaction.finish()?;
    Ok(result)
}

fn configure(connection: &Connection, cache: i64) -> Result<(), DbError> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 16777216;
         PRAGMA foreign_keys = ON;",
    )?;
    connection.pragma_update(None, "cache_size", -cache)?;
    Ok(())
}
