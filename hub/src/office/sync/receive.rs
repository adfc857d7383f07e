//! Receiving: a whole batch with a good signature, sequence and chain is made durable and acknowledged. Half of one is
//! staged until the rest comes.

use super::{
    admission, outcome, receipts, refusal,
    submission::{self, Evaluated},
};
use crate::{
    Hub, HubError,
    db::{
        Tx,
        batches::{self, BatchKey},
        devices::{self, Device},
        forks, staged, waiting as held,
    },
    office::{erasure, limits, uploads::rights},
};
use model::{
    BatchError, ChangeId, Rebuilt, Verified,
    batch::{Chain, ShownField, Signer, Statement, VerifyingKey, limit},
};
use std::collections::{HashMap, HashSet};
use wire::{
    erasure::Order,
    push::{BatchResult, Came, Outcome, PushResponse},
    receipt::Acknowledged,
};

/// What was checked without the writer.
pub struct Incoming {
    /// By a receipt of this hub.
    acknowledged: Option<Acknowledged>,
    orders: Vec<Order>,
    batches: Vec<Checked>,
    evaluated: HashMap<ChangeId, Evaluated>,
}

struct Checked {
    statement: Statement,
    verified: Result<Verified, BatchError>,
}

/// Checks signatures, and evaluates submissions by their forms. Runs beside other requests.
pub fn check(hub: &Hub, device: &Device, came: Came) -> Result<Incoming, HubError> {
    let Came { receipt, orders, batches } = came;
    let key = VerifyingKey::new(device.key).map_err(|_| HubError::Internal("a device's key can't count"))?;
    let signer = Signer { office: hub.identity.office, device: device.id, author: device.user, key };
    let verify = |receipt| hub.read_now(|hub, read| receipts::verify(hub, read, device, &receipt));
    let acknowledged = receipt.map(verify).transpose()?.flatten();
    let mut incoming = Incoming { acknowledged, orders, batches: Vec::new(), evaluated: HashMap::new() };
    for rebuilt in batches {
        let statement = rebuilt.statement().clone();
        let verified = rebuilt.verify(&signer);
        let shown = verified.iter().flat_map(Verified::changes).flatten();
        for change in shown.filter(|change| submission::is_submission(&change.head.record)) {
            let evaluated = hub.read_now(|hub, read| submission::evaluate(hub, read, &change))?;
            incoming.evaluated.extend(evaluated.map(|evaluated| (change.id, evaluated)));
        }
        incoming.batches.push(Checked { statement, verified });
    }
    Ok(incoming)
}

/// A push that comes in, in one part or in several.
#[derive(Default)]
pub struct Receiving {
    results: Vec<BatchResult>,
    evaluated: HashMap<ChangeId, Evaluated>,
    /// It brought an order to erase that is new here.
    erased: bool,
}

impl Receiving {
    /// Keeps what is new, in order, up to the first that can't be.
    pub fn keep(&mut self, hub: &Hub, tx: &Tx, device: &Device, incoming: Incoming) -> Result<(), HubError> {
        if let Some(acknowledged) = &incoming.acknowledged {
            receipts::compare(hub, tx, acknowledged)?;
        }
        self.erased |= erasure::take(hub, tx, &incoming.orders)?;
        let mut load = held::load(tx, device.id)?;
        for Checked { statement, verified } in incoming.batches {
            let outcome = match verified {
                Ok(batch) => receive(tx, device, &mut load, batch)?,
                Err(error) => refused(error.code()),
            };
            self.results.push(BatchResult { first_seq: statement.first_seq, outcome });
        }
        self.evaluated.extend(incoming.evaluated);
        Ok(())
    }

    /// Decides what waits of this device; ends the push. Also says whether something was erased.
    pub fn decide(mut self, hub: &Hub, tx: &Tx, device: &Device) -> Result<(PushResponse, bool), HubError> {
        admission::decide_device(hub, tx, device.id, &self.evaluated)?;
        for result in &mut self.results {
            if result.outcome == Outcome::Admitted {
                result.outcome = decided(tx, device, result.first_seq)?;
            }
        }
        self.results.retain(|result| result.outcome != Outcome::Admitted);
        if self.results.iter().any(|result| result.outcome == refused(refusal::QUOTA)) {
            tracing::warn!(device = %device.id, "as much of a device waits as is taken: a push was refused");
        }
        let response = PushResponse {
            v: wire::VERSION,
            hub: hub.identity.hub,
            received_through: devices::chain(tx, device.id)?.next_seq - 1,
            staged: staged::find(tx, device.id)?.as_ref().map_or(0, ready),
            results: self.results,
            receipt: Some(receipts::issue(hub, tx, device)?),
            server_time: tx.now(),
        };
        Ok((response, self.erased))
    }
}

