//! Households, their people and their cases.

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
    pub goals: Vec<String>,
    /// Fields on which two phones disagree, as finished texts.
    pub conflicts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MemberRow {
    pub id: String,
    pub name: String,
    /// Such as `con · nữ · sinh 2017 · Tày`.
    pub about: String,
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
    /// Names of those who may see it, if restricted.
    pub members: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TaskRow {
    pub id: String,
    pub title: String,
    /// dd/mm/yyyy HH:MM.
    pub due: String,
    /// The article it comes from.
    pub ground: String,
    pub overdue: bool,
}
