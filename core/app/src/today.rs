//! The first screen of a day: what is begun, what is due, what waits for the office.

pub mod view;

use crate::{
    access, cases,
    desk::Desk,
    error::{AppError, Fault},
    form, households,
    shared::Shared,
    syncing,
    texts::dates,
};
use casework::clocks;
use std::sync::Arc;
use view::TodayView;

/// What a worker's day begins with.
#[derive(uniffi::Object)]
pub struct Today {
    shared: Arc<Shared>,
}

impl Today {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: shared.clone() }
    }
}

#[uniffi::export]
impl Today {
    pub fn view(&self) -> Result<TodayView, AppError> {
        self.shared.with(day)
    }
}

/// The most visits that one screen lists.
const MOST_VISITS: u32 = 50;

pub fn day(desk: &Desk) -> Result<TodayView, Fault> {
    let day = desk.now.date_naive();
    let (open_cases, cases) = cases::rows::open(desk)?;
    let mut tasks = Vec::new();
    for case in &cases {
        let title = open_cases.iter().find(|row| row.id == case.reference.id.to_string());
        let of_case = cases::rows::tasks(desk, case, title.map_or("", |row| &row.title));
        let deadlines = clocks::deadlines(&desk.rulebook, &case.state, desk.now);
        tasks.extend(deadlines.iter().map(|deadline| (!deadline.overdue, deadline.due)).zip(of_case));
    }
    tasks.sort_by_key(|(rank, _)| *rank);
    Ok(TodayView {
        worker: access::worker(desk)?,
        date: dates::with_weekday(desk.lang, day),
        drafts: form::drafts(desk)?,
        tasks: tasks.into_iter().map(|(_, task)| task).collect(),
        open_cases,
        visits_due: households::due(desk, day, MOST_VISITS)?,
        households: households::count(desk)?,
        sync: syncing::waiting::state(desk)?,
    })
}
