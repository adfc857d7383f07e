//! Running totals of a node over the instances of its repeat, so that `count()` and `sum()` look at none of them.

use super::{At, EFFECTIVE, Frame, FrameId, Frames};
use crate::definition::{Definition, NodeId};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Whole numbers of so many digits add up without rounding, in any order, however many instances there are.
const MAX_DIGITS: usize = 9;

/// Of a node in the instances of one repeat under one frame. Irrelevant ones take no part.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(crate) struct Total {
    pub relevant: i64,
    whole: i64,
    /// How many values are neither empty nor short whole numbers.
    others: i64,
}

impl Total {
    /// The sum of all answers, if it is exact.
    pub fn sum(&self) -> Option<f64> {
        (self.others == 0).then_some(self.whole as f64)
    }

    /// Takes a node's share in (`sign` 1) or out (-1).
    fn add(&mut self, frame: &Frame, slot: usize, sign: i64) {
        if frame.flags[slot] & EFFECTIVE == 0 {
            return;
        }
        self.relevant += sign;
        match whole_number(&frame.values[slot]) {
            Some(number) => self.whole += sign * number,
            None => self.others += sign,
        }
    }
}

/// Nothing adds nothing.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if text.is_empty() {
        return Some(0);
    }
    let is_whole = (1..=MAX_DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_whole { text.parse().ok() } else { None }
}

/// By the frame that holds the instances, and the node; only those that were asked for.
#[derive(Default)]
pub(super) struct Totals(RefCell<FxHashMap<At, Total>>);

impl Frames {
    /// Of `node` in the instances of one of the frame's lists.
    pub fn total(&self, def: &Definition, frame: FrameId, list: usize, node: NodeId) -> Total {
        let key = At { frame, node };
        if let Some(known) = self.totals.0.borrow().get(&key) {
            return *known;
        }
        let slot = def.node(node).slot as usize;
        let mut total = Total::default();
        self.frame(frame).inner[list].iter().for_each(|instance| total.add(self.frame(*instance), slot, 1));
        self.totals.0.borrow_mut().insert(key, total);
        total
    }

    /// Takes a node instance into its total, or out of it.
    pub(super) fn tally(&mut self, def: &Definition, at: At, sign: i64) {
        let totals = self.totals.0.get_mut();
        let frame = &self.frames[at.frame.0 as usize];
        if !totals.is_empty()
            && let Some(parent) = frame.parent
            && let Some(total) = totals.get_mut(&At { frame: parent, node: at.node })
        {
            total.add(frame, def.node(at.node).slot as usize, sign);
        }
    }

    /// … all that is in an instance.
    pub(super) fn tally_all(&mut self, def: &Definition, frame: FrameId, sign: i64) {
        if !self.totals.0.get_mut().is_empty() {
            for node in &def.scope(self.frame(frame).scope).nodes {
                self.tally(def, At { frame, node: *node }, sign);
            }
        }
    }

    /// The frame goes, and with it all totals of what it held.
    pub(super) fn forget_totals(&mut self, def: &Definition, frame: FrameId) {
        let scope = self.frame(frame).scope;
        let totals = self.totals.0.get_mut();
        for inner in &def.scope(scope).inner {
            for node in &def.scope(*inner).nodes {
                totals.remove(&At { frame, node: *node });
            }
        }
    }
}
