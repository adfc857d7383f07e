//! Opening a case, and restricting one.

use chrono::{DateTime, FixedOffset};
use model::{CaseId, HouseholdId, RecordEdit, RecordRef, UserId, record::field};
use rulebook::Rulebook;
use serde_json::Value;
use uuid::Uuid;

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

/// An ordinary case becomes one for these users alone: it lies under nothing any more, and says itself whom and which
/// commune it is about. All of it goes together.
pub fn restrict(
    rulebook: &Rulebook,
    case: CaseId,
    household: &RecordRef,
    commune: &str,
    users: &[(UserId, String)],
    new_id: &mut dyn FnMut() -> Uuid,
) -> Vec<RecordEdit> {
    let restricted = RecordEdit::new(case.reference())
        .set(field::RESTRICTED, true)
        .set(field::PARENT, Value::Null)
        .set(field::COMMUNE, commune)
        .set("subject", household.to_string());
    let mut edits = vec![restricted];
    edits.extend(members(rulebook, users, &case.reference(), new_id));
    edits
}

/// Who may see a restricted case (Decree 56/2017 art. 24), each once. None where the rulebook has no kind for it.
pub(crate) fn members(
    rulebook: &Rulebook,
    users: &[(UserId, String)],
    case: &RecordRef,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Vec<RecordEdit> {
    let Some((kind, user_field)) = rulebook.membership() else { return Vec::new() };
    let is_first = |place: usize| users[..place].iter().all(|(known, _)| *known != users[place].0);
    let once = users.iter().enumerate().filter(|(place, _)| is_first(*place));
    let member = |(_, (user, name)): (usize, &(UserId, String))| {
        RecordEdit::new(RecordRef::new(kind.to_owned(), new_id()))
            .under(case.clone())
            .set(user_field, user.to_string())
            .set("name", name.as_str())
    };
    once.map(member).collect()
}
