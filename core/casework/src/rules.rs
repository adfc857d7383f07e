//! A form's `records.csv`: what the form is about, and which answers become which fields of which records.
//!
//! Columns: a row `form`; a row for each record (`record`, `kind`, `parent`, `path`, `id_from`, `when`, `over`, `known`); under
//! it a row for each field (`record`, `field`, `from`, `type`, `when`, `clears_with`, `known`). A table may lack `over` and
//! `known`. `path` is
//! the node that a record is made for, each instance of a repeat apart; `id_from` the hidden answer that holds its id
//! once it exists; `when` an answer without which record or field is not made; `over` (`state=done|dropped`) what a
//! record says that is not asked about any more; `from` a path or a `'constant'`; `clears_with` a question that,
//! answered, says that an unanswered `from` means "no longer so".
//!
//! `known` of a field is a hidden answer that is told what the field says when the form begins; what is asked is filled in
//! with the same where it lasts. A record that is made anew each time is told of by the last one of its kind and constants
//! below what the form is about; `known` of its row names the field that says which is the last (`date`).
//!
//! What the form is about stands in `kind` of the row `form`: the kind of record that it is started at, or nothing. In
//! `parent` of that row may stand `restricted-case`: all that comes of the form lies in a restricted case.
//!
//! | record | parent | is |
//! |---|---|---|
//! | `@about` | | the record that the form was started at |
//! | `@household` or another kind | | the nearest record of that kind above it, in the same feed |
//! | a name, in the first row | | of the kind that the form is about: that record, or a new one where it was started at nothing; of another kind: a new one at the top |
//! | a name | a name above, `@about`, `@kind` | below that record: the one that `id_from` says, or a new one |
//!
//! A row of a record that is there already is needed only for its fields. A form that opens a restricted case out of
//! another record is filled from that record and never changes it.

mod parse;
mod start;

pub use parse::{COLUMNS, LATER};
pub use start::Start;

use crate::{MappingErrors, value::ValueKind};
use model::RecordRef;
use rulebook::{MAX_DEPTH, Rulebook};
use serde_json::Value;
use std::{collections::BTreeSet, iter::successors};
use xforms::{Definition, ValueNode};

/// A checked `records.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct FormRules {
    /// The kind of record that it is about.
    pub(crate) about: Option<String>,
    /// All that comes of it lies in a restricted case (Decree 56/2017 art. 24).
    pub(crate) restricted: bool,
    /// Parents come before their children.
    pub(crate) records: Vec<RecordRule>,
}

impl FormRules {
    /// Reads a published table with its form and the kinds that there are.
    ///
    /// # Errors
    /// Everything that keeps it from being read, each with row and column.
    pub fn parse(
        rulebook: &Rulebook,
        records_csv: &str,
        definition: &Definition,
    ) -> Result<FormRules, MappingErrors> {
        parse::parse(rulebook, records_csv, definition)
    }

    /// The same for a table that is to be published: also against what the rulebook allows now. What was published stays
    /// readable whatever a later rulebook says.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with row and column.
    pub fn check(
        rulebook: &Rulebook,
        records_csv: &str,
        definition: &Definition,
    ) -> Result<FormRules, MappingErrors> {
        parse::check(rulebook, records_csv, definition)
    }

    /// The kind of record that the form is about; `None`: it is about nothing that is there.
    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }

    /// All that comes of it lies in a restricted case.
    pub fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// It may be started at nothing: it makes a record that stands at the top.
    pub fn stands_alone(&self) -> bool {
        let is_root =
            self.root().is_some_and(|root| self.about.as_ref().is_none_or(|about| *about == root.kind));
        is_root || self.about.is_none()
    }

    /// The first record, if it stands at the top.
    pub(crate) fn root(&self) -> Option<&RecordRule> {
        self.records.first().filter(|first| first.parent.is_none() && first.standing.is_none())
    }

    /// It opens a case out of the record that it is about, which stays outside.
    pub(crate) fn leaves(&self) -> bool {
        self.restricted
            && self.root().is_some_and(|root| self.about.as_ref().is_some_and(|about| *about != root.kind))
    }

    /// The record that is there already which a rule speaks of.
    pub(crate) fn standing<'r>(&self, rule: &'r RecordRule) -> Option<&'r Standing> {
        let is_root = self.root().is_some_and(|root| std::ptr::eq(root, rule));
        match &rule.standing {
            None if is_root && self.about() == Some(rule.kind.as_str()) => Some(&Standing::About),
            standing => standing.as_ref(),
        }
    }

    /// Paths whose answer goes into a record made anew each time, such as a visit.
    pub(crate) fn momentary(&self) -> BTreeSet<&str> {
        let anew = self.records.iter().filter(|record| record.id_from.is_none() && !self.leaves());
        anew.flat_map(|record| record.fields.iter().filter_map(FieldRule::path)).collect()
    }
}

