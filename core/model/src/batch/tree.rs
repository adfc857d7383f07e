//! RFC 6962's tree over the hashes of a batch's changes; its shape follows from their number alone.

use super::{BatchError, hash};
use crate::key::Digest;
use std::{collections::BTreeMap, ops::Range};

/// A tree of which some leaves are hidden, those below one hash for each largest wholly hidden subtree.
#[derive(Clone)]
pub(super) struct Tree {
    /// `None`: hidden.
    leaves: Vec<Option<Digest>>,
    /// By first leaf and the leaf after the last.
    hidden: BTreeMap<(usize, usize), Digest>,
}

/// RFC 6962 section 2.1: left goes the largest power of two below the number of leaves.
fn halves(leaves: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let half = leaves.len().next_power_of_two() / 2;
    (leaves.start..leaves.start + half, leaves.start + half..leaves.end)
}

/// The largest subtrees of `leaves` without a visible leaf, left to right.
fn cover(leaves: Range<usize>, visible: &[bool], found: &mut Vec<Range<usize>>) {
    if !visible[leaves.clone()].contains(&true) {
        found.push(leaves);
    } else if leaves.len() > 1 {
        let (left, right) = halves(&leaves);
        cover(left, visible, found);
        cover(right, visible, found);
    }
}

/// How many hashes stand for the leaves that are not `visible`.
pub(super) fn subtrees(visible: &[bool]) -> usize {
    let mut found = Vec::new();
    if !visible.is_empty() {
        cover(0..visible.len(), visible, &mut found);
    }
    found.len()
}

impl Tree {
    /// `leaves` are not empty.
    ///
    /// # Errors
    /// [`BatchError::WrongHidden`] unless there is one hash for each largest wholly hidden subtree.
    pub(super) fn new(leaves: Vec<Option<Digest>>, hidden: &[Digest]) -> Result<Self, BatchError> {
        let visible: Vec<bool> = leaves.iter().map(Option::is_some).collect();
        let mut subtrees = Vec::new();
        cover(0..leaves.len(), &visible, &mut subtrees);
        if subtrees.len() != hidden.len() {
            return Err(BatchError::WrongHidden);
        }
        let hidden =
            subtrees.iter().map(|range| (range.start, range.end)).zip(hidden.iter().copied()).collect();
        Ok(Self { leaves, hidden })
    }

    /// All that either knows. Of two views of one tree every largest subtree that both hide is largest in one of them.
    pub(super) fn joined(&self, other: &Self) -> Self {
        let leaves = self.leaves.iter().zip(&other.leaves).map(|(mine, theirs)| mine.or(*theirs)).collect();
        let hidden = self.hidden.iter().chain(&other.hidden).map(|(range, hash)| (*range, *hash)).collect();
        Self { leaves, hidden }
    }

    pub(super) fn root(&self) -> Result<Digest, BatchError> {
        self.node(0..self.leaves.len())
    }

    fn node(&self, leaves: Range<usize>) -> Result<Digest, BatchError> {
        if let Some(hash) = self.hidden.get(&(leaves.start, leaves.end)) {
            return Ok(*hash);
        }
        if leaves.len() == 1 {
            return self.leaves[leaves.start].ok_or(BatchError::WrongHidden);
        }
        let (left, right) = halves(&leaves);
        Ok(hash::node(&self.node(left)?, &self.node(right)?))
    }

    /// What stands for the leaves that are not `visible`.
    pub(super) fn hiding(&self, visible: &[bool]) -> Result<Vec<Digest>, BatchError> {
        let mut subtrees = Vec::new();
        cover(0..self.leaves.len(), visible, &mut subtrees);
        subtrees.into_iter().map(|range| self.node(range)).collect()
    }
}
