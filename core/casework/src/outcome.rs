//! What a finished form changes: the edits of one batch.

use crate::{
    CaseworkError, FormRules,
    cases::members,
    rules::{Chain, FieldRule, From, Parent, RecordRule, Source, Standing},
    value::ValueKind,
};
use chrono::{DateTime, FixedOffset};
use model::{PhotoFile, RecordEdit, RecordRef, SubmissionId, UserId, record::field};
use rulebook::{MAX_DEPTH, Rulebook};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    iter::successors,
};
use uuid::Uuid;
use xforms::{Submission, ValueNode};

/// A form as it was finished.
#[derive(Clone, Copy)]
pub struct Finished<'a> {
    pub form: &'a str,
    pub version: &'a str,
    /// OpenRosa XML, kept as it is.
    pub xml: &'a str,
    /// What the form calls this submission (`instanceName`).
    pub title: &'a str,
    pub root: &'a ValueNode,
    pub started_at: DateTime<FixedOffset>,
    pub finished_at: DateTime<FixedOffset>,
}

impl<'a> Finished<'a> {
    pub fn of(
        submission: &'a Submission,
        started_at: DateTime<FixedOffset>,
        finished_at: DateTime<FixedOffset>,
    ) -> Self {
        Self {
            form: &submission.form_id,
            version: submission.version.as_deref().unwrap_or_default(),
            xml: &submission.xml,
            title: submission.instance_name.as_deref().unwrap_or(&submission.form_id),
            root: &submission.root,
            started_at,
            finished_at,
        }
    }
}

/// The values of records as they were shown when the form was prefilled (`RecordState::shown`).
pub type Known = BTreeMap<RecordRef, BTreeMap<String, Value>>;

/// What the answers themselves don't say.
#[derive(Clone)]
pub struct FinishContext {
    pub submission: SubmissionId,
    pub author: UserId,
    pub author_name: String,
    /// Who answers for reports about children besides the author: they become members of a restricted case.
    pub duty_managers: Vec<(UserId, String)>,
    /// The record that the form was started at.
    pub about: Option<RecordRef>,
    /// By attachment name, the form's answer.
    pub photos: BTreeMap<String, PhotoFile>,
    /// Of that record, of those above it up to the top of its feed, and of what is below them: what is unchanged makes
    /// no edit, and an atomic group is completed from here. Empty for a form that was started at nothing.
    pub known: Known,
}

impl fmt::Debug for FinishContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishContext").field("submission", &self.submission).finish_non_exhaustive()
    }
}

