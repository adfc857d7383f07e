//! What the office says of its users, signed, for phones to know who wrote as what.

use crate::{
    Hub, HubError,
    db::{Read, Tx, roles, users},
    office::{keys, progress},
};
use chrono::{NaiveDate, NaiveTime};
use model::{
    UserId,
    clock::{VIETNAM, moment},
};
use wire::roles::{RoleStatement, SignedRole, Told};

/// Says what a user is now, unless that was the last thing that was said.
pub fn say(hub: &Hub, tx: &Tx, user: UserId) -> Result<(), HubError> {
    let user = users::by_id(tx, user)?.ok_or(HubError::NotFound)?;
    let (added, disabled) = users::times(tx, user.id)?;
    let before = roles::last_of(tx, user.id)?;
    let before = before.map(|told| told.statement.reopen());
    let before = before.transpose().map_err(|_| HubError::Internal("a statement can't be read"))?;
    let is_the_same = |said: &RoleStatement| said.role == user.role && said.places == user.places;
    let from = match &before {
        None => day(added),
        Some(said) if is_the_same(said) => Some(said.from),
        Some(_) => day(tx.now()),
    };
    let no_day = HubError::Internal("a time is no day");
    let (from, to) = (from.ok_or(no_day)?, disabled.and_then(day));
    let says_so = |said: &RoleStatement| is_the_same(said) && said.to == to;
    if before.as_ref().is_some_and(says_so) && roles::standing(tx, user.id)?.is_some() {
        return Ok(());
    }
    let serial = roles::next_serial(tx)?;
    let statement = RoleStatement {
        v: wire::VERSION,
        office: hub.identity.office,
        serial,
        user: user.id,
        role: user.role,
        places: user.places,
        capabilities: Vec::new(),
        from,
        to,
    };
    roles::add(tx, user.id, serial, &SignedRole::issue(&statement, &keys::signing(tx)?)?)?;
    let begins = from.and_time(NaiveTime::MIN).and_local_timezone(VIETNAM).single();
    let since = begins.map_or(0, |begins| u64::try_from(begins.timestamp_millis()).unwrap_or(0));
    progress::follow_user(tx, &hub.rulebook(), user.id, since)
}

/// Of everybody: what a hub of before said nothing of, or this one before it was restored or rewound.
pub fn say_all(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    users::all(tx)?.into_iter().try_for_each(|user| say(hub, tx, user.id))
}

/// In Viet Nam.
fn day(ms: u64) -> Option<NaiveDate> {
    moment(ms).map(|moment| moment.date_naive())
}

/// Those after a number: at most so many and about so many bytes, at least one. Says whether there are more.
pub(super) fn after(
    read: &Read,
    serial: u64,
    most: u32,
    bytes: usize,
) -> Result<(Vec<Told>, bool), HubError> {
    let (mut fitting, mut taken) = (Vec::new(), 0);
    for told in roles::after(read, serial, most)? {
        if taken >= bytes {
            break;
        }
        taken += told.statement.bytes();
        fitting.push(told);
    }
    let last = fitting.last().map_or(serial, |told| told.serial);
    Ok((fitting, last < roles::newest(read)?))
}
