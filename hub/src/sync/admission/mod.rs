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

/// A batch that waits.
struct Waiting {
    device: String,
    batch: String,
    first_seq: i64,
    last_seq: i64,
    /// It was decided before, and its device told.
    decided: bool,
}

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
    let batches = batches(transaction, "w.device = ?2", [hub.office(), device])?;
    decide(hub, transaction, batches, evaluated)
}

/// After a form was published.
pub fn decide_form(hub: &Hub, transaction: &Transaction) -> Result<(), HubError> {
    let batches = batches(transaction, "w.code = ?2", [hub.office(), waiting::FORM_UNKNOWN])?;
    decide(hub, transaction, batches, &HashMap::new())
}

/// After a user's places changed.
pub fn decide_user(hub: &Hub, transaction: &Transaction, user: UserId) -> Result<(), HubError> {
    let theirs = "w.device IN (SELECT id FROM devices WHERE office = ?1 AND user = ?2)";
    let batches = batches(transaction, theirs, [hub.office(), &user.to_string()])?;
    decide(hub, transaction, batches, &HashMap::new())
}

/// Those of `which`, each device's in its order.
fn batches(transaction: &Transaction, which: &str, values: [&str; 2]) -> Result<VecDeque<Waiting>, HubError> {
    let sql = format!(
        "SELECT w.device, w.batch, w.first_seq, w.last_seq, w.code IS NOT NULL FROM waiting w
         WHERE w.office = ?1 AND {which} ORDER BY w.device, w.first_seq"
    );
    let row = |row: &rusqlite::Row| {
        Ok(Waiting {
            device: row.get(0)?,
            batch: row.get(1)?,
            first_seq: row.get(2)?,
            last_seq: row.get(3)?,
            decided: row.get(4)?,
        })
    };
    let batches = transaction.prepare_cached(&sql)?.query_map(values, row)?.collect::<Result<_, _>>()?;
    Ok(batches)
}

fn decide(
    hub: &Hub,
    transaction: &Transaction,
    mut queue: VecDeque<Waiting>,
    evaluated: &Evaluations,
) -> Result<(), HubError> {
    // Each batch is admitted once, and only what waits for a record that came is queued again: this ends.
    while let Some(batch) = queue.pop_front() {
        match decide_batch(hub, transaction, &batch, evaluated)? {
            Ok(touched) => {
                for record in touched {
                    queue.extend(batches(transaction, "w.waits_for = ?2", [hub.office(), &record])?);
                }
            }
            Err(wait) => {
                transaction
                    .prepare_cached(
                        "UPDATE waiting SET code = ?4, waits_for = ?5
                         WHERE office = ?1 AND device = ?2 AND batch = ?3
                           AND (code IS NOT ?4 OR waits_for IS NOT ?5)",
                    )?
                    .execute(params![hub.office(), batch.device, batch.batch, wait.code, wait.waits_for])?;
            }
        }
    }
    Ok(())
}

/// The records that an admitted batch touched, or why it waits.
fn decide_batch(
    hub: &Hub,
    transaction: &Transaction,
    batch: &Waiting,
    evaluated: &Evaluations,
) -> Result<Result<BTreeSet<String>, Wait>, HubError> {
    transaction.execute_batch("SAVEPOINT batch")?;
    let decided = admit(hub, transaction, batch, evaluated);
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
    batch: &Waiting,
    evaluated: &Evaluations,
) -> Result<Result<BTreeSet<String>, Wait>, HubError> {
    let Some(author) = author(hub, transaction, &batch.device)? else {
        return Ok(Err(Wait::because(waiting::REVOKED)));
    };
    let Some(received) = load(hub, transaction, batch)? else {
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
            Feed::Other(_) => false,
        };
        if !allowed {
            return Ok(Err(Wait::because(waiting::SCOPE)));
        }
    }
    let touched = records.touched();
    write::write(hub, transaction, &mut records, routes, &received, &submissions)?;
    close(hub, transaction, batch)?;
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

/// The batch's changes by index; `None` while one is missing, or when it was admitted on the way.
fn load(hub: &Hub, transaction: &Transaction, batch: &Waiting) -> Result<Option<Vec<Received>>, HubError> {
    let mut statement = transaction.prepare_cached(
        "SELECT body, received_at, batch_index, batch_count FROM changes
         WHERE office = ?1 AND device = ?2 AND seq BETWEEN ?4 AND ?5 AND batch = ?3 AND admitted_at IS NULL
         ORDER BY batch_index, seq",
    )?;
    let mut rows =
        statement.query(params![hub.office(), batch.device, batch.batch, batch.first_seq, batch.last_seq])?;
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

/// The batch no longer waits.
fn close(hub: &Hub, transaction: &Transaction, batch: &Waiting) -> Result<(), HubError> {
    let office = hub.office();
    transaction
        .prepare_cached(
            "UPDATE changes SET admitted_at = ?6, waited = ?7
             WHERE office = ?1 AND device = ?2 AND seq BETWEEN ?4 AND ?5 AND batch = ?3 AND admitted_at IS NULL",
        )?
        .execute(params![
            office,
            batch.device,
            batch.batch,
            batch.first_seq,
            batch.last_seq,
            int(hub.now()),
            batch.decided
        ])?;
    transaction
        .prepare_cached("DELETE FROM waiting WHERE office = ?1 AND device = ?2 AND batch = ?3")?
        .execute([office, &batch.device, &batch.batch])?;
    Ok(())
}