/// What a finished form changes.
#[derive(Clone, PartialEq)]
pub struct Outcome {
    /// In the order of the batch: the first record (left out where nothing of it changed), the submission, then each
    /// parent before its children. A record that existed before carries no parent.
    pub edits: Vec<RecordEdit>,
    /// What the submission lies under: the record that the form was started at, or the first that it made.
    pub about: RecordRef,
    /// That record, and those above it.
    pub lineage: Vec<RecordRef>,
    pub submission: SubmissionId,
    pub title: String,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("edits", &self.edits)
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

impl FormRules {
    /// Turns answers into the edits of one batch; `new_id` makes the ids of new records (UUIDv7).
    ///
    /// # Errors
    /// See [`CaseworkError`]; the caller keeps the draft.
    pub fn apply(
        &self,
        rulebook: &Rulebook,
        finished: &Finished<'_>,
        context: &FinishContext,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Outcome, CaseworkError> {
        let momentary = self.momentary();
        let mut batch = Batch { rulebook, rules: self, finished, context, momentary, made: Vec::new() };
        let mut edits: Vec<RecordEdit> = Vec::new();
        let mut about = context.about.clone().filter(|_| !self.leaves());
        for (place, rule) in self.records.iter().enumerate() {
            let mut made = Vec::new();
            for (chain, parent) in batch.instances(rule)? {
                let Some((edit, chain)) = batch.edit(rule, chain, parent.as_ref(), new_id)? else { continue };
                made.push(Made { chain, record: edit.record.clone() });
                // What a case is opened out of stays as it is.
                let stays_outside = self.leaves() && self.standing(rule).is_some();
                // An unchanged record is no change, but its children may be.
                if !stays_outside && (!edit.fields.is_empty() || edit.parent.is_some()) {
                    edits.push(edit);
                }
            }
            if place == 0 {
                let root = made.first().filter(|_| rule.parent.is_none());
                about = root.map(|root| root.record.clone()).or(about);
                let under = about.as_ref().ok_or(CaseworkError::OtherForm)?;
                let is_new = edits.first().is_some_and(|edit| edit.fields.contains_key(field::RESTRICTED));
                edits.push(submission(rulebook, finished, context, under));
                if is_new {
                    let mut users = vec![(context.author, context.author_name.clone())];
                    users.extend(context.duty_managers.iter().cloned());
                    edits.extend(members(rulebook, &users, under, new_id));
                }
            }
            batch.made.push(made);
        }
        let about = about.ok_or(CaseworkError::OtherForm)?;
        if self.records.is_empty() {
            edits.push(submission(rulebook, finished, context, &about));
        }
        Ok(Outcome {
            edits,
            lineage: lineage(&context.known, &about),
            about,
            submission: context.submission,
            title: finished.title.to_owned(),
        })
    }
}

/// The record, then what is known to lie above it; never beyond the top of its feed.
pub fn lineage(known: &Known, record: &RecordRef) -> Vec<RecordRef> {
    successors(Some(record.clone()), |record| parent(known, record)).take(MAX_DEPTH).collect()
}

fn parent(known: &Known, record: &RecordRef) -> Option<RecordRef> {
    let parent = known.get(record)?.get(field::PARENT)?.as_str()?.parse().ok()?;
    known.contains_key(&parent).then_some(parent)
}

impl FinishContext {
    fn standing(&self, standing: &Standing) -> Result<RecordRef, CaseworkError> {
        let about = self.about.as_ref();
        let found = about.and_then(|about| standing.find(about, |record| parent(&self.known, record)));
        found.ok_or(CaseworkError::StartedElsewhere)
    }
}

/// A record of this batch and the instances that it stands in.
struct Made<'a> {
    chain: Chain<'a>,
    record: RecordRef,
}

struct Batch<'a> {
    rulebook: &'a Rulebook,
    rules: &'a FormRules,
    finished: &'a Finished<'a>,
    context: &'a FinishContext,
    /// Paths that no form is prefilled with.
    momentary: BTreeSet<&'a str>,
    /// By place of the rule.
    made: Vec<Vec<Made<'a>>>,
}

impl<'a> Batch<'a> {
    /// Where the rule's node stands, with the parent record there.
    fn instances(&self, rule: &RecordRule) -> Result<Vec<(Chain<'a>, Option<RecordRef>)>, CaseworkError> {
        let whole = vec![self.finished.root];
        let around: Vec<(Chain<'a>, Option<RecordRef>)> = match &rule.parent {
            None => vec![(whole, None)],
            Some(Parent::Standing(standing)) => vec![(whole, Some(self.context.standing(standing)?))],
            Some(Parent::Made(parent)) => {
                let parents = self.made.get(*parent).into_iter().flatten();
                parents.map(|made| (made.chain.clone(), Some(made.record.clone()))).collect()
            }
        };
        let inside = |(chain, parent): (Chain<'a>, Option<RecordRef>)| {
            let chains = rule.node.chains(&chain).into_iter();
            chains.filter(|chain| rule.node.find(chain).is_some()).map(move |chain| (chain, parent.clone()))
        };
        Ok(around.into_iter().flat_map(inside).collect())
    }

