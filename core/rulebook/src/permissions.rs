//! Who may do what (`permissions.csv`): asked on the phone before the tap, and at the hub before anything is admitted.

use crate::{Kind, ListRole, Rulebook, Scope, dated::Days, table::Tables, workflow::WORKFLOW};
use chrono::NaiveDate;
use model::{DeviceId, Feed, RecordRef, RecordState, Role, record::field};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// What somebody does to a record or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    See,
    Add,
    Change,
    Remove,
    /// To another commune, or under another record.
    Move,
    /// Says who may read a restricted case.
    Assign,
    /// For its members only, from now on. Nobody opens up again.
    Restrict,
    /// Says openly to a commune what only a restricted case may say: nobody may.
    #[serde(skip)]
    Open,
}

impl Action {
    /// Of what isn't allowed, such as `permission.move`.
    pub fn code(self) -> &'static str {
        match self {
            Self::See => "permission.see",
            Self::Add => "permission.add",
            Self::Change => "permission.change",
            Self::Remove => "permission.remove",
            Self::Move => "permission.move",
            Self::Assign => "permission.assign",
            Self::Restrict => "permission.restrict",
            Self::Open => "permission.open",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().trim_start_matches("permission."))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    Any,
    /// What stands there was said by the same user.
    Own,
    /// The record lies in a restricted case that the user is a member of.
    Member,
}

/// A row of the table.
#[derive(Debug, Deserialize)]
pub(crate) struct Permission {
    /// `*`: every kind without rows of its own for the action.
    kind: String,
    /// `*`: every field without rows of its own for the action.
    field: String,
    action: Action,
    #[serde(rename = "role", deserialize_with = "roles")]
    roles: Vec<Role>,
    when: When,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Role>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.split('|').map(|role| Role::new(role.to_owned())).collect())
}

impl Permission {
    fn days(&self) -> Days {
        Days { from: self.from, to: self.to, ..Days::default() }
    }
}

const EVERY: &str = "*";

/// Who asks, and when.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub role: &'a Role,
    pub day: NaiveDate,
    /// A member of the restricted case that the record lies in.
    pub is_member: bool,
    /// Whether a device is or was the same user's.
    pub is_own: &'a dyn Fn(DeviceId) -> bool,
}

/// What a change would do to a record.
pub struct Act<'a> {
    pub record: &'a RecordRef,
    /// `None`: it is new.
    pub before: Option<&'a RecordState>,
    /// What is said of its fields; `Null` empties one.
    pub said: Vec<(&'a str, &'a Value)>,
    /// Its case is opened, or becomes restricted, by the same batch.
    pub opens: bool,
}

/// What isn't allowed: all of the record where no field is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    pub action: Action,
    pub field: Option<String>,
}

pub(crate) fn read(tables: &mut Tables) -> Vec<Permission> {
    tables.rows("permissions.csv")
}

impl Rulebook {
    /// Whether this is allowed to somebody, of a field whose present heads are by these devices.
    fn may(&self, asking: &Asking<'_>, kind: &str, name: &str, action: Action, said_by: &[DeviceId]) -> bool {
        let is_own = || !said_by.is_empty() && said_by.iter().all(|device| (asking.is_own)(*device));
        self.rows(kind, name, action).any(|row| {
            row.roles.contains(asking.role)
                && row.days().hold(asking.day)
                && match row.when {
                    When::Any => true,
                    When::Own => is_own(),
                    When::Member => asking.is_member,
                }
        })
    }

    /// The rows that decide: those of the field, else of the kind, else of every kind.
    fn rows(&self, kind: &str, name: &str, action: Action) -> impl Iterator<Item = &Permission> {
        let of = |kind: &'_ str, field: &'_ str| {
            self.permissions.iter().any(|row| row.action == action && row.kind == kind && row.field == field)
        };
        let (kind, name) = match (of(kind, name), of(kind, EVERY)) {
            (true, _) => (kind.to_owned(), name.to_owned()),
            (false, true) => (kind.to_owned(), EVERY.to_owned()),
            (false, false) => (EVERY.to_owned(), EVERY.to_owned()),
        };
        self.permissions
            .iter()
            .filter(move |row| row.action == action && row.kind == kind && row.field == name)
    }

    /// Whether a role may ever add such a record; with `under` another one. What a screen asks before it offers to.
    pub fn may_add(&self, role: &Role, day: NaiveDate, kind: &str, under: bool) -> bool {
        let asking = Asking { role, day, is_member: true, is_own: &|_| true };
        self.may(&asking, kind, EVERY, Action::Add, &[])
            && (!under || self.may(&asking, kind, field::PARENT, Action::Add, &[]))
    }

    /// Whether a role may say who reads a restricted case that it is a member of.
    pub fn may_assign(&self, role: &Role, day: NaiveDate) -> bool {
        let asking = Asking { role, day, is_member: true, is_own: &|_| false };
        self.own_scope().any(|kind| self.may(&asking, kind, EVERY, Action::Assign, &[]))
    }

    /// Whether a role may restrict a record that is open to its commune.
    pub fn may_restrict(&self, role: &Role, day: NaiveDate, kind: &str) -> bool {
        let asking = Asking { role, day, is_member: false, is_own: &|_| false };
        self.may(&asking, kind, EVERY, Action::Restrict, &[])
    }

