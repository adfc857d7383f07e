//! What is to go up, in which order, and how far each has come.

use crate::{SyncError, machine::Blob};
use std::collections::VecDeque;
use wire::photos::{FRAME_LEN, MAX_BUNDLE_BLOBS, MAX_BUNDLE_BYTES, SMALL};

/// Addresses in one question for what is missing.
const ASK: usize = 500;

pub(in crate::machine) struct Photos {
    /// Not yet asked for.
    unasked: VecDeque<Item>,
    /// In the question under way.
    pub(super) asked: Vec<Item>,
    /// Missing at the hub; the next first.
    pub(super) missing: VecDeque<Item>,
    /// In the request under way: a large one, or small ones together.
    pub(super) going: Vec<Item>,
    /// Why the question under way is asked again.
    pub(super) failure: Option<SyncError>,
    /// Requests that failed since something last got further.
    pub(super) failures: u32,
    /// The most bytes of a large one in one request.
    pub(super) largest_piece: u64,
    /// The most bytes of small ones in one request.
    largest_bundle: u64,
    /// Bytes of blobs that are done with.
    pub(super) settled: u64,
}

/// A blob on its way.
pub(super) struct Item {
    pub blob: Blob,
    /// Bytes that the hub has.
    pub offset: u64,
    /// Requests with it that failed since it last got further.
    pub failed: u32,
    /// Goes on where it stopped.
    pub resumes: bool,
    /// Bytes of it went up in this run.
    pub tried: bool,
    /// The hub dropped its bytes: they were not of its address.
    pub dropped: bool,
}

impl Item {
    /// Takes over where it stands at the hub.
    pub fn stand(&mut self, offset: u64) {
        if offset > self.offset {
            self.failed = 0;
        }
        self.offset = offset;
    }
}

impl Default for Photos {
    fn default() -> Self {
        Self {
            unasked: VecDeque::new(),
            asked: Vec::new(),
            missing: VecDeque::new(),
            going: Vec::new(),
            failure: None,
            failures: 0,
            largest_piece: u64::MAX,
            largest_bundle: MAX_BUNDLE_BYTES as u64,
            settled: 0,
        }
    }
}

impl Photos {
    /// Thumbnails before photos, of each what may be an emergency first, small before large.
    pub fn line_up(&mut self, mut blobs: Vec<Blob>) {
        blobs.sort_by_key(|blob| (!blob.thumbnail, !blob.urgent, blob.size));
        let item = |blob| Item { blob, offset: 0, failed: 0, resumes: false, tried: false, dropped: false };
        self.unasked = blobs.into_iter().map(item).collect();
    }

    pub fn is_small_next(&self) -> bool {
        self.missing.front().is_some_and(is_small)
    }

    /// Takes the small ones that go next in one body; their addresses.
    pub fn go_together(&mut self) -> Vec<String> {
        let mut left = self.largest_bundle;
        while let Some(item) = self.missing.pop_front_if(|item| is_small(item)) {
            // The first goes in any case.
            let taken = item.blob.size + FRAME_LEN as u64;
            if !self.going.is_empty() && (taken > left || self.going.len() == MAX_BUNDLE_BLOBS) {
                self.missing.push_front(item);
                break;
            }
            left = left.saturating_sub(taken);
            self.going.push(item);
        }
        self.going.iter().map(|item| item.blob.address.clone()).collect()
    }

    /// What goes was too much at once.
    pub fn halve_bundles(&mut self) {
        let sent: u64 = self.going.iter().map(|item| item.blob.size).sum();
        self.largest_bundle = sent / 2;
        for item in self.going.drain(..).rev() {
            self.missing.push_front(item);
        }
    }

    /// Takes the large one that goes next; whether there is one.
    pub fn go_next(&mut self) -> bool {
        self.going.extend(self.missing.pop_front());
        !self.going.is_empty()
    }

    /// Takes out those that the hub has nothing of.
    pub(super) fn not_begun(&mut self) -> Vec<Item> {
        let items = std::mem::take(&mut self.missing);
        let (begun, not_begun): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.offset > 0);
        self.missing = begun.into();
        not_begun
    }

    /// Takes those to be asked for next; whether there are any.
    pub fn ask_next(&mut self) -> bool {
        let count = self.unasked.len().min(ASK);
        self.asked = self.unasked.drain(..count).collect();
        !self.asked.is_empty()
    }
}

fn is_small(item: &Item) -> bool {
    item.blob.size <= SMALL as u64
}
