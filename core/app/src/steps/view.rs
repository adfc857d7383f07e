//! Steps of a workflow: those that can be taken, those that were.

use crate::records::view::AnswerGroup;

/// A step that the worker's role may take where the record stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepRow {
    /// Stable, such as `acknowledge`; for `act` or `start_step`.
    pub action: String,
    pub label: String,
    /// What is filled in for it: taken by `Forms::start_step`; `None`: by `act`.
    pub form: Option<String>,
    /// The articles that it comes from, with how sure that is.
    pub ground: String,
    /// What must be done before, a sentence each; empty: it can be taken now.
    pub unmet: Vec<String>,
    /// Ask for a reason first.
    pub asks_why: bool,
    /// It meets a duty after its time.
    pub late: bool,
    /// It needs one of `undecided`.
    pub settles: bool,
}

/// One of several steps that different people took from the same place.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BranchRow {
    /// For `act`, as what is chosen.
    pub step: String,
    pub label: String,
    pub by: String,
    /// dd/mm/yyyy HH:MM.
    pub at: String,
}

/// What happened, or is due.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TimelineRow {
    /// dd/mm/yyyy HH:MM.
    pub at: String,
    pub text: String,
    /// Who did it, as far as this phone knows; empty for a deadline.
    pub by: String,
    pub kind: TimelineKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TimelineKind {
    Step,
    /// A step that has no effect.
    NoEffect,
    /// A duty was met in time, or late, or turned out not to be one.
    Met,
    Late,
    Void,
    /// To be done by then, or past it.
    Due,
    Overdue,
}

/// An emergency that nobody has taken on: shown before all else.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AlarmView {
    /// `kind:uuid` of the record.
    pub reference: String,
    /// What the record is called.
    pub title: String,
    /// That nobody has taken it on, and for how long.
    pub text: String,
    /// What to do for somebody who can't take it on themselves; else empty.
    pub duty: String,
    /// The articles that it comes from, for `Law::articles`.
    pub ground: String,
    pub calls: Vec<CallRow>,
    /// What takes it on, if the worker may.
    pub step: Option<StepRow>,
}

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CallRow {
    /// As it is dialled.
    pub number: String,
    pub name: String,
}

/// What was approved of a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ApprovedView {
    /// Which state of it, by its day.
    pub text: String,
    /// It says something else since, which nobody approved: finished text; else empty.
    pub revised: String,
    /// What was approved, as it was.
    pub groups: Vec<AnswerGroup>,
}
