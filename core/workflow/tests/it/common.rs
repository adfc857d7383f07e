//! A case as its records say it, and an office that knows who was what.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use model::{
    ChangeId, DeviceId, FieldState, Head, RecordRef, RecordState, Role, Said, Stamp, UserId, VIETNAM,
    record::field::PARENT,
};
use rulebook::{Lang, Rulebook};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, LazyLock},
};
use uuid::Uuid;
use workflow::{
    Arrival, INTEREST, Standing, TRANSITION, Taken, Witness,
    clocks::{self, Deadline},
    field,
};

pub static RULEBOOK: LazyLock<Arc<Rulebook>> = LazyLock::new(|| Rulebook::built_in().unwrap());
pub const CHILD: &str = "child-protection";
pub const ADULT: &str = "adult";
pub const OFFICER: &str = "child_protection_officer";
pub const CHAIRMAN: &str = "commune_chairman";

/// `2026-11-28 22:40`, in Viet Nam.
pub fn at(text: &str) -> DateTime<FixedOffset> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    VIETNAM.from_local_datetime(&local).unwrap()
}

pub fn ms(text: &str) -> u64 {
    at(text).timestamp_millis().cast_unsigned()
}

pub fn said(text: &str) -> Value {
    json!(at(text).to_rfc3339())
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Who takes steps, by a role: one person with one device.
pub fn person(role: &str) -> Uuid {
    let bytes = role.bytes().chain(std::iter::repeat(b'.')).take(16).collect::<Vec<_>>();
    Uuid::from_slice(&bytes).unwrap()
}

pub fn head(change: u128, at: u64, device: Uuid, value: Value) -> Head {
    Head {
        change: ChangeId(id(change)),
        at: Stamp(at, 0),
        device: DeviceId(device),
        said: Said::Value(value),
    }
}

/// What an office knows: roles since a day, each one's device is their own.
#[derive(Clone, Default)]
pub struct Office {
    roles: BTreeMap<Uuid, Vec<(NaiveDate, Option<Role>)>>,
    pub arrivals: BTreeMap<Uuid, Arrival>,
}

impl Office {
    pub fn is(&mut self, person: Uuid, since: &str, role: Option<&str>) {
        let role = role.map(|role| Role::new(role.to_owned()));
        self.roles.entry(person).or_default().push((since.parse().unwrap(), role));
    }
}

impl Witness for Office {
    type Error = Infallible;

    fn author(&self, device: DeviceId) -> Result<Option<UserId>, Infallible> {
        Ok(self.roles.contains_key(&device.0).then_some(UserId(device.0)))
    }

    fn role(&self, user: UserId, day: NaiveDate) -> Result<Option<Role>, Infallible> {
        let held = self.roles[&user.0].iter().rfind(|(since, _)| *since <= day);
        Ok(held.and_then(|(_, role)| role.clone()))
    }

    fn arrival(&self, step: &RecordRef) -> Result<Option<Arrival>, Infallible> {
        Ok(self.arrivals.get(&step.id).copied())
    }
}

pub struct Case {
    pub rulebook: Arc<Rulebook>,
    pub reference: RecordRef,
    pub state: RecordState,
    pub below: Vec<(RecordRef, RecordState)>,
    pub office: Office,
    /// The last step.
    pub last: Option<Uuid>,
    changes: u128,
}

impl Case {
    pub fn new(workflow: &str, fields: &[(&str, Value)]) -> Self {
        let mut case = Self {
            rulebook: RULEBOOK.clone(),
            reference: RecordRef::new("case", id(1)),
            state: RecordState::default(),
            below: Vec::new(),
            office: Office::default(),
            last: None,
            changes: 0,
        };
        for role in RULEBOOK.roles() {
            case.office.is(person(&role.code), "2010-01-01", Some(&role.code));
        }
        case.say("workflow", json!(workflow));
        fields.iter().for_each(|(name, value)| case.say(name, value.clone()));
        case
    }

    /// A report of a child in danger.
    pub fn report(received: &str) -> Self {
        Self::new(CHILD, &[("received_at", said(received)), ("state", json!("intake"))])
    }

    /// Of which only this is said.
    pub fn say(&mut self, name: &str, value: Value) {
        self.changes += 1;
        let field =
            FieldState { heads: vec![head(self.changes, 0, person(OFFICER), value)], ..Default::default() };
        self.state.fields.insert(name.to_owned(), field);
    }

    /// Another phone says so, too.
    pub fn say_beside(&mut self, name: &str, value: Value) {
        self.changes += 1;
        let beside = head(self.changes, 0, person(CHAIRMAN), value);
        self.state.fields.get_mut(name).unwrap().heads.push(beside);
    }

    /// A record below it, made at a moment.
    pub fn below(&mut self, kind: &str, made: &str, fields: &[(&str, Value)]) -> usize {
        let reference = RecordRef::new(kind.to_owned(), id(1000 + self.below.len() as u128));
        let (device, parent) = (person(OFFICER), (PARENT, json!(self.reference.to_string())));
        self.add(reference, ms(made), device, &[fields, &[parent]].concat());
        self.below.len() - 1
    }

    pub fn beside_below(&mut self, n: usize, name: &str, made: &str, value: Value) {
        self.changes += 1;
        let beside = head(self.changes, ms(made), person(CHAIRMAN), value);
        self.below[n].1.fields.get_mut(name).unwrap().heads.push(beside);
    }

    /// An assessment by form 02.
    pub fn assessed(&mut self, done: &str, risk: &str) -> usize {
        let fields = [("form", json!("initial")), ("risk", json!(risk)), ("done_at", said(done))];
        self.below("assessment", done, &fields)
    }

    fn add(&mut self, reference: RecordRef, at: u64, device: Uuid, fields: &[(&str, Value)]) {
        let mut state = RecordState::default();
        for (name, value) in fields {
            self.changes += 1;
            let heads = vec![head(self.changes, at, device, value.clone())];
            state.fields.insert((*name).to_owned(), FieldState { heads, ..Default::default() });
        }
        self.below.push((reference, state));
    }

    /// A step after the last one.
    pub fn did(&mut self, action: &str, role: &str, when: &str) -> Uuid {
        let step = self.step(action, role, when, self.last, &[]);
        self.last = Some(step);
        step
    }

    /// A step after any.
    pub fn step(
        &mut self,
        action: &str,
        role: &str,
        when: &str,
        after: Option<Uuid>,
        more: &[(&str, Value)],
    ) -> Uuid {
        let step = id(1000 + self.below.len() as u128);
        let workflow = self.state.text("workflow").unwrap();
        let at = at(when).to_rfc3339();
        let edit = workflow::edit(step, &self.reference, workflow, action, "quoc_gia:3", &at);
        let mut fields: Vec<(&str, Value)> =
            edit.fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        fields.push((PARENT, json!(self.reference.to_string())));
        fields.extend(after.map(|after| (field::AFTER, json!(after.to_string()))));
        fields.extend_from_slice(more);
        self.add(edit.record.clone(), ms(when), person(role), &fields);
        step
    }

    /// Somebody says of themselves that they are not impartial.
    pub fn is_partial(&mut self, role: &str, when: &str) {
        let reference = RecordRef::new(INTEREST, id(1000 + self.below.len() as u128));
        let user = ("user", json!(person(role).to_string()));
        self.add(reference, ms(when), person(role), &[user]);
    }

    pub fn standing(&self, now: &str) -> Standing {
        let (of, today) = ((&self.reference, &self.state), at(now).date_naive());
        let found = Standing::of(&self.rulebook, of, &self.below, &self.office, today).unwrap();
        found.unwrap()
    }

    pub fn taken(&self) -> Vec<Taken> {
        let steps = self.below.iter().filter(|(record, _)| record.kind == TRANSITION);
        steps.filter_map(|(record, state)| Taken::read(record, state, &self.office).unwrap()).collect()
    }

    pub fn running(&self, now: &str) -> Vec<Deadline<'_>> {
        clocks::running(&self.rulebook, &self.standing(now).clocks, at(now))
    }

    /// What runs, a line each: code, when it is due, what is to be said of it.
    pub fn lines(&self, now: &str) -> Vec<String> {
        self.running(now).iter().map(line).collect()
    }

    /// The line of one clock, if it runs.
    pub fn runs(&self, code: &str, now: &str) -> Option<String> {
        self.running(now).iter().find(|one| one.code == code).map(line)
    }

    /// What became of a clock that began.
    pub fn became(&self, code: &str, now: &str) -> Option<String> {
        let standing = self.standing(now);
        let timed = standing.clocks.iter().find(|timed| timed.code == code)?;
        Some(clocks::deadline(&self.rulebook, timed, at(now)).unwrap().status_text(Lang::En))
    }
}

fn line(deadline: &Deadline<'_>) -> String {
    let marks = [("overdue", deadline.overdue), ("unsettled", deadline.unsettled), ("soon", deadline.soon)];
    let marks = marks.into_iter().filter_map(|(mark, is)| is.then_some(mark));
    [deadline.code, &deadline.due_text(Lang::En)].into_iter().chain(marks).collect::<Vec<_>>().join(" ")
}
