//! The record that a form is started at, with all that is known of it and around it.

use crate::{desk::Desk, error::Fault};
use casework::{FormRules, Known, Start};
use model::{RecordRef, RecordState};
use rulebook::MAX_DEPTH;
use store::Record;

pub struct Basis {
    /// The record, then those above it up to the top of its feed.
    above: Vec<Record>,
}

impl Basis {
    pub fn of(desk: &Desk, about: RecordRef) -> Result<Self, Fault> {
        let mut above = vec![desk.record(about)?];
        while let Some(parent) = above.last().filter(|_| above.len() < MAX_DEPTH).and_then(parent) {
            let Some(parent) = desk.store.record(&parent)? else { break };
            above.push(parent);
        }
        Ok(Self { above })
    }

    pub fn about(&self) -> &RecordRef {
        &self.above[0].reference
    }

    /// It lies in a restricted case.
    pub fn is_restricted(&self) -> bool {
        self.above[0].restricted
    }

    /// It is for practice: nothing that is sent may come of it.
    fn stays_here(&self) -> bool {
        self.above[0].stays_here
    }

    pub fn fits(&self, start: &Start) -> bool {
        let lineage: Vec<_> = self.above.iter().map(|record| record.reference.clone()).collect();
        start.fits(&lineage, self.is_restricted()) && !(start.leaves && self.stays_here())
    }

    /// All of it that the form reads: the record, those above it, and what is below; also what is below those above
    /// that it names.
    pub fn known(self, desk: &Desk, rules: &FormRules) -> Result<Vec<(RecordRef, RecordState)>, Fault> {
        let whole = self.above.len() == 1 || rules.reads_above().next().is_some();
        let below = match self.above.last().filter(|_| whole) {
            Some(top) => desk.store.subtree(&top.reference)?,
            None => below(desk, self.about())?,
        };
        let is_above = |record: &Record| self.above.iter().any(|above| above.reference == record.reference);
        let below: Vec<_> = below.into_iter().filter(|record| !is_above(record)).collect();
        let known = self.above.into_iter().chain(below);
        Ok(known.map(|record| (record.reference, record.state)).collect())
    }
}

/// `None` at the top of the feed.
fn parent(record: &Record) -> Option<RecordRef> {
    record.state.parent().filter(|_| record.root.as_ref() != Some(&record.reference))
}

fn below(desk: &Desk, record: &RecordRef) -> Result<Vec<Record>, Fault> {
    let (mut found, mut parents) = (Vec::new(), vec![record.clone()]);
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for parent in parents {
            // Another top may lie under it: it is of another feed.
            let children = desk.store.children(&parent, None)?.into_iter();
            next.extend(children.filter(|child| child.root.as_ref() != Some(&child.reference)));
        }
        parents = next.iter().map(|record| record.reference.clone()).collect();
        found.extend(next);
    }
    Ok(found)
}

pub fn shown(known: &[(RecordRef, RecordState)]) -> Known {
    known.iter().map(|(reference, state)| (reference.clone(), state.shown())).collect()
}
