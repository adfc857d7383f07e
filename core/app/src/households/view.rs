//! Households, and one with its people, visits, photos, cases and goals.

use crate::{
    cases::view::CaseRow,
    people::MemberRow,
    speaker::{ConflictView, Fact},
};

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HouseholdRow {
    pub id: String,
    /// The head's name.
    pub name: String,
    /// Village, commune.
    pub place: String,
    pub members: u32,
    /// `Thăm lần cuối 24/11/2026`, or empty.
    pub last_visit: String,
    pub has_open_case: bool,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HouseholdPage {
    pub rows: Vec<HouseholdRow>,
    /// Of all that fit the query.
    pub total: u32,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HouseholdView {
    pub id: String,
    pub name: String,
    pub place: String,
    pub address: String,
    /// Labelled facts such as housing, water, poverty suggestion.
    pub facts: Vec<Fact>,
    pub members: Vec<MemberRow>,
    pub visits: Vec<VisitRow>,
    pub photos: Vec<PhotoRow>,
    pub cases: Vec<CaseRow>,
    pub goals: Vec<GoalRow>,
    pub conflicts: Vec<ConflictView>,
    /// The worker's role lets them open a case here.
    pub may_open_case: bool,
}

/// What was agreed on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GoalRow {
    pub id: String,
    pub text: String,
    /// Who does it.
    pub who: String,
    /// dd/mm/yyyy, or empty.
    pub due: String,
    pub state: String,
    /// All of it in one line.
    pub line: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitRow {
    pub id: String,
    /// dd/mm/yyyy.
    pub date: String,
    pub purpose: String,
    pub agreed: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoRow {
    /// For `thumbnail` and `photo`.
    pub id: String,
    pub caption: String,
    pub taken: String,
    /// Whether the bytes are on this phone.
    pub here: bool,
}
