//! Users: accounts, roles, places.

use super::{managers, roles, sync::admission};
use crate::{
    Hub, HubError,
    db::{
        Read, Tx, audit, devices, sessions,
        users::{self, NewUser, User},
    },
};
use chrono::NaiveDate;
use model::{Feed, Place, Role, UserId};
use rulebook::{Rulebook, Scope, Sees, Units};
use wire::enrol::{Colleague, Worker};

impl User {
    /// Whether the user's role has to do with people at all: with restricted cases that they are members of.
    pub fn sees_cases(&self, rulebook: &Rulebook) -> bool {
        rulebook.sees(self.role.as_str()) >= Sees::Cases
    }

    pub fn sees_places(&self, rulebook: &Rulebook) -> bool {
        rulebook.sees(self.role.as_str()) >= Sees::Places
    }

    pub fn runs_office(&self, rulebook: &Rulebook) -> bool {
        rulebook.role_of(self.role.as_str()).is_some_and(|role| role.runs_office)
    }

    /// Whether what stands at the top with this scope may be the user's to read and write at all.
    pub fn works_in(&self, rulebook: &Rulebook, scope: Scope) -> bool {
        let has = |is_one: fn(&Place) -> bool| self.sees_cases(rulebook) && self.places.iter().any(is_one);
        match scope {
            Scope::Commune | Scope::Own => self.sees_places(rulebook),
            Scope::Office => self.sees_cases(rulebook),
            Scope::Facility => has(|place| matches!(place, Place::Facility(_))),
            Scope::Desk => has(|place| matches!(place, Place::Desk(_))),
            Scope::Inherit | Scope::Case | Scope::OwnDevice => false,
        }
    }

    /// Whether a feed is for the user. Who reads a restricted case its members say.
    pub fn reads(&self, rulebook: &Rulebook, feed: &Feed) -> bool {
        let has = |place: Place| self.sees_cases(rulebook) && self.places.contains(&place);
        match feed {
            Feed::Commune(code) => self.covers(rulebook, code),
            Feed::Office(_) => self.sees_cases(rulebook),
            Feed::Facility(id) => has(Place::Facility(id.clone())),
            Feed::Desk(id) => has(Place::Desk(id.clone())),
            Feed::Case(_) | Feed::OwnDevice | Feed::Other(_) => false,
        }
    }

    /// Whether the user's places hold for a commune. Those of a role without content hold for none.
    pub fn covers(&self, rulebook: &Rulebook, commune: &str) -> bool {
        self.sees_places(rulebook) && self.places.iter().any(|place| rulebook.units.covers(place, commune))
    }
}

/// Adds a user; `by`: the administrator, or nobody for the command line. Hash the password before the transaction:
/// [`crate::secret::hash_password`] takes its time on purpose.
pub fn add(
    hub: &Hub,
    tx: &Tx,
    new: NewUser,
    password_hash: &str,
    by: Option<UserId>,
) -> Result<UserId, HubError> {
    may_be_on_duty(hub, &new.role, new.on_duty)?;
    let (login, name) = (login(&new.login), new.name.trim().to_owned());
    if login.is_empty() || login.len() > 64 || name.is_empty() {
        return Err(HubError::Input("login and name must not be empty"));
    }
    if users::by_login(tx, &login)?.is_some() {
        return Err(HubError::Input("the login is taken"));
    }
    let id = UserId::new();
    users::add(tx, id, &NewUser { login, name, ..new }, password_hash, by)?;
    audit::add(tx, by, "user.add", &id)?;
    roles::say(hub, tx, id)?;
    managers::stand_in_anew(hub, tx)?;
    Ok(id)
}

/// Who is on duty becomes a member of restricted cases.
fn may_be_on_duty(hub: &Hub, role: &Role, on_duty: bool) -> Result<(), HubError> {
    if on_duty && hub.rulebook().sees(role.as_str()) < Sees::Cases {
        Err(HubError::NoContent)
    } else {
        Ok(())
    }
}

/// As it is kept: people type it in any case.
pub fn login(typed: &str) -> String {
    typed.trim().to_lowercase()
}

