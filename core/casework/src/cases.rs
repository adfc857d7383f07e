//! Cases: opening one, what it is called, whether it is open.

use crate::{Lang, date, reference};
use chrono::{DateTime, FixedOffset};
use model::{CaseId, HouseholdId, RecordEdit, RecordRef, RecordState, clock::vietnam, kind};

/// The workflow of people in difficulty (Circular 02/2020).
pub const ADULT: &str = "adult";
/// The workflow of children who were harmed or are at risk (Decree 56/2017).
pub const CHILD_PROTECTION: &str = "child-protection";

/// The record of an ordinary case of a household.
pub fn open(id: CaseId, household: HouseholdId, reason: &str, now: DateTime<FixedOffset>) -> RecordEdit {
    let first = reference::first_state(ADULT).map_or("", |state| &state.code);
    RecordEdit::new(RecordRef::new(kind::CASE, id.0))
        .under(RecordRef::new(kind::HOUSEHOLD, household.0))
        .set("workflow", ADULT)
        .set("state", first)
        .set("reason", reason)
        .set("opened_at", now.to_rfc3339())
}

/// What a list calls the case; never a child's name.
pub fn title(case: &RecordState, lang: Lang) -> String {
    let workflow = case.text("workflow").unwrap_or(ADULT);
    let name = match workflow {
        CHILD_PROTECTION => lang.pick("Bảo vệ trẻ em", "Child protection"),
        _ => lang.pick("Quản lý trường hợp", "Case management"),
    };
    let day = match opened(case) {
        Some(opened) => date(opened.date_naive()),
        None => String::new(),
    };
    let about = case.text("reason").unwrap_or(&day);
    if about.is_empty() { name.to_owned() } else { format!("{name} · {about}") }
}

/// When the report came, or when the case was opened.
pub fn opened(case: &RecordState) -> Option<DateTime<FixedOffset>> {
    let time = |field: &str| DateTime::parse_from_rfc3339(case.text(field)?).ok();
    let opened = time("received_at").or_else(|| time("opened_at"))?;
    Some(vietnam(&opened))
}

pub fn state_label(case: &RecordState, lang: Lang) -> String {
    let state = case.text("state").unwrap_or_default();
    let label = reference::case_state(case.text("workflow").unwrap_or(ADULT), state, lang);
    label.unwrap_or(state).to_owned()
}

/// A state that this version doesn't know counts as open.
pub fn is_open(case: &RecordState) -> bool {
    let state = case.text("state").unwrap_or_default();
    reference::state(case.text("workflow").unwrap_or(ADULT), state).is_none_or(|state| state.is_open)
}
