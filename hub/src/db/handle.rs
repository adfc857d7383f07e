//! What every function of a noun takes: [`Read`] to look, [`Tx`] to write. Both carry the office, the first part of
//! every key, and the time, so that nobody passes them by hand.

use super::{DbError, column};
use model::OfficeId;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use std::ops::Deref;

/// One state of the database: of one office, at one time.
pub struct Read<'a> {
    connection: &'a Connection,
    office: [u8; 16],
    now: u64,
}

impl<'a> Read<'a> {
    pub(super) fn new(connection: &'a Connection, office: OfficeId, now: u64) -> Self {
        Self { connection, office: column::id(office.0), now }
    }

    /// Milliseconds since 1970; the same for all that one read or write does.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// As it is kept.
    pub(super) fn office(&self) -> &[u8; 16] {
        &self.office
    }

    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    /// The first row, if there is one.
    pub(super) fn find<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, DbError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(params, row).optional()?)
    }

    /// The row that must be there.
    pub(super) fn get<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> Result<T, DbError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(params, row)?)
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, DbError> {
        Ok(self.connection.prepare_cached(sql)?.query_map(params, row)?.collect::<Result<_, _>>()?)
    }

    pub(super) fn exists(&self, sql: &str, params: impl Params) -> Result<bool, DbError> {
        Ok(self.connection.prepare_cached(sql)?.exists(params)?)
    }
}

/// A write transaction, which reads what it wrote.
pub struct Tx<'a>(Read<'a>);

impl<'a> Deref for Tx<'a> {
    type Target = Read<'a>;
    fn deref(&self) -> &Read<'a> {
        &self.0
    }
}

impl<'a> Tx<'a> {
    pub(super) fn new(transaction: &'a Connection, office: OfficeId, now: u64) -> Self {
        Self(Read::new(transaction, office, now))
    }

    /// How many rows were written.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, DbError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// Begins what may have to be undone by itself.
    pub fn attempt(&self) -> Result<Attempt<'_>, DbError> {
        self.connection.execute_batch("SAVEPOINT attempt")?;
        Ok(Attempt(self.connection))
    }

    /// Lets the database grow by `pages` and no further, as a full disk would; `None` lifts it. For drills.
    pub fn limit_growth(&self, pages: Option<u32>) -> Result<(), DbError> {
        let used: u32 = self.connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let most = pages.map_or(u32::MAX - 1, |pages| used.saturating_add(pages));
        self.connection.pragma_update_and_check(None, "max_page_count", most, |row| row.get::<_, i64>(0))?;
        Ok(())
    }
}

/// Part of a transaction. One that is neither kept nor undone leaves with the transaction's own failure.
#[must_use]
pub struct Attempt<'a>(&'a Connection);

impl Attempt<'_> {
    pub fn keep(self) -> Result<(), DbError> {
        Ok(self.0.execute_batch("RELEASE attempt")?)
    }

    pub fn undo(self) -> Result<(), DbError> {
        Ok(self.0.execute_batch("ROLLBACK TO attempt; RELEASE attempt")?)
    }
}
