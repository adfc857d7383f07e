//! The first screen of a day: what is begun, what is due, what waits for the office.

mod due;
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

pub fn day(desk: &Desk) -> Result<TodayView, Fault> {
    let day = desk.now.date_naive();
    let (open_cases, tasks) = cases::rows::open(desk)?;
    Ok(TodayView {
        worker: access::worker(desk)?,
        date: dates::with_weekday(desk.lang, day),
        drafts: form::drafts(desk)?,
        tasks,
        open_cases,
        due: due::rows(desk)?,
        households: households::count(desk)?,
        sync: syncing::waiting::state(desk)?,
    })
}
