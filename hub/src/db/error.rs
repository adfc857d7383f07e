//! What can go wrong with the database, whichever engine it is.

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the disk is full")]
    Full,
    #[error("the database is of a newer version of this program")]
    Newer,
    #[error("the database is damaged; it was left as it is")]
    Damaged,
    #[error("database: {0}")]
    Engine(rusqlite::Error),
    #[error("the database's thread: {0}")]
    Thread(std::io::Error),
    /// What is kept does not read as what it should be, or a write did not run.
    #[error("{0}")]
    Internal(&'static str),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full,
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged,
            _ => Self::Engine(error),
        }
    }
}

impl From<rusqlite_migration::Error> for DbError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::MigrationDefinition(_) => Self::Newer,
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            _ => Self::Internal("the database's schema can't be brought up to date"),
        }
    }
}
