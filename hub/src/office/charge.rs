//! Who is in charge of a record that moves by steps, and who steps aside from one.

use crate::{
    Hub, HubError,
    db::{
        Read, Tx, members, progress,
        records::{self, RecordRow},
        users::{self, User},
    },
    office::{
        desk::{self, Edit},
        records as readable,
        steps::Here,
    },
};
use model::{Feed, RecordEdit, RecordRef, UserId, record::field};
use rulebook::Rulebook;
use std::collections::BTreeMap;
use uuid::Uuid;
use workflow::INTEREST;

/// Fields of a record that somebody is in charge of.
const WORKER: &str = "worker";
const WORKER_NAME: &str = "worker_name";

/// Who may be put in charge of a record: those who work where it is, by name. Nobody who said that they are involved.
pub fn candidates(hub: &Hub, read: &Read, row: &RecordRow) -> Result<Vec<(UserId, String)>, HubError> {
    let rulebook = hub.rulebook();
    let commune = commune_of(row);
    let partial = readable::standing(hub, read, row)?.map(|found| found.partial).unwrap_or_default();
    let mut fitting = Vec::new();
    for user in users::all(read)? {
        let works = user.sees_cases(&rulebook) && (commune.is_empty() || user.covers(&rulebook, commune));
        if works && !user.disabled && !partial.contains_key(&user.id) {
            fitting.push((user.id, user.name.0));
        }
    }
    Ok(fitting)
}

fn commune_of(row: &RecordRow) -> &str {
    match &row.feed {
        Feed::Commune(code) => code,
        _ => row.text(field::COMMUNE),
    }
}

/// Whether the user may say who is in charge.
pub fn may_give(hub: &Hub, read: &Read, user: &User, record: &RecordRef) -> Result<bool, HubError> {
    let sheet = desk::sheet::of(hub, read, user, record)?;
    Ok(sheet.is_some_and(|sheet| sheet.fields.iter().any(|name| name == WORKER_NAME)))
}

/// Puts a user in charge, who becomes a member of a restricted case with it.
///
/// # Errors
/// [`HubError::NotFound`] for a record that `by` doesn't read or a user who can't be put in charge, [`desk::DeskError`].
pub fn give(hub: &Hub, tx: &Tx, by: UserId, record: &RecordRef, to: UserId) -> Result<(), HubError> {
    let user = users::by_id(tx, by)?.ok_or(HubError::UserDisabled)?;
    let row = readable::find(hub, tx, &user, record)?.ok_or(HubError::NotFound)?;
    let (id, name) =
        candidates(hub, tx, &row)?.into_iter().find(|(id, _)| *id == to).ok_or(HubError::NotFound)?;
    let edit = RecordEdit::new(record.clone()).set(WORKER, id.to_string()).set(WORKER_NAME, name.as_str());
    let mut edits = vec![Edit { seen: seen(tx, record)?, edit }];
    if let Feed::Case(case) = row.feed
        && !members::named(tx, case)?.contains(&id)
    {
        edits.extend(member(&hub.rulebook(), record, id, &name));
    }
    desk::commit(hub, tx, by, edits)?;
    Ok(())
}

/// All open records of which one user is in charge, that `by` may see, go to another; how many.
///
/// # Errors
/// As [`give`].
pub fn give_all(hub: &Hub, tx: &Tx, by: UserId, from: UserId, to: UserId) -> Result<usize, HubError> {
    let user = users::by_id(tx, by)?.ok_or(HubError::UserDisabled)?;
    let rulebook = hub.rulebook();
    let communes = readable::communes_of(&rulebook, &user);
    let cases = members::cases(tx, user.id)?.into_iter().map(Feed::Case);
    let feeds: Vec<Feed> = communes.iter().flatten().cloned().chain(cases).collect();
    let mut given = 0;
    for row in progress::open(tx, &feeds, communes.is_none())? {
        if row.worker == Some(from) {
            give(hub, tx, by, &row.reference, to)?;
            given += 1;
        }
    }
    Ok(given)
}

/// Somebody says that they are involved: from now on they take no step. In a restricted case the next in the order of its
/// alarm becomes a member, and they are one no longer, in the same transaction.
///
/// # Errors
/// As [`give`].
pub fn step_aside(hub: &Hub, tx: &Tx, by: UserId, record: &RecordRef, why: &str) -> Result<(), HubError> {
    let user = users::by_id(tx, by)?.ok_or(HubError::UserDisabled)?;
    let here = Here::of(hub, tx, &user, record)?.ok_or(HubError::NotFound)?;
    let rulebook = hub.rulebook();
    let interest = RecordEdit::new(RecordRef::new(INTEREST, Uuid::now_v7()))
        .under(record.clone())
        .set("user", by.to_string())
        .set("name", user.name.0.as_str())
        .set("why", why);
    let mut edits = vec![Edit { edit: interest, seen: BTreeMap::new() }];
    if let Feed::Case(case) = here.record.feed
        && rulebook.may_assign(&user.role, hub.today())
    {
        let known = members::named(tx, case)?;
        let partial = &here.standing.partial;
        let next = |role: &String| {
            let fits = |user: &&User| {
                user.role.as_str() == role
                    && user.id != by
                    && !user.disabled
                    && !partial.contains_key(&user.id)
                    && user.covers(&rulebook, commune_of(&here.record))
            };
            Ok::<_, HubError>(users::all(tx)?.iter().find(fits).cloned())
        };
        let mut roles = Vec::new();
        for clock in rulebook.clocks().iter().filter(|clock| clock.workflow == here.workflow) {
            roles.extend(clock.escalate.iter().map(|(_, role)| role.clone()));
        }
        for role in &roles {
            let Some(other) = next(role)? else { continue };
            if !known.contains(&other.id) {
                edits.extend(member(&rulebook, record, other.id, &other.name.0));
            }
            break;
        }
        edits.extend(without(tx, &rulebook, record, by)?);
    }
    desk::commit(hub, tx, by, edits)?;
    Ok(())
}

fn member(rulebook: &Rulebook, case: &RecordRef, user: UserId, name: &str) -> Option<Edit> {
    let (kind, of_user) = rulebook.membership()?;
    let edit = RecordEdit::new(RecordRef::new(kind.to_owned(), Uuid::now_v7()))
        .under(case.clone())
        .set(of_user, user.to_string())
        .set("name", name);
    Some(Edit { edit, seen: BTreeMap::new() })
}

/// A user is a member no longer.
fn without(tx: &Tx, rulebook: &Rulebook, case: &RecordRef, user: UserId) -> Result<Vec<Edit>, HubError> {
    let Some((kind, of_user)) = rulebook.membership() else { return Ok(Vec::new()) };
    let mut edits = Vec::new();
    for row in records::of_kinds(tx, case, &[kind])? {
        if row.text(of_user) == user.to_string() {
            let edit =
                RecordEdit::new(row.reference.clone()).set(field::REMOVED, "Thôi xử lý vì có liên quan");
            edits.push(Edit { seen: seen(tx, &row.reference)?, edit });
        }
    }
    Ok(edits)
}

fn seen(tx: &Tx, record: &RecordRef) -> Result<desk::Seen, HubError> {
    let row = records::find(tx, record)?;
    let heads =
        row.map(|row| row.state.fields.keys().map(|name| (name.clone(), row.state.heads_of(name))).collect());
    Ok(heads.unwrap_or_default())
}
