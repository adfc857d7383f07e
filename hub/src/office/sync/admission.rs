//! Admitting: whether a received batch enters its feeds, and what it does there. A batch is admitted whole, in one
//! transaction, or waits with its reason and is decided again when that may have gone, or is denied for good.

mod permission;
mod records;
mod route;
mod stop;
mod write;

use super::{
    submission::{self, Evaluated},
    waiting,
};
use crate::{
    Hub, HubError,
    db::{
        Tx, batches, devices, members,
        users::{self, User},
        waiting::{self as held, Batch},
    },
    office::managers,
};
use model::{ChangeId, DeviceId, Feed, RecordRef, RecordState, UserId, batch::Shown};
use records::Records;
use route::Routes;
use rulebook::Rulebook;
use std::collections::{BTreeSet, HashMap};
use stop::{Stop, Wait};

type Evaluations = HashMap<ChangeId, Evaluated>;

/// Merges a change into its record, that was `received` then (milliseconds since 1970).
pub fn merge(
    rulebook: &Rulebook,
    state: &mut RecordState,
    change: &Shown,
    received: u64,
) -> Result<(), HubError> {
    let plan = rulebook
        .plan(state, change, Some(received))
        .map_err(|_| HubError::Internal("a kept value is damaged"))?;
    state.apply(plan);
    Ok(())
}

/// What was freed is decided so much at once, in the one transaction that others wait for: the rest with the next push.
const AT_ONCE: u32 = 256;

/// Decides what a device just sent, and what that frees.
pub fn decide_device(hub: &Hub, tx: &Tx, device: DeviceId, evaluated: &Evaluations) -> Result<(), HubError> {
    for batch in held::new_of(tx, device)? {
        decide(hub, tx, &batch, evaluated)?;
    }
    decide_due(hub, tx, evaluated)
}

/// After a form was published.
pub fn decide_form(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    held::free_because(tx, waiting::FORM_UNKNOWN)?;
    decide_due(hub, tx, &HashMap::new())
}

/// After a user's places or role changed, or they were disabled.
pub fn decide_user(hub: &Hub, tx: &Tx, user: UserId) -> Result<(), HubError> {
    held::free_of_user(tx, user)?;
    managers::stand_in_anew(hub, tx)?;
    decide_due(hub, tx, &HashMap::new())
}

/// With another program, or other tables, than before.
pub fn decide_anew(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    for code in [waiting::FAILED, waiting::COMMUNE_UNKNOWN, waiting::ROLE_UNKNOWN] {
        held::free_because(tx, code)?;
    }
    decide_due(hub, tx, &HashMap::new())
}

/// After other rules took over: they may know what a record is, to whom it belongs, who works where.
pub fn decide_by_other_rules(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    for code in [waiting::PARENT_UNKNOWN, waiting::SCOPE] {
        held::free_because(tx, code)?;
    }
    managers::stand_in_anew(hub, tx)?;
    decide_anew(hub, tx)
}

/// After the receiving side agreed to a move.
pub fn decide_due(hub: &Hub, tx: &Tx, evaluated: &Evaluations) -> Result<(), HubError> {
    let mut left = AT_ONCE;
    while left > 0 {
        let due = held::due(tx, left)?;
        if due.is_empty() {
            break;
        }
        for batch in due {
            left = left.saturating_sub(1);
            decide(hub, tx, &batch, evaluated)?;
        }
    }
    Ok(())
}

/// Admits a batch, or keeps why not. What waits for what it did is to be decided then.
fn decide(hub: &Hub, tx: &Tx, batch: &Batch, evaluated: &Evaluations) -> Result<(), HubError> {
    let attempt = tx.attempt()?;
    let stop = match admit(hub, tx, batch, evaluated) {
        Ok(happened) => {
            attempt.keep()?;
            return happened.iter().try_for_each(|record| Ok(held::free_for(tx, record)?));
        }
        Err(stop) => stop,
    };
    attempt.undo()?;
    match stop {
        Stop::Waits(wait) => held::set_reason(tx, batch.key, wait.code, wait.waits_for.as_ref())?,
        Stop::Denied(code, parts) => {
            held::set_denied(tx, batch.key, code, &parts)?;
            // What stands on it is denied with it.
            for record in changed(tx, batch)? {
                held::free_for(tx, &record)?;
            }
        }
        // The whole request fails, and what it brought is sent again.
        Stop::Failed(error @ (HubError::Full | HubError::DamagedDatabase)) => return Err(error),
        // What was received stays received.
        Stop::Failed(error) => {
            tracing::error!(code = error.code(), %error, "admission failed");
            held::set_reason(tx, batch.key, waiting::FAILED, None)?;
        }
    }
    Ok(())
}

fn changed(tx: &Tx, batch: &Batch) -> Result<BTreeSet<RecordRef>, HubError> {
    let Some(received) = batches::find(tx, batch.key)? else { return Ok(BTreeSet::new()) };
    Ok(received.batch.changes().flatten().map(|change| change.head.record.clone()).collect())
}

