//! Cases: those open and closed, one with its deadlines, opening one for a household.

use crate::{
    error::Fault,
    households::{Speaker, reference},
    state::{Desk, Shared},
    texts::{dates, joined},
    view::{CaseRow, CaseView, TaskRow},
};
use casework::{cases, clocks};
use model::{CaseId, HouseholdId, RecordRef, kind};
use store::Record;

/// Open ones first; of them, those with the most pressing deadline.
pub fn list(desk: &Desk) -> Result<Vec<CaseRow>, Fault> {
    rows(desk, &desk.store.records(kind::CASE)?)
}

pub fn rows(desk: &Desk, records: &[Record]) -> Result<Vec<CaseRow>, Fault> {
    let mut rows = Vec::with_capacity(records.len());
    for case in records {
        let due =
            clocks::deadlines(&desk.rulebook, &case.state, desk.now).first().map(|deadline| deadline.due);
        let rank = (!cases::is_open(&desk.rulebook, &case.state), due.is_none(), due);
        rows.push((rank, row(desk, case, household_name(desk, case)?.as_deref())));
    }
    rows.sort_by_key(|(rank, _)| *rank);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Of an ordinary case; a restricted one has no household.
pub fn household_name(desk: &Desk, case: &Record) -> Result<Option<String>, Fault> {
    let Some(root) = case.root.as_ref().filter(|root| root.kind == kind::HOUSEHOLD) else { return Ok(None) };
    let listed = desk.store.listed(root)?;
    Ok(listed.map(|household| desk.rulebook.called(root.kind.as_str(), &household.row.title, desk.lang)))
}

pub fn row(desk: &Desk, case: &Record, household: Option<&str>) -> CaseRow {
    let lang = desk.lang;
    let first = clocks::deadlines(&desk.rulebook, &case.state, desk.now).into_iter().next();
    let due = first.as_ref().map(|d| format!("{}: {} · {}", d.title.get(lang), d.due_text(lang), d.ground));
    let opened = ["opened_at", "received_at"].iter().find_map(|field| case.state.text(field));
    CaseRow {
        id: case.reference.id.to_string(),
        title: joined(
            [cases::title(&desk.rulebook, &case.state, lang).as_str(), household.unwrap_or_default()],
            " · ",
        ),
        state: cases::state_label(&desk.rulebook, &case.state, lang).to_owned(),
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

pub fn details(shared: &Shared, desk: &Desk, id: &str) -> Result<CaseView, Fault> {
    let reference = reference(kind::CASE, id)?;
    let case = desk.store.record(&reference)?.ok_or(Fault::new("store.not-found"))?;
    let labels = shared.forms.labels(&desk.store)?;
    let speaker = Speaker { rulebook: &desk.rulebook, labels: &labels, lang: desk.lang };
    let household = household_name(desk, &case)?;
    // The people of an ordinary case are its household's.
    let people_of = case.root.as_ref().unwrap_or(&reference);
    let people = desk.store.children(people_of, Some(kind::PERSON))?;
    let members = desk.store.children(&reference, Some(kind::CASE_MEMBER))?;
    let row = row(desk, &case, household.as_deref());
    Ok(CaseView {
        id: row.id,
        title: row.title,
        state: row.state,
        restricted: row.restricted,
        facts: speaker.facts(kind::CASE, &case.state),
        people: people.iter().map(|person| speaker.member(person)).collect(),
        tasks: tasks(desk, &case, ""),
        members: members.iter().filter_map(|m| m.state.text("name").map(str::to_owned)).collect(),
    })
}

/// An ordinary case (Circular 02/2020), synced with its household.
pub fn open(desk: &Desk, household: &str, reason: &str) -> Result<String, Fault> {
    let root: RecordRef = reference(kind::HOUSEHOLD, household)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Fault::new("app.reason-needed"));
    }
    desk.store.record(&root)?.ok_or(Fault::new("store.not-found"))?;
    let id = CaseId::new();
    desk.store.commit(vec![cases::open(&desk.rulebook, id, HouseholdId(root.id), reason, desk.now)])?;
    Ok(id.to_string())
}
