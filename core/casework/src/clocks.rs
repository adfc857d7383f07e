//! Legal clocks: which deadlines run for a case, by the rulebook's clocks and calendar.
//!
//! Where phones disagree about a case, the more pressing value counts; what is not known never lowers urgency.

use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use model::{RecordState, clock::vietnam};
use rulebook::{Clock, ClockUnit, Lang, Phrase, Rulebook, Urgency};
use serde_json::Value;

/// A legal deadline that runs for a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline<'r> {
    /// Stable, such as `cp_emergency`.
    pub code: &'r str,
    pub title: &'r Phrase,
    pub due: DateTime<FixedOffset>,
    /// The article it comes from.
    pub ground: &'r str,
    pub responsible: &'r Phrase,
    /// To be done without delay: `due` is the moment it began, overdue when that day is over.
    pub at_once: bool,
    pub overdue: bool,
    /// The source was checked word by word.
    pub certain: bool,
    /// It counts days of a year whose calendar is not official yet: it may come to lie later.
    pub provisional: bool,
}

impl Deadline<'_> {
    /// `dd/mm/yyyy HH:MM`, marked while provisional; or "at once".
    pub fn due_text(&self, lang: Lang) -> String {
        if self.at_once {
            return lang.pick("ngay lập tức", "at once").to_owned();
        }
        let due = rulebook::date_time(&self.due);
        if self.provisional { format!("{due} ({})", lang.pick("tạm tính", "provisional")) } else { due }
    }
}

/// The deadlines of an open case, the most pressing first.
pub fn deadlines<'r>(
    rulebook: &'r Rulebook,
    case: &RecordState,
    now: DateTime<FixedOffset>,
) -> Vec<Deadline<'r>> {
    deadlines_of(rulebook, &|field: &str| case.heads(field), now)
}

/// All values of a field that stand beside each other.
pub(crate) type Heads<'a> = &'a dyn Fn(&str) -> Vec<&'a Value>;

pub(crate) fn deadlines_of<'r>(
    rulebook: &'r Rulebook,
    case: Heads<'_>,
    now: DateTime<FixedOffset>,
) -> Vec<Deadline<'r>> {
    let (workflows, states) = (case("workflow"), case("state"));
    let runs = |clock: &&Clock| {
        workflows.iter().any(|workflow| workflow.as_str() == Some(&clock.workflow))
            && !is_met(rulebook, clock, &states)
            && applies(clock, case)
    };
    let mut running: Vec<_> = rulebook
        .clocks()
        .iter()
        .filter(runs)
        .filter_map(|clock| deadline(rulebook, clock, case, now))
        .collect();
    running.sort_by_key(|deadline| (!deadline.at_once, deadline.due));
    running
}

fn deadline<'r>(
    rulebook: &'r Rulebook,
    clock: &'r Clock,
    case: Heads<'_>,
    now: DateTime<FixedOffset>,
) -> Option<Deadline<'r>> {
    let times = case(&clock.starts).into_iter().filter_map(Value::as_str);
    let began = times.filter_map(|text| DateTime::parse_from_rfc3339(text).ok()).min()?;
    let began = vietnam(&began);
    if !clock.holds(began.date_naive()) {
        return None;
    }
    let due = due(rulebook, clock, began)?;
    let overdue = if clock.at_once { vietnam(&now).date_naive() > due.date_naive() } else { now > due };
    let counts_days = clock.unit == ClockUnit::WorkingDays;
    Some(Deadline {
        code: &clock.code,
        title: &clock.title,
        due,
        ground: &clock.article,
        responsible: &clock.responsible,
        at_once: clock.at_once,
        overdue,
        certain: clock.certain,
        provisional: counts_days && !rulebook.calendar.is_official(began.date_naive(), due.date_naive()),
    })
}

fn is_met(rulebook: &Rulebook, clock: &Clock, states: &[&Value]) -> bool {
    let goal = rulebook.state(&clock.workflow, &clock.met_at).map(|state| state.order);
    let past = |code: &str| {
        let state = rulebook.state(&clock.workflow, code);
        state.is_some_and(|state| !state.is_open || goal.is_some_and(|goal| state.order >= goal))
    };
    let mut codes = states.iter().filter_map(|state| state.as_str()).peekable();
    codes.peek().is_some() && codes.all(past)
}

fn applies(clock: &Clock, case: Heads<'_>) -> bool {
    match clock.when.as_str() {
        "always" => true,
        "urgent" => Urgency::of(case) != Urgency::NotUrgent,
        "not-urgent" => Urgency::of(case) != Urgency::Urgent,
        // A field of the case that says so.
        _ => case(&clock.flag).contains(&&Value::Bool(true)),
    }
}

/// Hours run from the moment; days begin on the day after and end with the last one
/// (Civil Code 91/2015 art. 147 and 148).
fn due(rulebook: &Rulebook, clock: &Clock, began: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    let (first, amount): (NaiveDate, u32) = (began.date_naive(), clock.amount);
    let last = match clock.unit {
        ClockUnit::Hours => return began.checked_add_signed(TimeDelta::hours(amount.into())),
        ClockUnit::Days => first.checked_add_days(Days::new(amount.into()))?,
        ClockUnit::Months => first.checked_add_months(Months::new(amount))?,
        ClockUnit::WorkingDays => rulebook.calendar.working_days_after(first, amount.max(1))?,
    };
    let end = last.and_time(NaiveTime::from_hms_opt(23, 59, 59)?);
    began.offset().from_local_datetime(&end).single()
}
