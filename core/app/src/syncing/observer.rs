//! Who a shell sends to listen.

use super::view::{SyncProgress, SyncSummary};

/// Hears how a synchronisation goes, on a thread of the core. Gets the present state at once.
#[uniffi::export(with_foreign)]
pub trait SyncObserver: Send + Sync {
    fn progress(&self, progress: SyncProgress);
    /// The last call, whatever happened.
    fn finished(&self, summary: SyncSummary);
}
