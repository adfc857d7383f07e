//! What an office keeps: received batches, the records they make, feeds, photos.

use model::{
    ChangeId, DeviceId, Feed, OrderId, RecordRef, RecordState, Verified,
    batch::{Shown, Statement},
    encoding::Bytes,
};
use ring::digest::{SHA256, digest};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    enrol::{Continued, Kept},
    erasure::{Order, Orders},
    pull::{Entry, FeedEntry},
    receipt::Mark,
};

/// A device and the number of a batch's first change.
pub type BatchKey = (DeviceId, u64);

#[derive(Clone)]
pub struct Received {
    pub batch: Verified,
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
pub(super) struct Waiting {
    pub key: BatchKey,
    /// Why it waits, once that was decided.
    pub code: Option<String>,
    /// The receiving side agreed to what it moves.
    pub agreed: bool,
}

#[derive(Clone, Default)]
pub struct Books {
    /// In their order.
    pub received: BTreeMap<DeviceId, Vec<Received>>,
    pub feeds: BTreeMap<Feed, Vec<FeedEntry>>,
    /// Of each entry, as it was appended.
    marks: BTreeMap<Feed, Vec<Mark>>,
    /// Photos by address.
    pub whole: BTreeMap<String, Vec<u8>>,
    /// What has come of a batch before the rest.
    pub staged: BTreeMap<DeviceId, Verified>,
    /// Two statements for one number.
    pub forks: BTreeMap<DeviceId, (Statement, Statement)>,
    pub orders: BTreeMap<OrderId, Order>,
    /// The marks of what was acknowledged in this epoch.
    pub(super) acknowledged: Vec<Mark>,
    pub(super) ordered: Orders,
    pub(super) waiting: Vec<Waiting>,
    pub(super) records: BTreeMap<RecordRef, Filed>,
}

impl Books {
    /// The batches of a feed, as it shows them.
    pub fn puts(&self, feed: &Feed) -> Vec<model::Rebuilt> {
        let entries = self.feeds.get(feed).into_iter().flatten();
        entries
            .filter_map(|entry| match &entry.entry {
                Entry::Put(batch) => Some(batch.as_ref().clone()),
                _ => None,
            })
            .collect()
    }

    /// The device's batches in their order.
    pub fn of(&self, device: DeviceId) -> Vec<Verified> {
        self.received.get(&device).into_iter().flatten().map(|received| received.batch.clone()).collect()
    }

    pub(super) fn find(&self, (device, first_seq): BatchKey) -> Option<&Received> {
        let received = self.received.get(&device)?;
        received.iter().find(|received| received.batch.statement().first_seq == first_seq)
    }

    /// What is here of a device that goes on under another key.
    pub(super) fn received_of(&self, device: DeviceId, kept: &[Kept]) -> Continued {
        let batches = self.of(device);
        let is_here = |kept: &&Kept| {
            let mut same = batches.iter().map(|batch| batch.statement());
            same.any(|statement| Kept::new(statement.next_seq() - 1, &statement.hash()) == **kept)
        };
        let received_through = kept.iter().rev().find(is_here).map_or(0, |kept| kept.0);
        let waiting = self.waiting.iter().filter(|waiting| waiting.key.0 == device);
        let unadmitted = waiting.map(|waiting| waiting.key.1).filter(|first| *first <= received_through);
        Continued { device, received_through, unadmitted: unadmitted.collect() }
    }

    pub(super) fn has(&self, id: ChangeId) -> bool {
        let all = self.received.values().flatten();
        all.flat_map(|received| received.batch.ids()).any(|known| *known == Some(id))
    }

    pub(super) fn acknowledge(&mut self, what: &[u8]) {
        let next = after(self.acknowledged.last(), what);
        self.acknowledged.push(next);
    }

    /// The mark of the entry at a position of a feed.
    pub(super) fn mark(&self, feed: &Feed, position: u64) -> Option<Mark> {
        self.marks.get(feed)?.get(usize::try_from(position.checked_sub(1)?).ok()?).copied()
    }

    /// The feed shows nothing of the record any more.
    pub(super) fn take_out(&mut self, feed: &Feed, record: &RecordRef) {
        let admitted: Vec<Verified> = self.received.values().flatten().map(|one| one.batch.clone()).collect();
        for entry in self.feeds.entry(feed.clone()).or_default() {
            let Entry::Put(put) = &entry.entry else { continue };
            let batch = admitted.iter().find(|batch| batch.statement() == put.statement()).unwrap();
            let of_record = |change: &Shown<'_>| change.head.record == *record;
            let gone: BTreeSet<ChangeId> =
                batch.changes().flatten().filter(of_record).map(|change| change.id).collect();
            let before: BTreeSet<ChangeId> = put.ids().iter().flatten().copied().collect();
            let stays: BTreeSet<ChangeId> = before.difference(&gone).copied().collect();
            entry.entry = match stays.len() {
                0 => Entry::Leave(record.clone()),
                count if count == before.len() => continue,
                _ => Entry::Put(Box::new(batch.only(|id| stays.contains(&id)).unwrap().into())),
            };
        }
    }

    pub(super) fn append(&mut self, feed: &Feed, entry: Entry, received_at: u64) {
        let what = match &entry {
            Entry::Put(batch) => batch.statement().hash().0.to_vec(),
            other => format!("{other:?}").into_bytes(),
        };
        let marks = self.marks.entry(feed.clone()).or_default();
        marks.push(after(marks.last(), &what));
        let entries = self.feeds.entry(feed.clone()).or_default();
        entries.push(FeedEntry { position: entries.len() as u64 + 1, entry, received_at, since: None });
    }
}

fn after(before: Option<&Mark>, what: &[u8]) -> Mark {
    let before = before.map_or([0; 16], |mark| mark.0);
    let hash = digest(&SHA256, &[&before, what].concat());
    Bytes(*hash.as_ref().first_chunk().unwrap())
}
