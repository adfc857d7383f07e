//! The one error a shell sees: a stable code to decide by and a finished text to show.

use crate::texts::{errors, joined};
use rulebook::Lang;
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

/// What went wrong inside, before it has a lang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: &'static str,
    pub wait_seconds: u32,
    /// What is told after the text, finished; no personal data.
    pub more: String,
}

impl Fault {
    pub fn new(code: &'static str) -> Self {
        Self { code, wait_seconds: 0, more: String::new() }
    }

    /// With what is in the way, a sentence each.
    pub fn naming(self, what: &[String]) -> Self {
        Self { more: what.join("; "), ..self }
    }

    pub fn text(&self, lang: Lang) -> String {
        joined([errors::text(lang, self.code, self.wait_seconds).as_str(), &self.more], " ")
    }

    pub fn localized(self, lang: Lang) -> AppError {
        AppError::Failed {
            text: self.text(lang),
            code: self.code.to_owned(),
            wait_seconds: self.wait_seconds,
        }
    }
}

impl From<store::StoreError> for Fault {
    fn from(error: store::StoreError) -> Self {
        Self { wait_seconds: error.wait_seconds(), ..Self::new(error.code()) }
    }
}

macro_rules! by_code {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self::new(error.code())
            }
        }
    )+};
}

by_code!(
    photos::PhotoError,
    prints::PrintError,
    rulebook::RulebookErrors,
    sync::SyncError,
    casework::CaseworkError,
    casework::MappingErrors,
    model::BatchError,
    model::key::KeyError,
    xforms::AnswerError,
    xforms::LoadError,
    xforms::NavigationError,
    xforms::ParseErrors,
);

impl From<sync::LinkError> for Fault {
    fn from(error: sync::LinkError) -> Self {
        sync::SyncError::from(error).into()
    }
}

impl From<wire::enrol::NotAnInvitation> for Fault {
    fn from(_: wire::enrol::NotAnInvitation) -> Self {
        Self::new("app.not-an-invitation")
    }
}
