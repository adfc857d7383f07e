//! The first screen of a day.

use crate::{
    access::view::WorkerView,
    cases::view::{CaseRow, TaskRow},
    form::view::DraftRow,
    households::view::HouseholdRow,
    syncing::view::SyncState,
};

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TodayView {
    pub worker: WorkerView,
    /// dd/mm/yyyy with the day of the week.
    pub date: String,
    pub drafts: Vec<DraftRow>,
    /// Due and overdue, earliest first.
    pub tasks: Vec<TaskRow>,
    pub open_cases: Vec<CaseRow>,
    /// Households whose next visit was agreed for today or is past.
    pub visits_due: Vec<HouseholdRow>,
    pub households: u32,
    pub sync: SyncState,
}
