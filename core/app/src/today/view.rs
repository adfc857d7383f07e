//! The first screen of a day.

use crate::{
    access::view::WorkerView,
    cases::view::{CaseRow, TaskRow},
    form::view::DraftRow,
    steps::view::AlarmView,
    syncing::view::SyncState,
};

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TodayView {
    pub worker: WorkerView,
    /// dd/mm/yyyy with the day of the week.
    pub date: String,
    pub drafts: Vec<DraftRow>,
    /// Before all else.
    pub alarms: Vec<AlarmView>,
    /// What calls somebody first, then what is overdue, then what is due next; at most 50.
    pub tasks: Vec<TaskRow>,
    /// At least so many there are.
    pub tasks_total: u32,
    /// Those with the most pressing deadline first, at most 50.
    pub open_cases: Vec<CaseRow>,
    pub open_cases_total: u32,
    /// What is to be done within a week, or should have been: next visits, goals; the earliest first.
    pub due: Vec<DueRow>,
    pub households: u32,
    pub sync: SyncState,
}

/// Something that is to be done by a day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DueRow {
    /// `kind:uuid` of the record that says so.
    pub reference: String,
    pub title: String,
    /// What is due, and where or whose it is.
    pub line: String,
    /// dd/mm/yyyy.
    pub due: String,
    pub overdue: bool,
}
