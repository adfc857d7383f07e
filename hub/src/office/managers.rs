//! Who manages a restricted case: a member whose role may say who reads it. Where there is none, those stand in who
//! could be: a case that nobody can open helps nobody.

use crate::{
    Hub, HubError,
    db::{Read, Tx, members, records, users},
};
use model::{CaseId, RecordState, record::field};
use std::collections::BTreeSet;
use workflow::INTEREST;

/// Whether a member manages it; not one who stands in.
pub fn has(hub: &Hub, read: &Read, case: CaseId) -> Result<bool, HubError> {
    let (day, rulebook) = (hub.today(), hub.rulebook());
    for user in members::named(read, case)? {
        let manages = |user: &users::User| !user.disabled && rulebook.may_assign(&user.role, day);
        if users::by_id(read, user)?.as_ref().is_some_and(manages) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names those who stand in: who is on duty for the case's commune, else whoever may manage one there. Nobody while a
/// member manages it.
pub fn stand_in(hub: &Hub, tx: &Tx, case: CaseId, state: &RecordState) -> Result<(), HubError> {
    let mut standing = BTreeSet::new();
    if !has(hub, tx, case)? {
        let (day, rulebook) = (hub.today(), hub.rulebook());
        let commune = state.text(field::COMMUNE).unwrap_or_default();
        let aside = aside(tx, case)?;
        let could = |user: &users::User| {
            !user.disabled
                && !aside.contains(&user.id.to_string())
                && rulebook.may_assign(&user.role, day)
                && user.covers(&rulebook, commune)
        };
        let could: Vec<users::User> = users::all(tx)?.into_iter().filter(could).collect();
        let on_duty = could.iter().any(|user| user.on_duty);
        standing.extend(could.into_iter().filter(|user| user.on_duty || !on_duty).map(|user| user.id));
    }
    let standing: Vec<_> = standing.into_iter().collect();
    Ok(members::set(tx, &case.reference(), case, &standing)?)
}

/// Who said that they are involved in it.
fn aside(read: &Read, case: CaseId) -> Result<BTreeSet<String>, HubError> {
    let said = records::of_kinds(read, &case.reference(), &[INTEREST])?;
    Ok(said.iter().map(|row| row.text("user").to_owned()).collect())
}

/// After who works here changed: of every case again.
pub fn stand_in_anew(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    for row in records::restricted(tx)? {
        if let Some(case) = CaseId::of(&row.reference) {
            stand_in(hub, tx, case, &row.state)?;
        }
    }
    Ok(())
}
