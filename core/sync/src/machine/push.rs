//! Texts up, in pages that the line carries. Begins with a push even if there is nothing to send: the answer tells who
//! answers, by which clock, and whether the hub still has all that it acknowledged or was restored from a backup that
//! lacks some of it. After a cut an empty push asks how far the hub got.

use super::{Machine, Operation, State, Wish};
use crate::{SyncError, codec, pace::Pace, report::Phase};
use model::{ChangeId, Header, SignedChange};
use wire::push::{MAX_BYTES, MAX_CHANGES, Outcome, PushRequest, PushResponse};

/// How often a hub may fall behind what it just said, before it is believed to be broken.
const MAX_REWINDS: u32 = 3;
/// The most bytes of changes in a page: half of what a hub takes, as it counts the JSON around them too.
const MAX_PAGE: u64 = MAX_BYTES as u64 / 2;
/// Bytes of a change beside its header and its values.
const AROUND: usize = 150;

pub(super) struct Push {
    after: Option<u64>,
    newest: u64,
    /// As this run began.
    acknowledged: u64,
    rewinds: u32,
    max_changes: usize,
    /// Of the page before: bytes of its changes, and what they packed to.
    packed: (u64, u64),
    /// Changes under way, by id and number, and their bytes as they travel.
    sent: Vec<(ChangeId, u64)>,
    sent_bytes: u64,
    /// Failures since the hub last got further.
    failed: u32,
}

impl Default for Push {
    fn default() -> Self {
        // Hashes and signatures pack to no less.
        let packed = (2, 1);
        Self {
            after: None,
            newest: 0,
            acknowledged: 0,
            rewinds: 0,
            max_changes: MAX_CHANGES,
            packed,
            sent: Vec::new(),
            sent_bytes: 0,
            failed: 0,
        }
    }
}

impl Push {
    pub(super) fn count_failure(&mut self) -> u32 {
        self.failed += 1;
        self.failed
    }

    /// Bytes of changes that pack to a page.
    fn max_bytes(&self, pace: &Pace) -> usize {
        let (unpacked, packed) = self.packed;
        let bytes = (pace.page().saturating_mul(unpacked) / packed).min(MAX_PAGE);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

impl Machine {
    pub(super) fn push_next(&mut self) -> Wish {
        let Push { after, max_changes, .. } = self.push;
        let max_bytes = self.push.max_bytes(&self.up);
        self.operate(State::PushRead, Operation::OwnChanges { after, max_changes, max_bytes })
    }

    pub(super) fn push_page(
        &mut self,
        mut changes: Vec<SignedChange>,
        acknowledged: u64,
        newest: u64,
    ) -> Result<Wish, SyncError> {
        if self.push.after.is_none() {
            self.push.acknowledged = acknowledged;
            if newest > acknowledged {
                self.begin_phase(Phase::Sending);
            }
        }
        let after = *self.push.after.get_or_insert(acknowledged);
        self.push.newest = newest;
        self.progress.total = self.progress.done + newest.saturating_sub(after);
        let headers = changes.iter().map(SignedChange::header).collect::<Result<Vec<_>, _>>();
        let mut headers = headers.map_err(|_| SyncError::Storage { code: "store.damaged" })?;
        if (after + 1..).zip(&headers).any(|(seq, header)| header.seq != seq)
            || changes.is_empty() && after < self.push.acknowledged
        {
            // Older than what a phone keeps (90 days): the hub can't get it from here.
            self.leave_undone(SyncError::Gap);
            return Ok(self.begin_pull());
        }
        headers.truncate(whole_batches(&headers, newest));
        changes.truncate(headers.len());
        let last = headers.last().map_or(after, |header| header.seq);
        let unpacked: usize = changes.iter().map(size).sum();
        let request = codec::push(&PushRequest { v: wire::VERSION, changes })?;
        self.push.sent = headers.iter().map(|header| (header.id, header.seq)).collect();
        self.push.sent_bytes = request.body.len() as u64;
        if last > after {
            self.push.packed = (unpacked as u64, self.push.sent_bytes);
        }
        Ok(self.send(State::PushSent { after, last }, request))
    }

    /// After a cut.
    pub(super) fn ask_where_the_hub_stands(&mut self) -> Result<Wish, SyncError> {
        let after = self.push.after.unwrap_or(self.push.acknowledged);
        let request = codec::push(&PushRequest { v: wire::VERSION, changes: Vec::new() })?;
        self.push.sent.clear();
        self.push.sent_bytes = 0;
        Ok(self.send(State::PushAsked { after }, request))
    }

    /// 413: half as much at once.
    pub(super) fn push_less(&mut self, after: u64, last: u64) -> Result<Wish, SyncError> {
        if last <= after + 1 {
            self.leave_undone(SyncError::TooLarge);
            return Ok(self.begin_pull());
        }
        self.push.max_changes = usize::try_from((last - after) / 2).unwrap_or(1);
        self.up.failed();
        Ok(self.push_next())
    }

    /// `last`: of the changes that were sent; `None`: it was only asked.
    pub(super) fn pushed(
        &mut self,
        after: u64,
        last: Option<u64>,
        answer: PushResponse,
    ) -> Result<Wish, SyncError> {
        if answer.hub != self.hub {
            return Err(SyncError::WrongHub);
        }
        self.up.took(self.push.sent_bytes, self.elapsed_ms());
        let through = answer.received_through;
        let mut refused = None;
        for result in &answer.results {
            match &result.outcome {
                Outcome::Admitted | Outcome::Known | Outcome::Unknown => {}
                Outcome::Waiting { .. } => self.summary.held_back += 1,
                Outcome::Refused { code } => {
                    refused.get_or_insert_with(|| code.clone());
                }
            }
        }
        let further = through.min(self.push.newest).saturating_sub(after);
        self.summary.changes_sent += further;
        self.progress.done += further;
        if further > 0 {
            self.push.failed = 0;
        }
        let fell_back = through < after;
        if fell_back {
            self.summary.hub_restored |= through < self.push.acknowledged;
            self.push.rewinds += 1;
        }
        let stuck =
            if fell_back { self.push.rewinds > MAX_REWINDS } else { through == after && last.is_some() };
        let go_on = through < self.push.newest && !stuck;
        // Nothing sent and nothing received is as it should be, also while restricted cases are locked here.
        if stuck && (last.is_some_and(|last| last > after) || fell_back) {
            self.leave_undone(match refused {
                Some(code) => SyncError::Refused { code },
                None => SyncError::BadAnswer,
            });
        }
        self.push.after = Some(through);
        let kept = Operation::Acknowledge {
            received_through: through,
            results: answer.results_of(std::mem::take(&mut self.push.sent)),
            offset_ms: self.clock_offset_ms(answer.server_time),
        };
        Ok(self.operate(State::PushKept { go_on }, kept))
    }
}

/// How many of these make whole batches; all where they end the work or none is whole. A batch in parts would only
/// wait at the hub.
fn whole_batches(headers: &[Header], newest: u64) -> usize {
    if headers.last().is_some_and(|last| last.seq == newest) {
        return headers.len();
    }
    let ends = headers.iter().rposition(|header| header.batch.index + 1 == header.batch.count);
    ends.map_or(headers.len(), |end| end + 1)
}

fn size(change: &SignedChange) -> usize {
    let values = change.values.iter().map(|(name, value)| name.len() + value.value.get().len() + AROUND / 2);
    change.header.get().len() + values.sum::<usize>() + AROUND
}
