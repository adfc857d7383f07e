//! Feeds going down to those they are granted to.

use super::{Ledger, admit::covers, read};
use crate::{Request, Response};
use model::{ChangeId, DeviceId, Feed, Place, UserId};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    certificate::Certificate,
    forms::standing,
    pull::{Entry, FeedEntry, FeedPage, Holds, PullRequest, PullResponse},
    push::{ChangeResult, Outcome},
};

const MAX_ENTRIES: usize = 2_000;
/// Bytes of entries that make a byte of an answer as it travels, about.
const PACKS_TO: u64 = 2;

impl Ledger {
    pub(super) fn pull(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        let asked: PullRequest = read(request)?;
        // Cursors of another hub, or from before a restored backup, mean nothing here.
        let ours = asked.hub.is_none_or(|hub| hub == self.hub);
        let position = |feed: &Feed, head: u64| {
            let cursor =
                asked.cursors.iter().find(|cursor| cursor.feed == *feed && cursor.epoch == self.epoch);
            cursor.filter(|cursor| ours && cursor.position <= head).map_or(0, |cursor| cursor.position)
        };
        let granted = self.granted(device.user);
        let most = self.script.page.unwrap_or(MAX_ENTRIES);
        let mut left = (asked.max_entries as usize).clamp(1, MAX_ENTRIES).min(most);
        let mut bytes = asked.max_bytes.saturating_mul(PACKS_TO);
        let held = self.held(device.id, asked.holds.as_ref());
        let mut feeds = Vec::new();
        let mut more = false;
        let (cases, others): (Vec<_>, Vec<_>) = granted
            .iter()
            .filter(|(feed, _)| !asked.skip.contains(feed))
            .partition(|(feed, _)| matches!(feed, Feed::Case(_)));
        for (feed, head) in cases.into_iter().chain(others) {
            let mut from = position(feed, *head) as usize;
            let mut entries = Vec::new();
            while left > 0
                && bytes > 0
                && let Some(entry) = self.books.feeds.get(feed).and_then(|entries| entries.get(from))
            {
                let entry = self.as_held(entry, &held);
                from += 1;
                left -= 1;
                bytes = bytes.saturating_sub(serde_json::to_vec(&entry).unwrap().len() as u64);
                entries.push(entry);
            }
            more |= (from as u64) < *head;
            if !entries.is_empty() {
                feeds.push(FeedPage { feed: feed.clone(), entries, head: *head });
            }
        }
        let answer = PullResponse {
            v: wire::VERSION,
            hub: self.hub,
            epoch: self.epoch.clone(),
            certificates: self.certificates(&feeds),
            feeds,
            more,
            granted: granted.into_keys().collect(),
            own: self.own(device.id),
            worker: self.workers[&device.user].clone(),
            forms: standing(self.forms.iter().map(|(form, _)| form)),
            server_time: self.now(),
        };
        Ok(self.lines(request, |packer| answer.write(packer)))
    }

    /// The device's changes by id, with their numbers, that it holds as they are here.
    fn held(&self, device: DeviceId, holds: Option<&Holds>) -> BTreeMap<ChangeId, u64> {
        let chain = self.books.received.get(&device).map_or(&[][..], Vec::as_slice);
        let same = |holds: &&Holds| {
            let last = chain.get((holds.last as usize).wrapping_sub(1));
            last.is_some_and(|last| last.signed.digest() == holds.digest)
        };
        let Some(holds) = holds.filter(same) else { return BTreeMap::new() };
        let held = chain.iter().map(|received| (received.header.id, received.header.seq));
        held.filter(|(_, seq)| (holds.first..=holds.last).contains(seq)).collect()
    }

    fn as_held(&self, entry: &FeedEntry, held: &BTreeMap<ChangeId, u64>) -> FeedEntry {
        let mut entry = entry.clone();
        if let Entry::Put(signed) = &entry.entry
            && let Some(seq) = held.get(&signed.header().unwrap().id)
        {
            entry.entry = Entry::Own(*seq);
        }
        entry
    }

    /// Feeds with their heads.
    fn granted(&self, user: UserId) -> BTreeMap<Feed, u64> {
        let worker = &self.workers[&user];
        let mut granted = BTreeMap::new();
        for place in &worker.places {
            if let Place::Commune(code) = place {
                granted.insert(Feed::Commune(code.clone()), 0);
            }
        }
        for (feed, entries) in &self.books.feeds {
            if covers(worker, feed) || self.is_member(user, feed) {
                granted.insert(feed.clone(), entries.len() as u64);
            }
        }
        granted
    }

    /// Of the devices whose changes are in the pages.
    fn certificates(&self, feeds: &[FeedPage]) -> Vec<Certificate> {
        let entries = feeds.iter().flat_map(|page| &page.entries);
        let devices: BTreeSet<DeviceId> = entries
            .filter_map(|entry| match &entry.entry {
                Entry::Put(signed) => Some(signed.header().unwrap().device),
                _ => None,
            })
            .collect();
        let known = self.devices.iter().filter(|device| devices.contains(&device.id));
        known.map(|device| device.certificate.clone()).collect()
    }

    /// Changes of the device that wait, and those that have been decided since they waited.
    fn own(&self, device: DeviceId) -> Vec<ChangeResult> {
        let received = self.books.received.get(&device).into_iter().flatten();
        let (admitted, waiting): (Vec<_>, Vec<_>) = received.partition(|received| received.admitted);
        let waiting = waiting.into_iter().map(|received| received.header.id);
        let waiting = waiting.map(|id| ChangeResult { id, outcome: self.outcome(id) });
        let late = admitted.into_iter().filter(|received| received.waited).map(|received| received.header.id);
        waiting.chain(late.map(|id| ChangeResult { id, outcome: Outcome::Admitted })).collect()
    }
}
