//! Why a backup is not taken or not restored.

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Restore into an empty folder.
    #[error("the target folder is not empty")]
    TargetNotEmpty,
    /// Choose another name: a backup is never written over.
    #[error("the backup's file exists already")]
    FileExists,
    /// No backup of this program, or cut off.
    #[error("the file is no whole backup")]
    NotABackup,
    /// Made by a newer version: update first.
    #[error("the backup is of version {0}, newer than this program knows")]
    Newer(u16),
    /// The file changed since it was written: take another one.
    #[error("{0} in the backup is damaged")]
    Damaged(String),
}

impl BackupError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::TargetNotEmpty => "backup.target-not-empty",
            Self::FileExists => "backup.file-exists",
            Self::NotABackup => "backup.not-a-backup",
            Self::Newer(_) => "backup.newer",
            Self::Damaged(_) => "backup.damaged",
        }
    }
}
