//! Legal clocks: which began for a record, when they are due, which were met or turned out not to run, by the rulebook's
//! table and calendar.
//!
//! Where phones disagree, the more pressing value counts; what is not known never lowers urgency, and nothing is taken as
//! done while one of them says otherwise.

pub use crate::events::Facts;

use crate::events::{Began, Moment};
use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use model::{
    RecordState,
    clock::{VIETNAM, moment, vietnam},
};
use rulebook::{Certainty, Clock, ClockUnit, ClockWhen, Event, Events, Lang, Phrase, Rulebook, Urgency};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A clock of a record, as lists keep it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// Stable, such as `cp_emergency`.
    pub code: String,
    /// The place of its row among the rulebook's clocks.
    pub row: usize,
    /// Milliseconds since 1970, as all times here.
    pub began: i64,
    pub due: i64,
    /// It counts days of a year whose calendar is not official yet: it may come to lie later.
    pub provisional: bool,
    /// It may still turn out that there is no such duty.
    pub unsettled: bool,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Runs,
    Met(i64),
    Void(i64),
    /// The record is no longer worked on.
    Over,
}

/// A legal deadline of a record, looked at at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline<'r> {
    pub clock: &'r Clock,
    /// Stable, such as `cp_emergency`.
    pub code: &'r str,
    pub title: &'r Phrase,
    pub began: DateTime<FixedOffset>,
    pub due: DateTime<FixedOffset>,
    pub status: Status,
    /// The article it comes from.
    pub ground: &'r str,
    pub responsible: &'r Phrase,
    /// To be done without delay: `due` is the moment it began.
    pub at_once: bool,
    /// It runs, and its time is over; or it was met after that.
    pub overdue: bool,
    pub certainty: Certainty,
    /// The law says from when it runs.
    pub start_certain: bool,
    /// It counts days of a year whose calendar is not official yet: it may come to lie later.
    pub provisional: bool,
    /// It may still turn out that there is no such duty.
    pub unsettled: bool,
    /// Somebody wanted to be reminded by now.
    pub soon: bool,
}

impl Deadline<'_> {
    pub fn runs(&self) -> bool {
        self.status == Status::Runs
    }

    /// It calls somebody until they act, or runs as long as an emergency isn't ruled out.
    pub fn is_alarm(&self) -> bool {
        self.clock.is_alarm() || self.clock.when == ClockWhen::Urgent
    }

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

    /// What became of it; nothing while it runs and stands.
    pub fn status_text(&self, lang: Lang) -> String {
        let at = |ms: i64| rulebook::date_time(&of_ms(ms));
        match self.status {
            Status::Runs if self.unsettled => lang
                .pick("tạm thời, cho đến khi đánh giá xong", "for the time being, until it is assessed")
                .to_owned(),
            Status::Runs => String::new(),
            Status::Met(ms) if self.overdue => {
                let (late, at) = (rulebook::duration(lang, self.late(ms).unsigned_abs() / 1000), at(ms));
                format!("{} {at}, {} {late}", lang.pick("đã làm", "done"), lang.pick("trễ", "late by"))
            }
            Status::Met(ms) => format!("{} {}", lang.pick("đã làm", "done"), at(ms)),
            Status::Void(ms) => {
                format!("{} {}", lang.pick("không áp dụng từ", "no longer applies since"), at(ms))
            }
            Status::Over => lang.pick("đã kết thúc cùng hồ sơ", "ended with the case").to_owned(),
        }
    }

    /// When somebody wants to be reminded of it.
    pub fn reminders(&self) -> impl Iterator<Item = DateTime<FixedOffset>> {
        reminders(self.clock, self.due)
    }

    /// How long after its time, in milliseconds; less than 0 before.
    fn late(&self, at: i64) -> i64 {
        at - self.end().timestamp_millis()
    }

    fn end(&self) -> Moment {
        end(self.clock, self.due)
    }
}

/// What is to be done at once is overdue when the time of its row is over, a day where that says none: midnight alone
/// makes nothing late.
fn end(clock: &Clock, due: Moment) -> Moment {
    if !clock.at_once {
        return due;
    }
    let time = match (clock.amount, clock.unit) {
        (1.., ClockUnit::Hours) => TimeDelta::hours(clock.amount.into()),
        _ => TimeDelta::days(clock.amount.max(1).into()),
    };
    due + time
}

