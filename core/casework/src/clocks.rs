//! Legal clocks: which deadlines run for a case, from `data/legal_clocks.csv`, by working days of `data/holidays.csv`.
//!
//! Where phones disagree about a case, the more pressing value counts; what is not known never lowers urgency.

use crate::{
    Lang, Phrase, reference,
    table::{held, table},
};
use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Weekday,
};
use model::{RecordState, clock::vietnam};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::HashSet, sync::OnceLock};

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
    /// To be done without delay: `due` is the moment it began, overdue when that day is over.
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
    let heads = |field: &str| match case.fields.get(field) {
        None => Vec::new(),
        Some(state) => state.heads.iter().map(|head| &head.value).filter(|value| !value.is_null()).collect(),
    };
    deadlines_of(&heads, now)
}

/// All values of a field that stand beside each other.
pub(crate) type Heads<'a> = &'a dyn Fn(&str) -> Vec<&'a Value>;

pub(crate) fn deadlines_of(case: Heads<'_>, now: DateTime<FixedOffset>) -> Vec<Deadline> {
    let texts = |field: &str| -> Vec<&str> { case(field).into_iter().filter_map(Value::as_str).collect() };
    let workflows = texts("workflow");
    let mut running: Vec<_> = clocks()
        .iter()
        .filter(|clock| workflows.contains(&clock.workflow.as_str()))
        .filter_map(|clock| clock.deadline(case, &texts("state"), now))
        .collect();
    running.sort_by_key(|deadline| (!deadline.at_once, deadline.due));
    running
}

/// Whether a child must be protected at once (Decree 56/2017 art. 31): the worker's conclusion, and where the
/// form could not rule it out, neither can a lower conclusion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Urgency {
    Urgent,
    Unknown,
    NotUrgent,
}

impl Urgency {
    fn of(case: Heads<'_>) -> Self {
        let is = |value: &&Value, text: &str| value.as_str() == Some(text);
        let concluded = case("severity");
        let lower = |value: &&Value| is(value, "medium") || is(value, "low");
        if concluded.iter().any(|value| is(value, "high")) {
            Self::Urgent
        } else if concluded.is_empty()
            || !concluded.iter().all(lower)
            || case("urgency").iter().any(|value| is(value, "unknown"))
        {
            Self::Unknown
        } else {
            Self::NotUrgent
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unit {
    Hours,
    Days,
    WorkingDays,
    Months,
}

#[derive(Debug, Deserialize)]
#[serde(from = "ClockRow")]
pub(crate) struct Clock {
    pub code: String,
    pub workflow: String,
    /// The state from which on the duty counts as met; empty: none.
    pub met_at: String,
    /// The case's field that holds when the clock began.
    starts: String,
    amount: u32,
    unit: Unit,
    at_once: bool,
    when: String,
    title: Phrase,
    responsible: Phrase,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    article: String,
    certain: bool,
}

#[derive(Deserialize)]
struct ClockRow {
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
    certainty: String,
}

impl From<ClockRow> for Clock {
    fn from(row: ClockRow) -> Self {
        Self {
            code: row.code,
            workflow: row.workflow,
            met_at: row.met_at,
            starts: format!("{}_at", row.starts.replace('-', "_")),
            amount: row.amount,
            unit: row.unit,
            at_once: row.at_once,
            when: row.when,
            title: Phrase::new(row.label_vi, row.label_en),
            responsible: Phrase::new(row.responsible_vi, row.responsible_en),
            from: row.from,
            to: row.to,
            article: row.article,
            certain: row.certainty == "high",
        }
    }
}

table! { pub(crate) fn clocks() -> [Clock] = "legal_clocks.csv"; }

impl Clock {
    fn deadline(
        &'static self,
        case: Heads<'_>,
        states: &[&str],
        now: DateTime<FixedOffset>,
    ) -> Option<Deadline> {
        if self.is_met(states) || !self.applies(case) {
            return None;
        }
        let times = case(&self.starts).into_iter().filter_map(Value::as_str);
        let began = times.filter_map(|text| DateTime::parse_from_rfc3339(text).ok()).min()?;
        let began = vietnam(&began);
        if !held(self.from, self.to, began.date_naive()) {
            return None;
        }
        let due = self.due(began)?;
        let overdue = if self.at_once { vietnam(&now).date_naive() > due.date_naive() } else { now > due };
        Some(Deadline {
            code: &self.code,
            title: &self.title,
            due,
            ground: &self.article,
            responsible: &self.responsible,
            at_once: self.at_once,
            overdue,
            certain: self.certain,
        })
    }

    fn is_met(&self, states: &[&str]) -> bool {
        let goal = reference::state(&self.workflow, &self.met_at).map(|state| state.order);
        let past = |code: &&str| {
            let state = reference::state(&self.workflow, code);
            state.is_some_and(|state| !state.is_open || goal.is_some_and(|goal| state.order >= goal))
        };
        !states.is_empty() && states.iter().all(past)
    }

    fn applies(&self, case: Heads<'_>) -> bool {
        match self.when.as_str() {
            "always" => true,
            "urgent" => Urgency::of(case) != Urgency::NotUrgent,
            "not-urgent" => Urgency::of(case) != Urgency::Urgent,
            // A field of the case that says so.
            flag => case(&flag.replace('-', "_")).contains(&&Value::Bool(true)),
        }
    }

    /// Hours run from the moment; days begin on the day after and end with the last one
    /// (Civil Code 91/2015 art. 147 and 148).
    fn due(&self, began: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
        let first = began.date_naive();
        let last = match self.unit {
            Unit::Hours => return began.checked_add_signed(TimeDelta::hours(self.amount.into())),
            Unit::Days => first.checked_add_days(Days::new(self.amount.into()))?,
            Unit::Months => first.checked_add_months(Months::new(self.amount))?,
            Unit::WorkingDays => first
                .iter_days()
                .skip(1)
                .filter(|day| is_working_day(*day))
                .nth(self.amount.max(1) as usize - 1)?,
        };
        let end = last.and_time(NaiveTime::from_hms_opt(23, 59, 59)?);
        began.offset().from_local_datetime(&end).single()
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Holiday {
    date: NaiveDate,
}

table! { pub(crate) fn holidays() -> [Holiday] = "holidays.csv"; }

/// Monday to Friday, but for public holidays. A holiday that is not announced yet counts as a working day:
/// the deadline shown is then too early, never too late.
pub fn is_working_day(day: NaiveDate) -> bool {
    static DAYS: OnceLock<HashSet<NaiveDate>> = OnceLock::new();
    let holidays = DAYS.get_or_init(|| holidays().iter().map(|holiday| holiday.date).collect());
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(&day)
}
