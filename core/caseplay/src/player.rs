//! The world behind commands.

use crate::{
    PlayError,
    command::{self, Act, Add, As, Birth, Child, Command, Fact, Interest, List, Now, Open, day, moment},
    fill,
    show::{self, View},
    world::{Records, When, Who, World, around, children},
};
use casework::{
    Born, FinishContext, Finished, FormRules, Outcome,
    acting::{self, Wish},
    way,
};
use chrono::{DateTime, FixedOffset};
use model::{RecordEdit, RecordRef, SubmissionId};
use rulebook::{FieldType, Lang, ListRole, Rulebook, Step};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;
use workflow::{INTEREST, field};
use xforms::{Definition, Session};

/// A form of the pack, by its id among others.
pub struct Form {
    pub definition: Arc<Definition>,
    pub rules: FormRules,
}

/// One case being played; the last that was opened.
pub struct Player {
    world: World,
    forms: BTreeMap<String, Form>,
    now: Option<DateTime<FixedOffset>>,
    who: Option<Who>,
    at: Option<RecordRef>,
    /// By the names that answers give them.
    steps: Vec<(String, Uuid)>,
    /// All that was known once a step was taken, by its name.
    seen: Vec<(String, Records)>,
}

/// What was known before any step.
const OPENED: &str = "open";

/// Who acts, when, in what.
struct Ready {
    now: DateTime<FixedOffset>,
    who: Who,
    at: RecordRef,
}

impl Player {
    pub fn new(rulebook: Arc<Rulebook>, forms: BTreeMap<String, Form>) -> Self {
        let (steps, seen) = (Vec::new(), Vec::new());
        Self { world: World::new(rulebook), forms, now: None, who: None, at: None, steps, seen }
    }

    /// The answer to a line; `None` for an empty one and for a comment.
    pub fn play(&mut self, line: &str) -> Option<Value> {
        let answer = command::read(line)?.and_then(|command| self.run(command));
        Some(answer.unwrap_or_else(|error| error.answer()))
    }

    fn run(&mut self, command: Command) -> Result<Value, PlayError> {
        match command {
            Command::Now(Now { now }) => self.turn_to(&now),
            Command::As(As { who }) => {
                let device = who.device.as_deref().unwrap_or(&who.name);
                let day = self.now()?.date_naive();
                self.who = Some(self.world.become_((&who.name, device), &who.role, day)?);
                Ok(json!({ "as": who.name, "role": who.role, "device": device }))
            }
            Command::Open(open) => self.open(&open),
            Command::Act(act) => self.act(&act),
            Command::Fact(fact) => self.say(&fact),
            Command::Add(Add { add, fields }) => {
                let edit = self.fields(&add, &fields)?;
                self.put(edit)
            }
            Command::Interest(Interest { interest }) => {
                let who = self.who()?;
                let said = |edit: RecordEdit| edit.set("user", who.user.to_string()).set("name", &*who.name);
                let said = said(RecordEdit::new(RecordRef::new(INTEREST, Uuid::nil())));
                self.put(said.set("why", interest))
            }
            Command::List(List { list }) => self.view()?.list(list, &self.steps),
            Command::Child(Child { child }) => self.child(&child),
        }
    }

    fn now(&self) -> Result<DateTime<FixedOffset>, PlayError> {
        self.now.ok_or(PlayError::NoTime)
    }

    fn who(&self) -> Result<Who, PlayError> {
        self.who.clone().ok_or(PlayError::Nobody)
    }

    fn ready(&self) -> Result<Ready, PlayError> {
        let at = self.at.clone().ok_or(PlayError::NothingOpen)?;
        Ok(Ready { now: self.now()?, who: self.who()?, at })
    }

    fn turn_to(&mut self, text: &str) -> Result<Value, PlayError> {
        let now = moment(text).ok_or_else(|| PlayError::NotATime(text.to_owned()))?;
        if let Some(before) = self.now.filter(|before| now < *before) {
            return Err(PlayError::Past(rulebook::date_time(&before)));
        }
        self.now = Some(now);
        Ok(json!({ "now": text }))
    }

