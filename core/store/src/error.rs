//! What can go wrong, each with what to do about it. Nothing was lost: an error leaves what was kept as it was.

use crate::keys::HardwareKeyError;
use model::{BatchError, key::KeyError};
use rulebook::Action;
use std::io;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    /// The PIN was tried and is wrong; the next try is taken after so many seconds (0: at once).
    #[error("wrong PIN; next try in {wait_seconds} s")]
    WrongPin { wait_seconds: u32 },
    /// Too many wrong PINs: this one was not tried.
    #[error("too many wrong PINs; next try in {wait_seconds} s")]
    MustWait { wait_seconds: u32 },
    /// At least six digits, nothing else: choose another PIN.
    #[error("a PIN has at least six digits")]
    WeakPin,
    /// The office's code is for another slot (used up, or another phone's): ask for one for what is shown now.
    #[error("the recovery code does not fit")]
    WrongRecoveryCode,
    /// The files are of another phone, or the database does not belong to the key file: enrol this phone.
    #[error("the store was made on another phone or belongs to another key file")]
    ForeignKey,
    /// The hardware key is gone: the office's recovery key opens the store.
    #[error("the hardware key is gone")]
    HardwareKeyLost,
    /// Before the first unlock of the phone: try again.
    #[error("the hardware key can't be used now")]
    HardwareKeyUnavailable,
    /// The key file can't be read: the office's help is needed. Nothing was changed.
    #[error("the key file is damaged")]
    KeyFileDamaged,
    /// A page of the database is not what was written: [`crate::WorkerFolder::set_aside`], then enrol again.
    #[error("the database is damaged")]
    Damaged,
    /// Made by a newer version of the app: update the app.
    #[error("the database is of a newer version of the app")]
    NewerSchema,
    /// The disk is full; all that was acknowledged is kept: free some space and try again.
    #[error("the disk is full")]
    Full,
    /// Paused or locked: open it again.
    #[error("the store is closed")]
    Closed,
    /// Another process holds the database: try again.
    #[error("the database is in use")]
    Busy,
    /// It belongs to a restricted case, and only household work is unlocked.
    #[error("restricted cases are locked")]
    RestrictedLocked,
    /// The worker's role doesn't let them: nothing was kept.
    #[error("the worker may not do this: {0}")]
    NotAllowed(Action),
    /// What is for practice never leaves this phone: it neither comes of real work, nor becomes it, nor is named by it.
    #[error("what is for practice stays on this phone")]
    StaysHere,
    /// No such draft, record or form here.
    #[error("not here")]
    NotFound,
    /// A form's file does not have the hash that its entry says: load it again.
    #[error("a form's file is not the one that was published")]
    FormMismatch,
    /// The answer is of another hub than this phone was enrolled at.
    #[error("the answer is of another hub")]
    OtherHub,
    /// The invitation is for another worker than the one whose folder this is.
    #[error("the folder is another worker's")]
    OtherWorker,
    /// The hub knows later changes of this device than this phone: the phone was restored; enrol it again.
    #[error("the hub knows later changes of this device")]
    Rewound,
    /// What was to be kept can't be signed.
    #[error(transparent)]
    Batch(#[from] BatchError),
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Another database error, by SQLite's extended code: a bug or a failing disk.
    #[error("database error {0}")]
    Database(i32),
    /// Another error of the file system.
    #[error("file error: {0}")]
    File(io::ErrorKind),
    /// A value kept here can't be read or written; a bug.
    #[error("a kept value can't be read")]
    Unreadable,
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl StoreError {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPin { .. } => "store.wrong-pin",
            Self::MustWait { .. } => "store.must-wait",
            Self::WeakPin => "store.weak-pin",
            Self::WrongRecoveryCode => "store.wrong-recovery-code",
            Self::ForeignKey => "store.foreign-key",
            Self::HardwareKeyLost => "store.hardware-key-lost",
            Self::HardwareKeyUnavailable => "store.hardware-key-unavailable",
            Self::KeyFileDamaged => "store.key-file-damaged",
            Self::Damaged => "store.damaged",
            Self::NotAllowed(action) => action.code(),
            Self::NewerSchema => "store.newer-schema",
            Self::Full => "store.full",
            Self::Closed => "store.closed",
            Self::Busy => "store.busy",
            Self::RestrictedLocked => "store.restricted-locked",
            Self::StaysHere => "store.stays-here",
            Self::NotFound => "store.not-found",
            Self::FormMismatch => "store.form-mismatch",
            Self::OtherHub => "store.other-hub",
            Self::OtherWorker => "store.other-worker",
            Self::Rewound => "store.rewound",
            Self::Batch(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Database(_) => "store.database",
            Self::File(_) => "store.file",
            Self::Unreadable => "store.unreadable",
            Self::NoRandomness => "store.no-randomness",
        }
    }

    /// Seconds until the next PIN is taken; 0 for other errors.
    pub fn wait_seconds(&self) -> u32 {
        match self {
            Self::WrongPin { wait_seconds } | Self::MustWait { wait_seconds } => *wait_seconds,
            _ => 0,
        }
    }
}

impl From<HardwareKeyError> for StoreError {
    fn from(error: HardwareKeyError) -> Self {
        match error {
            HardwareKeyError::Lost => Self::HardwareKeyLost,
            HardwareKeyError::Unavailable => Self::HardwareKeyUnavailable,
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            kind => Self::File(kind),
        }
    }
}

/// Only the code is kept: an error's text could carry a value.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::Full,
                // The index of the write-ahead log could not grow.
                _ if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                _ => Self::Database(failure.extended_code),
            },
            _ => Self::Unreadable,
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(_: serde_json::Error) -> Self {
        Self::Unreadable
    }
}

impl From<ring::error::Unspecified> for StoreError {
    fn from(_: ring::error::Unspecified) -> Self {
        Self::NoRandomness
    }
}
