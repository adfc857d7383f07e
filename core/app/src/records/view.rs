//! The page of any record, and a finished form as it was answered.

use crate::{
    cases::view::TaskRow,
    households::view::PhotoRow,
    speaker::{ConflictView, Fact},
    steps::view::{AlarmView, ApprovedView, BranchRow, StepRow, TimelineRow},
};

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordView {
    /// `kind:uuid`.
    pub reference: String,
    /// What it is.
    pub kind: String,
    pub title: String,
    /// Whose it is: what it lies under, the top first.
    pub above: Vec<RecordLink>,
    pub badges: Vec<RecordBadge>,
    pub facts: Vec<Fact>,
    pub photo: Option<PhotoRow>,
    /// Its deadlines, the most pressing first.
    pub clocks: Vec<TaskRow>,
    pub conflicts: Vec<ConflictView>,
    pub sections: Vec<RecordSection>,
    pub actions: Vec<ActionRow>,
    /// What the worker may do next, in the order of its buttons.
    pub steps: Vec<StepRow>,
    /// Steps that stand beside each other until one is chosen.
    pub undecided: Vec<BranchRow>,
    /// What was done and what is due, the latest last; of what moves by steps.
    pub timeline: Vec<TimelineRow>,
    pub alarm: Option<AlarmView>,
    /// Somebody approved it.
    pub approved: Option<ApprovedView>,
    pub history: Vec<HistoryRow>,
    /// `Records::submission` tells what was answered.
    pub is_submission: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PaperRow {
    /// For `Records::paper`.
    pub id: String,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PaperView {
    /// What the paper is called; nothing of whoever it is about.
    pub title: String,
    /// An HTML document with all that it needs; it runs and fetches nothing.
    pub html: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordLink {
    pub reference: String,
    pub title: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RecordBadgeKind {
    /// Where it stands in its workflow.
    State,
    /// For the members of a case alone.
    Restricted,
    Overdue,
    /// Phones disagree about it.
    Conflict,
    /// A step that has no effect.
    NoEffect,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordBadge {
    pub kind: RecordBadgeKind,
    pub text: String,
}

/// The records of a kind that lie below.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordSection {
    /// Stable, such as `visit`.
    pub kind: String,
    pub title: String,
    pub rows: Vec<RecordRow>,
    /// Of which the rows are the first.
    pub total: u32,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordRow {
    /// `kind:uuid`.
    pub reference: String,
    pub title: String,
    /// What else is worth knowing before it is opened, or empty.
    pub line: String,
    pub badges: Vec<RecordBadge>,
    pub photo: Option<PhotoRow>,
}

/// A form that can be started at the record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ActionRow {
    /// Unique on the page.
    pub id: String,
    pub label: String,
    /// For `Forms::start`.
    pub form: String,
}

/// A change of which something still stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryRow {
    /// The change's id.
    pub id: String,
    /// Who, as far as this phone knows.
    pub by: String,
    /// dd/mm/yyyy HH:MM, by that device's clock.
    pub at: String,
    /// What of it stands.
    pub fields: String,
}

/// A finished form.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SubmissionView {
    pub reference: String,
    /// Of the form.
    pub title: String,
    /// Empty where nothing was answered, or what was answered was erased.
    pub answers: Vec<AnswerGroup>,
    /// The form's version is not on this phone: answers have the form's inner names for labels.
    pub form_missing: bool,
}

/// Answers that stand together.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AnswerGroup {
    /// Labels of the groups around them; empty at the top of the form.
    pub title: String,
    pub answers: Vec<Fact>,
}
