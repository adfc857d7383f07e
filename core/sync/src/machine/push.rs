//! Texts up. Begins with a push even if there is nothing to send: the answer tells whether the hub still has all that it
//! acknowledged, or was restored from a backup that lacks some of it.

use super::{Machine, Operation, State, Wish};
use crate::{Method, Request, SyncError, codec, report::Phase};
use model::SignedChange;
use wire::push::{MAX_BYTES, MAX_CHANGES, Outcome, PushRequest, PushResponse};

/// How often a hub may fall behind what it just said, before it is believed to be broken.
const MAX_REWINDS: u32 = 3;

pub(super) struct Push {
    after: Option<u64>,
    newest: u64,
    /// As this run began.
    acknowledged: u64,
    rewinds: u32,
    max_changes: usize,
    max_bytes: usize,
}

impl Default for Push {
    fn default() -> Self {
        // Half of what a hub takes, as the limit counts JSON around the changes too.
        let max_bytes = MAX_BYTES / 2;
        Self { after: None, newest: 0, acknowledged: 0, rewinds: 0, max_changes: MAX_CHANGES, max_bytes }
    }
}

impl Machine {
    pub(super) fn begin_push(&mut self) -> Wish {
        self.begin_phase(Phase::Sending);
        self.push_next()
    }

    pub(super) fn push_next(&mut self) -> Wish {
        let Push { after, max_changes, max_bytes, .. } = self.push;
        self.operate(State::PushRead, Operation::OwnChanges { after, max_changes, max_bytes })
    }

    pub(super) fn push_page(
        &mut self,
        changes: Vec<SignedChange>,
        acknowledged: u64,
        newest: u64,
    ) -> Result<Wish, SyncError> {
        if self.push.after.is_none() {
            self.push.acknowledged = acknowledged;
        }
        let after = *self.push.after.get_or_insert(acknowledged);
        self.push.newest = newest;
        self.progress.total = self.progress.done + newest.saturating_sub(after);
        let mut last = after;
        for change in &changes {
            let seq = change.header().map_err(|_| SyncError::Storage { code: "store.damaged" })?.seq;
            if seq != last + 1 {
                // Older than what a phone keeps (90 days): the hub can't get it from here.
                self.leave_undone(SyncError::Gap);
                return Ok(self.begin_pull());
            }
            last = seq;
        }
        if changes.is_empty() && after < self.push.acknowledged {
            self.leave_undone(SyncError::Gap);
            return Ok(self.begin_pull());
        }
        let body = codec::write_compressed(&PushRequest { v: wire::VERSION, changes })?;
        let request = Request {
            method: Method::Post,
            path: wire::paths::PUSH.to_owned(),
            headers: vec![
                ("content-type", "application/json".into()),
                ("content-encoding", "zstd".into()),
                ("accept-encoding", "zstd".into()),
            ],
            body,
        };
        Ok(self.send(State::PushSent { after, last }, request))
    }

    /// 413: half as much at once.
    pub(super) fn push_less(&mut self) -> Result<Wish, SyncError> {
        if self.push.max_changes == 1 {
            self.leave_undone(SyncError::TooLarge);
            return Ok(self.begin_pull());
        }
        self.push.max_changes /= 2;
        self.push.max_bytes /= 2;
        Ok(self.push_next())
    }

    pub(super) fn pushed(&mut self, after: u64, last: u64, answer: PushResponse) -> Result<Wish, SyncError> {
        let through = answer.received_through;
        let mut refused = None;
        for result in &answer.results {
            match &result.outcome {
                Outcome::Admitted | Outcome::Known => self.summary.changes_sent += 1,
                Outcome::Waiting { .. } => {
                    self.summary.changes_sent += 1;
                    self.summary.held_back += 1;
                }
                Outcome::Refused { code } => {
                    refused.get_or_insert_with(|| code.clone());
                }
            }
        }
        self.progress.done += through.min(last).saturating_sub(after);
        let fell_back = through < after;
        if fell_back {
            self.summary.hub_restored |= through < self.push.acknowledged;
            self.push.rewinds += 1;
        }
        let stuck = if fell_back { self.push.rewinds > MAX_REWINDS } else { through == after };
        let go_on = through < self.push.newest && !stuck;
        // Nothing sent and nothing received is as it should be, also while restricted cases are locked here.
        if stuck && (last > after || fell_back) {
            self.leave_undone(match refused {
                Some(code) => SyncError::Refused { code },
                None => SyncError::BadAnswer,
            });
        }
        self.push.after = Some(through);
        let kept = Operation::Acknowledge { received_through: through, results: answer.results };
        Ok(self.operate(State::PushKept { go_on }, kept))
    }
}
