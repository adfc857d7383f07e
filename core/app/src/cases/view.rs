//! Cases and what is due in them.

use crate::{
    people::MemberRow,
    records::view::RecordSection,
    speaker::{ConflictView, Fact},
    steps::view::{AlarmView, BranchRow, StepRow, TimelineRow},
};

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseRow {
    pub id: String,
    pub title: String,
    pub state: String,
    pub opened: String,
    pub restricted: bool,
    /// The next legal deadline with its ground, or empty.
    pub due: String,
    pub overdue: bool,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct CaseView {
    pub id: String,
    pub title: String,
    pub state: String,
    pub restricted: bool,
    pub facts: Vec<Fact>,
    pub people: Vec<MemberRow>,
    pub tasks: Vec<TaskRow>,
    /// Those who may see it, if restricted.
    pub members: Vec<CaseMemberRow>,
    /// What else lies in it.
    pub sections: Vec<RecordSection>,
    pub conflicts: Vec<ConflictView>,
    /// It is open to its commune, and the worker's role lets them restrict it.
    pub may_restrict: bool,
    pub alarm: Option<AlarmView>,
    /// What the worker may do next, in the order of its buttons.
    pub steps: Vec<StepRow>,
    /// Steps that stand beside each other until one is chosen.
    pub undecided: Vec<BranchRow>,
    /// What was done and what is due, the latest last.
    pub timeline: Vec<TimelineRow>,
}

/// Somebody who may see a restricted case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseMemberRow {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TaskRow {
    pub id: String,
    /// `kind:uuid` of what it is about.
    pub reference: String,
    pub title: String,
    /// dd/mm/yyyy HH:MM.
    pub due: String,
    /// How long until then, or since: `còn 3 giờ`, `trễ 2 giờ`.
    pub left: String,
    /// That it is a reminder, or only for the time being; or empty.
    pub note: String,
    /// The articles that it comes from, for `Law::articles`.
    pub ground: String,
    pub overdue: bool,
    /// In a list of what is due: what the worker does next in it.
    pub next: Option<StepRow>,
}
