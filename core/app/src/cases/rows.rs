//! Cases and their deadlines as lists show them.

use super::view::{CaseRow, TaskRow};
use crate::{
    desk::Desk,
    error::Fault,
    texts::{dates, joined},
};
use casework::clocks::{Deadline, deadlines};
use chrono::{DateTime, FixedOffset};
use model::{RecordRef, RecordState, kind};
use rulebook::Lang;
use store::{Progress, Record};

/// A case with the deadlines that run for it, worked out once.
pub struct Case<'a> {
    desk: &'a Desk,
    reference: &'a RecordRef,
    state: &'a RecordState,
    restricted: bool,
    household: Option<String>,
    deadlines: Vec<Deadline<'a>>,
}

impl<'a> Case<'a> {
    pub fn of(desk: &'a Desk, record: &'a Record, household: Option<String>) -> Self {
        Self::with(desk, &record.reference, &record.state, record.restricted, household)
    }

    fn listed(desk: &'a Desk, case: &'a Progress) -> Self {
        let household = case.root.as_ref().zip(case.root_title.as_deref());
        let called = household
            .filter(|(root, _)| root.kind == kind::HOUSEHOLD)
            .map(|(root, title)| desk.rulebook.called(root.kind.as_str(), title, desk.lang));
        Self::with(desk, &case.reference, &case.state, case.restricted, called)
    }

    fn with(
        desk: &'a Desk,
        reference: &'a RecordRef,
        state: &'a RecordState,
        restricted: bool,
        household: Option<String>,
    ) -> Self {
        let deadlines = deadlines(&desk.rulebook, reference.kind.as_str(), state, desk.now);
        Self { desk, reference, state, restricted, household, deadlines }
    }

    /// Open ones first; of them, those with the most pressing deadline.
    fn rank(&self) -> (bool, bool, Option<DateTime<FixedOffset>>) {
        let due = self.deadlines.first().map(|deadline| deadline.due);
        (!self.desk.rulebook.is_open(self.reference.kind.as_str(), self.state), due.is_none(), due)
    }

    pub fn row(&self) -> CaseRow {
        let Desk { rulebook, lang, .. } = self.desk;
        let first = self.deadlines.first();
        let due = first.map(|d| format!("{}: {} · {}", d.title.get(*lang), d.due_text(*lang), d.ground));
        let opened = ["opened_at", "received_at"].iter().find_map(|field| self.state.text(field));
        let title = rulebook.title(self.reference, self.state, [], *lang);
        CaseRow {
            id: self.reference.id.to_string(),
            title: joined([title.as_str(), self.household.as_deref().unwrap_or_default()], " · "),
            state: rulebook.state_label(self.reference.kind.as_str(), self.state, *lang).to_owned(),
            opened: opened.map(dates::stored).unwrap_or_default(),
            restricted: self.restricted,
            overdue: first.is_some_and(|deadline| deadline.overdue),
            due: due.unwrap_or_default(),
        }
    }

    /// Its deadlines, the most pressing first; `of`: what they are called after.
    pub fn tasks(&self, of: &str) -> impl Iterator<Item = (&Deadline<'a>, TaskRow)> {
        let lang = self.desk.lang;
        self.deadlines.iter().map(move |deadline| (deadline, task(self.reference, deadline, of, lang)))
    }
}

/// A deadline of a record; `of`: what it is called after.
pub fn task(record: &RecordRef, deadline: &Deadline<'_>, of: &str, lang: Lang) -> TaskRow {
    TaskRow {
        id: format!("{}/{}", record.id, deadline.code),
        reference: record.to_string(),
        title: joined([deadline.title.get(lang), of], " · "),
        due: deadline.due_text(lang),
        ground: deadline.ground_text(lang),
        overdue: deadline.overdue,
    }
}

/// Open ones first; of them, those with the most pressing deadline.
pub fn list(desk: &Desk) -> Result<Vec<CaseRow>, Fault> {
    ranked(desk, kind::CASE, false, |case| case.row())
}

/// Those still worked on, and what is due in all of them, earliest first.
pub fn open(desk: &Desk) -> Result<(Vec<CaseRow>, Vec<TaskRow>), Fault> {
    let with_tasks = |case: &Case<'_>| {
        let row = case.row();
        let tasks = case.tasks(&row.title).map(|(deadline, task)| ((!deadline.overdue, deadline.due), task));
        let tasks: Vec<_> = tasks.collect();
        (row, tasks)
    };
    let (rows, tasks): (Vec<_>, Vec<_>) = ranked(desk, kind::CASE, true, with_tasks)?.into_iter().unzip();
    let mut tasks: Vec<_> = tasks.into_iter().flatten().collect();
    // Deadlines run for whatever moves by a workflow.
    let others = desk.rulebook.kinds().iter().filter(|kind| kind.name != kind::CASE);
    let others = others.filter(|kind| desk.rulebook.has_clocks(&kind.name));
    for other in others {
        tasks.extend(ranked(desk, &other.name, true, with_tasks)?.into_iter().flat_map(|(_, tasks)| tasks));
    }
    tasks.sort_by_key(|(rank, _)| *rank);
    Ok((rows, tasks.into_iter().map(|(_, task)| task).collect()))
}

fn ranked<T>(
    desk: &Desk,
    kind: &str,
    open_only: bool,
    made: impl Fn(&Case<'_>) -> T,
) -> Result<Vec<T>, Fault> {
    let mut cases = desk.store.progress(kind, open_only, |case| {
        let case = Case::listed(desk, &case);
        (case.rank(), made(&case))
    })?;
    cases.sort_by_key(|(rank, _)| *rank);
    Ok(cases.into_iter().map(|(_, made)| made).collect())
}

/// Of an ordinary case; a restricted one has no household.
pub fn household_name(desk: &Desk, case: &Record) -> Result<Option<String>, Fault> {
    let Some(root) = case.root.as_ref().filter(|root| root.kind == kind::HOUSEHOLD) else { return Ok(None) };
    desk.title(root)
}
