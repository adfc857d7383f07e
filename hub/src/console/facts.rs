//! Records as people read them: labels of fields and codes, deadlines, conflicts.

use super::{layout, visitor::Visitor};
use crate::db::records::Record;
use casework::{Labels, cases, clocks};
use chrono::{DateTime, FixedOffset};
use rulebook::Lang;

/// What a record says, but for what stands in its heading.
pub fn of(record: &Record, labels: &Labels, lang: Lang) -> Vec<(String, String)> {
    let facts = labels.facts(record.kind(), &record.state, lang).into_iter();
    facts.map(|fact| (fact.label, fact.value)).collect()
}

/// Fields on which two phones disagree, as `label: one value | the other`.
pub fn conflicts(record: &Record, labels: &Labels, lang: Lang) -> Vec<String> {
    let conflicts = labels.conflicts(record.kind(), &record.state, lang).into_iter();
    conflicts.map(|conflict| format!("{}: {}", conflict.label, conflict.values.join(" | "))).collect()
}

/// What a record is called; of a case never a child's name.
pub fn title(record: &Record, visitor: &Visitor) -> String {
    let title = visitor.rulebook.title(&record.reference, &record.state, [], visitor.lang);
    visitor.rulebook.called(record.kind(), &title, visitor.lang)
}

pub fn case_state<'a>(case: &'a Record, visitor: &'a Visitor) -> &'a str {
    cases::state_label(&visitor.rulebook, &case.state, visitor.lang)
}

/// The most pressing first.
pub fn deadlines<'v>(case: &Record, visitor: &'v Visitor, now: u64) -> Vec<clocks::Deadline<'v>> {
    let at = i64::try_from(now).ok().and_then(DateTime::from_timestamp_millis);
    let Some((at, offset)) = at.zip(FixedOffset::east_opt(layout::OFFSET_SECONDS)) else { return Vec::new() };
    clocks::deadlines(&visitor.rulebook, &case.state, at.with_timezone(&offset))
}
