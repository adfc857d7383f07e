//! The first screen of a day: what is begun, what is due, what waits for the office.

use crate::{
    access, cases,
    error::Fault,
    forms, households,
    state::Desk,
    texts::{dates, errors},
    view::{SyncState, TodayView},
};
use casework::clocks;
use model::kind;
use store::HeldBack;
use wire::push::Outcome;

/// The most visits that one screen lists.
const MOST_VISITS: u32 = 50;

pub fn view(desk: &Desk) -> Result<TodayView, Fault> {
    let day = desk.now.date_naive();
    let cases = desk.store.open_records(kind::CASE)?;
    let open_cases = cases::rows(desk, &cases)?;
    let mut tasks = Vec::new();
    for case in &cases {
        let title = open_cases.iter().find(|row| row.id == case.reference.id.to_string());
        let of_case = cases::tasks(desk, case, title.map_or("", |row| &row.title));
        let deadlines = clocks::deadlines(&desk.rulebook, &case.state, desk.now);
        tasks.extend(deadlines.iter().map(|deadline| (!deadline.overdue, deadline.due)).zip(of_case));
    }
    tasks.sort_by_key(|(rank, _)| *rank);
    let due = desk.store.due(kind::HOUSEHOLD, &day.format("%Y-%m-%d").to_string(), MOST_VISITS)?;
    Ok(TodayView {
        worker: access::worker(desk)?,
        date: dates::with_weekday(desk.lang, day),
        drafts: forms::drafts(desk)?,
        tasks: tasks.into_iter().map(|(_, task)| task).collect(),
        open_cases,
        visits_due: due.into_iter().map(|listed| households::row(desk, listed)).collect(),
        households: desk.store.list_count(kind::HOUSEHOLD)?,
        sync: sync_state(desk)?,
    })
}

fn sync_state(desk: &Desk) -> Result<SyncState, Fault> {
    let waiting = desk.store.waiting()?;
    let last = match desk.store.sync_times()?.finished_at {
        Some(at) => {
            format!("{} {}", desk.lang.pick("Đồng bộ lần cuối", "Last synchronised"), dates::moment(at))
        }
        None => desk.lang.pick("Chưa đồng bộ lần nào", "Never synchronised").to_owned(),
    };
    Ok(SyncState {
        changes_waiting: u32::try_from(waiting.changes).unwrap_or(u32::MAX),
        photos_waiting: u32::try_from(waiting.photos).unwrap_or(u32::MAX),
        last,
        held_back: held_back(desk)?,
    })
}

/// One line for each form and reason, however many changes it made.
fn held_back(desk: &Desk) -> Result<Vec<String>, Fault> {
    let mut lines: Vec<String> = Vec::new();
    for HeldBack { record, cause, outcome, .. } in desk.store.held_back()? {
        let (Outcome::Waiting { code } | Outcome::Refused { code }) = outcome else { continue };
        let source = desk.store.record(&cause.unwrap_or(record))?;
        let state = source.as_ref().map(|source| &source.state);
        let title = state.and_then(|s| s.text("title").or_else(|| s.text("form")).or_else(|| s.text("name")));
        let reason = errors::held_back(desk.lang, &code);
        let line = match title {
            Some(title) => format!("{title}: {reason}"),
            None => reason.to_owned(),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    Ok(lines)
}
