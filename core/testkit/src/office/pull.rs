//! Feeds going down to those they are granted to.

use super::{Ledger, admit::covers, read};
use crate::{Request, Response};
use model::{DeviceId, Feed, OrderId, Place, UserId};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    erasure::Order,
    forms::standing,
    pull::{Cursor, Entry, FeedEntry, FeedPage, Holds, PullRequest, PullResponse},
    push::{BatchResult, Outcome},
    signed::Certificate,
};

const MAX_ENTRIES: usize = 1_000;

impl Ledger {
    pub(super) fn pull(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        let asked: PullRequest = read(request)?;
        // Cursors of another hub, or from before a restored backup, mean nothing here.
        let ours = asked.hub.is_none_or(|hub| hub == self.hub);
        let cursor = |feed: &Feed| {
            let of_feed = |cursor: &&Cursor| cursor.feed == *feed && cursor.epoch == self.epoch;
            asked.cursors.iter().filter(|_| ours).find(of_feed)
        };
        let is_here = |cursor: &Cursor, head: u64| match cursor.mark.filter(|_| cursor.position > 0) {
            Some(mark) => self.books.mark(&cursor.feed, cursor.position) == Some(mark),
            None => cursor.position <= head,
        };
        let granted = self.granted(device.user);
        let most = self.script.page.unwrap_or(MAX_ENTRIES);
        let mut left = (asked.max_entries as usize).clamp(1, MAX_ENTRIES).min(most);
        // As much as packs to that, at the least.
        let mut bytes = asked.max_bytes.saturating_mul(3) / 2;
        let held = self.held(device.id, asked.holds.as_ref());
        let mut feeds = Vec::new();
        let (mut more, mut anew) = (false, Vec::new());
        let (cases, others): (Vec<_>, Vec<_>) = granted
            .iter()
            .filter(|(feed, _)| !asked.skip.contains(feed))
            .partition(|(feed, _)| matches!(feed, Feed::Case(_)));
        for (feed, head) in cases.into_iter().chain(others) {
            let mut from = match cursor(feed) {
                Some(cursor) if !is_here(cursor, *head) => {
                    anew.push(feed.clone());
                    0
                }
                cursor => cursor.map_or(0, |cursor| cursor.position as usize),
            };
            let mut entries = Vec::new();
            while left > 0
                && bytes > 0
                && let Some(entry) = self.books.feeds.get(feed).and_then(|entries| entries.get(from))
            {
                let entry = self.as_held(entry, device.id, &held);
                from += 1;
                left -= 1;
                bytes = bytes.saturating_sub(weight(&entry));
                entries.push(entry);
            }
            more |= (from as u64) < *head;
            if !entries.is_empty() {
                let mark = self.books.mark(feed, from as u64);
                feeds.push(FeedPage { feed: feed.clone(), entries, head: *head, mark });
            }
        }
        let roles = self.roles_after(asked.statements_after, left, bytes);
        more |= roles.1;
        let answer = PullResponse {
            v: wire::VERSION,
            hub: self.hub,
            epoch: self.epoch.clone(),
            keys: self.keys.clone(),
            certificates: self.certificates(&feeds),
            orders: self.named_orders(&feeds),
            feeds,
            more,
            anew,
            granted: granted.into_keys().collect(),
            own: if more { Vec::new() } else { self.own(device.id) },
            roles: roles.0,
            worker: self.workers[&device.user].clone(),
            forms: standing(self.forms.iter().map(|(form, _)| form)),
            packs: self.packs_standing(),
            receipt: Some(self.receipt(&device)),
            server_time: self.now(),
        };
        Ok(self.lines(request, |packer| answer.write(packer)))
    }

    /// The numbers of the device's batches that it holds as they are here.
    fn held(&self, device: DeviceId, holds: Option<&Holds>) -> BTreeSet<u64> {
        let chain = self.books.received.get(&device).map_or(&[][..], Vec::as_slice);
        let statements = || chain.iter().map(|received| received.batch.statement());
        let same = |holds: &&Holds| {
            let last = statements().find(|statement| statement.next_seq() == holds.last + 1);
            last.is_some_and(|last| last.hash() == holds.statement)
        };
        let Some(holds) = holds.filter(same) else { return BTreeSet::new() };
        let held = |first: &u64| (holds.first..=holds.last).contains(first);
        statements().map(|statement| statement.first_seq).filter(held).collect()
    }

    fn as_held(&self, entry: &FeedEntry, device: DeviceId, held: &BTreeSet<u64>) -> FeedEntry {
        let mut entry = entry.clone();
        if let Entry::Put(batch) = &entry.entry
            && batch.statement().device == device
            && held.contains(&batch.statement().first_seq)
            && batch.orders().next().is_none()
            && batch.ids().iter().all(Option::is_some)
        {
            entry.entry = Entry::Own(batch.statement().first_seq);
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

    /// Of the devices whose batches are in the pages.
    fn certificates(&self, feeds: &[FeedPage]) -> Vec<Certificate> {
        let entries = feeds.iter().flat_map(|page| &page.entries);
        let devices: BTreeSet<DeviceId> = entries
            .filter_map(|entry| match &entry.entry {
                Entry::Put(batch) => Some(batch.statement().device),
                _ => None,
            })
            .collect();
        let known = self.devices.iter().filter(|device| devices.contains(&device.id));
        known.map(|device| device.certificate.clone()).collect()
    }

    /// Those by which something in the pages was erased.
    fn named_orders(&self, feeds: &[FeedPage]) -> Vec<Order> {
        let entries = feeds.iter().flat_map(|page| &page.entries);
        let puts = entries.filter_map(|entry| match &entry.entry {
            Entry::Put(batch) => Some(batch),
            _ => None,
        });
        let named: BTreeSet<OrderId> = puts.flat_map(|batch| batch.orders()).collect();
        named.iter().filter_map(|order| self.books.orders.get(order)).cloned().collect()
    }

    /// Batches of the device that wait, and those that have been decided since they waited.
    fn own(&self, device: DeviceId) -> Vec<BatchResult> {
        let received = self.books.received.get(&device).into_iter().flatten();
        let (admitted, waiting): (Vec<_>, Vec<_>) = received.partition(|received| received.admitted);
        let first_seq = |received: &super::Received| received.batch.statement().first_seq;
        let waiting = waiting.into_iter().map(first_seq);
        let waiting =
            waiting.map(|first_seq| BatchResult { first_seq, outcome: self.outcome((device, first_seq)) });
        let late = admitted.into_iter().filter(|received| received.waited).map(first_seq);
        waiting.chain(late.map(|first_seq| BatchResult { first_seq, outcome: Outcome::Admitted })).collect()
    }
}

fn weight(entry: &FeedEntry) -> u64 {
    match &entry.entry {
        Entry::Put(batch) => batch.weight() as u64,
        _ => 50,
    }
}
