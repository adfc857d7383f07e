//! Days of work and days off (`calendar.csv`), and the years whose calendar is complete (`calendar_years.csv`).

use crate::table::Tables;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

#[derive(Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Each day on which the weekday doesn't say whether one works, numbered from the Common Era's first, with how many
    /// more working days there were up to and with it than weekdays.
    exceptions: Vec<(i64, i64)>,
    official: HashSet<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DayKind {
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
    pub(crate) fn read(tables: &mut Tables) -> Self {
        let rows: Vec<Day> = tables.rows("calendar.csv");
        let days: BTreeMap<_, _> =
            rows.into_iter().map(|day| (number(day.date), matches!(day.kind, DayKind::Work))).collect();
        let mut more = 0;
        let count = |(day, works): (i64, bool)| {
            more += i64::from(works) - (weekdays_until(day) - weekdays_until(day - 1));
            (day, more)
        };
        let exceptions = days.into_iter().map(count).collect();
        let years: Vec<Year> = tables.rows("calendar_years.csv");
        let official = years.into_iter().filter(|year| year.official).map(|year| year.year).collect();
        Self { exceptions, official }
    }

    /// The last of so many working days that begin on the day after: Monday to Friday, but for days off, and a Saturday
    /// that is worked instead. A day off that is not announced yet counts as a working day: the deadline shown is then
    /// too early, never too late.
    pub fn working_days_after(&self, day: NaiveDate, amount: u32) -> Option<NaiveDate> {
        let wanted = self.worked_until(number(day)) + i64::from(amount);
        // A week has five, and each exception takes one at most.
        let mut before = number(day);
        let mut last = before + 7 * (i64::from(amount) / 5 + 1) + 7 * self.exceptions.len() as i64;
        while before + 1 < last {
            let middle = i64::midpoint(before, last);
            if self.worked_until(middle) < wanted {
                before = middle;
            } else {
                last = middle;
            }
        }
        NaiveDate::from_num_days_from_ce_opt(last.try_into().ok()?)
    }

    /// The day itself, or the next one that is worked.
    pub fn worked_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        let works = |day: &NaiveDate| self.worked_until(number(*day)) > self.worked_until(number(*day) - 1);
        // No holidays are longer than that.
        day.iter_days().take(31).find(works)
    }

    fn worked_until(&self, day: i64) -> i64 {
        let past = self.exceptions.partition_point(|(exception, _)| *exception <= day);
        weekdays_until(day) + past.checked_sub(1).map_or(0, |last| self.exceptions[last].1)
    }

    /// Whether each year that these days touch has its official calendar.
    pub fn is_official(&self, first: NaiveDate, last: NaiveDate) -> bool {
        (first.year()..=last.year()).all(|year| self.official.contains(&year))
    }
}

fn number(day: NaiveDate) -> i64 {
    day.num_days_from_ce().into()
}

/// How many days from Monday to Friday there were up to and with this one; day 1 was a Monday.
fn weekdays_until(day: i64) -> i64 {
    day.div_euclid(7) * 5 + day.rem_euclid(7).min(5)
}
