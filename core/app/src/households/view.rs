//! Households, and one with its people, photos, cases and all else that lies in it.

use crate::{
    cases::view::CaseRow,
    people::MemberRow,
    records::view::RecordSection,
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
    pub photos: Vec<PhotoRow>,
    pub cases: Vec<CaseRow>,
    /// All else that lies in it: visits, needs, goals, submissions …
    pub sections: Vec<RecordSection>,
    pub conflicts: Vec<ConflictView>,
    /// The worker's role lets them open a case here.
    pub may_open_case: bool,
}

impl HouseholdView {
    /// How many records of a kind its sections tell of.
    pub fn count(&self, kind: &str) -> u32 {
        self.sections.iter().find(|section| section.kind == kind).map_or(0, |section| section.total)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoRow {
    /// `kind:uuid` of its record, for `Records::thumbnail` and `photo`.
    pub reference: String,
    pub caption: String,
    pub taken: String,
    /// Whether the bytes are on this phone.
    pub here: bool,
}
