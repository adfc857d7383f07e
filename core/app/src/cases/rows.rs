//! Cases and their deadlines as lists show them.

use super::view::{CaseRow, TaskRow};
use crate::{
    desk::Desk,
    error::Fault,
    form::Catalogue,
    steps::{next::Next, view::AlarmView},
    texts::{dates, joined},
};
use chrono::{DateTime, FixedOffset};
use model::{RecordRef, RecordState, kind};
use rulebook::Lang;
use store::{Progress, Record};
use workflow::{
    Standing,
    clocks::{self, Deadline, Timed},
};

/// A case with the deadlines that run for it, worked out once.
pub struct Case<'a> {
    desk: &'a Desk,
    reference: &'a RecordRef,
    state: &'a RecordState,
    restricted: bool,
    undecided: bool,
    household: Option<String>,
    pub deadlines: Vec<Deadline<'a>>,
}

impl<'a> Case<'a> {
    pub fn of(
        desk: &'a Desk,
        record: &'a Record,
        standing: Option<&Standing>,
        household: Option<String>,
    ) -> Self {
        let timed = standing.map_or(&[][..], |standing| &standing.clocks);
        let progress = standing.and_then(|standing| standing.progress.as_ref());
        Self {
            desk,
            reference: &record.reference,
            state: &record.state,
            restricted: record.restricted,
            undecided: progress.is_some_and(|progress| !progress.branches.is_empty()),
            household,
            deadlines: running(desk, timed),
        }
    }

    pub fn listed(desk: &'a Desk, case: &'a Progress) -> Self {
        let household = case.root.as_ref().zip(case.root_title.as_deref());
        let called = household
            .filter(|(root, _)| root.kind == kind::HOUSEHOLD)
            .map(|(root, title)| desk.rulebook.called(root.kind.as_str(), title, desk.lang));
        Self {
            desk,
            reference: &case.reference,
            state: &case.state,
            restricted: case.restricted,
            undecided: case.undecided,
            household: called,
            deadlines: running(desk, &case.clocks),
        }
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
        let state = rulebook.state_label(self.reference.kind.as_str(), self.state, *lang);
        let undecided = if self.undecided { casework::page::undecided(*lang) } else { "" };
        CaseRow {
            id: self.reference.id.to_string(),
            title: self.title(),
            state: joined([state, undecided], " · "),
            opened: opened.map(dates::stored).unwrap_or_default(),
            restricted: self.restricted,
            overdue: self.deadlines.iter().any(|deadline| deadline.overdue),
            due: due.unwrap_or_default(),
        }
    }

    pub fn title(&self) -> String {
        let title = self.desk.rulebook.title(self.reference, self.state, [], self.desk.lang);
        joined([title.as_str(), self.household.as_deref().unwrap_or_default()], " · ")
    }

    /// Its deadlines, the most pressing first; `of`: what they are called after.
    pub fn tasks(&self, of: &str) -> impl Iterator<Item = (&Deadline<'a>, TaskRow)> {
        self.deadlines.iter().map(move |deadline| (deadline, task(self.desk, self.reference, deadline, of)))
    }
}

fn running<'a>(desk: &'a Desk, timed: &[Timed]) -> Vec<Deadline<'a>> {
    clocks::running(&desk.rulebook, timed, desk.now)
}

/// A deadline of a record; `of`: what it is called after.
pub fn task(desk: &Desk, record: &RecordRef, deadline: &Deadline<'_>, of: &str) -> TaskRow {
    let lang = desk.lang;
    let reminder = if deadline.soon { lang.pick("nhắc việc", "reminder") } else { "" };
    TaskRow {
        id: format!("{}/{}", record.id, deadline.code),
        reference: record.to_string(),
        title: joined([deadline.title.get(lang), of], " · "),
        due: deadline.due_text(lang),
        left: left(desk, deadline),
        note: joined([reminder, &deadline.status_text(lang)], " · "),
        ground: deadline.ground_text(lang),
        overdue: deadline.overdue,
        next: None,
    }
}

