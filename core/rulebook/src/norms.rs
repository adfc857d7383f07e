//! Poverty norms and numbers to call, each with the days on which it holds.

use crate::{Phrase, Rulebook, table::Days};
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
    /// The source was checked word by word.
    pub certain: bool,
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
    #[serde(rename = "certainty", deserialize_with = "crate::table::certain")]
    certain: bool,
}

impl From<HotlineRow> for Hotline {
    fn from(row: HotlineRow) -> Self {
        Self {
            number: row.number,
            name: Phrase::new(row.label_vi, row.label_en),
            article: row.article,
            certain: row.certain,
            national: row.scope == "national",
            days: Days { from: row.from, to: row.to },
        }
    }
}

/// When a household counts as poor. Points are empty where the scoring for these dates is not known yet.
#[derive(Debug, Deserialize)]
pub struct Norm {
    area: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    pub b1_poor_points: Option<i64>,
    pub b2_poor_points: Option<i64>,
    pub article: String,
    /// The source was checked word by word.
    #[serde(rename = "certainty", deserialize_with = "crate::table::certain")]
    pub certain: bool,
}

impl Rulebook {
    /// The national numbers that hold on a day.
    pub fn hotlines(&self, day: NaiveDate) -> impl Iterator<Item = &Hotline> {
        self.hotlines.iter().filter(move |line| line.national && line.days.hold(day))
    }

    /// The norm of an area (`rural`, `urban`) on a day.
    pub fn norm(&self, area: &str, day: NaiveDate) -> Option<&Norm> {
        let holds = |norm: &&Norm| norm.area == area && Days { from: norm.from, to: norm.to }.hold(day);
        self.norms.iter().find(holds)
    }
}
