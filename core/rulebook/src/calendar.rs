//! Days of work and days off (`calendar.csv`), and the years whose calendar is complete (`calendar_years.csv`).

use crate::table::Reader;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

#[derive(Debug)]
pub struct Calendar {
    /// Whether one works, where the weekday doesn't say it.
    days: HashMap<NaiveDate, bool>,
    official: HashSet<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum DayKind {
    Off,
    Work,
}

#[derive(Deserialize)]
struct Day {
    date: NaiveDate,
    kind: DayKind,
}

#[derive(Deserialize)]
struct Year {
    year: i32,
    #[serde(deserialize_with = "crate::table::yes")]
    official: bool,
}

impl Calendar {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let rows: Vec<Day> = reader.rows("calendar.csv");
        let mut days = HashMap::new();
        for Day { date, kind } in rows {
            if days.insert(date, matches!(kind, DayKind::Work)).is_some() {
                reader.problem("calendar.csv", &date.to_string(), "the day stands twice");
            }
        }
        let years: Vec<Year> = reader.rows("calendar_years.csv");
        let official = years.into_iter().filter(|year| year.official).map(|year| year.year).collect();
        Self { days, official }
    }

    /// Monday to Friday, but for days off, and a Saturday that is worked instead. A day off that is not announced yet
    /// counts as a working day: the deadline shown is then too early, never too late.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let by_week = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.days.get(&day).copied().unwrap_or(by_week)
    }

    /// Whether each year that these days touch has its official calendar.
    pub fn is_official(&self, first: NaiveDate, last: NaiveDate) -> bool {
        (first.year()..=last.year()).all(|year| self.official.contains(&year))
    }
}
