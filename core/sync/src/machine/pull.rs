//! Texts down, in pages that the line carries, until every feed is at its head. What came of a page before it was cut is
//! taken; the next question goes on from there. A run says that all was read only if nothing is left to ask for.

use super::{Machine, Operation, State, Wish};
use crate::{LinkError, Response, SyncError, codec, report::Phase};
use model::{DeviceId, Digest, Feed, encoding::Bytes};
use std::collections::BTreeMap;
use wire::{
    lines::Bad,
    pull::{Condition, Cursor, Entry, Holds, PullRequest, PullResponse},
};

/// The most entries in one answer: a page is one transaction on the phone.
const MAX_ENTRIES: u32 = 1_000;
/// The most bytes of an answer as it travels.
pub(super) const MAX_PAGE: u64 = 2 * 1024 * 1024;

/// What a phone asks by.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub cursors: Vec<Cursor>,
    pub skip: Vec<Feed>,
    pub holds: Option<Holds>,
    pub statements_after: u64,
}

/// Whether the hub turned out to be of another epoch than it was, and was brought what it may lack since.
#[derive(Default, PartialEq, Eq)]
enum Epoch {
    #[default]
    Known,
    Found,
    Told,
}

pub(super) struct Pull {
    asked: Asked,
    epoch: Epoch,
    /// An answer was applied since the last question.
    applied: bool,
    /// The last answer was not all that the hub has.
    more: bool,
    /// Where feeds stand once the last answer is applied; an entry that can't be taken yet leaves one behind.
    reached: BTreeMap<Feed, u64>,
    /// There is more, and the hub doesn't send it.
    pub(super) behind: bool,
    /// Positions in the page being applied, and changes in it that other devices made.
    page: u64,
    news: u64,
    /// What forms the hub has now.
    /// [`wire::packs::standing`] at the hub.
    pub(super) packs: Option<Digest>,
    pub(super) forms: Digest,
    /// Failures since anything came.
    failed: u32,
}

impl Default for Pull {
    fn default() -> Self {
        Self {
            asked: Asked::default(),
            epoch: Epoch::default(),
            applied: false,
            more: false,
            reached: BTreeMap::new(),
            behind: false,
            page: 0,
            news: 0,
            packs: None,
            forms: Bytes([0; 32]),
            failed: 0,
        }
    }
}

impl Pull {
    pub(super) fn count_failure(&mut self) -> u32 {
        self.failed += 1;
        self.failed
    }
}

impl Machine {
    pub(super) fn begin_pull(&mut self) -> Wish {
        self.begin_phase(Phase::Receiving);
        self.pull_next()
    }

    pub(super) fn pull_next(&mut self) -> Wish {
        self.operate(State::PullCursors, Operation::Cursors)
    }

    pub(super) fn pull_page(&mut self, mut asked: Asked, condition: Condition) -> Result<Wish, SyncError> {
        asked.cursors.retain(|cursor| !asked.skip.contains(&cursor.feed));
        if std::mem::take(&mut self.pull.applied) {
            let reached = |cursor: &Cursor| self.pull.reached.get(&cursor.feed).copied().unwrap_or(0);
            if !self.pull.more && asked.cursors.iter().all(|cursor| cursor.position >= reached(cursor)) {
                self.summary.feeds_left = asked.skip.len() as u64;
                return Ok(self.all_pulled());
            }
            if asked == self.pull.asked {
                // The last answer moved nothing: the same question would bring it again.
                self.pull.behind = true;
                self.leave_undone(SyncError::Behind);
                return Ok(self.all_pulled());
            }
        }
        let question = PullRequest {
            v: wire::VERSION,
            hub: Some(self.hub),
            cursors: asked.cursors.clone(),
            skip: asked.skip.clone(),
            max_entries: MAX_ENTRIES,
            max_bytes: self.down.page(),
            holds: asked.holds.clone(),
            statements_after: Some(asked.statements_after),
            condition,
        };
        self.pull.asked = asked;
        let request = codec::post(wire::paths::PULL, &question)?;
        Ok(self.send(State::PullSent, request))
    }

    /// What a hub of another epoch lacks is brought before the run goes on, once.
    fn all_pulled(&mut self) -> Wish {
        if self.pull.epoch != Epoch::Found {
            return self.begin_packs();
        }
        self.pull.epoch = Epoch::Told;
        self.push_again()
    }