/// When somebody wants to be reminded of what is due; of days the first moment of one.
fn reminders(clock: &Clock, due: Moment) -> impl Iterator<Item = Moment> {
    clock.remind.iter().filter_map(move |before| match before.days() {
        Some(days) => {
            let day = due.date_naive().checked_sub_days(Days::new(days.into()))?;
            VIETNAM.from_local_datetime(&day.and_time(NaiveTime::MIN)).single()
        }
        None => due.checked_sub_signed(TimeDelta::minutes(before.minutes.into())),
    })
}

pub(crate) fn of_ms(ms: i64) -> Moment {
    moment(u64::try_from(ms).unwrap_or(0)).unwrap_or_else(|| VIETNAM.timestamp_nanos(0))
}

/// When a clock is overdue, milliseconds since 1970: what is to be done at once later than it is due.
pub fn late_from(rulebook: &Rulebook, timed: &Timed) -> i64 {
    let clock = rulebook.clocks().get(timed.row).filter(|clock| clock.code == timed.code);
    clock.map_or(timed.due, |clock| end(clock, of_ms(timed.due)).timestamp_millis())
}

/// A clock looked at at a moment; `None`: the rulebook is another than the one that it was worked out by.
pub fn deadline<'r>(
    rulebook: &'r Rulebook,
    timed: &Timed,
    now: DateTime<FixedOffset>,
) -> Option<Deadline<'r>> {
    let clock = rulebook.clocks().get(timed.row).filter(|clock| clock.code == timed.code)?;
    let (began, due) = (of_ms(timed.began), of_ms(timed.due));
    let until = match timed.status {
        Status::Met(at) => of_ms(at),
        Status::Runs => now,
        Status::Void(_) | Status::Over => due,
    };
    Some(Deadline {
        clock,
        code: &clock.code,
        title: &clock.title,
        began,
        due,
        status: timed.status,
        ground: &clock.article,
        responsible: &clock.responsible,
        at_once: clock.at_once,
        // What is to last at least so long isn't met too late.
        overdue: until > end(clock, due) && !(clock.rolls && matches!(timed.status, Status::Met(_))),
        certainty: clock.certainty,
        start_certain: clock.start_certain,
        provisional: timed.provisional,
        unsettled: timed.unsettled,
        soon: timed.status == Status::Runs && reminders(clock, due).any(|at| at <= now),
    })
}

/// The deadlines that run, the most pressing first.
pub fn running<'r>(rulebook: &'r Rulebook, timed: &[Timed], now: DateTime<FixedOffset>) -> Vec<Deadline<'r>> {
    let runs = timed.iter().filter(|timed| timed.status == Status::Runs);
    let mut running: Vec<_> = runs.filter_map(|timed| deadline(rulebook, timed, now)).collect();
    running.sort_by_key(|deadline| (!deadline.at_once, deadline.due));
    running
}

/// The deadlines that run for a record by what it says itself, the most pressing first.
pub fn alone<'r>(
    rulebook: &'r Rulebook,
    kind: &str,
    state: &RecordState,
    now: DateTime<FixedOffset>,
) -> Vec<Deadline<'r>> {
    let facts = Facts { rulebook, kind, state, below: &[], progress: None };
    running(rulebook, &of(&facts, vietnam(&now).date_naive()), now)
}

/// All clocks that began for a record, in the order of the table; `today` (in Viet Nam) says which law may be acted by.
pub fn of(facts: &Facts<'_>, today: NaiveDate) -> Vec<Timed> {
    let workflows = facts.workflows();
    if facts.rulebook.kind(facts.kind).is_none_or(|kind| kind.workflow.is_none()) {
        return Vec::new();
    }
    let clocks = facts.rulebook.clocks().iter().enumerate();
    let of_it = clocks
        .filter(|(_, clock)| workflows.contains(&clock.workflow.as_str()) && clock.runs_for(facts.kind));
    of_it.filter_map(|(row, clock)| timed(facts, row, clock, today)).collect()
}

