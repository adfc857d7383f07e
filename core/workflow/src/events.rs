//! When something happened that starts, stops or voids a clock.

use crate::Progress;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use model::{RecordRef, RecordState, clock::moment, clock::vietnam};
use rulebook::{Event, Events, Heads, ListRole, Rulebook, Selector};
use serde_json::Value;

pub(crate) type Moment = DateTime<FixedOffset>;

/// A record with what happened in and around it.
pub struct Facts<'a> {
    pub rulebook: &'a Rulebook,
    pub kind: &'a str,
    pub state: &'a RecordState,
    /// Those below it that clocks and conditions read.
    pub below: &'a [(RecordRef, RecordState)],
    /// `None`: its field says where it stands.
    pub progress: Option<&'a Progress>,
}

impl Facts<'_> {
    /// By which workflows, as values that stand beside each other say.
    pub fn workflows(&self) -> Vec<&str> {
        let said: Vec<&str> = self.state.heads("workflow").into_iter().filter_map(Value::as_str).collect();
        let own = self.rulebook.kind(self.kind).and_then(|kind| kind.workflow.as_deref());
        if said.is_empty() { own.into_iter().collect() } else { said }
    }

    /// The states that it is in.
    pub fn states(&self) -> Vec<&str> {
        match self.progress {
            Some(progress) => vec![&progress.state],
            None => {
                let kind = self.rulebook.kind(self.kind);
                let field = kind.and_then(|kind| kind.listed_as(ListRole::State));
                let said = field.map_or_else(Vec::new, |field| self.state.heads(&field.name));
                said.into_iter().filter_map(Value::as_str).collect()
            }
        }
    }

    /// Whether it is still worked on, as far as any value says so.
    pub fn is_open(&self) -> bool {
        let (states, workflows) = (self.states(), self.workflows());
        let closed = |state: &&str| {
            let known = workflows.iter().find_map(|workflow| self.rulebook.state(workflow, state));
            known.map_or(*state == "closed", |state| !state.is_open)
        };
        states.is_empty() || !states.iter().all(closed)
    }

    /// The records below that say all of it.
    pub fn select<'s>(
        &'s self,
        selector: &'s Selector,
        heads: Heads,
    ) -> impl Iterator<Item = &'s (RecordRef, RecordState)> {
        let kind = selector.kind.as_str();
        self.below.iter().filter(move |(of, state)| of.kind == *kind && selector.fits(state, heads))
    }

    /// When it began: of a field the earliest that any value says; else the last time that it happened, as a new round
    /// begins anew.
    pub fn began(&self, events: &Events) -> Option<Began> {
        let began = events.iter().filter_map(|event| {
            let times = self.times(event, Heads::Any, Edge::First)?.into_iter();
            let anew = !matches!(event, Event::Field { .. });
            let at = if anew { times.max() } else { times.min() };
            at.map(|at| Began { at, anew })
        });
        began.max_by_key(|began| (began.at, began.anew))
    }

    /// All times at which any of these happened, of which nothing says otherwise.
    pub fn happened(&self, events: &Events) -> Vec<Moment> {
        let mut times: Vec<_> =
            events.iter().filter_map(|event| self.times(event, Heads::All, Edge::Last)).flatten().collect();
        times.sort();
        times
    }

    /// Whether any of these may have happened.
    pub fn may_have(&self, events: &Events) -> bool {
        events.iter().any(|event| match event {
            Event::Field { field, .. } => self.state.heads(field).into_iter().any(is_said),
            event => self.times(event, Heads::Any, Edge::First).is_some_and(|times| !times.is_empty()),
        })
    }

    /// `None`: nothing is said of it.
    fn times(&self, event: &Event, heads: Heads, edge: Edge) -> Option<Vec<Moment>> {
        match event {
            Event::Field { field, .. } => {
                let said = self.state.heads(field);
                let fits = match heads {
                    Heads::Any => said.iter().any(|value| is_said(value)),
                    Heads::All => !said.is_empty() && said.iter().all(|value| is_said(value)),
                };
                fits.then(|| vec![edge.of(self.state, field)].into_iter().flatten().collect())
            }
            Event::Action(action) => Some(self.progress?.times(action).filter_map(moment).collect()),
            Event::Record(selector) => {
                let at = |(_, state): &(RecordRef, RecordState)| match &selector.at {
                    Some(field) => edge.of(state, field).or_else(|| made(state)),
                    None => made(state),
                };
                Some(self.select(selector, heads).filter_map(at).collect())
            }
            // A state is come to at no certain time.
            Event::State(_) => None,
        }
    }
}

/// When a clock began to run.
pub struct Began {
    pub at: Moment,
    /// It is one of several rounds: what was done before is of another.
    pub anew: bool,
}

/// Which of the times that stand beside each other.
#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

impl Edge {
    /// The time that a field says; where it says another thing, when it was said.
    fn of(self, state: &RecordState, field: &str) -> Option<Moment> {
        let said = state.fields.get(field)?;
        let heads = said.heads.iter().filter(|head| head.value().is_some());
        let times = heads.filter_map(|head| time(head.value()?).or_else(|| moment(head.at.0)));
        match self {
            Self::First => times.min(),
            Self::Last => times.max(),
        }
    }
}

/// A day is over at its end.
pub(crate) fn time(value: &Value) -> Option<Moment> {
    let text = value.as_str()?;
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(vietnam(&at));
    }
    let end = text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::from_hms_opt(23, 59, 59)?);
    end.and_local_timezone(model::clock::VIETNAM).single()
}

/// When the first of what stands in it was said.
fn made(state: &RecordState) -> Option<Moment> {
    let heads = state.fields.values().flat_map(|said| &said.heads);
    moment(heads.map(|head| head.at.0).min()?)
}

/// A time, a text, a yes.
pub(crate) fn is_said(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("")
}