/// `còn 3 giờ`, `trễ 2 giờ`; of what is to be done at once since when.
fn left(desk: &Desk, deadline: &Deadline<'_>) -> String {
    let lang = desk.lang;
    let seconds = (deadline.due - desk.now).num_seconds();
    let time = dates::span(lang, seconds.unsigned_abs());
    match lang {
        Lang::Vi if deadline.at_once => format!("đã {time}"),
        Lang::En if deadline.at_once => format!("{time} ago"),
        Lang::Vi if seconds < 0 => format!("trễ {time}"),
        Lang::En if seconds < 0 => format!("{time} late"),
        Lang::Vi => format!("còn {time}"),
        Lang::En => format!("{time} left"),
    }
}

/// Open ones first; of them, those with the most pressing deadline.
pub fn list(desk: &Desk) -> Result<Vec<CaseRow>, Fault> {
    let mut cases = desk.store.progress(kind::CASE, false, |case| {
        let case = Case::listed(desk, &case);
        (case.rank(), case.row())
    })?;
    cases.sort_by_key(|(rank, _)| *rank);
    Ok(cases.into_iter().map(|(_, row)| row).collect())
}

/// The most rows of one screen.
const MOST: usize = 50;

/// What a day begins with.
pub struct Open {
    pub alarms: Vec<AlarmView>,
    /// What calls somebody first, then what is overdue, then what is due next; at most [`MOST`].
    pub tasks: Vec<TaskRow>,
    /// At least so many there are.
    pub tasks_total: u32,
    /// Those with the most pressing deadline first, at most [`MOST`].
    pub cases: Vec<CaseRow>,
    pub cases_total: u32,
}

/// What is still worked on, and what is due in it.
pub fn open(catalogue: &Catalogue, desk: &Desk) -> Result<Open, Fault> {
    let (most, next) = (u32::try_from(MOST).unwrap_or(u32::MAX), Next::of(catalogue, desk)?);
    // Deadlines run for whatever moves by a workflow.
    let kinds = desk.rulebook.kinds().iter().map(|kind| kind.name.as_str());
    let kinds = kinds.filter(|name| *name == kind::CASE || desk.rulebook.has_clocks(name));
    let (mut listed, mut unread) = (Vec::new(), 0);
    for kind in kinds {
        let open = desk.store.open_first(kind, most)?;
        let read = open.iter().filter(|one| !one.restricted && !one.clocks.is_empty()).count();
        unread += desk.store.due_count(kind)?.saturating_sub(u32::try_from(read).unwrap_or(u32::MAX));
        listed.extend(open);
    }
    let cases: Vec<Case<'_>> = listed.iter().map(|of| Case::listed(desk, of)).collect();
    let mut due: Vec<_> = cases.iter().zip(&listed).flat_map(|(case, of)| of_case(case, of)).collect();
    due.sort_by_key(|(case, _, deadline)| {
        (!deadline.is_alarm(), !deadline.overdue, deadline.due, case.reference)
    });
    let total = u32::try_from(due.len()).unwrap_or(u32::MAX).saturating_add(unread);
    due.truncate(MOST);
    let mut tasks = Vec::new();
    for (case, of, deadline) in due {
        let mut task = task(desk, case.reference, deadline, &case.title());
        task.next = next.step(of, &case.deadlines, deadline)?;
        tasks.push(task);
    }
    let mut alarmed = Vec::new();
    for (case, of) in cases.iter().zip(&listed) {
        alarmed.extend(next.alarm(of, &case.deadlines, &case.title())?);
    }
    let mut ranked: Vec<&Case<'_>> = cases.iter().filter(|case| case.reference.kind == kind::CASE).collect();
    ranked.sort_by_key(|case| case.rank());
    ranked.truncate(MOST);
    Ok(Open {
        alarms: alarmed,
        tasks,
        tasks_total: total,
        cases: ranked.into_iter().map(Case::row).collect(),
        cases_total: desk.store.open_count(kind::CASE)?,
    })
}

fn of_case<'c, 'a>(
    case: &'c Case<'a>,
    of: &'a Progress,
) -> impl Iterator<Item = (&'c Case<'a>, &'a Progress, &'c Deadline<'a>)> {
    case.deadlines.iter().map(move |deadline| (case, of, deadline))
}

/// Of an ordinary case; a restricted one has no household.
pub fn household_name(desk: &Desk, case: &Record) -> Result<Option<String>, Fault> {
    let Some(root) = case.root.as_ref().filter(|root| root.kind == kind::HOUSEHOLD) else { return Ok(None) };
    desk.title(root)
}