/// A record that is there before the form is started.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Standing {
    /// The one that it is started at.
    About,
    /// The nearest of a kind above that one.
    Above(String),
}

impl Standing {
    /// `@about`, `@household`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.strip_prefix('@')?;
        Some(if name == "about" { Self::About } else { Self::Above(name.to_owned()) })
    }

    /// `parent_of` knows nothing of what is above the top of the feed.
    pub fn find(
        &self,
        about: &RecordRef,
        parent_of: impl Fn(&RecordRef) -> Option<RecordRef>,
    ) -> Option<RecordRef> {
        match self {
            Self::About => Some(about.clone()),
            Self::Above(kind) => successors(Some(about.clone()), parent_of)
                .take(MAX_DEPTH)
                .find(|record| record.kind == *kind.as_str()),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parent {
    /// By its place among the records.
    Made(usize),
    Standing(Standing),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordRule {
    pub name: String,
    pub kind: String,
    /// It is one that is there already.
    pub standing: Option<Standing>,
    pub parent: Option<Parent>,
    pub node: Source,
    pub id_from: Option<Source>,
    pub when: Option<Source>,
    pub over: Option<Over>,
    /// Made anew each time; the form is told of the one with the greatest value in this field.
    pub latest_by: Option<String>,
    /// The answer that says how many instances its repeat has, where the form leaves that to an answer.
    pub counted_by: Option<Source>,
    pub fields: Vec<FieldRule>,
}

impl RecordRule {
    fn standing_named(&self) -> impl Iterator<Item = &Standing> {
        let above = match &self.parent {
            Some(Parent::Standing(standing)) => Some(standing),
            _ => None,
        };
        self.standing.iter().chain(above)
    }
}

/// Codes of a field that say of a record that it is over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Over {
    pub field: String,
    pub codes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldRule {
    pub name: String,
    pub from: From,
    pub when: Option<Source>,
    pub clears_with: Option<Source>,
    pub known: Option<Source>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum From {
    Constant(Value),
    Answer { source: Source, kind: ValueKind },
}

impl FieldRule {
    pub fn path(&self) -> Option<&str> {
        match &self.from {
            From::Constant(_) => None,
            From::Answer { source, .. } => Some(&source.path),
        }
    }
}

/// A node of the form, as the way to it: the steps to each repeat around it, then those inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    pub path: String,
    pub repeats: Vec<Vec<String>>,
    pub steps: Vec<String>,
}

/// The submission's root and the instance of each repeat that a record lies in.
pub(crate) type Chain<'a> = Vec<&'a ValueNode>;

impl Source {
    /// How many repeats are around it, or are it.
    pub fn depth(&self) -> usize {
        self.repeats.len()
    }

    /// The node as seen from a record; `None` where it is not relevant.
    pub fn find<'a>(&self, chain: &[&'a ValueNode]) -> Option<&'a ValueNode> {
        let start = *chain.get(self.depth())?;
        self.steps.iter().try_fold(start, |node, step| node.get(step))
    }

    pub fn answer<'a>(&self, chain: &[&'a ValueNode]) -> Option<&'a str> {
        self.find(chain)?.value.as_deref()
    }

    /// The instances of the repeats down to this node, inside of those of `chain`.
    pub fn chains<'a>(&self, chain: &[&'a ValueNode]) -> Vec<Chain<'a>> {
        let mut chains = vec![chain.to_vec()];
        for steps in self.repeats.iter().skip(chain.len() - 1) {
            chains = chains.iter().flat_map(|chain| instances(chain, steps)).collect();
        }
        chains
    }

    /// The path in the instances with these places (from 1, outermost first).
    pub fn instance_path(&self, places: &[usize]) -> String {
        let mut path = format!("/{}", self.path.split('/').nth(1).unwrap_or_default());
        for (i, steps) in self.repeats.iter().enumerate() {
            path.extend(steps.iter().map(|step| format!("/{step}")));
            path.push_str(&format!("[{}]", places.get(i).copied().unwrap_or(1)));
        }
        path.extend(self.steps.iter().map(|step| format!("/{step}")));
        path
    }
}

fn instances<'a>(chain: &[&'a ValueNode], steps: &[String]) -> Vec<Chain<'a>> {
    let (Some(around), Some((repeat, steps))) = (chain.last(), steps.split_last()) else { return Vec::new() };
    let Some(group) = steps.iter().try_fold(*around, |node, step| node.get(step)) else { return Vec::new() };
    let inside = group.children.iter().filter(|child| child.name == *repeat);
    inside.map(|instance| [chain, &[instance]].concat()).collect()
}
