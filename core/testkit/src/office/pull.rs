//! Feeds going down to those they are granted to.

use super::{State, admit::covers, read};
use crate::{Request, Response};
use model::{DeviceId, Feed, Place, UserId};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    certificate::Certificate,
    pull::{Entry, FeedPage, PullRequest, PullResponse},
    push::{ChangeResult, Outcome},
};

const MAX_ENTRIES: usize = 2_000;

impl State {
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
        let mut feeds = Vec::new();
        for (feed, head) in granted.iter().filter(|(feed, _)| !asked.skip.contains(feed)) {
            let from = position(feed, *head) as usize;
            let entries: Vec<_> =
                self.books.feeds.get(feed).into_iter().flatten().skip(from).take(left).cloned().collect();
            left -= entries.len();
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
            granted: granted.into_keys().collect(),
            own: self.own(device.id),
            worker: self.workers[&device.user].clone(),
            server_time: self.now(),
        };
        Ok(self.message(request, &answer))
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
