//! Cases: opening one, when it was opened, how its state is called.

use chrono::{DateTime, FixedOffset};
use model::{CaseId, HouseholdId, RecordEdit, RecordState, clock::vietnam};
use rulebook::{Lang, Rulebook};

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

/// What a list calls the case; never a child's name.
pub fn title(rulebook: &Rulebook, case: &RecordState, lang: Lang) -> String {
    rulebook.title(&CaseId(uuid::Uuid::nil()).reference(), case, [], lang)
}

/// When the report came, or when the case was opened.
pub fn opened(rulebook: &Rulebook, case: &RecordState) -> Option<DateTime<FixedOffset>> {
    let time = |field: &str| {
        let text = rulebook.value(CaseId::KIND, case, field)?.as_str()?;
        DateTime::parse_from_rfc3339(text).ok().map(|at| vietnam(&at))
    };
    time("received_at").or_else(|| time("opened_at"))
}

/// Of a state that this rulebook doesn't know, its code.
pub fn state_label<'a>(rulebook: &'a Rulebook, case: &'a RecordState, lang: Lang) -> &'a str {
    let (code, state) = rulebook.state_of(CaseId::KIND, case).unwrap_or_default();
    state.map_or(code, |state| state.label(lang))
}

/// A state that this rulebook doesn't know counts as open.
pub fn is_open(rulebook: &Rulebook, case: &RecordState) -> bool {
    rulebook.is_open(CaseId::KIND, case)
}
