//! A form's `records.csv`: which answers become which fields of which records.
//!
//! Columns: a row `form,<scope>`; a row for each record (`record`, `kind`, `parent`, `path`, `id_from`, `when`);
//! under it a row for each field (`record`, `field`, `from`, `type`, `when`, `clears_with`). `path` is the node that
//! a record is made for, each instance of a repeat apart; `id_from` the hidden answer that holds its id once it
//! exists; `when` an answer without which record or field is not made; `from` a path or a `'constant'`;
//! `clears_with` a question that, answered, says that an unanswered `from` means "no longer so".

mod parse;

use crate::{MappingErrors, value::ValueKind};
use rulebook::Rulebook;
use serde_json::Value;
use std::collections::BTreeSet;
use xforms::{Definition, ValueNode};

/// Who may see what a form's answers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormScope {
    /// Asked at a household; seen by those whose places cover its commune.
    Household,
    /// Opens a case that only its members see (Decree 56/2017 art. 24).
    RestrictedCase,
}

/// A checked `records.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct FormRules {
    pub(crate) scope: FormScope,
    /// The first is the root; parents come before their children.
    pub(crate) records: Vec<RecordRule>,
}

impl FormRules {
    /// Reads and checks the table against its form and the kinds that there are.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with row and column.
    pub fn parse(
        rulebook: &Rulebook,
        records_csv: &str,
        definition: &Definition,
    ) -> Result<FormRules, MappingErrors> {
        parse::parse(rulebook, records_csv, definition)
    }

    pub fn scope(&self) -> FormScope {
        self.scope
    }

    /// Paths whose answer goes into a record made anew each time, such as a visit.
    pub(crate) fn momentary(&self) -> BTreeSet<&str> {
        let anew = self.records.iter().filter(|record| record.id_from.is_none());
        anew.flat_map(|record| record.fields.iter().filter_map(FieldRule::path)).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordRule {
    pub name: String,
    pub kind: String,
    /// Its place among the records.
    pub parent: Option<usize>,
    pub node: Source,
    pub id_from: Option<Source>,
    pub when: Option<Source>,
    pub fields: Vec<FieldRule>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldRule {
    pub name: String,
    pub from: From,
    pub when: Option<Source>,
    pub clears_with: Option<Source>,
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
