//! The first screen of a day.

use super::{CaseRow, DraftRow, TaskRow, WorkerView};

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
    pub visits_due: Vec<super::HouseholdRow>,
    pub households: u32,
    pub sync: SyncState,
}

/// What still waits for the office.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncState {
    pub changes_waiting: u32,
    pub photos_waiting: u32,
    /// Finished text such as `Đồng bộ lần cuối 24/11/2026 15:04`, or that it never was.
    pub last: String,
    /// Things the hub could not take up yet, each with its reason.
    pub held_back: Vec<String>,
}
