//! Admitting: whether a received batch enters its feeds, and what it does there. A batch is admitted whole, in one
//! transaction, or waits with its reason; it is decided again when the reason may have gone.

mod records;
mod route;
mod write;

use super::{
    submission::{self, Evaluated},
    waiting,
};
use crate::{Hub, HubError, db::int, users, users::User};
use model::{Change, ChangeId, Feed, SignedChange, UserId};
use records::Records;
use rusqlite::{Transaction, params};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// A batch by device and batch id.
type BatchKey = (String, String);
type Evaluations = HashMap<ChangeId, Evaluated>;

/// Why a batch waits.
struct Wait {
    code: &'static str,
    /// The record that must come first.
    waits_for: Option<String>,
}

impl Wait {
    fn because(code: &'static str) -> Self {
        Self { code, waits_for: None }
    }
}

/// A received change that has not been admitted.
pub(crate) struct Received {
    change: Change,
    received_at: i64,
}

/// Decides everything of a device that waits, in its order.
pub fn decide_device(
    hub: &Hub,
    transaction: &Transaction,
    device: &str,
    evaluated: &Evaluations,
) -> Result<(), HubError> {
    let batches = batches(
        transaction,
        "SELECT device, batch FROM changes WHERE office = ?1 AND device = ?2 AND state = 'waiting'
         GROUP BY batch ORDER BY min(seq)",
        [hub.office(), device],
    )?;
    decide(hub, transaction, batches, evaluated)
}

/// After a form was published.
pub fn decide_form(hub: &Hub, transaction: &Transaction) -> Result<(), HubError> {
    let batches = batches(
        transaction,
        "SELECT device, batch FROM changes WHERE office = ?1 AND code = ?2 AND state = 'waiting'
         GROUP BY device, batch ORDER BY device, min(seq)",
        [hub.office(), waiting::FORM_UNKNOWN],
    )?;
    decide(hub, transaction, batches, &HashMap::new())
}

/// After a user's places changed.
pub fn decide_user(hub: &Hub, transaction: &Transaction, user: UserId) -> Result<(), HubError> {
    let batches = batches(
        transaction,
        "SELECT c.device, c.batch FROM changes c JOIN devices d ON d.office = c.office AND d.id = c.device
         WHERE c.office = ?1 AND d.user = ?2 AND c.state = 'waiting'
         GROUP BY c.device, c.batch ORDER BY c.device, min(c.seq)",
        [hub.office(), &user.to_string()],
    )?;
    decide(hub, transaction, batches, &HashMap::new())
}

fn batches(transaction: &Transaction, sql: &str, values: [&str; 2]) -> Result<VecDeque<BatchKey>, HubError> {
    let mut statement = transaction.prepare_cached(sql)?;
    let batches = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(batches.collect::<Result<_, _>>()?)
}

fn decide(
    hub: &Hub,
    transaction: &Transaction,
    mut queue: VecDeque<BatchKey>,
    evaluated: &Evaluations,
) -> Result<(), HubError> {
    // Each batch is admitted once, and only what waits for a record that came is queued again: this ends.
    while let Some((device, batch)) = queue.pop_front() {
        match decide_batch(hub, transaction, &device, &batch, evaluated)? {
            Ok(touched) => {
                for record in touched {
                    queue.extend(batches(
                        transaction,
                        "SELECT DISTINCT device, batch FROM changes
                         WHERE office = ?1 AND waits_for = ?2 AND state = 'waiting'",
                        [hub.office(), &record],
                    )?);
                }
            }
            Err(wait) => {
                transaction
                    .prepare_cached(
                        "UPDATE changes SET code = ?4, waits_for = ?5
                         WHERE office = ?1 AND device = ?2 AND batch = ?3 AND state = 'waiting'
                           AND (code IS NOT ?4 OR waits_for IS NOT ?5)",
                    )?
                    .execute(params![hub.office(), device, batch, wait.code, wait.waits_for])?;
            }
        }
    }
    Ok(())
}

/// The records that an admitted batch touched, or why it waits.
fn decide_batch(
    hub: &Hub,
    transaction: &Transaction,
    device: &str,
    batch: &str,
    evaluated: &Evaluations,
) -> Result<Result<BTreeSet<String>, Wait>, HubError> {
    transaction.execute_batch("SAVEPOINT batch")?;
    let decided = admit(hub, transaction, device, batch, evaluated);
    match decided {
        Ok(Ok(touched)) => {
            transaction.execute_batch("RELEASE batch")?;
            Ok(Ok(touched))
        }
        // The whole request fails, and what it brought is sent again.
        Err(error @ (HubError::Full | HubError::DamagedDatabase)) => Err(error),
        Ok(Err(wait)) => {
            transaction.execute_batch("ROLLBACK TO batch; RELEASE batch")?;
            Ok(Err(wait))
        }
        // What was received stays received.
        Err(error) => {
            tracing::error!(code = error.code(), %error, "admission failed");
            transaction.execute_batch("ROLLBACK TO batch; RELEASE batch")?;
            Ok(Err(Wait::because(waiting::FAILED)))
        }
    }
}

