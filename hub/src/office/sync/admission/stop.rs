//! Why a batch is not admitted.

use crate::{HubError, db::DbError};
use model::RecordRef;
use wire::push::DeniedPart;

pub enum Stop {
    Waits(Wait),
    /// For good.
    Denied(&'static str, Vec<DeniedPart>),
    Failed(HubError),
}

/// Why a batch waits.
pub struct Wait {
    /// Of [`super::waiting`].
    pub code: &'static str,
    /// The record that something must happen to first.
    pub waits_for: Option<RecordRef>,
}

impl Wait {
    pub fn because(code: &'static str) -> Self {
        Self { code, waits_for: None }
    }
}

impl From<Wait> for Stop {
    fn from(wait: Wait) -> Self {
        Self::Waits(wait)
    }
}

impl From<HubError> for Stop {
    fn from(error: HubError) -> Self {
        Self::Failed(error)
    }
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}
