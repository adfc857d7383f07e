//! Who may have a code made for whose phone. A phone reads all that its user may read: another one for somebody who is
//! here already needs that user's consent, or two who are responsible for it.

use super::devices;
use crate::{
    Hub, HubError,
    db::{
        Read, Tx, audit,
        devices::has_any,
        users::{self, User},
        wishes,
    },
};
use model::UserId;
use wire::enrol::Invitation;

pub enum Invited {
    Now(Invitation),
    /// For the user's consent, or a second administrator's.
    Waits,
}

/// An administrator wants a phone for a user; or is the second one to want it.
pub fn by_administrator(
    hub: &Hub,
    tx: &Tx,
    user: &User,
    by: &User,
    address: &str,
) -> Result<Invited, HubError> {
    if user.disabled {
        return Err(HubError::UserDisabled);
    }
    let is_free = user.id == by.id || !has_come(tx, user.id)?;
    if is_free || wished_by_another(hub, tx, user.id, by)? {
        return Ok(Invited::Now(invite(hub, tx, user, Some(by.id), address)?));
    }
    if wishes::of_user(tx, user.id)?.is_none_or(|wish| wish.asked_by == by.id) {
        wishes::set(tx, user.id, by.id)?;
        audit::add(tx, Some(by.id), "invite.ask", &user.id)?;
    }
    Ok(Invited::Waits)
}

/// At the command line of the hub's machine: the second beside an administrator who asked; alone where the office has no
/// two administrators.
pub fn by_operator(hub: &Hub, tx: &Tx, user: &User, address: &str) -> Result<Invitation, HubError> {
    let is_free = !has_come(tx, user.id)? || wishes::of_user(tx, user.id)?.is_some();
    if is_free || administrators(hub, tx)? < 2 {
        invite(hub, tx, user, None, address)
    } else {
        Err(HubError::ConsentNeeded)
    }
}

/// The user agrees to what an administrator wished for.
pub fn agree(hub: &Hub, tx: &Tx, user: &User, address: &str) -> Result<Invitation, HubError> {
    wishes::of_user(tx, user.id)?.ok_or(HubError::NotFound)?;
    audit::add(tx, Some(user.id), "invite.agree", &user.id)?;
    invite(hub, tx, user, Some(user.id), address)
}

pub fn refuse(tx: &Tx, user: &User) -> Result<(), HubError> {
    if wishes::remove(tx, user.id)? {
        audit::add(tx, Some(user.id), "invite.refuse", &user.id)?;
    }
    Ok(())
}

fn invite(
    hub: &Hub,
    tx: &Tx,
    user: &User,
    by: Option<UserId>,
    address: &str,
) -> Result<Invitation, HubError> {
    wishes::remove(tx, user.id)?;
    audit::add(tx, by, "invite", &user.id)?;
    devices::invite(hub, tx, user, address)
}

/// Whether the user has a phone, or was at the console: then they can be asked.
pub fn has_come(read: &Read, user: UserId) -> Result<bool, HubError> {
    Ok(has_any(read, user)? || users::has_logged_in(read, user)?)
}

/// How many there are that are not disabled.
pub fn administrators(hub: &Hub, read: &Read) -> Result<usize, HubError> {
    let rulebook = hub.rulebook();
    let is_one = |user: &&User| user.runs_office(&rulebook) && !user.disabled;
    Ok(users::all(read)?.iter().filter(is_one).count())
}

/// Whether another administrator wants the same, who is one by themselves.
fn wished_by_another(hub: &Hub, read: &Read, user: UserId, by: &User) -> Result<bool, HubError> {
    let Some(wish) = wishes::of_user(read, user)? else { return Ok(false) };
    are_two(hub, read, Some(wish.asked_by), Some(by.id))
}

/// Whether a second administrator, or the operator of the command line (nobody), is one beside the first.
pub fn are_two(
    hub: &Hub,
    read: &Read,
    first: Option<UserId>,
    second: Option<UserId>,
) -> Result<bool, HubError> {
    let (Some(first), Some(second)) = (first, second) else { return Ok(first != second) };
    let Some(first) = users::by_id(read, first)? else { return Ok(false) };
    let counts = first.runs_office(&hub.rulebook()) && !first.disabled;
    Ok(counts && origin(read, first.id)? != origin(read, second)?)
}

/// Who was added at the command line and added those who added this one: an administrator can't make a second one for
/// themselves.
fn origin(read: &Read, user: UserId) -> Result<UserId, HubError> {
    let mut origin = user;
    // Whoever adds is older: this ends.
    while let Some(by) = users::added_by(read, origin)? {
        origin = by;
    }
    Ok(origin)
}
