//! The steps of the workflows (`case_states.csv`): where a case begins, what a step is called, when it is over.

use crate::{Clock, Field, FieldType, Lang, ListRole, Rulebook, table::Tables};
use model::RecordState;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

/// A step of a workflow.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct CaseState {
    pub code: String,
    pub workflow: String,
    pub order: u32,
    #[serde(deserialize_with = "crate::table::yes")]
    pub is_open: bool,
    label_vi: String,
    label_en: String,
}

impl CaseState {
    pub fn label(&self, lang: Lang) -> &str {
        lang.pick(&self.label_vi, &self.label_en)
    }
}

pub(crate) fn states(tables: &mut Tables) -> HashMap<String, Vec<CaseState>> {
    let mut by_workflow: HashMap<String, Vec<CaseState>> = HashMap::new();
    for state in tables.rows::<CaseState>("case_states.csv") {
        by_workflow.entry(state.workflow.clone()).or_default().push(state);
    }
    by_workflow
}

/// The field that says by which workflow a record moves.
pub(crate) const WORKFLOW: &str = "workflow";

impl Rulebook {
    pub fn state(&self, workflow: &str, code: &str) -> Option<&CaseState> {
        self.states.get(workflow)?.iter().find(|state| state.code == code)
    }

    pub fn workflows(&self) -> impl Iterator<Item = &str> {
        self.states.keys().map(String::as_str)
    }

    /// The steps of a workflow, in their order.
    pub fn states(&self, workflow: &str) -> Vec<&CaseState> {
        let mut states: Vec<_> = self.states.get(workflow).into_iter().flatten().collect();
        states.sort_by_key(|state| state.order);
        states
    }

    /// Where a case of this workflow begins.
    pub fn first_state(&self, workflow: &str) -> Option<&CaseState> {
        self.states.get(workflow)?.iter().min_by_key(|state| state.order)
    }

    /// The state that a record of this kind says it is in: its code, and the step if its workflow has it.
    /// `None` for a kind that moves by no workflow.
    pub fn state_of<'a>(
        &'a self,
        kind: &str,
        record: &'a RecordState,
    ) -> Option<(&'a str, Option<&'a CaseState>)> {
        let field = self.kind(kind)?.listed_as(ListRole::State)?;
        let code = record.text(&field.name).unwrap_or_default();
        let state = self.workflow_of(kind, record).and_then(|workflow| self.state(workflow, code));
        Some((code, state))
    }

    /// How the state of a record is called; of one that this rulebook doesn't know, its code.
    pub fn state_label<'a>(&'a self, kind: &str, record: &'a RecordState, lang: Lang) -> &'a str {
        let (code, state) = self.state_of(kind, record).unwrap_or_default();
        state.map_or(code, |state| state.label(lang))
    }

    /// The workflow that a record moves by.
    pub fn workflow_of<'a>(&'a self, kind: &str, record: &'a RecordState) -> Option<&'a str> {
        record.text(WORKFLOW).or(self.kind(kind)?.workflow.as_deref())
    }

    /// Whether a kind's records move by a workflow.
    pub fn has_progress(&self, kind: &str) -> bool {
        self.kind(kind).is_some_and(|kind| kind.workflow.is_some())
    }

    /// Of a kind that moves by a workflow the fields that lists and clocks read: those of its title, codes, days, times
    /// and yes or no, and what a clock reads.
    pub fn progress_fields(&self, kind: &str) -> BTreeSet<String> {
        let Some(kind) = self.kind(kind) else { return BTreeSet::new() };
        let short = |field: &&Field| {
            use FieldType::{Bool, Code, Date, DateTime};
            matches!(field.kind, Bool | Code | Date | DateTime)
        };
        let declared = kind.fields.iter().filter(short).chain(kind.listed_as(ListRole::State));
        let titled = kind.title.fields().filter(|(below, _)| below.is_none()).map(|(_, field)| field);
        let named = declared.map(|field| field.name.as_str()).chain(titled).chain([WORKFLOW]);
        let timed = self.clocks().iter().flat_map(Clock::fields).filter(|(of, _)| *of == kind.name);
        named.chain(timed.map(|(_, field)| field)).map(str::to_owned).collect()
    }

    /// Whether a record is still worked on. A state that this rulebook doesn't know counts as open; so does a record
    /// of a kind without a workflow, for as long as it is there.
    pub fn is_open(&self, kind: &str, record: &RecordState) -> bool {
        let state = self.state_of(kind, record).and_then(|(code, state)| {
            // Every workflow ends in a state of this name, also one that came with a newer rulebook.
            state.map(|state| state.is_open).or((code == CLOSED).then_some(false))
        });
        state.unwrap_or(true)
    }
}

const CLOSED: &str = "closed";
