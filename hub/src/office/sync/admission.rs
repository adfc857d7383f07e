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
        Tx, changes, devices, members,
        users::{self, User},
        waiting::{self as held, Batch},
    },
};
use model::{Change, ChangeId, DeviceId, Feed, RecordRef, UserId};
use records::Records;
use std::collections::{BTreeSet, HashMap, VecDeque};
use stop::{Stop, Wait};

type Evaluations = HashMap<ChangeId, Evaluated>;

/// A received change that has not been admitted.
struct Received {
    change: Change,
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
    held::set_reason(tx, batch, wait.code, wait.waits_for.as_ref())?;
    Ok(BTreeSet::new())
}

/// The records that the batch touched.
fn admit(hub: &Hub, tx: &Tx, batch: &Batch, evaluated: &Evaluations) -> Result<BTreeSet<RecordRef>, Stop> {
    let author = author(tx, batch.device)?.ok_or(Wait::because(waiting::REVOKED))?;
    let received = load(tx, batch)?.ok_or(Wait::because(waiting::BATCH_INCOMPLETE))?;
    let submissions = submissions(hub, tx, &received, evaluated)?;
    let mut records = Records::new(tx);
    for Received { change } in &received {
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
    write::write(tx, &hub.rulebook, &mut records, routes, &received, &submissions)?;
    changes::set_admitted(tx, batch)?;
    held::remove(tx, batch)?;
    Ok(touched)
}

/// The batch's submissions by their index in it, evaluated by their forms.
fn submissions(
    hub: &Hub,
    tx: &Tx,
    received: &[Received],
    evaluated: &Evaluations,
) -> Result<Vec<(usize, Evaluated)>, Stop> {
    let mut submissions = Vec::new();
    for (index, Received { change }) in received.iter().enumerate() {
        if !submission::is_submission(&change.header.record) {
            continue;
        }
        let evaluation = match evaluated.get(&change.header.id) {
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

/// The batch's changes by index; `None` while one is missing, or when it was admitted on the way.
fn load(tx: &Tx, batch: &Batch) -> Result<Option<Vec<Received>>, HubError> {
    let mut received = Vec::new();
    let mut indices = BTreeSet::new();
    let mut count: u32 = 1;
    for kept in changes::of_batch(tx, batch)? {
        let change = kept.signed.reopen().map_err(|_| HubError::Internal("a kept change is damaged"))?;
        indices.insert(change.header.batch.index);
        count = count.max(change.header.batch.count);
        received.push(Received { change });
    }
    received.sort_by_key(|Received { change }| change.header.batch.index);
    let complete = usize::try_from(count).is_ok_and(|count| indices.len() >= count);
    Ok(complete.then_some(received))
}