    fn open(&mut self, open: &Open) -> Result<Value, PlayError> {
        let (now, who) = (self.now()?, self.who()?);
        let rulebook = self.world.rulebook.clone();
        let (edits, at) = if self.forms.contains_key(&open.open) {
            let outcome = self.finish(&open.open, None, &Records::new(), &who, &open.answers)?;
            // It may make a household first, and the case below it.
            let moves = |record: &&RecordRef| rulebook.has_progress(record.kind.as_str());
            let opened = outcome.edits.iter().map(|edit| &edit.record).find(moves).cloned();
            (outcome.edits, opened.unwrap_or(outcome.about))
        } else {
            let kind = rulebook.kind(&open.open).filter(|kind| kind.workflow.is_some());
            let kind = kind.ok_or_else(|| PlayError::UnknownForm(open.open.clone()))?;
            let mut edit = self.fields(&kind.name, &open.fields)?;
            edit.record.id = self.world.new_id(now);
            let mut set = |name: &str, value: &str| {
                if kind.field(name).is_some() {
                    edit.fields.entry(name.to_owned()).or_insert_with(|| value.into());
                }
            };
            let own = kind.workflow.as_deref().unwrap_or_default();
            let workflow = open.workflow.as_deref().unwrap_or(own);
            set(field::WORKFLOW, workflow);
            let state = kind.listed_as(ListRole::State).map_or("", |field| &field.name);
            set(state, rulebook.first_state(workflow).map_or("", |state| &state.code));
            set("opened_at", &now.to_rfc3339());
            let at = edit.record.clone();
            (vec![edit], at)
        };
        if !rulebook.has_progress(at.kind.as_str()) {
            return Err(PlayError::OpensNothing(open.open.clone()));
        }
        let seen = self.world.records.clone();
        self.world.write(&who, edits, &seen, When { clock: now, now })?;
        self.at = Some(at.clone());
        self.seen = vec![(OPENED.to_owned(), self.world.records.clone())];
        let view = self.view()?;
        Ok(json!({ "opened": at.to_string(), "workflow": view.workflow, "state": view.state_code() }))
    }

    /// What a form makes that is filled at a record, or at nothing.
    fn finish(
        &mut self,
        id: &str,
        about: Option<&RecordRef>,
        seen: &Records,
        who: &Who,
        answers: &Map<String, Value>,
    ) -> Result<Outcome, PlayError> {
        let now = self.now()?;
        let form = self.forms.get(id).ok_or_else(|| PlayError::UnknownForm(id.to_owned()))?;
        let known = about.map(|about| around(seen, about)).unwrap_or_default();
        let owned: Vec<_> = known.iter().map(|(r, s)| ((*r).clone(), (*s).clone())).collect();
        let prefilled = about.map(|about| form.rules.prefill(about, &owned)).unwrap_or_default();
        let seed = self.steps.len() as u64 + self.world.records.len() as u64;
        let env = fill::env(now, seed, &who.name);
        let session = Session::start_with(form.definition.clone(), env, &prefilled);
        let submission = fill::fill(session, answers)?;
        let context = FinishContext {
            submission: SubmissionId(self.world.new_id(now)),
            author: who.user,
            author_name: who.name.clone(),
            duty_managers: Vec::new(),
            about: about.cloned(),
            photos: BTreeMap::new(),
            known: known.into_iter().map(|(record, state)| (record.clone(), state.shown())).collect(),
        };
        let rulebook = self.world.rulebook.clone();
        let mut new_id = || self.world.new_id(now);
        Ok(form.rules.apply(&rulebook, &Finished::of(&submission, now, now), &context, &mut new_id)?)
    }

