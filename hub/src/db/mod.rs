//! The embedded database: one writer that commits many requests' work at once, readers beside it.

mod writer;

use crate::HubError;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;
use writer::Writer;

const MIGRATIONS: &[M<'static>] = &[M::up(include_str!("migrations/0001_first.sql"))];

/// Other processes (the command line beside a running hub) write too.
const BUSY: Duration = Duration::from_secs(20);
const IDLE_READERS: usize = 4;

pub struct Db {
    path: PathBuf,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
}

impl Db {
    /// Opens or makes the database. One of a newer program, or a damaged one, is refused and left as it is.
    pub fn open(path: &Path) -> Result<Self, HubError> {
        let mut connection = Connection::open(path)?;
        configure(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Migrations::from_slice(MIGRATIONS).to_latest(&mut connection)?;
        Ok(Self { path: path.to_owned(), writer: Writer::start(connection)?, readers: Mutex::default() })
    }

    /// Runs `read` in one read transaction: it sees one state of the database. Blocks.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, HubError>) -> Result<T, HubError> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.reader()?,
        };
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let result = read(&transaction);
        transaction.finish()?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    /// Queues `write` for the next group commit. What it returns arrives once it is durable; an error undoes its own
    /// work alone.
    pub fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Transaction) -> Result<T, HubError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, HubError>> {
        self.writer.submit(write)
    }

    fn reader(&self) -> Result<Connection, HubError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        configure(&connection)?;
        Ok(connection)
    }
}

fn configure(connection: &Connection) -> Result<(), HubError> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -32768;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA foreign_keys = ON;",
    )?;
    Ok(())
}

/// SQLite's integers are signed; ours are counts, positions and times far below 2^63.
pub fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
