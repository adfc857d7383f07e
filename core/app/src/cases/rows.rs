//! Cases and their deadlines as lists show them.

use super::view::{CaseRow, TaskRow};
use crate::{
    desk::Desk,
    error::Fault,
    texts::{dates, joined},
};
use casework::clocks;
use model::kind;
use store::Record;

/// Open ones first; of them, those with the most pressing deadline.
pub fn list(desk: &Desk) -> Result<Vec<CaseRow>, Fault> {
    rows(desk, &desk.store.records(kind::CASE)?)
}

/// Those still worked on, with their records.
pub fn open(desk: &Desk) -> Result<(Vec<CaseRow>, Vec<Record>), Fault> {
    let records = desk.store.open_records(kind::CASE)?;
    Ok((rows(desk, &records)?, records))
}

pub fn rows(desk: &Desk, records: &[Record]) -> Result<Vec<CaseRow>, Fault> {
    let mut rows = Vec::with_capacity(records.len());
    for case in records {
        let due =
            clocks::deadlines(&desk.rulebook, &case.state, desk.now).first().map(|deadline| deadline.due);
        let rank = (!desk.rulebook.is_open(case.reference.kind.as_str(), &case.state), due.is_none(), due);
        rows.push((rank, row(desk, case, household_name(desk, case)?.as_deref())));
    }
    rows.sort_by_key(|(rank, _)| *rank);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Of an ordinary case; a restricted one has no household.
pub fn household_name(desk: &Desk, case: &Record) -> Result<Option<String>, Fault> {
    let Some(root) = case.root.as_ref().filter(|root| root.kind == kind::HOUSEHOLD) else { return Ok(None) };
    desk.title(root)
}

pub fn row(desk: &Desk, case: &Record, household: Option<&str>) -> CaseRow {
    let lang = desk.lang;
    let first = clocks::deadlines(&desk.rulebook, &case.state, desk.now).into_iter().next();
    let due = first.as_ref().map(|d| format!("{}: {} · {}", d.title.get(lang), d.due_text(lang), d.ground));
    let opened = ["opened_at", "received_at"].iter().find_map(|field| case.state.text(field));
    CaseRow {
        id: case.reference.id.to_string(),
        title: joined(
            [
                desk.rulebook.title(&case.reference, &case.state, [], lang).as_str(),
                household.unwrap_or_default(),
            ],
            " · ",
        ),
        state: desk.rulebook.state_label(kind::CASE, &case.state, lang).to_owned(),
        opened: opened.map(dates::stored).unwrap_or_default(),
        restricted: case.restricted,
        overdue: first.is_some_and(|deadline| deadline.overdue),
        due: due.unwrap_or_default(),
    }
}

pub fn tasks(desk: &Desk, case: &Record, of: &str) -> Vec<TaskRow> {
    let lang = desk.lang;
    let task = |deadline: clocks::Deadline<'_>| TaskRow {
        id: format!("{}/{}", case.reference.id, deadline.code),
        title: joined([deadline.title.get(lang), of], " · "),
        due: deadline.due_text(lang),
        ground: deadline.ground.to_owned(),
        overdue: deadline.overdue,
    };
    clocks::deadlines(&desk.rulebook, &case.state, desk.now).into_iter().map(task).collect()
}
