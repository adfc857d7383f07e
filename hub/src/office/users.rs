//! Users: accounts, roles, places.

use super::{managers, sync::admission};
use crate::{
    Hub, HubError,
    db::{
        Read, Tx, sessions,
        users::{self, NewUser, User},
    },
};
use model::{Place, UserId};
use rulebook::Units;
use wire::enrol::{Colleague, Worker};

impl User {
    /// Whether the user's places hold for a commune. Those of a role that this hub does not know hold for none.
    pub fn covers(&self, units: &Units, commune: &str) -> bool {
        self.role.is_known() && self.places.iter().any(|place| units.covers(place, commune))
    }
}

/// Adds a user. Hash the password before the transaction: [`crate::secret::hash_password`] takes its time on purpose.
pub fn add(hub: &Hub, tx: &Tx, new: NewUser, password_hash: &str) -> Result<UserId, HubError> {
    let (login, name) = (login(&new.login), new.name.trim().to_owned());
    if login.is_empty() || login.len() > 64 || name.is_empty() {
        return Err(HubError::Input("login and name must not be empty"));
    }
    if users::by_login(tx, &login)?.is_some() {
        return Err(HubError::Input("the login is taken"));
    }
    let id = UserId::new();
    users::add(tx, id, &NewUser { login, name, ..new }, password_hash)?;
    managers::stand_in_anew(hub, tx)?;
    Ok(id)
}

/// As it is kept: people type it in any case.
pub fn login(typed: &str) -> String {
    typed.trim().to_lowercase()
}

pub fn by_login(read: &Read, typed: &str) -> Result<Option<User>, HubError> {
    Ok(users::by_login(read, &login(typed))?)
}

/// Ends the user's sessions; their devices may push and no longer pull.
pub fn disable(hub: &Hub, tx: &Tx, id: UserId) -> Result<(), HubError> {
    users::disable(tx, id)?;
    sessions::remove_of(tx, id)?;
    managers::stand_in_anew(hub, tx)
}

/// Waiting changes of the user's devices are decided again.
pub fn set_places(hub: &Hub, tx: &Tx, id: UserId, places: &[Place], on_duty: bool) -> Result<(), HubError> {
    users::set_places(tx, id, places, on_duty)?;
    admission::decide_user(hub, tx, id)
}

/// Whether two places have a commune in common.
fn overlap(units: &Units, a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::All, _) | (_, Place::All) => true,
        (Place::Province(a), Place::Province(b)) => a == b,
        (Place::Commune(commune), other) | (other, Place::Commune(commune)) => units.covers(other, commune),
        (Place::Other(_), _) | (_, Place::Other(_)) => false,
    }
}

/// Whether two users have a commune in common.
pub(super) fn work_together(units: &Units, one: &User, other: &User) -> bool {
    one.places.iter().any(|a| other.places.iter().any(|b| overlap(units, a, b)))
}

/// What a phone is told of its worker.
pub fn worker(units: &Units, read: &Read, user: &User) -> Result<Worker, HubError> {
    let on_duty = |other: &User| {
        let overlaps = || other.places.iter().any(|a| user.places.iter().any(|b| overlap(units, a, b)));
        other.on_duty && !other.disabled && other.id != user.id && overlaps()
    };
    let colleague = |other: User| Colleague { user: other.id, name: other.name };
    Ok(Worker {
        user: user.id,
        name: user.name.clone(),
        role: user.role.clone(),
        places: user.places.clone(),
        duty_managers: users::all(read)?.into_iter().filter(on_duty).map(colleague).collect(),
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