    fn act(&mut self, act: &Act) -> Result<Value, PlayError> {
        let Ready { now, who, at } = self.ready()?;
        let clock = match &act.clock {
            Some(text) => moment(text).ok_or_else(|| PlayError::NotATime(text.clone()))?,
            None => now,
        };
        let seen = match &act.after {
            Some(name) => self.seen_after(name)?.clone(),
            None => self.world.records.clone(),
        };
        let chosen = act.chosen.as_deref().map(|name| self.step_called(name)).transpose()?;
        let rulebook = self.world.rulebook.clone();
        let view = View::of(&self.world, &seen, &at, now).ok_or(PlayError::NothingOpen)?;
        let wish = Wish { action: &act.act, reason: &act.reason, chosen, about: None };
        let refused = view.refusals(&who, &wish);
        if !refused.is_empty() && !act.force {
            return Ok(json!({ "refused": refused, "state": view.state_code() }));
        }
        let (workflow, standing) = (view.workflow.to_owned(), view.standing);
        let form =
            rulebook.step(&workflow, &act.act, now.date_naive()).row.and_then(|row: &Step| row.form.clone());
        let mut edits = Vec::new();
        if let Some(form) = form.filter(|_| !act.force || !act.answers.is_empty()) {
            edits = self.finish(&form, Some(&at), &seen, &who, &act.answers)?.edits;
        } else if let Some(name) = act.answers.keys().next() {
            return Err(PlayError::UnknownQuestion(name.clone()));
        }
        let id = self.world.new_id(now);
        let about = acting::about(&edits, &at).cloned();
        let wish = Wish { about: about.as_ref(), ..wish };
        let step =
            acting::edit(&rulebook, (&at, &workflow), &standing, &wish, &around(&seen, &at), clock, id);
        edits.push(step);
        self.world.write(&who, edits, &seen, When { clock, now })?;
        let name = format!("s{}", self.steps.len() + 1);
        self.steps.push((name.clone(), id));
        self.seen.push((name.clone(), self.world.records.clone()));
        let view = self.view()?;
        let mut answer = json!({ "step": name, "id": id, "state": view.state_code() });
        show::verdict(&mut answer, view.verdict(id));
        if !refused.is_empty() {
            answer["refused"] = refused.into();
        }
        Ok(answer)
    }

    /// Fields of the case, or of the last record of a kind below it.
    fn say(&mut self, fact: &Fact) -> Result<Value, PlayError> {
        let Ready { now, who, at } = self.ready()?;
        let mut edits: Vec<RecordEdit> = Vec::new();
        for (place, value) in &fact.fact {
            let unknown = || PlayError::UnknownField(place.clone());
            let (kind, name) = place.split_once('.').ok_or_else(unknown)?;
            let value = self.typed(kind, name, value)?;
            let record = if at.kind == *kind {
                at.clone()
            } else {
                let below = around(&self.world.records, &at).into_iter().map(|(record, _)| record);
                let last = below.filter(|record| record.kind == *kind).max_by_key(|record| record.id);
                last.cloned().ok_or_else(|| PlayError::NoRecord(place.clone()))?
            };
            edits.push(RecordEdit::new(record).set(name, value));
        }
        let seen = if fact.beside { Records::new() } else { self.world.records.clone() };
        self.world.write(&who, edits, &seen, When { clock: now, now })?;
        Ok(json!({ "said": fact.fact.keys().collect::<Vec<_>>() }))
    }

    /// A new record below the case.
    fn put(&mut self, mut edit: RecordEdit) -> Result<Value, PlayError> {
        let Ready { now, who, at } = self.ready()?;
        edit.record.id = self.world.new_id(now);
        let record = edit.record.to_string();
        let seen = self.world.records.clone();
        self.world.write(&who, vec![edit.under(at)], &seen, When { clock: now, now })?;
        Ok(json!({ "added": record }))
    }

    fn fields(&self, kind: &str, said: &Map<String, Value>) -> Result<RecordEdit, PlayError> {
        let known = self.world.rulebook.kind(kind);
        known.ok_or_else(|| PlayError::UnknownForm(kind.to_owned()))?;
        let mut edit = RecordEdit::new(RecordRef::new(kind.to_owned(), Uuid::nil()));
        for (name, value) in said {
            edit = edit.set(name.clone(), self.typed(kind, name, value)?);
        }
        Ok(edit)
    }

