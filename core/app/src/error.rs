//! The one error a shell sees: a stable code to decide by and a finished text to show.

use std::fmt;

/// Nothing was lost: every error leaves what was kept as it was.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Error)]
pub enum AppError {
    Failed {
        /// Such as `store.wrong-pin`; stable.
        code: String,
        /// What happened and what to do, in the worker's language; no personal data.
        text: String,
        /// For a wrong PIN: seconds until the next try is taken; else 0.
        wait_seconds: u32,
    },
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { code, text, .. } = self;
        write!(f, "{text} ({code})")
    }
}

impl std::error::Error for AppError {}

impl AppError {
    pub fn code(&self) -> &str {
        let Self::Failed { code, .. } = self;
        code
    }
}
