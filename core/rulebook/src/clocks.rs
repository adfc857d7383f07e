//! Legal clocks as data (`clocks.csv`): what starts, stops and voids one, how long it runs, who answers for it, whom it
//! goes up to, by which article.

use crate::{
    Certainty, Event, Events, Phrase, Rulebook,
    dated::{Days, Held, held},
    events::kind_and_field,
};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    Hours,
    Days,
    WorkingDays,
    Months,
}

/// What a clock runs for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    Always,
    Urgent,
    NotUrgent,
    /// `field:case.removal`: a yes.
    Field {
        kind: String,
        field: String,
    },
    /// Something happened that is not a yes of the record itself.
    Happened(Events),
}

impl When {
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "always" => Some(Self::Always),
            "urgent" => Some(Self::Urgent),
            "not-urgent" => Some(Self::NotUrgent),
            other => {
                let yes = other.strip_prefix("field:").and_then(kind_and_field);
                let yes = yes.map(|(kind, field)| Self::Field { kind, field });
                yes.or_else(|| Events::read(other).map(Self::Happened))
            }
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong =
            || serde::de::Error::custom("always, urgent, not-urgent, field:KIND.FIELD, action:… or record:…");
        Self::read(&text).ok_or_else(wrong)
    }
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Clock {
    /// Stable, such as `cp_emergency`.
    pub code: String,
    pub workflow: String,
    pub starts: Events,
    /// When the duty counts as met; `None`: with the case.
    pub stops: Option<Events>,
    /// When it turns out that there was no such duty.
    pub voids: Option<Events>,
    pub amount: u32,
    pub unit: Unit,
    /// Due again after the same time, counted from the beginning.
    pub repeats: bool,
    pub at_once: bool,
    pub when: When,
    /// What settles that the duty stands; until then it is for the time being. `None`: it stands from the start.
    pub settled: Option<Events>,
    /// The roles whose duty it is; empty: everybody's.
    pub who: Vec<String>,
    /// How long before the end to remind.
    pub remind: Vec<Span>,
    /// Whom it goes up to after how long, while nobody met it; in the order of time.
    pub escalate: Vec<(Span, String)>,
    /// Whoever meets it late says why.
    pub asks_why_late: bool,
    /// A least time: one that ends on a day off ends with the next working day (Civil Code 91/2015 art. 148.5).
    pub rolls: bool,
    /// The law says how long, and from when is settled too.
    pub start_certain: bool,
    pub title: Phrase,
    pub responsible: Phrase,
    pub article: String,
    pub certainty: Certainty,
    pub days: Days,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    workflow: String,
    starts: Events,
    stops: Option<Events>,
    voids: Option<Events>,
    amount: u32,
    unit: Unit,
    #[serde(deserialize_with = "crate::table::yes")]
    repeat: bool,
    #[serde(deserialize_with = "crate::table::yes")]
    at_once: bool,
    when: When,
    provisional: Option<Events>,
    who: Option<Roles>,
    remind: Option<Reminders>,
    escalate: Option<Escalation>,
    asks_reason: Option<Late>,
    #[serde(deserialize_with = "crate::table::yes")]
    rolls: bool,
    #[serde(deserialize_with = "crate::table::yes")]
    start_certain: bool,
    label_vi: String,
    label_en: String,
    responsible_vi: String,
    responsible_en: String,
    article: String,
    certainty: Certainty,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
}

impl From<Row> for Clock {
    fn from(row: Row) -> Self {
        Self {
            code: row.id,
            workflow: row.workflow,
            starts: row.starts,
            stops: row.stops,
            voids: row.voids,
            amount: row.amount,
            unit: row.unit,
            repeats: row.repeat,
            at_once: row.at_once,
            when: row.when,
            settled: row.provisional,
            who: row.who.map(|who| who.0).unwrap_or_default(),
            remind: row.remind.map(|remind| remind.0).unwrap_or_default(),
            escalate: row.escalate.map(|up| up.0).unwrap_or_default(),
            asks_why_late: row.asks_reason.is_some(),
            rolls: row.rolls,
            start_certain: row.start_certain,
            title: Phrase::new(row.label_vi, row.label_en),
            responsible: Phrase::new(row.responsible_vi, row.responsible_en),
            article: row.article,
            certainty: row.certainty,
            days: Days { from: row.from, to: row.to, in_force: row.in_force, layer: 0 },
        }
    }
}