    fn typed(&self, kind: &str, name: &str, value: &Value) -> Result<Value, PlayError> {
        let place = || format!("{kind}.{name}");
        let field = self.world.rulebook.field(kind, name);
        let field = field.ok_or_else(|| PlayError::UnknownField(place()))?;
        typed(&field.kind, value).ok_or_else(|| PlayError::WrongValue(place(), value.to_string()))
    }

    fn view(&self) -> Result<View<'_>, PlayError> {
        let at = self.at.as_ref().ok_or(PlayError::NothingOpen)?;
        let mut view = View::of(&self.world, &self.world.records, at, self.now()?);
        if let (Some(view), Some(who)) = (&mut view, &self.who) {
            view.who = Some(who.clone());
        }
        view.ok_or(PlayError::NothingOpen)
    }

    fn seen_after(&self, name: &str) -> Result<&Records, PlayError> {
        let id = Uuid::parse_str(name).ok();
        let called = |step: &&(String, Uuid)| step.0 == name || Some(step.1) == id;
        let name = self.steps.iter().find(called).map_or(name, |(name, _)| name);
        let seen = self.seen.iter().find(|(known, _)| known == name);
        seen.map(|(_, records)| records).ok_or_else(|| PlayError::UnknownStep(name.to_owned()))
    }

    fn step_called(&self, name: &str) -> Result<Uuid, PlayError> {
        let id = Uuid::parse_str(name).ok();
        let step = self.steps.iter().find(|(known, of)| known == name || Some(*of) == id);
        step.map(|(_, id)| *id).ok_or_else(|| PlayError::UnknownStep(name.to_owned()))
    }

    fn child(&self, birth: &Birth) -> Result<Value, PlayError> {
        let read = |text: &String| day(text).ok_or_else(|| PlayError::NotATime(text.clone()));
        let seen = match &birth.seen {
            Some(text) => read(text)?,
            None => self.now()?.date_naive(),
        };
        let born = match (&birth.birth_date, birth.birth_year) {
            (Some(text), _) => Born::On(read(text)?),
            (None, Some(year)) => Born::In(year),
            (None, None) => Born::Unknown,
        };
        let rulebook = &self.world.rulebook;
        let kinds =
            rulebook.kinds().iter().filter(|kind| rulebook.field(&kind.name, field::WORKFLOW).is_some());
        let mut ways = kinds.filter_map(|kind| way(rulebook, &kind.name, born, seen));
        let way = ways.next().ok_or(PlayError::NothingOpen)?;
        Ok(json!({
            "workflow": way.workflow,
            "unconfirmed": way.unconfirmed,
            "under": way.age.map(|age| age.under),
            "ground": way.age.map(|age| age.certainty.beside(&age.article, Lang::Vi)),
        }))
    }
}

/// The value of a field as a record says it.
fn typed(kind: &FieldType, value: &Value) -> Option<Value> {
    let Value::String(text) = value else { return Some(value.clone()) };
    Some(match kind {
        FieldType::DateTime => moment(text)?.to_rfc3339().into(),
        FieldType::Date => day(text)?.to_string().into(),
        FieldType::Bool => match text.as_str() {
            "yes" => true.into(),
            "no" => false.into(),
            _ => return None,
        },
        FieldType::Int | FieldType::Money => text.parse::<i64>().ok()?.into(),
        FieldType::Codes => text.split('|').collect::<Vec<_>>().into(),
        _ => text.as_str().into(),
    })
}

impl<'w> View<'w> {
    /// Of a record by what is known of it and around it.
    fn of(world: &'w World, records: &Records, at: &RecordRef, now: DateTime<FixedOffset>) -> Option<Self> {
        let state = records.get(at)?.clone();
        let workflow = world.rulebook.workflow_of(at.kind.as_str(), &state)?.to_owned();
        let (below, standing) = (children(records, at), world.standing(records, at, now)?);
        let records = around(records, at).into_iter().map(|(r, s)| (r.clone(), s.clone())).collect();
        Some(Self { world, at: at.clone(), state, workflow, below, records, standing, now, who: None })
    }
}
