//! Receiving: a change with a good signature, sequence and chain is made durable and acknowledged.

use super::{
    admission, refusal,
    submission::{self, Evaluated},
    waiting,
};
use crate::{
    Hub, HubError,
    db::{int, uint},
    devices::Device,
};
use model::{Change, ChangeError, ChangeId, SignedChange, encoding::Bytes};
use rusqlite::{OptionalExtension, Transaction, named_params, params};
use std::collections::HashMap;
use wire::push::{ChangeResult, Outcome, PushResponse};

/// Changes of one batch, at most: a visit has dozens.
const MAX_BATCH: u32 = 10_000;

/// What was checked without the writer.
pub struct Incoming {
    changes: Vec<Checked>,
    evaluated: HashMap<ChangeId, Evaluated>,
}

struct Checked {
    /// For the answer; of a change that can't be read, all zeros.
    id: ChangeId,
    verified: Result<Change, ChangeError>,
    body: String,
}

/// Checks signatures, and evaluates submissions by their forms. Runs beside other requests.
pub fn check(hub: &Hub, device: &Device, changes: Vec<SignedChange>) -> Result<Incoming, HubError> {
    let mut incoming = Incoming { changes: Vec::with_capacity(changes.len()), evaluated: HashMap::new() };
    for signed in changes {
        let verified = signed.verify(&device.key);
        if let Ok(change) = &verified
            && submission::is_submission(change)
        {
            let evaluated = hub.read_now(|hub, connection| submission::evaluate(hub, connection, change))?;
            incoming.evaluated.extend(evaluated.map(|evaluated| (change.header.id, evaluated)));
        }
        let id = match &verified {
            Ok(change) => change.header.id,
            Err(_) => signed.header().map_or(ChangeId(uuid::Uuid::nil()), |header| header.id),
        };
        incoming.changes.push(Checked { id, verified, body: serde_json::to_string(&signed)? });
    }
    Ok(incoming)
}

/// Keeps what is new, in order, up to the first that can't be; then decides what waits of this device.
pub fn receive(
    hub: &Hub,
    transaction: &Transaction,
    device: &Device,
    incoming: Incoming,
) -> Result<PushResponse, HubError> {
    let (office, now) = (hub.office(), hub.now());
    let mut chain = Chain::load(transaction, office, device)?;
    let start = chain.seq;
    let mut results = Vec::with_capacity(incoming.changes.len());
    for checked in &incoming.changes {
        let outcome = match known(transaction, office, checked)? {
            Some(outcome) => outcome,
            None => match chain.next(device, checked) {
                Err(code) => Outcome::Refused { code: code.to_owned() },
                Ok(change) => {
                    keep(transaction, office, change, &checked.body, now)?;
                    chain.seq = change.header.seq;
                    chain.digest = Some(change.digest);
                    // Decided below.
                    Outcome::Admitted
                }
            },
        };
        results.push(ChangeResult { id: checked.id, outcome });
    }
    if chain.seq > start {
        transaction
            .prepare_cached(
                "UPDATE devices SET received_seq = ?3, last_digest = ?4, last_seen_at = ?5
                 WHERE office = ?1 AND id = ?2",
            )?
            .execute(params![
                office,
                device.id.to_string(),
                int(chain.seq),
                chain.digest.map(|digest| digest.0),
                int(now)
            ])?;
    }
    admission::decide_device(hub, transaction, &device.id.to_string(), &incoming.evaluated)?;
    for result in &mut results {
        if result.outcome == Outcome::Admitted {
            result.outcome = state(transaction, office, result.id)?;
        }
    }
    Ok(PushResponse { v: wire::VERSION, received_through: chain.seq, results, server_time: now })
}

/// The end of a device's chain at the hub.
struct Chain {
    seq: u64,
    digest: Option<Bytes<32>>,
}

impl Chain {
    fn load(transaction: &Transaction, office: &str, device: &Device) -> Result<Self, HubError> {
        let row: (i64, Option<[u8; 32]>) = transaction
            .prepare_cached("SELECT received_seq, last_digest FROM devices WHERE office = ?1 AND id = ?2")?
            .query_row([office, &device.id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self { seq: uint(row.0), digest: row.1.map(Bytes) })
    }

    /// Whether the change is the device's next one; else the code of why it is not kept.
    fn next<'a>(&self, device: &Device, checked: &'a Checked) -> Result<&'a Change, &'static str> {
        let change = checked.verified.as_ref().map_err(ChangeError::code)?;
        let header = &change.header;
        if header.device != device.id || header.author != device.user {
            return Err(refusal::OTHER_DEVICE);
        }
        if header.seq <= self.seq {
            return Err(refusal::OTHER_BYTES);
        }
        if header.seq != self.seq + 1 {
            return Err(refusal::GAP);
        }
        if header.previous != self.digest {
            return Err(refusal::CHAIN);
        }
        if header.batch.index >= header.batch.count || header.batch.count > MAX_BATCH {
            return Err(refusal::BAD_BATCH);
        }
        Ok(change)
    }
}

/// Whether a change of this id is here: the same one, or another that took its id.
fn known(transaction: &Transaction, office: &str, checked: &Checked) -> Result<Option<Outcome>, HubError> {
    let digest: Option<[u8; 32]> = transaction
        .prepare_cached("SELECT digest FROM changes WHERE office = ?1 AND id = ?2")?
        .query_row([office, &checked.id.to_string()], |row| row.get(0))
        .optional()?;
    let Some(digest) = digest else { return Ok(None) };
    Ok(Some(match &checked.verified {
        Ok(change) if change.digest.0 == digest => Outcome::Known,
        Ok(_) => Outcome::Refused { code: refusal::OTHER_BYTES.to_owned() },
        Err(error) => Outcome::Refused { code: error.code().to_owned() },
    }))
}

fn keep(
    transaction: &Transaction,
    office: &str,
    change: &Change,
    body: &str,
    now: u64,
) -> Result<(), HubError> {
    let header = &change.header;
    transaction
        .prepare_cached(
            "INSERT INTO changes (office, id, device, seq, record, batch, batch_index, batch_count, digest, body,
                                  received_at)
             VALUES (:office, :id, :device, :seq, :record, :batch, :index, :count, :digest, :body, :now)",
        )?
        .execute(named_params! {
            ":office": office, ":id": header.id.to_string(), ":device": header.device.to_string(),
            ":seq": int(header.seq), ":record": header.record.to_string(), ":batch": header.batch.id.to_string(),
            ":index": header.batch.index, ":count": header.batch.count, ":digest": change.digest.0,
            ":body": body, ":now": int(now),
        })?;
    transaction
        .prepare_cached(
            "INSERT INTO waiting (office, device, batch, first_seq, last_seq) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (office, device, batch) DO UPDATE SET last_seq = excluded.last_seq",
        )?
        .execute(params![office, header.device.to_string(), header.batch.id.to_string(), int(header.seq)])?;
    Ok(())
}

/// How a kept change was decided.
fn state(transaction: &Transaction, office: &str, id: ChangeId) -> Result<Outcome, HubError> {
    let code: Option<String> = transaction
        .prepare_cached(
            "SELECT coalesce(w.code, ?3) FROM changes c
                 JOIN waiting w ON w.office = c.office AND w.device = c.device AND w.batch = c.batch
             WHERE c.office = ?1 AND c.id = ?2 AND c.admitted_at IS NULL",
        )?
        .query_row([office, &id.to_string(), waiting::FAILED], |row| row.get(0))
        .optional()?;
    Ok(code.map_or(Outcome::Admitted, |code| Outcome::Waiting { code }))
}
