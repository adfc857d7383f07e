//! Opening a case.

use chrono::{DateTime, FixedOffset};
use model::{CaseId, HouseholdId, RecordEdit};
use rulebook::Rulebook;

/// The workflow of people in difficulty (Circular 02/2020).
pub const ADULT: &str = "adult";

/// The record of an ordinary case of a household.
pub fn open(
    rulebook: &Rulebook,
    id: CaseId,
    household: HouseholdId,
    reason: &str,
    now: DateTime<FixedOffset>,
) -> RecordEdit {
    let first = rulebook.first_state(ADULT).map_or("", |state| &state.code);
    RecordEdit::new(id.reference())
        .under(household.reference())
        .set("workflow", ADULT)
        .set("state", first)
        .set("reason", reason)
        .set("opened_at", now.to_rfc3339())
}
