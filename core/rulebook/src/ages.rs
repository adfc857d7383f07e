//! Whom a workflow is for by age (`ages.csv`).

use crate::{
    Certainty, Phrase, Rulebook,
    dated::{Days, held},
};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Whoever is younger goes by this workflow.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Age {
    pub workflow: String,
    /// In full years.
    pub under: u32,
    pub label: Phrase,
    pub article: String,
    pub certainty: Certainty,
    pub days: Days,
}

#[derive(Deserialize)]
struct Row {
    workflow: String,
    under: u32,
    label_vi: String,
    label_en: String,
    article: String,
    certainty: Certainty,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
}

impl From<Row> for Age {
    fn from(row: Row) -> Self {
        Self {
            workflow: row.workflow,
            under: row.under,
            label: Phrase::new(row.label_vi, row.label_en),
            article: row.article,
            certainty: row.certainty,
            days: Days { from: row.from, to: row.to, in_force: row.in_force, layer: 0 },
        }
    }
}

impl Rulebook {
    /// The ages that hold on a day, one for each workflow, the youngest first.
    pub fn ages(&self, day: NaiveDate) -> Vec<&Age> {
        let workflows: BTreeSet<&str> = self.ages.iter().map(|age| age.workflow.as_str()).collect();
        let rows = |workflow| self.ages.iter().filter(move |age| age.workflow == workflow);
        let held = workflows.into_iter().filter_map(|of| held(rows(of), |age| age.days, day, day).row);
        let mut ages: Vec<_> = held.collect();
        ages.sort_by_key(|age| age.under);
        ages
    }
}