pub fn by_login(read: &Read, typed: &str) -> Result<Option<User>, HubError> {
    Ok(users::by_login(read, &login(typed))?)
}

/// Ends the user's sessions and what the hub signs for them; their phones may push and no longer pull.
pub fn disable(hub: &Hub, tx: &Tx, id: UserId) -> Result<(), HubError> {
    users::disable(tx, id)?;
    if let Some((held, _)) = devices::held_for(tx, id)? {
        devices::revoke(tx, held.id)?;
    }
    sessions::remove_of(tx, id)?;
    roles::say(hub, tx, id)?;
    managers::stand_in_anew(hub, tx)
}

/// Waiting changes of the user's devices are decided again.
pub fn set_places(hub: &Hub, tx: &Tx, id: UserId, places: &[Place], on_duty: bool) -> Result<(), HubError> {
    let user = users::by_id(tx, id)?.ok_or(HubError::NotFound)?;
    may_be_on_duty(hub, &user.role, on_duty)?;
    users::set_places(tx, id, places, on_duty)?;
    audit::add(tx, None, "user.places", &id)?;
    roles::say(hub, tx, id)?;
    admission::decide_user(hub, tx, id)
}

/// Waiting changes of the user's devices are decided again; who was on duty stays so where the role may be.
pub fn set_role(hub: &Hub, tx: &Tx, id: UserId, role: &Role) -> Result<(), HubError> {
    let user = users::by_id(tx, id)?.ok_or(HubError::NotFound)?;
    may_be_on_duty(hub, role, user.on_duty)?;
    users::set_role(tx, id, role)?;
    audit::add(tx, None, "user.role", &id)?;
    roles::say(hub, tx, id)?;
    managers::stand_in_anew(hub, tx)?;
    admission::decide_user(hub, tx, id)
}

/// Whether two places have a commune in common.
fn overlap(units: &Units, a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::All, _) | (_, Place::All) => true,
        (Place::Province(a), Place::Province(b)) => a == b,
        (Place::Commune(commune), other) | (other, Place::Commune(commune)) => units.covers(other, commune),
        _ => false,
    }
}

/// Whether two users have a commune in common.
pub(super) fn work_together(units: &Units, one: &User, other: &User) -> bool {
    one.places.iter().any(|a| other.places.iter().any(|b| overlap(units, a, b)))
}

/// What a phone is told of its worker.
pub fn worker(rulebook: &Rulebook, read: &Read, user: &User, day: NaiveDate) -> Result<Worker, HubError> {
    let units = &rulebook.units;
    let on_duty = |other: &User| {
        let overlaps = || other.places.iter().any(|a| user.places.iter().any(|b| overlap(units, a, b)));
        let serves = other.on_duty && !other.disabled && other.sees_cases(rulebook);
        serves && other.id != user.id && overlaps()
    };
    let (present, away): (Vec<User>, Vec<User>) = users::all(read)?
        .into_iter()
        .filter(on_duty)
        .partition(|other| other.reached.away_until(day).is_none());
    // Somebody is better called on their leave than nobody.
    let duty = if present.is_empty() { away } else { present };
    let colleague = |other: User| Colleague { user: other.id, name: other.name, phone: other.reached.phone };
    Ok(Worker {
        user: user.id,
        name: user.name.clone(),
        role: user.role.clone(),
        places: user.places.clone(),
        duty_managers: duty.into_iter().map(colleague).collect(),
        devices: devices::of_user(read, user.id)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_overlap_by_their_communes() {
        let rulebook = rulebook::Rulebook::built_in().unwrap();
        let units = &rulebook.units;
        let place = |text: &str| text.parse::<Place>().unwrap();
        assert!(overlap(units, &place("commune:00070"), &place("province:01")));
        assert!(overlap(units, &place("province:01"), &place("commune:00070")));
        assert!(overlap(units, &place("all"), &place("commune:00070")));
        assert!(!overlap(units, &place("commune:00070"), &place("commune:00073")));
        assert!(!overlap(units, &place("commune:00070"), &place("province:15")));
    }
}
