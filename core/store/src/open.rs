//! The open database: one connection, calls take turns.

use crate::{
    Enrolment, Keys, StoreError,
    folder::{BLOBS, DATABASE},
    former, outbox,
    rules::Rules,
    sealing::{Vault, derive},
    search::{SearchIndex, Shown},
};
use model::Clock;
use rulebook::Rulebook;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError},
};
use zeroize::Zeroizing;

/// In order; the number of those applied is the schema's version. A released one never changes.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("migrations/0001_first.sql")),
    M::up(include_str!("migrations/0002_packs.sql")),
    M::up(include_str!("migrations/0003_office.sql")),
    M::up(include_str!("migrations/0004_steps.sql")),
];
/// The hub acknowledged them long ago; a hub restored from a backup older than this can't be helped by phones.
const KEEP_ACKNOWLEDGED_MS: u64 = 90 * 24 * 3600 * 1000;

/// An open store. Calls from several threads take turns. Closed by [`Store::close`] or when dropped.
pub struct Store {
    opened: Mutex<Option<Opened>>,
    pub(crate) folder: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rules: Rules,
}

/// What [`Store::close`] closes.
pub(crate) struct Opened {
    pub db: Connection,
    pub index: SearchIndex,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Makes the database of a new folder and closes it.
    pub(crate) fn create(folder: &Path, keys: &Keys, enrolment: &Enrolment) -> Result<(), StoreError> {
        let connection = made(&folder.join(DATABASE), keys)?;
        let chain = enrolment.identity.certificate.chain().map_err(|_| StoreError::Unreadable)?;
        connection.execute(
            "INSERT INTO device (one, identity, signing_key, previous) VALUES (1, ?1, ?2, ?3)",
            (serde_json::to_vec(&enrolment.identity)?, enrolment.signing_key.as_slice(), chain.previous.0),
        )?;
        connection.close().map_err(|(_, error)| error.into())
    }

    pub(crate) fn open(
        folder: &Path,
        keys: &Keys,
        clock: Arc<dyn Clock>,
        rulebook: Arc<Rulebook>,
    ) -> Result<Self, StoreError> {
        let path = folder.join(DATABASE);
        let mut connection = connect(&path, keys, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate(&mut connection)?;
        let store = Self {
            opened: Mutex::new(Some(Opened { db: connection, index: SearchIndex::default() })),
            folder: folder.to_owned(),
            vault: Vault::new(keys.restricted)?,
            clock,
            rules: Rules::new(rulebook),
        };
        store.work_by_today()?;
        Ok(store)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Opened>> {
        // A panic in the middle of a transaction has rolled it back.
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn search<T>(
        &self,
        search: impl FnOnce(&mut Opened) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        search(self.lock().as_mut().ok_or(StoreError::Closed)?)
    }

    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(&self.lock().as_ref().ok_or(StoreError::Closed)?.db)
    }

    /// One transaction; durable when this returns `Ok`, as if never tried otherwise.
    pub(crate) fn write<T>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write_lists(|tx| Ok((write(tx)?, Shown::default())))
    }

    /// The same for a transaction that makes rows of lists anew: search follows it.
    pub(crate) fn write_lists<T>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<(T, Shown), StoreError>,
    ) -> Result<T, StoreError> {
        let mut opened = self.lock();
        let Opened { db, index } = opened.as_mut().ok_or(StoreError::Closed)?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (written, shown) = write(&tx)?;
        tx.commit()?;
        index.follow(db, shown);
        Ok(written)
    }

