//! Admitting: whether a received batch enters its feeds, and what it does there. A batch is admitted whole, in one
//! transaction, or waits with its reason; it is decided again when the reason may have gone.

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
};
use model::{ChangeId, DeviceId, Feed, RecordRef, RecordState, UserId, batch::Shown};
use records::Records;
use std::collections::{BTreeSet, HashMap, VecDeque};
use stop::{Stop, Wait};

type Evaluations = HashMap<ChangeId, Evaluated>;

/// Merges a change into its record.
pub fn merge(state: &mut RecordState, change: &Shown) -> Result<(), HubError> {
    let plan = state.plan(change).map_err(|_| HubError::Internal("a kept value is damaged"))?;
    state.apply(plan);
    Ok(())
}

/// Decides everything of a device that waits, in its order.
pub fn decide_device(hub: &Hub, tx: &Tx, device: DeviceId, evaluated: &Evaluations) -> Result<(), HubError> {
    decide(hub, tx, held::of_device(tx, device)?, evaluated)
}

/// After a form was published.
pub fn decide_form(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    decide(hub, tx, held::because(tx, waiting::FORM_UNKNOWN)?, &HashMap::new())
}

/// After a user's places changed.
pub fn decide_user(hub: &Hub, tx: &Tx, user: UserId) -> Result<(), HubError> {
    decide(hub, tx, held::of_user(tx, user)?, &HashMap::new())
}

fn decide(hub: &Hub, tx: &Tx, batches: Vec<Batch>, evaluated: &Evaluations) -> Result<(), HubError> {
    let mut queue = VecDeque::from(batches);
    // Each batch is admitted once, and only what waits for a record that came is queued again: this ends.
    while let Some(batch) = queue.pop_front() {
        for record in decide_batch(hub, tx, &batch, evaluated)? {
            queue.extend(held::for_record(tx, &record)?);
        }
    }
    Ok(())
}

/// Admits a batch, or keeps why it waits. Returns the records that it touched.
fn decide_batch(
    hub: &Hub,
    tx: &Tx,
    batch: &Batch,
    evaluated: &Evaluations,
) -> Result<BTreeSet<RecordRef>, HubError> {
    let attempt = tx.attempt()?;
    let wait = match admit(hub, tx, batch, evaluated) {
        Ok(touched) => {
            attempt.keep()?;
            return Ok(touched);
        }
        Err(Stop::Waits(wait)) => wait,
        // The whole request fails, and what it brought is sent again.
        Err(Stop::Failed(error @ (HubError::Full | HubError::DamagedDatabase))) => return Err(error),
        // What was received stays received.
        Err(Stop::Failed(error)) => {
            tracing::error!(code = error.code(), %error, "admission failed");
            Wait::because(waiting::FAILED)
        }
    };
    attempt.undo()?;
    held::set_reason(tx, batch.key, wait.code, wait.waits_for.as_ref())?;
    Ok(BTreeSet::new())
}

/// The records that the batch touched.
fn admit(hub: &Hub, tx: &Tx, batch: &Batch, evaluated: &Evaluations) -> Result<BTreeSet<RecordRef>, Stop> {
    let author = author(tx, batch.key.device)?.ok_or(Wait::because(waiting::REVOKED))?;
    // It may have been admitted on the way.
    let Some(received) = batches::find(tx, batch.key)? else { return Ok(BTreeSet::new()) };
    let changes: Vec<Shown> = received.batch.changes().flatten().collect();
    let submissions = submissions(hub, tx, &changes, evaluated)?;
    let mut records = Records::new(tx);
    for change in &changes {
        records.apply(change)?;
    }
    let routes = route::routes(&hub.rulebook, &mut records)?;
    for feed in route::needed(&mut records, &routes)? {
        let allowed = match &feed {
            Feed::Commune(commune) => author.covers(&hub.rulebook.units, commune),
            Feed::Case(case) => records.is_new_case(*case)? || members::is_member(tx, author.id, *case)?,
            Feed::Other(_) => false,
        };
        if !allowed {
            return Err(Wait::because(waiting::SCOPE).into());
        }
    }
    let touched = records.touched();
    write::write(tx, &hub.rulebook, &mut records, routes, batch.key, &changes, &submissions)?;
    if batch.decided {
        batches::set_late(tx, batch.key)?;
    }
    held::remove(tx, batch.key)?;
    Ok(touched)
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
