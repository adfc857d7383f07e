//! What an office keeps: received changes, the records they make, feeds, photos.

use model::{ChangeId, DeviceId, Feed, Header, RecordRef, RecordState, SignedChange};
use std::collections::BTreeMap;
use wire::pull::{Entry, FeedEntry};

#[derive(Clone)]
pub struct Received {
    pub signed: SignedChange,
    pub header: Header,
    pub admitted: bool,
    /// Its device was told that it waits.
    pub waited: bool,
}

/// A record that was admitted, and where it lies.
#[derive(Clone)]
pub(super) struct Filed {
    pub state: RecordState,
    pub root: RecordRef,
    pub feed: Feed,
}

/// A received batch that is in no feed.
#[derive(Clone)]
pub(super) struct Batch {
    pub device: DeviceId,
    /// In order of `seq`.
    pub changes: Vec<ChangeId>,
    /// Why it waits, once that was decided.
    pub code: Option<String>,
}

#[derive(Clone, Default)]
pub struct Books {
    /// By `seq`, from 1.
    pub received: BTreeMap<DeviceId, Vec<Received>>,
    pub feeds: BTreeMap<Feed, Vec<FeedEntry>>,
    /// Photos by address.
    pub whole: BTreeMap<String, Vec<u8>>,
    pub(super) waiting: Vec<Batch>,
    pub(super) records: BTreeMap<RecordRef, Filed>,
}

impl Books {
    pub fn puts(&self, feed: &Feed) -> Vec<SignedChange> {
        let entries = self.feeds.get(feed).into_iter().flatten();
        entries
            .filter_map(|entry| match &entry.entry {
                Entry::Put(signed) => Some(signed.clone()),
                _ => None,
            })
            .collect()
    }

    /// The device's changes in order of `seq`.
    pub fn of(&self, device: DeviceId) -> Vec<SignedChange> {
        self.received.get(&device).into_iter().flatten().map(|received| received.signed.clone()).collect()
    }

    pub(super) fn find(&self, id: ChangeId) -> Option<&Received> {
        self.received.values().flatten().find(|received| received.header.id == id)
    }

    pub(super) fn append(&mut self, feed: &Feed, entry: Entry, received_at: u64) {
        let entries = self.feeds.entry(feed.clone()).or_default();
        entries.push(FeedEntry { position: entries.len() as u64 + 1, entry, received_at });
    }
}
