//! Alarms that nobody has met: whoever is to be called next, along the roles of the clock's row, by a command of the
//! office's own. What it is told names no person, place or kind of case.

use crate::{
    Hub, HubError,
    db::{
        Read, members, progress,
        users::{self, User},
    },
};
use chrono::NaiveDate;
use model::{Feed, RecordRef, Role};
use rulebook::Rulebook;

/// A call that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    record: RecordRef,
    clock: String,
    began: i64,
    /// This and all before it are called then.
    steps: u32,
    /// How long the alarm has to have run, in minutes; by the row.
    pub minutes: u32,
    pub role: Role,
    /// Of users of that role who answer for the place.
    pub users: Vec<model::UserId>,
}

impl Call {
    /// What the command is given: minutes, the role's code, the users' ids with commas between.
    pub fn arguments(&self) -> [String; 3] {
        let users: Vec<String> = self.users.iter().map(ToString::to_string).collect();
        [self.minutes.to_string(), self.role.as_str().to_owned(), users.join(",")]
    }
}

/// Calls whose time has come and that were not made, in the order of the steps.
pub fn due(hub: &Hub, read: &Read) -> Result<Vec<Call>, HubError> {
    let (rulebook, now) = (hub.rulebook(), i64::try_from(hub.now()).unwrap_or(i64::MAX));
    let mut calls = Vec::new();
    for row in progress::alarms(read)? {
        for timed in &row.clocks {
            let clock = rulebook.clocks().get(timed.row).filter(|clock| clock.code == timed.code);
            let Some(clock) = clock.filter(|clock| clock.is_alarm()) else { continue };
            let called = progress::called(read, &row.reference, &timed.code, timed.began)?;
            for (place, (after, role)) in (0u32..).zip(&clock.escalate) {
                if place < called || timed.began + i64::from(after.minutes) * 60_000 > now {
                    continue;
                }
                let role = Role::new(role.clone());
                let users = answerable(read, &rulebook, &role, (&row.commune, &row.feed), hub.today())?;
                calls.push(Call {
                    record: row.reference.clone(),
                    clock: timed.code.clone(),
                    began: timed.began,
                    steps: place + 1,
                    minutes: after.minutes,
                    role,
                    users,
                });
            }
        }
    }
    Ok(calls)
}

/// Those who are here before those who are away, and of them members of a restricted case before others of their role:
/// they may open it.
fn answerable(
    read: &Read,
    rulebook: &Rulebook,
    role: &Role,
    (commune, feed): (&str, &Feed),
    today: NaiveDate,
) -> Result<Vec<model::UserId>, HubError> {
    let fits = |user: &User| !user.disabled && user.role == *role && user.covers(rulebook, commune);
    let (present, away): (Vec<User>, Vec<User>) =
        users::all(read)?.into_iter().filter(fits).partition(|user| user.reached.away_until(today).is_none());
    let all = if present.is_empty() { away } else { present };
    let all: Vec<model::UserId> = all.into_iter().map(|user| user.id).collect();
    let Feed::Case(case) = feed else { return Ok(all) };
    let members = members::named(read, *case)?;
    let own: Vec<_> = all.iter().copied().filter(|user| members.contains(user)).collect();
    Ok(if own.is_empty() { all } else { own })
}

/// The call was made.
pub async fn note(hub: &Hub, call: Call) -> Result<(), HubError> {
    hub.write(move |_, tx| Ok(progress::set_called(tx, &call.record, &call.clock, call.began, call.steps)?))
        .await
}

/// Alarms that a user may see.
pub fn seen_by(hub: &Hub, read: &Read, user: &User) -> Result<u32, HubError> {
    let rulebook = hub.rulebook();
    let mut count = 0;
    for row in progress::alarms(read)? {
        count += u32::from(super::records::may_read(&rulebook, read, user, &row.feed)?);
    }
    Ok(count)
}
