//! Taking a step: whether it may be taken now, and the record of it, to be signed together with what was filled in for it.

use crate::page::Kept;
use chrono::{DateTime, FixedOffset};
use model::{RecordEdit, RecordRef, RecordState, SubmissionId};
use rulebook::{Lang, ListRole, Rulebook, Step};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;
use workflow::{Branch, Standing, TRANSITION, Taken, field, guard::Choice, of_fields, version};

/// What somebody wants to do.
#[derive(Clone, Copy, Default)]
pub struct Wish<'a> {
    pub action: &'a str,
    pub reason: &'a str,
    /// Where people took different steps, one of those that are to hold.
    pub chosen: Option<Uuid>,
    /// What was filled in for it.
    pub about: Option<&'a RecordRef>,
}

/// Why a step isn't taken now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// Not from where the record stands, or not by this role.
    NotAllowed,
    ReasonNeeded,
    /// One of the steps that stand beside each other must be named.
    ChooseOne,
    /// Each condition that doesn't hold, for people.
    Unmet(Vec<String>),
}

impl NotNow {
    /// Stable, such as `step.not-allowed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "step.not-allowed",
            Self::ReasonNeeded => "step.reason-needed",
            Self::ChooseOne => "step.choose-one",
            Self::Unmet(_) => "step.unmet",
        }
    }
}

/// The step, if it may be taken now. `choices`: what `workflow::guard` offers.
///
/// # Errors
/// Why not.
pub fn allowed<'r>(
    choices: &[Choice<'r>],
    branches: &[Branch],
    wish: &Wish<'_>,
    lang: Lang,
) -> Result<&'r Step, NotNow> {
    let choice = choices.iter().find(|choice| choice.step.code == wish.action).ok_or(NotNow::NotAllowed)?;
    if !choice.unmet.is_empty() {
        return Err(NotNow::Unmet(choice.unmet.iter().map(|unmet| unmet.text(lang)).collect()));
    }
    if choice.asks_why && wish.reason.trim().is_empty() {
        return Err(NotNow::ReasonNeeded);
    }
    let names_one = |id: Uuid| branches.iter().any(|branch| branch.steps.contains(&id));
    if choice.step.settles && !wish.chosen.is_some_and(names_one) {
        return Err(NotNow::ChooseOne);
    }
    Ok(choice.step)
}

/// The record of a step that follows all that is known of `of`. `below`: what lies below that, at whatever depth: of it
/// comes what an approval binds. `now`: by the author's clock.
pub fn edit(
    rulebook: &Rulebook,
    (of, workflow): (&RecordRef, &str),
    standing: &Standing,
    wish: &Wish<'_>,
    below: &[Kept<'_>],
    now: DateTime<FixedOffset>,
    id: Uuid,
) -> RecordEdit {
    let mut edit = workflow::edit(id, of, workflow, wish.action, rulebook.version(), &now.to_rfc3339());
    let mut set = |name: &str, value: String| {
        if !value.is_empty() {
            edit.fields.insert(name.to_owned(), value.into());
        }
    };
    let progress = standing.progress.as_ref();
    set(field::AFTER, progress.and_then(|at| at.last).map(|last| last.to_string()).unwrap_or_default());
    set(field::REASON, wish.reason.trim().to_owned());
    set(field::ABOUT, wish.about.map(ToString::to_string).unwrap_or_default());
    let row = rulebook.step(workflow, wish.action, now.date_naive()).row;
    if let Some(chosen) = wish.chosen.filter(|_| row.is_some_and(|row| row.settles)) {
        set(field::CHOSEN, chosen.to_string());
        // All others that are known, and what was settled before.
        let branches = progress.map_or(&[][..], |at| &at.branches);
        let others = branches.iter().filter(|branch| !branch.steps.contains(&chosen));
        let others = others.flat_map(|branch| branch.steps.iter().copied());
        let before = standing.steps.iter().filter(|step| step.chosen.is_some()).map(|step| step.id);
        let known: Vec<String> = others.chain(before).map(|id| id.to_string()).collect();
        set(field::SETTLES, known.join(" "));
    }
    let approved = row.and_then(|row| row.approves.as_deref()).and_then(|kind| newest(kind, of, below));
    if let Some(approved) = approved {
        let bound = bound(approved, below);
        set(field::APPROVED, approved.to_string());
        set(field::VERSION, version(bound.iter().copied()));
        set(field::SNAPSHOT, snapshot(&bound));
    }
    edit
}

/// The last record of a kind that lies right below another.
fn newest<'k>(kind: &str, of: &RecordRef, below: &[Kept<'k>]) -> Option<&'k RecordRef> {
    let lies = below.iter().filter(|(record, state)| {
        record.kind == *kind && !state.is_removed() && state.parent().as_ref() == Some(of)
    });
    lies.map(|(record, _)| *record).max_by_key(|record| record.id)
}

