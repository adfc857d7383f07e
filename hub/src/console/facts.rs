//! Records as people read them: labels from the forms, codes as words, dates dd/mm/yyyy.

use super::records::Record;
use crate::{Hub, HubError, forms};
use casework::{FormRules, Labels, Lang, cases, clocks};
use model::{clock::moment, kind};
use rusqlite::Connection;

/// Labels of the newest version of each form.
pub fn labels(hub: &Hub, connection: &Connection) -> Result<Labels, HubError> {
    let mut known = Vec::new();
    for form in forms::versions(connection, hub.office())?.into_iter().filter(|form| form.newest) {
        let definition = hub.forms.get(connection, hub.office(), &form.id, &form.version)?;
        let table = forms::file(connection, hub.office(), &form.id, &form.version, "records.csv")?;
        if let (Some(definition), Some(table)) = (definition, table)
            && let Ok(rules) = FormRules::parse(&String::from_utf8_lossy(&table), &definition)
        {
            known.push((definition, rules));
        }
    }
    Ok(Labels::of(known.iter().map(|(definition, rules)| (definition, rules))))
}

/// The fields of a record that a form asks for, in the form's order.
pub fn of(record: &Record, labels: &Labels, lang: Lang) -> Vec<(String, String)> {
    let kind = record.kind();
    // Shown as headings already, or as a link of their own.
    let elsewhere: &[&str] = match kind {
        kind::HOUSEHOLD => &["name", "province", "commune", "village", "address"],
        kind::PERSON => &["name"],
        kind::VISIT => &["date"],
        kind::PHOTO => &["file"],
        _ => &[],
    };
    let fields = labels.fields(kind);
    let shown = fields.into_iter().filter(|field| !elsewhere.contains(field));
    shown
        .filter_map(|field| {
            let value = labels.value(kind, field, record.state.value(field)?, lang);
            let label = labels.field(kind, field, lang)?;
            (!value.is_empty()).then_some((label, value))
        })
        .collect()
}

/// Fields on which two phones disagree, as `label: one value | the other`.
pub fn conflicts(record: &Record, labels: &Labels, lang: Lang) -> Vec<String> {
    let kind = record.kind();
    let line = |field: &str| {
        let heads = record.state.fields.get(field)?.heads.iter();
        let values: Vec<String> = heads.map(|head| labels.value(kind, field, &head.value, lang)).collect();
        let label = labels.field(kind, field, lang).unwrap_or_else(|| field.to_owned());
        Some(format!("{label}: {}", values.join(" | ")))
    };
    record.state.conflicts().filter_map(line).collect()
}

/// Never a child's name.
pub fn case_title(case: &Record, lang: Lang) -> String {
    cases::title(&case.state, lang)
}

pub fn case_state(case: &Record, lang: Lang) -> String {
    cases::state_label(&case.state, lang)
}

/// A deadline with finished texts.
pub struct Deadline {
    pub title: String,
    pub due: String,
    pub ground: &'static str,
    pub overdue: bool,
}

/// The most pressing first.
pub fn deadlines(case: &Record, lang: Lang, now: u64) -> Vec<Deadline> {
    let Some(now) = moment(now) else { return Vec::new() };
    let finished = |deadline: clocks::Deadline| Deadline {
        title: deadline.title.get(lang).to_owned(),
        due: deadline.due_text(lang),
        ground: deadline.ground,
        overdue: deadline.overdue,
    };
    clocks::deadlines(&case.state, now).into_iter().map(finished).collect()
}
