//! Where a form can be started.

use super::{FormRules, RecordRule, Standing};
use model::RecordRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What lists of forms ask, so that they need not read the form. Kept beside a version, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The kind of record that it is about; `None`: it is about nothing that is there.
    pub about: Option<String>,
    /// All that comes of it lies in a restricted case.
    pub restricted: bool,
    /// It may be started at nothing: it makes a record that stands at the top.
    pub stands_alone: bool,
    /// It opens a case out of the record that it is about.
    pub leaves: bool,
    /// Kinds that must lie above that record.
    above: BTreeSet<String>,
}

impl Start {
    /// Whether it can be started at a record. `lineage`: that record, then those above it up to the top of its feed;
    /// `restricted`: they lie in a restricted case.
    pub fn fits(&self, lineage: &[RecordRef], restricted: bool) -> bool {
        let is_above = |kind: &String| lineage.iter().any(|record| record.kind == *kind.as_str());
        lineage.first().is_some_and(|about| self.about.as_deref() == Some(about.kind.as_str()))
            && (!self.restricted || restricted || self.leaves)
            && self.above.iter().all(is_above)
    }
}

impl FormRules {
    pub fn start(&self) -> Start {
        Start {
            about: self.about.clone(),
            restricted: self.restricted,
            stands_alone: self.stands_alone(),
            leaves: self.leaves(),
            above: self.needs_above().map(str::to_owned).collect(),
        }
    }

    /// The kinds of records above the one it is about that it reads or writes below.
    pub fn reads_above(&self) -> impl Iterator<Item = &str> {
        self.records.iter().flat_map(above)
    }

    /// Of these all but those that are read only where they are (`when`): it can't be filled in without them.
    fn needs_above(&self) -> impl Iterator<Item = &str> {
        let needed = |record: &&RecordRule| record.standing.is_none() || record.when.is_none();
        self.records.iter().filter(needed).flat_map(above)
    }
}

fn above(record: &RecordRule) -> impl Iterator<Item = &str> {
    record.standing_named().filter_map(|standing| match standing {
        Standing::About => None,
        Standing::Above(kind) => Some(kind.as_str()),
    })
}
