//! Bringing the office up to date: what waits, and how a synchronisation goes.

mod audience;
mod notices;
mod observer;
mod packs;
mod report;
mod running;
pub mod view;
pub mod waiting;

use crate::{error::AppError, form::Catalogue, shared::Shared};
pub use observer::SyncObserver;
use running::Running;
pub use running::Runs;
use std::sync::Arc;
use view::SyncState;

/// Between this phone and its office.
#[derive(uniffi::Object)]
pub struct Syncing {
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
    runs: Arc<Runs>,
}

impl Syncing {
    pub(crate) fn new(shared: &Arc<Shared>, catalogue: &Arc<Catalogue>, runs: Arc<Runs>) -> Self {
        Self { shared: shared.clone(), catalogue: catalogue.clone(), runs }
    }
}

#[uniffi::export]
impl Syncing {
    /// Starts on a thread of the core; a second call while one runs joins it.
    pub fn start(&self, observer: Arc<dyn SyncObserver>) -> Result<Arc<SyncHandle>, AppError> {
        self.shared.with(|desk| {
            let running = self.runs.start(&self.shared, &self.catalogue, desk, observer)?;
            Ok(Arc::new(SyncHandle { running }))
        })
    }

    pub fn state(&self) -> Result<SyncState, AppError> {
        self.shared.with(waiting::state)
    }
}

/// A running synchronisation.
#[derive(uniffi::Object)]
pub struct SyncHandle {
    running: Arc<Running>,
}

#[uniffi::export]
impl SyncHandle {
    /// Stops at the next chunk; what came through stays.
    pub fn cancel(&self) {
        self.running.cancel();
    }
}