/// The records that something happened to which others may wait for: they came, or stand elsewhere, or others may read
/// them now.
fn admit(hub: &Hub, tx: &Tx, batch: &Batch, evaluated: &Evaluations) -> Result<BTreeSet<RecordRef>, Stop> {
    let author = author(tx, batch.key.device)?.ok_or(Wait::because(waiting::REVOKED))?;
    // It may have been admitted on the way.
    let Some(received) = batches::find(tx, batch.key)? else { return Ok(BTreeSet::new()) };
    let changes: Vec<Shown> = received.batch.changes().flatten().collect();
    permission::follows(tx, &changes)?;
    // All of it is decided by the same rules, whatever is published meanwhile.
    let rulebook = hub.rulebook();
    if rulebook.role_of(author.role.as_str()).is_none() {
        return Err(Wait::because(waiting::ROLE_UNKNOWN).into());
    }
    let mut records = Records::new(tx, &rulebook);
    let mut before = Vec::with_capacity(changes.len());
    for change in &changes {
        before.push(records.apply(change, received.received_at)?);
    }
    let routes = route::routes((&rulebook, hub.identity.office), &mut records)?;
    in_scope(&rulebook, tx, &author, batch, &mut records, &routes)?;
    permission::check((&rulebook, hub.today()), tx, &author, &changes, &before, &mut records, &routes)?;
    let submissions = submissions(hub, tx, &changes, evaluated)?;
    let managed = permission::managed(hub, tx, &mut records, &routes)?;
    let mut happened = happened(&mut records, &routes)?;
    happened.extend(managed.iter().map(|(case, _)| case.reference()));
    if batch.decided {
        happened.extend(records.touched());
    }
    write::write(tx, &rulebook, &mut records, routes, batch.key, &changes, &submissions)?;
    permission::still_managed(hub, tx, &managed, &changes, &mut records)?;
    if batch.decided {
        batches::set_late(tx, batch.key)?;
    }
    held::remove(tx, batch.key)?;
    Ok(happened)
}

/// Stops what lies outside of the author's places and cases, in no commune that there is, or is moved out of their places
/// without the receiving side.
fn in_scope(
    rulebook: &Rulebook,
    tx: &Tx,
    author: &User,
    batch: &Batch,
    records: &mut Records,
    routes: &Routes,
) -> Result<(), Stop> {
    for (feed, root) in route::needed(records, routes)? {
        let allowed = match &feed {
            Feed::Case(_) if !author.sees_cases(rulebook) => false,
            Feed::Case(case) => {
                records.is_new(&case.reference())? || members::is_member(tx, author.id, *case)?
            }
            feed => author.reads(rulebook, feed),
        };
        if !allowed {
            return Err(Wait { code: waiting::SCOPE, waits_for: Some(root) }.into());
        }
    }
    for feed in route::entered(records, routes)? {
        if !rulebook.is_place(&feed) {
            return Err(Wait::because(waiting::COMMUNE_UNKNOWN).into());
        }
        if author.reads(rulebook, &feed) {
            continue;
        }
        match feed {
            Feed::Commune(_) if batch.agreed => {}
            Feed::Commune(_) => return Err(Wait::because(waiting::MOVE).into()),
            // Nobody agrees for a facility or a desk yet.
            _ => return Err(Wait::because(waiting::SCOPE).into()),
        }
    }
    Ok(())
}

/// Records that came or stand elsewhere now.
fn happened(records: &mut Records, routes: &Routes) -> Result<BTreeSet<RecordRef>, HubError> {
    let mut happened = BTreeSet::new();
    for (id, route) in routes {
        let stood = records.get(id)?.kept.as_ref();
        if stood.is_none_or(|kept| kept.feed != route.feed || kept.root != route.root) {
            happened.insert(id.clone());
        }
    }
    Ok(happened)
}

/// The batch's submissions by their index in it, evaluated by their forms.
fn submissions(
    hub: &Hub,
    tx: &Tx,
    changes: &[Shown],
    evaluated: &Evaluations,
) -> Result<Vec<(usize, Evaluated)>, Stop> {
    let mut submissions = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        if !submission::is_submission(&change.head.record) {
            continue;
        }
        let evaluation = match evaluated.get(&change.id) {
            Some(evaluated) => Some(evaluated.clone()),
            None => submission::evaluate(hub, tx, change)?,
        };
        submissions.push((index, evaluation.ok_or(Wait::because(waiting::FORM_UNKNOWN))?));
    }
    Ok(submissions)
}

/// The device's user; `None` if it was revoked or the user disabled.
fn author(tx: &Tx, device: DeviceId) -> Result<Option<User>, HubError> {
    let Some(user) = devices::user(tx, device)? else { return Ok(None) };
    Ok(users::by_id(tx, user)?.filter(|user| !user.disabled))
}