    /// A transaction after which all rows of lists may be others; `committed` is called before anybody else reads.
    pub(crate) fn write_then<T>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
        committed: impl FnOnce(),
    ) -> Result<T, StoreError> {
        let mut opened = self.lock();
        let Opened { db, index } = opened.as_mut().ok_or(StoreError::Closed)?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written = write(&tx)?;
        tx.commit()?;
        *index = SearchIndex::default();
        committed();
        Ok(written)
    }

    /// What was erased lies in no file of the database any more, nor in what searches look through.
    pub(crate) fn forget(&self) -> Result<(), StoreError> {
        self.search(|Opened { db, index }| {
            *index = SearchIndex::default();
            // Pages that were split keep old copies in their gaps.
            db.execute_batch("VACUUM")?;
            Ok(db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
        })
    }

    /// It was opened without the key of restricted cases ([`Keys::without_restricted`]).
    pub fn restricted_locked(&self) -> bool {
        self.vault.is_locked()
    }

    /// Finishes what runs, closes the files and forgets the keys; every later call says `store.closed`.
    pub fn close(&self) -> Result<(), StoreError> {
        let opened = self.lock().take();
        self.vault.forget();
        match opened {
            Some(opened) => opened.db.close().map_err(|(_, error)| error.into()),
            None => Ok(()),
        }
    }

    /// Reads every page and checks it against its HMAC and the tables against their indexes; slow.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(|db| {
            // The HMACs are checked in the file itself, where pages may lag behind the log.
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            let mut pages = db.prepare("PRAGMA cipher_integrity_check")?;
            let mut tables = db.prepare("PRAGMA integrity_check(1)")?;
            let pages_are_whole = pages.query([])?.next()?.is_none();
            let said: String = tables.query_row([], |row| row.get(0))?;
            if pages_are_whole && said == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
        })
    }

    /// Drops what is kept for a time only: own changes 90 days after the hub acknowledged them, ciphertexts that
    /// nothing names any more.
    pub fn prune(&self) -> Result<(), StoreError> {
        let before = self.clock.now_ms().saturating_sub(KEEP_ACKNOWLEDGED_MS);
        let gone = self.write(|tx| {
            outbox::prune(tx, before.cast_signed())?;
            former::prune(tx, before.cast_signed())?;
            let mut unnamed = tx.prepare(
                "DELETE FROM blob WHERE uploaded <> 0
                 AND NOT EXISTS (SELECT 1 FROM record WHERE reference = blob.record) RETURNING address",
            )?;
            let gone = unnamed.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            Ok(gone)
        })?;
        self.remove_blobs(&gone);
        self.sweep_blobs()
    }

    pub(crate) fn blobs_folder(&self) -> PathBuf {
        self.folder.join(BLOBS)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    use rusqlite_migration::{Error, MigrationDefinitionError};
    match Migrations::from_slice(MIGRATIONS).to_latest(connection) {
        Ok(()) => Ok(()),
        Err(Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead)) => {
            Err(StoreError::NewerSchema)
        }
        Err(Error::RusqliteError { err, .. }) => Err(err.into()),
        Err(_) => Err(StoreError::Damaged),
    }
}

/// The salt that SQLCipher keeps in the file's first 16 bytes. Ours follows from the key, which tells a damaged file
/// from another phone's, and lets a file be opened whose first bytes are damaged.
fn salt_of(keys: &Keys) -> Result<[u8; 16], StoreError> {
    let derived = derive(&keys.database, b"", "vanggia database salt 1")?;
    let mut salt = [0; 16];
    salt.copy_from_slice(&derived[..16]);
    Ok(salt)
}

/// A new database with the present schema.
pub(crate) fn made(path: &Path, keys: &Keys) -> Result<Connection, StoreError> {
    let create = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, keys, create)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// One that is to be left as it is.
pub(crate) fn read_only(path: &Path, keys: &Keys) -> Result<Connection, StoreError> {
    connect(path, keys, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn connect(path: &Path, keys: &Keys, mode: OpenFlags) -> Result<Connection, StoreError> {
    if !mode.contains(OpenFlags::SQLITE_OPEN_CREATE) && !fs::exists(path)? {
        return Err(StoreError::Damaged);
    }
    // SQLite calls itself ready before it has started SQLCipher: who opens at that moment, on another thread, would fail.
    static STARTED: Once = Once::new();
    STARTED.call_once(|| drop(Connection::open_in_memory()));
    let salt = salt_of(keys)?;
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | mode;
    let connection = Connection::open_with_flags(path, flags)?;
    let mut raw_key = Zeroizing::new(String::with_capacity(128));
    raw_key.push_str("PRAGMA key = \"x'");
    keys.database.iter().chain(&salt).for_each(|byte| {
        raw_key.push(char::from(HEX[usize::from(byte >> 4)]));
        raw_key.push(char::from(HEX[usize::from(byte & 15)]));
    });
    raw_key.push_str("'\"");
    // Before the first read. SQLCipher would write of a wrong key to standard error.
    connection.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = OFF;")?;
    connection.execute_batch(&raw_key)?;
    let prepared = connection.execute_batch(
        "PRAGMA cache_size = -32768;
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA secure_delete = ON;
         SELECT count(*) FROM sqlite_schema;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;",
    );
    match prepared.map_err(StoreError::from) {
        Ok(()) => {
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.set_prepared_statement_cache_capacity(64);
            Ok(connection)
        }
        Err(StoreError::Damaged) if is_foreign(path, &salt) => Err(StoreError::ForeignKey),
        Err(error) => Err(error),
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn is_foreign(path: &Path, salt: &[u8; 16]) -> bool {
    let mut start = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start != *salt
}

#[cfg(test)]
mod tests;
