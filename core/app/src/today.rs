//! The first screen of a day: what is begun, what is due, what waits for the office.

mod due;
pub mod view;

use crate::{
    access, cases,
    cases::rows::Open,
    desk::Desk,
    error::{AppError, Fault},
    form::{self, Catalogue},
    households,
    shared::Shared,
    syncing,
    texts::dates,
};
use std::sync::Arc;
use view::TodayView;

/// What a worker's day begins with.
#[derive(uniffi::Object)]
pub struct Today {
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
}

impl Today {
    pub(crate) fn new(shared: &Arc<Shared>, catalogue: &Arc<Catalogue>) -> Self {
        Self { shared: shared.clone(), catalogue: catalogue.clone() }
    }
}

#[uniffi::export]
impl Today {
    pub fn view(&self) -> Result<TodayView, AppError> {
        self.shared.with(|desk| day(&self.catalogue, desk))
    }
}

pub fn day(catalogue: &Catalogue, desk: &Desk) -> Result<TodayView, Fault> {
    let day = desk.now.date_naive();
    let Open { alarms, tasks, tasks_total, cases, cases_total } = cases::rows::open(catalogue, desk)?;
    Ok(TodayView {
        worker: access::worker(desk)?,
        date: dates::with_weekday(desk.lang, day),
        drafts: form::drafts(desk)?,
        alarms,
        tasks,
        tasks_total,
        open_cases: cases,
        open_cases_total: cases_total,
        due: due::rows(desk)?,
        households: households::count(desk)?,
        sync: syncing::waiting::state(desk)?,
    })
}
