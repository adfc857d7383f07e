//! Legal clocks: which deadlines run for a record that moves by a workflow, by the rulebook's clocks and calendar.
//!
//! Where phones disagree about one, the more pressing value counts; what is not known never lowers urgency.

use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use model::{RecordState, clock::vietnam};
use rulebook::{
    Certainty, Clock, ClockEvent, ClockUnit, ClockWhen, Lang, ListRole, Phrase, Rulebook, Urgency,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// A legal deadline that runs for a record.
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
    /// It runs as long as an emergency isn't ruled out.
    pub is_for_emergency: bool,
    pub certainty: Certainty,
    /// The law says from when it runs.
    pub start_certain: bool,
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

    /// The article, with how sure it is.
    pub fn ground_text(&self, lang: Lang) -> String {
        let ground = self.certainty.beside(self.ground, lang);
        if self.start_certain {
            return ground;
        }
        format!("{ground} ({})", lang.pick("mốc bắt đầu chưa xác nhận", "from when is not confirmed"))
    }
}

/// The deadlines of a record that is still worked on, the most pressing first.
pub fn deadlines<'r>(
    rulebook: &'r Rulebook,
    kind: &str,
    record: &RecordState,
    now: DateTime<FixedOffset>,
) -> Vec<Deadline<'r>> {
    deadlines_of(rulebook, kind, &|field: &str| record.heads(field), now)
}

/// Those of a record that says this and nothing else.
pub fn of_fields<'r>(
    rulebook: &'r Rulebook,
    kind: &str,
    fields: &BTreeMap<String, Value>,
    now: DateTime<FixedOffset>,
) -> Vec<Deadline<'r>> {
    let heads = |field: &str| fields.get(field).filter(|value| !value.is_null()).into_iter().collect();
    deadlines_of(rulebook, kind, &heads, now)
}

/// All values of a field that stand beside each other.
type Heads<'a> = &'a dyn Fn(&str) -> Vec<&'a Value>;

fn deadlines_of<'r>(
    rulebook: &'r Rulebook,
    kind: &str,
    case: Heads<'_>,
    now: DateTime<FixedOffset>,
) -> Vec<Deadline<'r>> {
    let Some(kind) = rulebook.kind(kind).filter(|kind| kind.workflow.is_some()) else { return Vec::new() };
    let said: Vec<&str> = case("workflow").into_iter().filter_map(Value::as_str).collect();
    let workflows = if said.is_empty() { kind.workflow.as_deref().into_iter().collect() } else { said };
    let states = kind.listed_as(ListRole::State).map_or_else(Vec::new, |field| case(&field.name));
    let runs = |clock: &&Clock| {
        workflows.contains(&clock.workflow.as_str())
            && clock.reads_only(&kind.name)
            && !is_met(rulebook, clock, case, &states)
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
    let ClockEvent::Field { field, .. } = &clock.starts else { return None };
    let times = case(field).into_iter().filter_map(Value::as_str);
    let began = times.filter_map(|text| DateTime::parse_from_rfc3339(text).ok()).min()?;
    let began = vietnam(&began);
    let held = rulebook.clock(&clock.code, began.date_naive(), vietnam(&now).date_naive());
    held.row.filter(|row| std::ptr::eq(*row, clock))?;
    let due = due(rulebook, clock, began)?;
    let overdue = if clock.at_once { vietnam(&now).date_naive() > due.date_naive() } else { now > due };
    let counts_days = clock.unit == ClockUnit::WorkingDays || clock.rolls;
    let is_official = rulebook.calendar.is_official(began.date_naive(), due.date_naive());
    Some(Deadline {
        code: &clock.code,
        title: &clock.title,
        due,
        ground: &clock.article,
        responsible: &clock.responsible,
        at_once: clock.at_once,
        overdue,
        is_for_emergency: clock.when == ClockWhen::Urgent,
        certainty: clock.certainty,
        start_certain: clock.start_certain,
        provisional: counts_days && !is_official,
    })
}

/// With the end of its case, or by what stops the clock, as far as all values that stand beside each other say so.
fn is_met(rulebook: &Rulebook, clock: &Clock, case: Heads<'_>, states: &[&Value]) -> bool {
    let goal = match &clock.stops {
        Some(ClockEvent::State(goal)) => rulebook.state(&clock.workflow, goal).map(|state| state.order),
        Some(ClockEvent::Field { field, .. }) => {
            let said = case(field);
            if !said.is_empty() && said.iter().all(|value| is_said(value)) {
                return true;
            }
            None
        }
        _ => None,
    };
    let past = |code: &str| {
        let state = rulebook.state(&clock.workflow, code);
        state.is_some_and(|state| !state.is_open || goal.is_some_and(|goal| state.order >= goal))
    };
    let mut codes = states.iter().filter_map(|state| state.as_str()).peekable();
    codes.peek().is_some() && codes.all(past)
}

/// A time, a text, a yes.
fn is_said(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("")
}

fn applies(clock: &Clock, case: Heads<'_>) -> bool {
    match &clock.when {
        ClockWhen::Always => true,
        ClockWhen::Urgent => Urgency::of(case) != Urgency::NotUrgent,
        ClockWhen::NotUrgent => Urgency::of(case) != Urgency::Urgent,
        ClockWhen::Field { field, .. } => case(field).contains(&&Value::Bool(true)),
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
    let last = if clock.rolls { rulebook.calendar.worked_from(last)? } else { last };
    let end = last.and_time(NaiveTime::from_hms_opt(23, 59, 59)?);
    began.offset().from_local_datetime(&end).single()
}