    /// Whether a role may take over for its places what others move there.
    pub fn may_receive(&self, role: &Role, day: NaiveDate) -> bool {
        let asking = Asking { role, day, is_member: false, is_own: &|_| false };
        let mut tops = self.kinds().iter().filter(|kind| kind.scope == Scope::Commune);
        tops.any(|kind| self.may(&asking, &kind.name, field::COMMUNE, Action::Move, &[]))
    }

    /// Kinds whose records may be restricted.
    fn own_scope(&self) -> impl Iterator<Item = &str> {
        self.kinds().iter().filter(|kind| kind.scope == Scope::Own).map(|kind| kind.name.as_str())
    }

    /// What of it isn't allowed. A kind that isn't known is kept and passed on, whatever it says.
    pub fn denied(&self, asking: &Asking<'_>, act: &Act<'_>) -> Vec<Denied> {
        let name = act.record.kind.as_str();
        let Some(kind) = self.kind(name) else { return Vec::new() };
        if self.membership().is_some_and(|(member, _)| member == name) {
            let mut cases = self.own_scope();
            let may = act.opens || cases.any(|case| self.may(asking, case, EVERY, Action::Assign, &[]));
            return if may { Vec::new() } else { vec![Denied { action: Action::Assign, field: None }] };
        }
        if let Some(field) = self.opened(asking.day, act) {
            return vec![Denied { action: Action::Open, field: Some(field.to_owned()) }];
        }
        let Some(before) = act.before else {
            if !self.may(asking, name, EVERY, Action::Add, &[]) {
                return vec![Denied { action: Action::Add, field: None }];
            }
            // What moves by steps begins where its workflow does.
            let begins = |field: &str, value: &Value| {
                let said = |name: &str| act.said.iter().find(|(said, _)| *said == name)?.1.as_str();
                let workflow = said(WORKFLOW).or(kind.workflow.as_deref()).unwrap_or_default();
                !self.stands_by_steps(kind, workflow, field)
                    || value.as_str() == self.first_state(workflow).map(|first| first.code.as_str())
            };
            let said = act.said.iter().filter_map(|(field, value)| {
                let may = self.may(asking, name, field, Action::Add, &[]) && begins(field, value);
                (!may).then_some(field)
            });
            return said.map(|field| Denied { action: Action::Add, field: Some((*field).into()) }).collect();
        };
        let mut all = Vec::new();
        for (field, value) in &act.said {
            let stands = self.value(name, before, field).unwrap_or(&Value::Null);
            if stands == *value {
                continue;
            }
            let action = action(kind.scope, field);
            let opens_up = action == Action::Restrict && *stands == Value::Bool(true);
            let said_by: Vec<DeviceId> = match before.fields.get(*field) {
                Some(said) => said.heads.iter().map(|head| head.device).collect(),
                // Whose the record is.
                None => before.fields.values().flat_map(|said| &said.heads).map(|head| head.device).collect(),
            };
            // What is for practice is so from the start, and nothing becomes so.
            let turns = *field == field::PRACTICE;
            // Where it stands its steps say, by the workflow that they are of.
            let workflow = self.workflow_of(name, before).unwrap_or_default();
            let stands = self.stands_by_steps(kind, workflow, field)
                || (self.keeps_workflow(kind, workflow, before, field) && value.as_str() != Some(workflow));
            let may = !kind.immutable
                && !opens_up
                && !turns
                && !stands
                && self.may(asking, name, field, action, &said_by);
            if !may {
                all.push(Denied { action, field: Some((*field).to_owned()) });
            }
        }
        all
    }

    /// What it would say of a record that its commune reads, and only a restricted one may say.
    fn opened<'a>(&self, day: NaiveDate, act: &Act<'a>) -> Option<&'a str> {
        let yes = &Value::Bool(true);
        let name = act.record.kind.as_str();
        let was = act.before.and_then(|before| self.value(name, before, field::RESTRICTED)) == Some(yes);
        let becomes = act.said.iter().any(|(said, value)| *said == field::RESTRICTED && *value == yes);
        if was || becomes {
            return None;
        }
        act.said
            .iter()
            .find(|(field, value)| self.restricts(name, field, value, day))
            .map(|(field, _)| *field)
    }

    /// Whether a field says where a record stands that moves by steps.
    pub fn stands_by_steps(&self, kind: &Kind, workflow: &str, name: &str) -> bool {
        kind.listed_as(ListRole::State).is_some_and(|field| field.name == name)
            && self.moves_by_steps(workflow)
    }

    /// Whether a field says by which steps a record moves already: no other, but where people said it differently.
    fn keeps_workflow(&self, kind: &Kind, workflow: &str, before: &RecordState, name: &str) -> bool {
        let disputed = before.fields.get(name).is_some_and(|said| said.heads.len() > 1);
        name == WORKFLOW && kind.workflow.is_some() && self.moves_by_steps(workflow) && !disputed
    }

    /// Whether a feed is of a commune that there is, or of no commune.
    pub fn is_place(&self, feed: &Feed) -> bool {
        match feed {
            Feed::Commune(code) => self.units.get(code).is_some_and(|unit| unit.parent.is_some()),
            _ => true,
        }
    }
}

/// What changing a field is.
fn action(scope: Scope, name: &str) -> Action {
    match name {
        field::REMOVED => Action::Remove,
        field::PARENT => Action::Move,
        field::COMMUNE if matches!(scope, Scope::Commune | Scope::Own) => Action::Move,
        field::FACILITY if scope == Scope::Facility => Action::Move,
        field::DESK if scope == Scope::Desk => Action::Move,
        field::RESTRICTED if scope == Scope::Own => Action::Restrict,
        _ => Action::Change,
    }
}