impl Clock {
    /// It calls somebody until they act.
    pub fn is_alarm(&self) -> bool {
        !self.escalate.is_empty()
    }

    fn events(&self) -> impl Iterator<Item = &Event> {
        let when = match &self.when {
            When::Happened(events) => Some(events),
            _ => None,
        };
        let all = [Some(&self.starts), self.stops.as_ref(), self.voids.as_ref(), self.settled.as_ref(), when];
        all.into_iter().flatten().flat_map(Events::iter)
    }

    /// Whether a record of this kind may say all that it asks of a record itself.
    pub fn runs_for(&self, kind: &str) -> bool {
        self.fields().all(|(of, _)| of == kind)
    }

    /// The fields of the record itself that it reads, each with its kind.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let when = match &self.when {
            When::Field { kind, field } => Some((kind.as_str(), field.as_str())),
            _ => None,
        };
        let events = self.events().filter_map(|event| match event {
            Event::Field { kind, field } => Some((kind.as_str(), field.as_str())),
            _ => None,
        });
        events.chain(when)
    }

    /// The kinds of records below that it reads.
    pub fn reads_below(&self) -> impl Iterator<Item = &str> {
        self.events().filter_map(|event| match event {
            Event::Record(selector) => Some(selector.kind.as_str()),
            _ => None,
        })
    }
}

/// A time that isn't counted by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub minutes: u32,
}

impl Span {
    /// `15m`, `12h`, `3d`.
    fn read(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let each = match unit {
            "m" => 1,
            "h" => 60,
            "d" => 24 * 60,
            _ => return None,
        };
        Some(Self { minutes: number.parse::<u32>().ok()?.checked_mul(each)? })
    }

    /// It is counted in days.
    pub fn days(self) -> Option<u32> {
        (self.minutes > 0 && self.minutes.is_multiple_of(24 * 60)).then_some(self.minutes / (24 * 60))
    }
}

/// `commune_officer|case_manager`.
pub(crate) struct Roles(pub Vec<String>);

/// `-3d,-1d`.
pub(crate) struct Reminders(Vec<Span>);

/// `15m:commune_deputy;30m:commune_chairman`.
pub(crate) struct Escalation(pub Vec<(Span, String)>);

/// `late`.
pub(crate) struct Late;

macro_rules! read_from_text {
    ($name:ident, $read:expr, $wrong:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let read: fn(&str) -> Option<Self> = $read;
                read(&text).ok_or_else(|| serde::de::Error::custom($wrong))
            }
        }
    };
}

read_from_text!(
    Roles,
    |text| Some(Self(text.split('|').map(str::to_owned).collect())),
    "roles with | between"
);
read_from_text!(
    Reminders,
    |text| {
        let spans = text.split(',').map(|span| Span::read(span.trim().strip_prefix('-')?));
        spans.collect::<Option<_>>().map(Self)
    },
    "such as -3d,-1d"
);
read_from_text!(
    Escalation,
    |text| {
        let steps = text.split(';').map(|step| {
            let (after, role) = step.trim().split_once(':')?;
            Some((Span::read(after)?, role.to_owned()))
        });
        let mut steps = steps.collect::<Option<Vec<_>>>()?;
        steps.sort();
        Some(Self(steps))
    },
    "such as 15m:commune_deputy;30m:commune_chairman"
);
read_from_text!(Late, |text| (text == "late").then_some(Self), "late, or nothing");

impl Rulebook {
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// The row of a clock for what began on a day, to who decides on another.
    pub fn clock(&self, code: &str, fact: NaiveDate, decision: NaiveDate) -> Held<'_, Clock> {
        held(self.clocks.iter().filter(|clock| clock.code == code), |clock| clock.days, fact, decision)
    }

    /// Whether any deadline may run for records of this kind.
    pub fn has_clocks(&self, kind: &str) -> bool {
        self.has_progress(kind) && self.clocks.iter().any(|clock| clock.runs_for(kind))
    }
}
