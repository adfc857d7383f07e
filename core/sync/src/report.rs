//! How a run goes and what it did.

use crate::SyncError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Connecting,
    /// Counted in changes.
    Sending,
    /// Counted in feed entries.
    Receiving,
    /// Counted in files.
    Forms,
    /// Counted in bytes.
    Photos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub phase: Phase,
    pub done: u64,
    /// 0 if unknown.
    pub total: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub changes_sent: u64,
    /// From other devices; this one's own come back in its feeds and don't count.
    pub changes_received: u64,
    pub forms_received: u64,
    /// Pictures and thumbnails.
    pub blobs_sent: u64,
    pub blob_bytes_sent: u64,
    /// How many times an upload went on where it had stopped.
    pub resumed_uploads: u64,
    /// Of the changes sent now: kept by the hub, not in a feed yet.
    pub held_back: u64,
    /// Granted feeds that can't be read now: of restricted cases while these are locked, or unknown to this program.
    pub feeds_left: u64,
    /// The hub was found to be restored from a backup.
    pub hub_restored: bool,
}

/// The end of a run: what was done, and what stopped it or was left undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub summary: Summary,
    pub problem: Option<SyncError>,
}
