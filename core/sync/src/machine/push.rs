//! Texts up, in pages that the line carries. Begins with a push even if there is nothing to send: the answer tells who
//! answers, by which clock, and whether the hub still has all that it acknowledged or was restored from a backup that
//! lacks some of it. After a cut an empty push asks how far the hub got. A batch that is larger than a page goes up in
//! views of some of its changes, which wait at the hub for the rest. Orders to erase go before the batches that name them,
//! in pushes of their own while they are more than a page holds.

use super::{Machine, Operation, State, Wish};
use crate::{SyncError, codec, pace::Pace, report::Phase};
use model::{OrderId, Rebuilt, batch::Statement};
use std::collections::BTreeSet;
use wire::{
    erasure::Order,
    error::code::{FORKED, PUSH_QUOTA},
    push::{MAX_BATCHES, MAX_BYTES, MAX_ORDERS, Outcome, PushRequest, PushResponse},
    receipt::Receipt,
};

/// How often a hub may fall behind what it just said, before it is believed to be broken.
const MAX_REWINDS: u32 = 3;
/// How often a run sends what was made anew after the hub denied some of it.
const MAX_REMADE: u32 = 3;
/// How often a run sends less at once because the hub says that it was too much: from the most to a single one.
const MAX_HALVINGS: u32 = 12;
/// The most bytes of batches and orders in a page: half of what a hub takes, as it counts what stands around them too.
const MAX_PAGE: u64 = MAX_BYTES as u64 / 2;

pub(super) struct Push {
    pub(super) after: Option<u64>,
    /// To be shown until an answer says that it was seen.
    pub(super) receipt: Option<Receipt>,
    /// Of the batch after that, the first changes that wait at the hub.
    staged: u32,
    newest: u64,
    /// Restricted cases are locked here.
    pub(super) locked: bool,
    /// As this run began.
    acknowledged: u64,
    rewinds: u32,
    remade: u32,
    max_batches: usize,
    max_orders: usize,
    halvings: u32,
    /// Of the page before: bytes of its batches, and what they packed to.
    packed: (u64, u64),
    /// Batches under way, changes of them that are shown, and their bytes as they travel.
    sent: Vec<Statement>,
    sent_changes: usize,
    sent_bytes: u64,
    /// Orders under way, and those that the hub has from this run.
    sent_orders: Vec<OrderId>,
    told: BTreeSet<OrderId>,
    /// There are others to tell than those under way.
    pub(super) more_orders: bool,
    /// Failures since the hub last got further.
    failed: u32,
}

impl Default for Push {
    fn default() -> Self {
        // What people write packs to less; the first page is to be no larger than meant.
        let packed = (3, 2);
        Self {
            after: None,
            receipt: None,
            staged: 0,
            newest: 0,
            locked: false,
            acknowledged: 0,
            rewinds: 0,
            remade: 0,
            max_batches: MAX_BATCHES,
            max_orders: MAX_ORDERS,
            halvings: 0,
            packed,
            sent: Vec::new(),
            sent_changes: 0,
            sent_bytes: 0,
            sent_orders: Vec::new(),
            told: BTreeSet::new(),
            more_orders: false,
            failed: 0,
        }
    }
}

impl Push {
    pub(super) fn count_failure(&mut self) -> u32 {
        self.failed += 1;
        self.failed
    }

    pub(super) fn sent_any_order(&self) -> bool {
        !self.sent_orders.is_empty()
    }

