//! Poverty norms and numbers to call, each with the days on which it holds.

use crate::{
    Certainty, Phrase, Rulebook,
    dated::{Days, Held, held},
};
use chrono::NaiveDate;
use serde::Deserialize;

/// A number to call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "HotlineRow")]
pub struct Hotline {
    pub number: String,
    pub name: Phrase,
    /// The article it comes from, or empty.
    pub article: String,
    pub certainty: Certainty,
    national: bool,
    days: Days,
}

#[derive(Deserialize)]
struct HotlineRow {
    number: String,
    scope: String,
    label_vi: String,
    label_en: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    article: String,
    certainty: Certainty,
}

impl From<HotlineRow> for Hotline {
    fn from(row: HotlineRow) -> Self {
        Self {
            number: row.number,
            name: Phrase::new(row.label_vi, row.label_en),
            article: row.article,
            certainty: row.certainty,
            national: row.scope == "national",
            days: Days { from: row.from, to: row.to, ..Days::default() },
        }
    }
}

/// When a household counts as poor. Points are empty where the scoring for these dates is not known yet.
#[derive(Debug, Deserialize)]
pub struct Norm {
    area: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
    #[serde(skip)]
    layer: usize,
    pub b1_poor_points: Option<i64>,
    pub b2_poor_points: Option<i64>,
    pub article: String,
    pub certainty: Certainty,
}

impl Norm {
    fn days(&self) -> Days {
        Days { from: self.from, to: self.to, in_force: self.in_force, layer: self.layer }
    }

    pub(crate) fn lies(&mut self, layer: usize) {
        self.layer = layer;
    }
}

impl Rulebook {
    /// The national numbers that hold on a day.
    pub fn hotlines(&self, day: NaiveDate) -> impl Iterator<Item = &Hotline> {
        self.hotlines.iter().filter(move |line| line.national && line.days.hold(day))
    }

    /// The norm of an area (`rural`, `urban`) for the facts of a day, to who decides on another.
    pub fn norm(&self, area: &str, fact: NaiveDate, decision: NaiveDate) -> Held<'_, Norm> {
        held(self.norms.iter().filter(|norm| norm.area == area), Norm::days, fact, decision)
    }
}
