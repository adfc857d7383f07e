//! Deciding between values on which devices disagree.

use model::{ChangeId, Head, RecordEdit, RecordRef, RecordState};
use rulebook::Rulebook;
use serde_json::Value;

/// What makes a field say what one of the changes said that disagree about it; with it go the fields that only make sense
/// together with it, as that change said them. `None` if they don't disagree (any more), or not with this one.
pub fn settle(
    rulebook: &Rulebook,
    record: &RecordRef,
    state: &RecordState,
    field: &str,
    choice: ChangeId,
) -> Option<RecordEdit> {
    let kind = record.kind.as_str();
    if !rulebook.conflicts(kind, state).contains(&field) {
        return None;
    }
    let said = |field: &str| state.fields.get(field)?.heads.iter().find(|head| head.change == choice);
    let value = |head: &Head| head.value().cloned().unwrap_or(Value::Null);
    let mut edit = RecordEdit::new(record.clone()).set(field, value(said(field)?));
    let group = rulebook.field(kind, field).and_then(|field| field.group.as_ref());
    let declared = rulebook.kind(kind).map_or(&[][..], |kind| &kind.fields);
    for with in declared.iter().filter(|with| group.is_some() && with.group.as_ref() == group) {
        if let Some(head) = said(&with.name) {
            edit = edit.set(with.name.as_str(), value(head));
        }
    }
    Some(edit)
}
