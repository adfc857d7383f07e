//! Legal clocks as data (`clocks.csv`): what starts one, how long it runs, who answers for it, by which article. Columns
//! that this program doesn't run yet may be filled by a pack that says which feature it needs.

use crate::{
    Certainty, Phrase, Rulebook,
    dated::{Days, Held, held},
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

/// What starts or stops a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `field:case.received_at`: the record says so.
    Field {
        kind: String,
        field: String,
    },
    /// `state:plan`: it came to this step, or past it.
    State(String),
    /// `action:…` and `record:…` are not run yet.
    Action(String),
    Record(String),
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
}

/// `case.received_at`.
fn kind_and_field(text: &str) -> Option<(String, String)> {
    let (kind, field) = text.split_once('.')?;
    (!kind.is_empty() && !field.is_empty()).then(|| (kind.to_owned(), field.to_owned()))
}

impl Event {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (what, of) = text.split_once(':').filter(|(_, of)| !of.is_empty())?;
        match what {
            "field" => kind_and_field(of).map(|(kind, field)| Self::Field { kind, field }),
            "state" => Some(Self::State(of.to_owned())),
            "action" => Some(Self::Action(of.to_owned())),
            "record" => Some(Self::Record(of.to_owned())),
            _ => None,
        }
    }
}

impl When {
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "always" => Some(Self::Always),
            "urgent" => Some(Self::Urgent),
            "not-urgent" => Some(Self::NotUrgent),
            other => {
                let (kind, field) = other.strip_prefix("field:").and_then(kind_and_field)?;
                Some(Self::Field { kind, field })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text)
            .ok_or_else(|| serde::de::Error::custom("field:, state:, action: or record: and what"))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("always, urgent, not-urgent or field:KIND.FIELD");
        Self::read(&text).ok_or_else(wrong)
    }
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Clock {
    /// Stable, such as `cp_emergency`.
    pub code: String,
    pub workflow: String,
    pub starts: Event,
    /// When the duty counts as met; `None`: with the case.
    pub stops: Option<Event>,
    pub amount: u32,
    pub unit: Unit,
    pub at_once: bool,
    pub when: When,
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
    starts: Event,
    stops: Option<Event>,
    amount: u32,
    unit: Unit,
    #[serde(deserialize_with = "crate::table::yes")]
    at_once: bool,
    when: When,
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
            amount: row.amount,
            unit: row.unit,
            at_once: row.at_once,
            when: row.when,
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
    /// Whether a record of this kind says all that it asks for.
    pub fn reads_only(&self, kind: &str) -> bool {
        self.fields().all(|(of, _)| of == kind)
    }

    /// The fields that it reads, each with its kind.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let events = [Some(&self.starts), self.stops.as_ref()].into_iter().flatten().filter_map(Event::field);
        let when = match &self.when {
            When::Field { kind, field } => Some((kind.as_str(), field.as_str())),
            _ => None,
        };
        events.chain(when)
    }
}

impl Event {
    fn field(&self) -> Option<(&str, &str)> {
        match self {
            Self::Field { kind, field } => Some((kind, field)),
            _ => None,
        }
    }
}

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
        self.has_progress(kind) && self.clocks.iter().any(|clock| clock.reads_only(kind))
    }
}
