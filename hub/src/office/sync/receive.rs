//! Receiving: a change with a good signature, sequence and chain is made durable and acknowledged.

use super::{
    admission, refusal,
    submission::{self, Evaluated},
    waiting,
};
use crate::{
    Hub, HubError,
    db::{
        Tx, changes,
        devices::{self, ChainEnd, Device},
        waiting as held,
    },
};
use model::{Change, ChangeError, ChangeId, SignedChange};
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
            && submission::is_submission(&change.header.record)
        {
            let evaluated = hub.read_now(|hub, read| submission::evaluate(hub, read, change))?;
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

/// A push that comes in, in one part or in several.
#[derive(Default)]
pub struct Receiving {
    results: Vec<ChangeResult>,
    evaluated: HashMap<ChangeId, Evaluated>,
}

impl Receiving {
    /// Keeps what is new, in order, up to the first that can't be.
    pub fn keep(&mut self, tx: &Tx, device: &Device, incoming: Incoming) -> Result<(), HubError> {
        let mut end = devices::chain_end(tx, device.id)?;
        let start = end.seq;
        for checked in &incoming.changes {
            let outcome = match known(tx, checked)? {
                Some(outcome) => outcome,
                None => match next(&end, device, checked) {
                    Err(code) => Outcome::Refused { code: code.to_owned() },
                    Ok(change) => {
                        keep(tx, change, &checked.body)?;
                        end = ChainEnd { seq: change.header.seq, digest: Some(change.digest) };
                        // Until it is decided.
                        Outcome::Admitted
                    }
                },
            };
            self.results.push(ChangeResult { id: checked.id, outcome });
        }
        if end.seq > start {
            devices::set_chain_end(tx, device.id, &end)?;
        }
        self.evaluated.extend(incoming.evaluated);
        Ok(())
    }

    /// Decides what waits of this device; ends the push.
    pub fn decide(mut self, hub: &Hub, tx: &Tx, device: &Device) -> Result<PushResponse, HubError> {
        admission::decide_device(hub, tx, device.id, &self.evaluated)?;
        for result in &mut self.results {
            if result.outcome == Outcome::Admitted {
                result.outcome = decided(tx, result.id)?;
            }
        }
        self.results.retain(|result| result.outcome != Outcome::Admitted);
        Ok(PushResponse {
            v: wire::VERSION,
            hub: hub.identity.hub,
            received_through: devices::chain_end(tx, device.id)?.seq,
            results: self.results,
            server_time: tx.now(),
        })
    }
}

/// Whether the change is the device's next one; else the code of why it is not kept.
fn next<'a>(end: &ChainEnd, device: &Device, checked: &'a Checked) -> Result<&'a Change, &'static str> {
    let change = checked.verified.as_ref().map_err(ChangeError::code)?;
    let header = &change.header;
    if header.device != device.id || header.author != device.user {
        return Err(refusal::OTHER_DEVICE);
    }
    if header.seq <= end.seq {
        return Err(refusal::OTHER_BYTES);
    }
    if header.seq != end.seq + 1 {
        return Err(refusal::GAP);
    }
    if header.previous != end.digest {
        return Err(refusal::CHAIN);
    }
    if header.batch.index >= header.batch.count || header.batch.count > MAX_BATCH {
        return Err(refusal::BAD_BATCH);
    }
    Ok(change)
}

/// Whether a change of this id is here: the same one, or another that took its id.
fn known(tx: &Tx, checked: &Checked) -> Result<Option<Outcome>, HubError> {
    let Some(digest) = changes::digest(tx, checked.id)? else { return Ok(None) };
    Ok(Some(match &checked.verified {
        Ok(change) if change.digest.0 == digest => Outcome::Known,
        Ok(_) => Outcome::Refused { code: refusal::OTHER_BYTES.to_owned() },
        Err(error) => Outcome::Refused { code: error.code().to_owned() },
    }))
}

fn keep(tx: &Tx, change: &Change, body: &str) -> Result<(), HubError> {
    let header = &change.header;
    changes::add(tx, change, body)?;
    Ok(held::add(tx, header.device, header.batch.id, header.seq)?)
}

/// How a kept change was decided.
fn decided(tx: &Tx, id: ChangeId) -> Result<Outcome, HubError> {
    Ok(match held::find(tx, id)? {
        None => Outcome::Admitted,
        Some(held) => Outcome::Waiting { code: held.code.unwrap_or_else(|| waiting::FAILED.to_owned()) },
    })
}