    /// Bytes of batches that pack to a page.
    fn max_bytes(&self, pace: &Pace) -> usize {
        let (unpacked, packed) = self.packed;
        let bytes = (pace.page().saturating_mul(unpacked) / packed).min(MAX_PAGE);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

impl Machine {
    pub(super) fn push_next(&mut self) -> Wish {
        let Push { after, staged, .. } = self.push;
        let (max_bytes, told) = (self.push.max_bytes(&self.up), self.push.told.clone());
        self.operate(State::PushRead, Operation::OwnBatches { after, staged, max_bytes, told })
    }

    /// From what is acknowledged now.
    pub(super) fn push_again(&mut self) -> Wish {
        self.push.after = None;
        self.push.told.clear();
        self.push_next()
    }

    pub(super) fn push_page(
        &mut self,
        mut batches: Vec<Rebuilt>,
        mut orders: Vec<(OrderId, Order)>,
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
        batches.truncate(self.push.max_batches);
        self.push.more_orders |= orders.len() > self.push.max_orders;
        orders.truncate(self.push.max_orders);
        let mut next = after + 1;
        let follow = batches
            .iter()
            .map(Rebuilt::statement)
            .all(|statement| statement.first_seq == std::mem::replace(&mut next, statement.next_seq()));
        // None where the next is of a restricted case that is locked: it goes up once it is unlocked.
        let gone = batches.is_empty() && after < self.push.acknowledged && !self.push.locked;
        if !follow || gone {
            // Older than what a phone keeps (90 days): the hub can't get it from here.
            self.leave_undone(SyncError::Gap);
            return Ok(self.begin_pull());
        }
        let mut weight: usize = batches.iter().map(Rebuilt::weight).sum();
        let ordered: usize = orders.iter().map(|(_, order)| order.bytes()).sum();
        if self.push.more_orders || ordered > 0 && ordered + weight > self.push.max_bytes(&self.up) {
            (weight, next) = (0, after + 1);
            batches.clear();
        }
        self.push.sent = batches.iter().map(|batch| batch.statement().clone()).collect();
        self.push.sent_changes = batches.iter().map(|batch| batch.ids().iter().flatten().count()).sum();
        let (told, orders) = orders.into_iter().unzip();
        self.push.sent_orders = told;
        let receipt = self.push.receipt.clone();
        let request = codec::push(&PushRequest { v: wire::VERSION, receipt, orders, batches })?;
        self.push.sent_bytes = request.body.len() as u64;
        let last = next - 1;
        if last > after {
            self.push.packed = (weight as u64, self.push.sent_bytes);
        }
        Ok(self.send(State::PushSent { after, last }, request))
    }

    /// After a cut.
    pub(super) fn ask_where_the_hub_stands(&mut self) -> Result<Wish, SyncError> {
        let after = self.push.after.unwrap_or(self.push.acknowledged);
        let (receipt, orders, batches) = (self.push.receipt.clone(), Vec::new(), Vec::new());
        let request = codec::push(&PushRequest { v: wire::VERSION, receipt, orders, batches })?;
        self.push.sent.clear();
        self.push.more_orders |= self.push.sent_any_order();
        self.push.sent_orders.clear();
        self.push.sent_bytes = 0;
        Ok(self.send(State::PushAsked { after }, request))
    }

    /// 413: half as much at once.
    pub(super) fn push_less(&mut self) -> Result<Wish, SyncError> {
        self.push.halvings += 1;
        if self.push.sent_changes + self.push.sent_orders.len() <= 1 || self.push.halvings > MAX_HALVINGS {
            self.leave_undone(SyncError::TooLarge);
            return Ok(self.begin_pull());
        }
        let half = |sent: usize, most: usize| if sent > 0 { (sent / 2).max(1) } else { most };
        self.push.max_batches = half(self.push.sent.len(), self.push.max_batches);
        self.push.max_orders = half(self.push.sent_orders.len(), self.push.max_orders);
        self.up.failed();
        Ok(self.push_next())
    }

    /// `last`: of the batches that were sent; `None`: it was only asked.
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
        self.push.receipt = None;
        let through = answer.received_through;
        let mut refused = None;
        let mut denied = false;
        for result in &answer.results {
            match &result.outcome {
                Outcome::Admitted | Outcome::Known | Outcome::Staged | Outcome::Unknown => {}
                Outcome::Waiting { .. } => self.summary.held_back += self.changes_of(result.first_seq),
                Outcome::Denied { parts, .. } => {
                    denied = true;
                    self.summary.held_back += parts.len() as u64;
                }
                Outcome::Refused { code } => {
                    refused.get_or_insert_with(|| code.clone());
                }
            }
        }
        // Its numbers are of other changes then.
        let is_forked = refused.as_deref() == Some(FORKED);
        let further = if is_forked { 0 } else { through.min(self.push.newest).saturating_sub(after) };
        self.summary.changes_sent += further;
        self.progress.done += further;
        let staged = std::mem::replace(&mut self.push.staged, answer.staged);
        let told = std::mem::take(&mut self.push.sent_orders);
        let got_further = further > 0 || through == after && answer.staged > staged || !told.is_empty();
        if got_further {
            self.push.failed = 0;
        }
        let fell_back = through < after && !is_forked;
        if fell_back {
            self.summary.hub_restored |= through < self.push.acknowledged;
            self.push.rewinds += 1;
            self.push.told.clear();
        }
        self.push.told.extend(&told);
        let stuck = if fell_back { self.push.rewinds > MAX_REWINDS } else { !got_further && last.is_some() };
        let is_left = through < self.push.newest || self.push.more_orders;
        let mut go_on = is_left && !stuck && !is_forked;
        // What was allowed of it is made anew when this is kept.
        if denied && !stuck && !is_forked && self.push.remade < MAX_REMADE {
            self.push.remade += 1;
            go_on = true;
        }
        // Nothing sent and nothing received is as it should be, also while restricted cases are locked here.
        if is_forked || stuck && (last.is_some_and(|last| last > after) || fell_back) {
            self.leave_undone(match refused {
                Some(code) if code == PUSH_QUOTA => SyncError::Quota,
                Some(_) if is_forked => SyncError::Forked,
                Some(code) => SyncError::Refused { code },
                None => SyncError::BadAnswer,
            });
        }
        self.push.after = Some(through);
        let kept = Operation::Acknowledge {
            received_through: through,
            results: answer.results_of(&std::mem::take(&mut self.push.sent)),
            receipt: answer.receipt,
            orders_told: told,
            offset_ms: self.clock_offset_ms(answer.server_time),
        };
        Ok(self.operate(State::PushKept { go_on }, kept))
    }

    /// For photos: what the hub gave before knows nothing of them.
    pub(super) fn ask_for_receipt(&mut self) -> Result<Wish, SyncError> {
        let (orders, batches) = (Vec::new(), Vec::new());
        let request = codec::push(&PushRequest { v: wire::VERSION, receipt: None, orders, batches })?;
        Ok(self.send(State::ReceiptAsked, request))
    }

    pub(super) fn receipt_came(&mut self, answer: PushResponse) -> Result<Wish, SyncError> {
        if answer.hub != self.hub {
            return Err(SyncError::WrongHub);
        }
        let kept = Operation::Acknowledge {
            received_through: answer.received_through,
            results: Vec::new(),
            receipt: answer.receipt,
            orders_told: Vec::new(),
            offset_ms: None,
        };
        Ok(self.operate(State::ReceiptKept, kept))
    }

    /// Whether the hub has all that was made here: else it may not know yet what photos are of.
    pub(super) fn all_pushed(&self) -> bool {
        self.push.after.is_some_and(|after| after >= self.push.newest)
    }

    /// How many changes the batch has that was sent from this number on.
    fn changes_of(&self, first_seq: u64) -> u64 {
        let sent = self.push.sent.iter().find(|statement| statement.first_seq == first_seq);
        sent.map_or(1, |statement| statement.count.into())
    }
}