fn timed(facts: &Facts<'_>, row: usize, clock: &Clock, today: NaiveDate) -> Option<Timed> {
    if !applies(facts, clock) {
        return None;
    }
    let Began { at: began, anew } = facts.began(&clock.starts)?;
    let held = facts.rulebook.clock(&clock.code, began.date_naive(), today);
    held.row.filter(|held| std::ptr::eq(*held, clock))?;
    // What begins anew isn't met by what was done before.
    let counts = |at: &Moment| !anew || *at >= began;
    let times = |events: Option<&Events>| -> Vec<Moment> {
        events.map_or_else(Vec::new, |events| facts.happened(events)).into_iter().filter(counts).collect()
    };
    let (stops, voids) = (times(clock.stops.as_ref()), times(clock.voids.as_ref()));
    let due = if clock.repeats {
        next_due(facts.rulebook, clock, began, &stops)?
    } else {
        due(facts.rulebook, clock, began, 1)?
    };
    let met = stops.first().filter(|_| !clock.repeats).copied();
    let stands = clock.settled.as_ref().is_some_and(|events| !facts.happened(events).is_empty());
    // Where one finds that the duty stands and another that it doesn't, it stands.
    let void = voids.first().filter(|_| !stands).copied();
    let status = match (met, void) {
        (Some(met), void) if void.is_none_or(|void| met <= void) => Status::Met(met.timestamp_millis()),
        (_, Some(void)) => Status::Void(void.timestamp_millis()),
        _ if came_to(facts, clock) => Status::Over,
        _ if !facts.is_open() => Status::Over,
        _ => Status::Runs,
    };
    let counts_days = clock.unit == ClockUnit::WorkingDays || clock.rolls;
    let is_official = facts.rulebook.calendar.is_official(began.date_naive(), due.date_naive());
    Some(Timed {
        code: clock.code.clone(),
        row,
        began: began.timestamp_millis(),
        due: due.timestamp_millis(),
        provisional: counts_days && !is_official,
        unsettled: clock.settled.is_some() && !stands && status == Status::Runs,
        status,
    })
}

/// It stops with a state that the record is in, or past.
fn came_to(facts: &Facts<'_>, clock: &Clock) -> bool {
    let goals: Vec<u32> = clock
        .stops
        .iter()
        .flat_map(Events::iter)
        .filter_map(|event| match event {
            Event::State(goal) => facts.rulebook.state(&clock.workflow, goal).map(|state| state.order),
            _ => None,
        })
        .collect();
    let states = facts.states();
    let past = |code: &&str| {
        let state = facts.rulebook.state(&clock.workflow, code);
        state.is_some_and(|state| goals.iter().any(|goal| state.order >= *goal))
    };
    !states.is_empty() && states.iter().all(past)
}

fn applies(facts: &Facts<'_>, clock: &Clock) -> bool {
    let heads = |field: &str| facts.state.heads(field);
    match &clock.when {
        ClockWhen::Always => true,
        ClockWhen::Urgent => Urgency::of(heads) != Urgency::NotUrgent,
        ClockWhen::NotUrgent => Urgency::of(heads) != Urgency::Urgent,
        ClockWhen::Field { field, .. } => heads(field).contains(&&Value::Bool(true)),
        ClockWhen::Happened(events) => facts.may_have(events),
    }
}

/// So many times are counted; no case runs longer.
const MOST_ROUNDS: u32 = 1_000;

/// The end of the round after the last that was met. What was done meets the round that it falls into; where the one
/// before was not met, it was late for that.
fn next_due(rulebook: &Rulebook, clock: &Clock, began: Moment, done: &[Moment]) -> Option<Moment> {
    let (mut met, mut round) = (0, 1);
    for at in done.iter().filter(|at| **at >= began) {
        while round < MOST_ROUNDS && due(rulebook, clock, began, round)? < *at {
            round += 1;
        }
        met = if met + 1 < round { round - 1 } else { round };
    }
    due(rulebook, clock, began, met + 1)
}

/// The end of a round, the first being 1. Hours run from the moment; days begin on the day after and end with the last one
/// (Civil Code 91/2015 art. 147 and 148). Rounds are counted from the beginning, so that a month that is too short for
/// its day shortens no later one.
fn due(rulebook: &Rulebook, clock: &Clock, began: Moment, round: u32) -> Option<Moment> {
    if clock.at_once {
        return Some(began);
    }
    let (first, amount): (NaiveDate, u32) = (began.date_naive(), clock.amount.checked_mul(round)?);
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