/// Keeps and decides what the hub signed itself, as what a push brings. The code of the first batch that is not admitted:
/// then the transaction is to fail, as nothing of it may stay.
pub fn take(
    hub: &Hub,
    tx: &Tx,
    device: &Device,
    batches: Vec<Verified>,
) -> Result<Option<Outcome>, HubError> {
    let mut load = held::load(tx, device.id)?;
    let mut kept = Vec::new();
    for batch in batches {
        let first_seq = batch.statement().first_seq;
        match receive(tx, device, &mut load, batch)? {
            Outcome::Admitted => kept.push(first_seq),
            other => return Ok(Some(other)),
        }
    }
    admission::decide_device(hub, tx, device.id, &HashMap::new())?;
    for first_seq in kept {
        match decided(tx, device, first_seq)? {
            Outcome::Admitted => {}
            other => return Ok(Some(other)),
        }
    }
    Ok(None)
}

fn refused(code: &str) -> Outcome {
    Outcome::Refused { code: code.to_owned() }
}

/// `Admitted` says here that it was kept: it is decided later.
fn receive(tx: &Tx, device: &Device, load: &mut held::Load, batch: Verified) -> Result<Outcome, HubError> {
    let statement = batch.statement();
    if forks::is_forked(tx, device.id)? {
        return Ok(refused(refusal::FORKED));
    }
    let last = statement.next_seq() - 1;
    if let Some(received) = batches::overlapping(tx, device.id, statement.first_seq, last)? {
        if received.batch.statement() == statement {
            return Ok(Outcome::Known);
        }
        fork(tx, device, &received.batch, &batch)?;
        return Ok(refused(refusal::FORKED));
    }
    if limits::is_full(*load) {
        return Ok(refused(refusal::QUOTA));
    }
    if let Err(error) = statement.follows(&devices::chain(tx, device.id)?) {
        return Ok(refused(error.code()));
    }
    let batch = match staged::find(tx, device.id)? {
        Some(before) if before.statement() == statement => joined(&erasure::settled(tx, before)?, &batch)?,
        _ => batch,
    };
    let batch = erasure::settled(tx, batch)?;
    if !batch.is_complete() {
        return stage(tx, &batch);
    }
    let mut own = HashSet::new();
    for id in batch.ids().iter().flatten() {
        if !own.insert(*id) || batches::place(tx, *id)?.is_some() {
            return Ok(refused(refusal::ID_TAKEN));
        }
    }
    let bytes = batches::add(tx, &batch)?;
    held::add(tx, batch.statement(), bytes)?;
    load.batches += 1;
    load.bytes += bytes;
    rights::note(tx, &batch)?;
    staged::remove(tx, device.id)?;
    devices::set_chain(tx, device.id, &Chain::after(batch.statement()))?;
    Ok(Outcome::Admitted)
}

fn joined(before: &Verified, batch: &Verified) -> Result<Verified, HubError> {
    before.join(batch).map_err(|_| HubError::Internal("two views of a batch can't be joined"))
}

/// Within the room of one batch for each device; what came of another batch before goes.
fn stage(tx: &Tx, batch: &Verified) -> Result<Outcome, HubError> {
    if batch.weight() > limit::BATCH {
        return Ok(refused(BatchError::TooLarge.code()));
    }
    staged::set(tx, batch)?;
    Ok(Outcome::Staged)
}

/// How many of its first changes lie ready.
fn ready(batch: &Verified) -> u32 {
    let whole = batch.changes().take_while(|shown| {
        let fields = shown.as_ref().map(|shown| &shown.fields);
        fields.is_some_and(|fields| !fields.iter().any(|field| matches!(field, ShownField::Withheld)))
    });
    u32::try_from(whole.count()).unwrap_or(u32::MAX)
}

/// The key was used twice: both statements are kept, and nothing more is taken from it.
fn fork(tx: &Tx, device: &Device, received: &Rebuilt, other: &Rebuilt) -> Result<(), HubError> {
    tracing::warn!(device = %device.id, "two batches for one number: the device was ended");
    forks::add(tx, received, other)?;
    devices::revoke(tx, device.id)?;
    Ok(())
}

/// How a kept batch was decided.
fn decided(tx: &Tx, device: &Device, first_seq: u64) -> Result<Outcome, HubError> {
    Ok(match held::find(tx, BatchKey { device: device.id, first_seq })? {
        None => Outcome::Admitted,
        Some(held) => outcome(held),
    })
}