/// A record and what lies right below it: what one approves of it.
pub fn bound<'k>(record: &RecordRef, records: &[Kept<'k>]) -> Vec<Kept<'k>> {
    let is_of = |(one, state): &&Kept<'_>| {
        !state.is_removed() && (*one == record || state.parent().as_ref() == Some(record))
    };
    records.iter().filter(is_of).copied().collect()
}

/// What these said, to be read when they say something else: values by field, by record.
fn snapshot(records: &[Kept<'_>]) -> String {
    let said = |(record, state): &Kept<'_>| {
        let fields = state.shown().into_iter().filter(|(name, _)| name != model::record::field::PARENT);
        (record.to_string(), Value::Object(fields.collect::<Map<_, _>>()))
    };
    Value::Object(records.iter().map(said).collect()).to_string()
}

/// What was approved, as it was: of each record its values. Nothing where it can't be read.
pub fn approved(snapshot: &str) -> Vec<(RecordRef, BTreeMap<String, Value>)> {
    let read: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(snapshot).unwrap_or_default();
    read.into_iter().filter_map(|(record, fields)| Some((record.parse().ok()?, fields))).collect()
}

/// Whether what a step approved says something else by now. How far it has come (the field of its state) is no other plan.
pub fn is_revised(rulebook: &Rulebook, step: &Taken, snapshot: &str, now: &[Kept<'_>]) -> bool {
    if step.version.as_ref() == Some(&version(now.iter().copied())) {
        return false;
    }
    let said: BTreeMap<_, _> = approved(snapshot).into_iter().collect();
    let is_same = |(record, state): &Kept<'_>| {
        let Some(was) = said.get(record) else { return false };
        let kind = rulebook.kind(record.kind.as_str());
        let stands = kind.and_then(|kind| kind.listed_as(ListRole::State)).map(|field| field.name.as_str());
        let counts = |name: &str| name != model::record::field::PARENT && Some(name) != stands;
        let heads = state.fields.iter().filter(|(name, _)| counts(name));
        was.keys().all(|name| !counts(name) || state.fields.contains_key(name))
            && heads
                .into_iter()
                .all(|(name, field)| field.heads.iter().all(|head| head.value() == was.get(name)))
    };
    said.len() != now.len() || !now.iter().all(is_same)
}

/// What the last step that is about a record approved, as it was. `records`: those around it, its steps among them.
pub fn approved_with<'k>(
    about: &RecordRef,
    records: impl Iterator<Item = Kept<'k>>,
) -> Vec<(RecordRef, RecordState)> {
    let reference = about.to_string();
    let is_about = |(step, state): &Kept<'_>| {
        step.kind.as_str() == TRANSITION && state.text(field::ABOUT) == Some(reference.as_str())
    };
    let last = records.filter(is_about).max_by_key(|(step, _)| step.id);
    let snapshot = last.and_then(|(_, state)| state.text(field::SNAPSHOT)).unwrap_or_default();
    approved(snapshot).into_iter().map(|(record, fields)| (record, of_fields(&fields))).collect()
}

/// What of an outcome a step is about: the first record that the form made beside the submission.
pub fn about<'e>(edits: &'e [RecordEdit], of: &RecordRef) -> Option<&'e RecordRef> {
    let made = edits.iter().filter(|edit| edit.parent.as_ref() == Some(of));
    made.map(|edit| &edit.record).find(|record| SubmissionId::of(record).is_none())
}
