//! Cases: opening one, what it is called, whether it is open.

use crate::Lang;
use chrono::{DateTime, FixedOffset};
use model::{CaseId, HouseholdId, RecordEdit, RecordState};

/// The record of an ordinary case of a household (workflow `adult`, Circular 02/2020).
pub fn open(id: CaseId, household: HouseholdId, reason: &str, now: DateTime<FixedOffset>) -> RecordEdit {
    let _ = (id, household, reason, now);
    RecordEdit::new(model::RecordRef::new(model::kind::CASE, id.0))
}

/// What a list calls the case; never a child's name.
pub fn title(case: &RecordState, lang: Lang) -> String {
    let _ = (case, lang);
    String::new()
}

pub fn state_label(case: &RecordState, lang: Lang) -> String {
    let _ = (case, lang);
    String::new()
}

pub fn is_open(case: &RecordState) -> bool {
    let _ = case;
    true
}
