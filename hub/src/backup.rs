//! A consistent copy of a running hub, and a hub made from one.

/// The database's name in the hub's folder.
pub const DATABASE: &str = "hub.db";

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Restore into an empty folder.
    #[error("the target is not empty")]
    TargetNotEmpty,
}

impl BackupError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::TargetNotEmpty => "backup.target-not-empty",
        }
    }
}