fn admit(
    hub: &Hub,
    transaction: &Transaction,
    device: &str,
    batch: &str,
    evaluated: &Evaluations,
) -> Result<Result<BTreeSet<String>, Wait>, HubError> {
    let Some(author) = author(hub, transaction, device)? else {
        return Ok(Err(Wait::because(waiting::REVOKED)));
    };
    let Some(received) = load(hub, transaction, device, batch)? else {
        return Ok(Err(Wait::because(waiting::BATCH_INCOMPLETE)));
    };
    let mut submissions = Vec::new();
    for (index, change) in received.iter().map(|received| &received.change).enumerate() {
        if !submission::is_submission(change) {
            continue;
        }
        let evaluation = match evaluated.get(&change.header.id) {
            Some(evaluated) => Some(evaluated.clone()),
            None => submission::evaluate(hub, transaction, change)?,
        };
        match evaluation {
            Some(evaluation) => submissions.push((index, evaluation)),
            None => return Ok(Err(Wait::because(waiting::FORM_UNKNOWN))),
        }
    }
    let mut records = Records::new(hub, transaction);
    for Received { change, .. } in &received {
        records.apply(change)?;
    }
    let routes = match route::routes(&mut records)? {
        Ok(routes) => routes,
        Err(wait) => return Ok(Err(wait)),
    };
    for feed in route::needed(&mut records, &routes)? {
        let allowed = match &feed {
            Feed::Commune(commune) => author.covers(commune),
            Feed::Case(case) => {
                records.is_new_case(*case)?
                    || users::is_case_member(transaction, hub.office(), author.id, &case.to_string())?
            }
        };
        if !allowed {
            return Ok(Err(Wait::because(waiting::SCOPE)));
        }
    }
    let touched = records.touched();
    write::write(hub, transaction, &mut records, routes, &received, &submissions)?;
    Ok(Ok(touched))
}

/// The device's user; `None` if it was revoked or the user disabled.
fn author(hub: &Hub, transaction: &Transaction, device: &str) -> Result<Option<User>, HubError> {
    let (user, revoked): (String, bool) = transaction
        .prepare_cached("SELECT user, revoked_at IS NOT NULL FROM devices WHERE office = ?1 AND id = ?2")?
        .query_row([hub.office(), device], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let user = users::by_id(transaction, hub.office(), &user)?;
    Ok(user.filter(|user| !revoked && !user.disabled))
}

/// The batch's changes by index; `None` while one is missing.
fn load(
    hub: &Hub,
    transaction: &Transaction,
    device: &str,
    batch: &str,
) -> Result<Option<Vec<Received>>, HubError> {
    let mut statement = transaction.prepare_cached(
        "SELECT body, received_at, batch_index, batch_count FROM changes
         WHERE office = ?1 AND device = ?2 AND batch = ?3 AND state = 'waiting' ORDER BY batch_index, seq",
    )?;
    let mut rows = statement.query([hub.office(), device, batch])?;
    let mut received = Vec::new();
    let mut indices = BTreeSet::new();
    let mut count: u32 = 1;
    while let Some(row) = rows.next()? {
        let signed: SignedChange = serde_json::from_str(row.get_ref(0)?.as_str().unwrap_or_default())
            .map_err(|_| HubError::Internal("a kept change can't be read"))?;
        let change = signed.reopen().map_err(|_| HubError::Internal("a kept change is damaged"))?;
        received.push(Received { change, received_at: row.get(1)? });
        indices.insert(row.get::<_, u32>(2)?);
        count = count.max(row.get(3)?);
    }
    let complete = usize::try_from(count).is_ok_and(|count| indices.len() >= count);
    Ok(complete.then_some(received))
}

/// Marks a change as in its feed.
fn mark_admitted(hub: &Hub, transaction: &Transaction, change: ChangeId) -> Result<(), HubError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET state = 'admitted', waited = code IS NOT NULL, code = NULL, waits_for = NULL,
                                decided_at = ?3
             WHERE office = ?1 AND id = ?2",
        )?
        .execute(params![hub.office(), change.to_string(), int(hub.now())])?;
    Ok(())
}
