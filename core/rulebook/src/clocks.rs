//! Legal clocks as data (`legal_clocks.csv`): what starts one, how long it runs, who answers for it, by which article.

use crate::{Phrase, Rulebook, table::Days};
use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    Hours,
    Days,
    WorkingDays,
    Months,
}

#[derive(Debug, Deserialize)]
#[serde(from = "Row")]
pub struct Clock {
    /// Stable, such as `cp_emergency`.
    pub code: String,
    pub workflow: String,
    /// The state from which on the duty counts as met; empty: none.
    pub met_at: String,
    /// The case's field that holds when the clock began.
    pub starts: String,
    pub amount: u32,
    pub unit: Unit,
    pub at_once: bool,
    /// `always`, `urgent`, `not-urgent`, or a field of the case that says so.
    pub when: String,
    /// The field of the case that `when` names.
    pub flag: String,
    pub title: Phrase,
    pub responsible: Phrase,
    pub article: String,
    /// The source was checked word by word.
    pub certain: bool,
    days: Days,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    workflow: String,
    starts: String,
    amount: u32,
    unit: Unit,
    #[serde(deserialize_with = "crate::table::yes")]
    at_once: bool,
    when: String,
    met_at: String,
    label_vi: String,
    label_en: String,
    responsible_vi: String,
    responsible_en: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    article: String,
    #[serde(rename = "certainty", deserialize_with = "crate::table::certain")]
    certain: bool,
}

impl From<Row> for Clock {
    fn from(row: Row) -> Self {
        Self {
            code: row.code,
            workflow: row.workflow,
            met_at: row.met_at,
            starts: format!("{}_at", row.starts.replace('-', "_")),
            amount: row.amount,
            unit: row.unit,
            at_once: row.at_once,
            flag: row.when.replace('-', "_"),
            when: row.when,
            title: Phrase::new(row.label_vi, row.label_en),
            responsible: Phrase::new(row.responsible_vi, row.responsible_en),
            days: Days { from: row.from, to: row.to },
            article: row.article,
            certain: row.certain,
        }
    }
}

impl Clock {
    /// Whether it was law on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.days.hold(day)
    }
}

impl Rulebook {
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }
}