    pub(super) fn pulled(&mut self, response: &Response) -> Result<Wish, SyncError> {
        let zstd = codec::is_packed(response)?;
        let cut = response.cut.unwrap_or(LinkError::Cut);
        let read = match PullResponse::read(zstd, &response.body) {
            // Damaged on the way: as good as cut.
            Err(Bad::Packing) => None,
            read => read.map_err(|_| SyncError::BadAnswer)?,
        };
        match read {
            Some((answer, true)) => {
                let bytes = response.body.len() as u64;
                // A full answer is what was asked for, however well it packed.
                let carried = if answer.more { bytes.max(self.down.page()) } else { bytes };
                self.down.took(carried, self.elapsed_ms());
                self.take(answer, None)
            }
            Some((answer, false)) if brings(&answer) => {
                self.down.failed();
                self.take(answer, Some(cut))
            }
            _ => self.no_response(cut),
        }
    }

    /// `cut`: the answer's end did not come.
    fn take(&mut self, answer: PullResponse, cut: Option<LinkError>) -> Result<Wish, SyncError> {
        if answer.hub != self.hub {
            return Err(SyncError::WrongHub);
        }
        let asked = &self.pull.asked.cursors;
        if asked.iter().any(|cursor| cursor.epoch != answer.epoch) {
            self.summary.hub_restored = true;
            if self.pull.epoch == Epoch::Known {
                self.pull.epoch = Epoch::Found;
            }
        }
        let mut reached: BTreeMap<Feed, u64> = asked
            .iter()
            .filter(|cursor| cursor.epoch == answer.epoch && !answer.anew.contains(&cursor.feed))
            .map(|cursor| (cursor.feed.clone(), cursor.position))
            .collect();
        let numbers = answer.roles.iter().map(|told| told.serial);
        if !numbers.is_sorted_by(|one, next| one < next)
            || answer.roles.first().is_some_and(|told| told.serial <= self.pull.asked.statements_after)
        {
            return Err(SyncError::BadAnswer);
        }
        let mut entries = 0;
        let mut news = 0;
        let mut still_to_come = 0;
        for page in &answer.feeds {
            if !page.feed.is_known() {
                // The next request asks to leave it out.
                continue;
            }
            let position = reached.entry(page.feed.clone()).or_default();
            for entry in &page.entries {
                // A feed has no gaps (the numbering is how a phone knows that it misses nothing).
                if entry.after() != *position {
                    return Err(SyncError::BadAnswer);
                }
                *position = entry.position;
                entries += entry.entry.positions();
                news += changes_of_others(&entry.entry, self.device);
            }
            still_to_come += page.head.saturating_sub(*position);
        }
        self.pull.more = answer.more || still_to_come > 0 || cut.is_some();
        self.pull.reached = reached;
        (self.pull.packs, self.pull.forms) = (answer.packs, answer.forms);
        self.pull.page = entries;
        self.pull.news = news;
        self.progress.total = self.progress.done + entries + still_to_come;
        Ok(self.operate(State::PullApplied { cut }, Operation::Apply(Box::new(answer))))
    }

    pub(super) fn page_applied(&mut self, forged: usize, cut: Option<LinkError>) -> Result<Wish, SyncError> {
        if forged > 0 {
            self.leave_undone(SyncError::Forged);
        }
        self.progress.done += self.pull.page;
        self.summary.changes_received += self.pull.news;
        self.pull.applied = true;
        self.pull.failed = 0;
        match cut {
            Some(cut) => self.try_again(cut.into()),
            None => Ok(self.pull_next()),
        }
    }
}

/// Whether something came before a cut.
fn brings(answer: &PullResponse) -> bool {
    !answer.roles.is_empty() || answer.feeds.iter().any(|page| !page.entries.is_empty())
}

/// How many changes of other devices it brings; this one's own come back in its feeds.
fn changes_of_others(entry: &Entry, device: DeviceId) -> u64 {
    match entry {
        Entry::Put(batch) if batch.statement().device == device => 0,
        Entry::Put(batch) => batch.ids().iter().flatten().count() as u64,
        Entry::Sealed(sealed) => u64::from(sealed.device != device),
        Entry::Own(_) => 0,
        Entry::Leave(_) | Entry::Page { .. } | Entry::Unknown(_) => entry.positions(),
    }
}
