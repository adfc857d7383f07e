//! Texts down, page by page, until every feed is at its head.

use super::{Machine, Operation, State, Wish};
use crate::{SyncError, codec, report::Phase};
use model::DeviceId;
use std::collections::BTreeMap;
use wire::pull::{Cursor, Entry, PullRequest, PullResponse};

/// Entries in one answer: a page is one transaction on the phone.
const PAGE: u32 = 500;

#[derive(Default)]
pub(super) struct Pull {
    asked: Vec<Cursor>,
    /// Entries in the page being applied, and those of them that other devices made.
    page: u64,
    news: u64,
}

impl Machine {
    pub(super) fn begin_pull(&mut self) -> Wish {
        self.begin_phase(Phase::Receiving);
        self.pull_next()
    }

    pub(super) fn pull_next(&mut self) -> Wish {
        self.operate(State::PullCursors, Operation::Cursors)
    }

    pub(super) fn pull_page(&mut self, cursors: Vec<Cursor>) -> Result<Wish, SyncError> {
        let (known, unknown): (Vec<_>, Vec<_>) =
            cursors.iter().cloned().partition(|cursor| cursor.feed.is_known());
        let question = PullRequest {
            v: wire::VERSION,
            hub: Some(self.hub),
            cursors: known,
            skip: unknown.into_iter().map(|cursor| cursor.feed).collect(),
            max_entries: PAGE,
        };
        self.pull.asked = cursors;
        let request = codec::post(wire::paths::PULL, &question)?;
        Ok(self.send(State::PullSent, request))
    }

    pub(super) fn pulled(&mut self, answer: PullResponse) -> Result<Wish, SyncError> {
        if answer.hub != self.hub {
            return Err(SyncError::WrongHub);
        }
        if self.pull.asked.iter().any(|cursor| cursor.epoch != answer.epoch) {
            self.summary.hub_restored = true;
        }
        let read: BTreeMap<_, _> = self
            .pull
            .asked
            .iter()
            .filter(|cursor| cursor.epoch == answer.epoch)
            .map(|cursor| (&cursor.feed, cursor.position))
            .collect();
        let mut entries = 0;
        let mut news = 0;
        let mut still_to_come = 0;
        for page in &answer.feeds {
            if !page.feed.is_known() {
                // It fills the answer all the same; the next request asks to leave it out. A hub that sends it even so
                // is not asked for ever.
                if !self.pull.asked.iter().any(|cursor| cursor.feed == page.feed) {
                    entries += page.entries.len() as u64;
                }
                continue;
            }
            let mut position = read.get(&page.feed).copied().unwrap_or(0);
            for entry in &page.entries {
                // A feed has no gaps (the numbering is how a phone knows that it misses nothing).
                if entry.position != position + 1 {
                    return Err(SyncError::BadAnswer);
                }
                position = entry.position;
                entries += 1;
                news += u64::from(!is_of(&entry.entry, self.device));
            }
            still_to_come += page.head.saturating_sub(position);
        }
        // A feed with news may be left out of a full answer.
        let more = entries > 0 && (still_to_come > 0 || entries >= u64::from(PAGE));
        self.pull.page = entries;
        self.pull.news = news;
        self.progress.total = self.progress.done + entries + still_to_come;
        Ok(self.operate(State::PullApplied { more }, Operation::Apply(Box::new(answer))))
    }

    pub(super) fn page_applied(&mut self, forged: usize) {
        if forged > 0 {
            self.leave_undone(SyncError::Forged);
        }
        self.progress.done += self.pull.page;
        self.summary.changes_received += self.pull.news;
    }
}

/// Whether this is the device's own change, which comes back in its feed.
fn is_of(entry: &Entry, device: DeviceId) -> bool {
    match entry {
        Entry::Put(signed) => signed.header().is_ok_and(|header| header.device == device),
        Entry::Sealed(sealed) => sealed.device == device,
        Entry::Leave(_) | Entry::Unknown(_) => false,
    }
}