    fn edit(
        &self,
        rule: &RecordRule,
        chain: Chain<'a>,
        parent: Option<&RecordRef>,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Option<(RecordEdit, Chain<'a>)>, CaseworkError> {
        if rule.when.as_ref().is_some_and(|when| when.answer(&chain).is_none()) {
            return Ok(None);
        }
        let existing = self.existing(rule, &chain)?;
        let mut edit = RecordEdit::new(RecordRef::new(rule.kind.clone(), existing.unwrap_or_default()));
        let known = existing.and_then(|_| self.context.known.get(&edit.record));
        let mut answered = false;
        for field in &rule.fields {
            if field.when.as_ref().is_some_and(|when| when.answer(&chain).is_none()) {
                continue;
            }
            let value = match &field.from {
                From::Constant(value) => Some(value.clone()),
                From::Answer { source, kind } => match source.answer(&chain) {
                    Some(stored) => {
                        answered = true;
                        Some(self.read(kind, stored, &source.path)?)
                    }
                    None if existing.is_some() && self.is_emptied(rule, field, source, &chain, known) => {
                        Some(Value::Null)
                    }
                    None => None,
                },
            };
            edit.fields.extend(value.map(|value| (field.name.clone(), value)));
        }
        if existing.is_some() {
            if let Some(known) = known {
                edit.fields.retain(|name, value| known.get(name).unwrap_or(&Value::Null) != value);
            }
        } else {
            // Constants alone make no record: nobody answered anything.
            if rule.parent.is_some() && !answered {
                return Ok(None);
            }
            edit.record.id = new_id();
            edit.parent = parent.cloned();
            self.open(rule, &mut edit);
        }
        let stands = |name: &str| known.and_then(|known| known.get(name)).cloned().unwrap_or(Value::Null);
        self.rulebook.complete_groups(&rule.kind, &mut edit.fields, stands);
        Ok(Some((edit, chain)))
    }

    /// The id of a record that was there before.
    fn existing(&self, rule: &RecordRule, chain: &[&ValueNode]) -> Result<Option<Uuid>, CaseworkError> {
        if let Some(standing) = &rule.standing {
            return Ok(Some(self.context.standing(standing)?.id));
        }
        if let Some(source) = &rule.id_from
            && let Some(stored) = source.answer(chain)
        {
            let id = Uuid::parse_str(stored);
            return id.map(Some).map_err(|_| CaseworkError::NotAnId { path: source.path.clone() });
        }
        let started_at = self.context.about.as_ref().filter(|_| self.rules.standing(rule).is_some());
        Ok(started_at.map(|about| about.id))
    }

    /// What is no value of its type is kept as it was answered: a form's mistake must not stop a visit.
    fn read(&self, kind: &ValueKind, stored: &str, path: &str) -> Result<Value, CaseworkError> {
        if *kind != ValueKind::Photo {
            return Ok(kind.read(stored).unwrap_or_else(|| stored.into()));
        }
        let photo = self.context.photos.get(stored).and_then(|photo| serde_json::to_value(photo).ok());
        photo.ok_or_else(|| CaseworkError::PhotoMissing { path: path.to_owned() })
    }

    /// An unanswered question leaves the record as it is, but for two cases: the question of `clears_with` was
    /// answered, which says that this one no longer applies; or it was prefilled, and the answer taken back.
    fn is_emptied(
        &self,
        rule: &RecordRule,
        field: &FieldRule,
        source: &Source,
        chain: &[&ValueNode],
        known: Option<&BTreeMap<String, Value>>,
    ) -> bool {
        let cleared = field.clears_with.as_ref().is_some_and(|question| question.answer(chain).is_some());
        let prefilled = rule.id_from.as_ref().is_some_and(|id| id.answer(chain).is_some());
        let taken_back = prefilled
            && known.is_some()
            && !self.momentary.contains(source.path.as_str())
            && source.find(chain).is_some();
        cleared || taken_back
    }

    /// What a new record that moves by a workflow says at first; at the top of a form that is restricted, also that.
    fn open(&self, rule: &RecordRule, edit: &mut RecordEdit) {
        let Some(kind) = self.rulebook.kind(&rule.kind) else { return };
        let Some(workflow) = &kind.workflow else { return };
        let workflow = edit.fields.get("workflow").and_then(Value::as_str).unwrap_or(workflow);
        let state = self.rulebook.first_state(workflow).map_or("", |state| &state.code);
        let mut say = |name: &str, value: Value| {
            if kind.field(name).is_some() {
                edit.fields.entry(name.to_owned()).or_insert(value);
            }
        };
        say("state", state.into());
        say("opened_at", self.finished.finished_at.to_rfc3339().into());
        if rule.parent.is_none() && self.rules.restricted {
            // Without its own question the clocks run from the moment the form was begun, never later.
            say("received_at", self.finished.started_at.to_rfc3339().into());
            edit.fields.insert(field::RESTRICTED.into(), true.into());
        }
    }
}

fn submission(
    rulebook: &Rulebook,
    finished: &Finished<'_>,
    context: &FinishContext,
    about: &RecordRef,
) -> RecordEdit {
    RecordEdit::new(context.submission.reference())
        .under(about.clone())
        .set("form", finished.form)
        .set("version", finished.version)
        .set("pack", rulebook.version())
        .set("xml", finished.xml)
        .set("started_at", finished.started_at.to_rfc3339())
        .set("finished_at", finished.finished_at.to_rfc3339())
}
