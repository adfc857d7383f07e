//! Where a record stands, as lists keep it and pages read it.

use crate::{
    Progress, TRANSITION, Taken, Witness,
    clocks::{self, Facts, Timed},
    fold::fold,
};
use chrono::NaiveDate;
use model::{ChangeId, DeviceId, FieldState, Head, RecordRef, RecordState, Said, Stamp, UserId, key};
use rulebook::{ListRole, Rulebook};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where a record stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// `None`: it moves by no steps, and its field says where it stands.
    pub progress: Option<Progress>,
    pub steps: Vec<Taken>,
    /// Who takes no step in it.
    pub partial: BTreeMap<UserId, u64>,
    pub clocks: Vec<Timed>,
}

/// The kind of the records in which somebody says that they are not impartial.
pub const INTEREST: &str = "interest";

impl Standing {
    /// Of a record that moves by a workflow, with those below it that clocks, conditions and steps are read from; `None`
    /// for one that moves by none. `today`: in Viet Nam.
    ///
    /// # Errors
    /// Those of the witness.
    pub fn of<W: Witness>(
        rulebook: &Rulebook,
        (reference, state): (&RecordRef, &RecordState),
        below: &[(RecordRef, RecordState)],
        witness: &W,
        today: NaiveDate,
    ) -> Result<Option<Self>, W::Error> {
        let kind = reference.kind.as_str();
        if !rulebook.has_progress(kind) {
            return Ok(None);
        }
        let (mut steps, mut partial) = (Vec::new(), BTreeMap::new());
        let workflow = rulebook.workflow_of(kind, state).filter(|workflow| rulebook.moves_by_steps(workflow));
        if workflow.is_some() {
            for (record, state) in below.iter().filter(|(_, state)| !state.is_removed()) {
                if record.kind == TRANSITION && state.parent().as_ref() == Some(reference) {
                    steps.extend(Taken::read(record, state, witness)?);
                } else if record.kind == INTEREST {
                    let said = state.fields.values().flat_map(|said| &said.heads).map(|head| head.at.0).min();
                    let user = state.text("user").and_then(|user| user.parse::<UserId>().ok());
                    partial.extend(user.zip(said));
                }
            }
        }
        let progress = workflow.map(|workflow| {
            fold(rulebook, workflow, began(rulebook, workflow, kind, state), &steps, &partial)
        });
        let facts = Facts { rulebook, kind, state, below, progress: progress.as_ref() };
        let clocks = clocks::of(&facts, today);
        Ok(Some(Self { progress, steps, partial, clocks }))
    }

    /// The record as it stands: its state is where its steps have led.
    pub fn shown(&self, rulebook: &Rulebook, kind: &str, state: RecordState) -> RecordState {
        match &self.progress {
            Some(progress) => stand(rulebook, kind, state, &progress.state),
            None => state,
        }
    }
}

/// The state in which a record's steps begin: what its field says, as one from before does; where values stand beside each
/// other, one in which it is still worked on.
fn began<'a>(rulebook: &'a Rulebook, workflow: &str, kind: &str, state: &'a RecordState) -> &'a str {
    let field = rulebook.kind(kind).and_then(|kind| kind.listed_as(ListRole::State));
    let shown = field.and_then(|field| state.text(&field.name));
    let said = field.map_or_else(Vec::new, |field| state.heads(&field.name));
    let is_open = |code: &&str| rulebook.state(workflow, code).is_none_or(|state| state.is_open);
    let open = said.into_iter().filter_map(Value::as_str).filter(is_open).min();
    let first = || rulebook.first_state(workflow).map_or("", |state| &state.code);
    shown.filter(is_open).or(open).or(shown).unwrap_or_else(first)
}

/// A record that stands in a state by its steps: lists and pages read it where they read any record's.
pub fn stand(rulebook: &Rulebook, kind: &str, mut state: RecordState, stands: &str) -> RecordState {
    let field = rulebook.kind(kind).and_then(|kind| kind.listed_as(ListRole::State));
    if let Some(field) = field
        && state.text(&field.name) != Some(stands)
    {
        state.fields.insert(field.name.clone(), said(stands.into()));
    }
    state
}

/// A record that says this and nothing else, of nobody.
pub fn of_fields(fields: &BTreeMap<String, Value>) -> RecordState {
    let said = |(name, value): (&String, &Value)| (name.clone(), said(value.clone()));
    RecordState { fields: fields.iter().map(said).collect() }
}

fn said(value: Value) -> FieldState {
    let head = Head {
        change: ChangeId(Uuid::nil()),
        at: Stamp(0, 0),
        device: DeviceId(Uuid::nil()),
        said: Said::Value(value),
    };
    FieldState { heads: vec![head], ..FieldState::default() }
}

/// Tells one state of a record and of what lies below it from any other: what is approved is this and nothing later.
pub fn version<'a>(records: impl IntoIterator<Item = (&'a RecordRef, &'a RecordState)>) -> String {
    let mut lines: Vec<String> = records
        .into_iter()
        .flat_map(|(record, state)| {
            state.fields.iter().flat_map(move |(name, said)| {
                said.heads.iter().map(move |head| format!("{record} {name} {}\n", head.change.0))
            })
        })
        .collect();
    lines.sort();
    key::fingerprint(lines.concat().as_bytes())
}
