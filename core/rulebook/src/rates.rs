//! Base amounts (`rates.csv`) that benefits are multiples of.

use crate::{
    Certainty, Lang, Phrase, Rulebook, date,
    dated::{Days, Held, held},
    vnd,
};
use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Rate {
    /// Stable, such as `social_base`.
    pub id: String,
    /// Whole đồng.
    pub vnd: u64,
    pub name: Phrase,
    pub days: Days,
    pub article: String,
    pub certainty: Certainty,
    /// Who may set a higher one, such as `province`; `None`: nobody.
    pub min_of: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    vnd: u64,
    label_vi: String,
    label_en: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
    article: String,
    certainty: Certainty,
    min_of: Option<String>,
}

impl From<Row> for Rate {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            vnd: row.vnd,
            name: Phrase::new(row.label_vi, row.label_en),
            days: Days { from: row.from, to: row.to, in_force: row.in_force, layer: 0 },
            article: row.article,
            certainty: row.certainty,
            min_of: row.min_of,
        }
    }
}

impl Held<'_, Rate> {
    /// What will be paid once the later row is in force, and since when.
    pub fn note(&self, lang: Lang) -> Option<String> {
        let later = self.later?;
        let (from, amount) = (date(later.days.acted_from()?), vnd(later.vnd));
        let since = later.days.from.map(date)?;
        Some(lang.pick(
            format!("Từ {from}: {amount}, truy lĩnh từ {since}."),
            format!("From {from}: {amount}, back-paid from {since}."),
        ))
    }
}

impl Rulebook {
    /// All that an amount ever was, in the order of the table.
    pub fn rates<'r>(&'r self, id: &'r str) -> impl Iterator<Item = &'r Rate> {
        self.rates.iter().filter(move |rate| rate.id == id)
    }

    /// What an amount is for the facts of a day, to who decides on another.
    pub fn rate<'r>(&'r self, id: &'r str, fact: NaiveDate, decision: NaiveDate) -> Held<'r, Rate> {
        held(self.rates(id), |rate| rate.days, fact, decision)
    }
}
