//! Batches coming up: what is whole and has a good signature, number and chain is kept.

use super::{
    Device, Ledger, bad,
    books::{Received, Waiting},
    is_packed, refuse,
};
use crate::{Request, Response};
use model::{
    Rebuilt, Verified,
    batch::{Chain, ShownField},
    encoding::Bytes,
};
use wire::{
    error::code,
    push::{BatchResult, MAX_BATCHES, Outcome, PushReader, PushResponse},
    receipt::{Acknowledged, Receipt},
};

impl Ledger {
    pub(super) fn push(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.sender(request)?;
        let mut reader = PushReader::new(is_packed(request)?).map_err(bad)?;
        let came = reader.read(&request.body).map_err(bad)?;
        if came.batches.len() > self.script.max_batches.unwrap_or(MAX_BATCHES) {
            return Err(refuse(413, code::TOO_LARGE));
        }
        if let Some(receipt) = &came.receipt {
            self.compare(&device, receipt);
        }
        came.orders.iter().for_each(|order| self.take_order(order));
        let kept: Vec<_> = came
            .batches
            .into_iter()
            .map(|batch| (batch.statement().first_seq, self.receive(&device, batch)))
            .collect();
        self.decide();
        if !reader.is_whole() {
            // What came before the cut stays.
            return Err(refuse(400, code::BAD_MESSAGE));
        }
        let results = kept.into_iter().map(|(first_seq, refused)| {
            let outcome = refused.unwrap_or_else(|| self.outcome((device.id, first_seq)));
            BatchResult { first_seq, outcome }
        });
        let results = results.filter(|result| result.outcome != Outcome::Admitted).collect();
        let received_through = self.chain_of(&device).next_seq - 1;
        let staged = self.books.staged.get(&device.id).map_or(0, ready);
        let (hub, server_time) = (self.hub, self.now());
        let receipt = Some(self.receipt(&device));
        let answer =
            PushResponse { v: wire::VERSION, hub, received_through, staged, results, receipt, server_time };
        Ok(self.message(request, &answer))
    }

    /// What is acknowledged now, signed.
    pub(super) fn receipt(&self, device: &Device) -> Receipt {
        let statement = Acknowledged {
            v: wire::VERSION,
            hub: self.hub,
            epoch: self.epoch.clone(),
            device: device.id,
            received_through: self.chain_of(device).next_seq - 1,
            count: self.books.acknowledged.len() as u64,
            mark: self.books.acknowledged.last().copied().unwrap_or(Bytes([0; 16])),
        };
        Receipt::issue(&statement, &self.key).unwrap()
    }

    /// A receipt for what is not here shows that the office was rewound: a new epoch begins.
    fn compare(&mut self, device: &Device, receipt: &Receipt) {
        let Ok(shown) = receipt.verify(&self.key.public()) else { return };
        let known = &self.books.acknowledged;
        let newest = shown.count.checked_sub(1).map(|place| known.get(place as usize));
        let is_here = newest.is_none_or(|mark| mark == Some(&shown.mark));
        if shown.hub == self.hub && shown.device == device.id && shown.epoch == self.epoch && !is_here {
            self.begin_epoch();
        }
    }

    /// Where the device's next batch goes.
    fn chain_of(&self, device: &Device) -> Chain {
        let last = self.books.received.get(&device.id).and_then(|received| received.last());
        last.map_or_else(|| device.certificate.chain().unwrap(), |last| Chain::after(last.batch.statement()))
    }

    /// Keeps a batch that is the device's next one; else says what became of it.
    fn receive(&mut self, device: &Device, batch: Rebuilt) -> Option<Outcome> {
        let refused = |code: &str| Some(Outcome::Refused { code: code.to_owned() });
        let signer = device.certificate.reopen().unwrap().signer().unwrap();
        let batch = match batch.verify(&signer) {
            Ok(batch) => batch,
            Err(error) => return refused(error.code()),
        };
        if self.books.forks.contains_key(&device.id) {
            return refused("push.forked");
        }
        let statement = batch.statement().clone();
        let received = self.books.received.get(&device.id).into_iter().flatten();
        let received: Vec<_> = received.map(|received| received.batch.statement().clone()).collect();
        if received.contains(&statement) {
            return Some(Outcome::Known);
        }
        if let Some(known) = received.into_iter().find(|known| known.forks(&statement)) {
            self.books.forks.insert(device.id, (known, statement));
            self.revoke_device(device.id);
            return refused("push.forked");
        }
        if let Err(error) = statement.follows(&self.chain_of(device)) {
            return refused(error.code());
        }
        let before = self.books.staged.remove(&device.id).filter(|before| *before.statement() == statement);
        let batch = before.map_or(batch.clone(), |before| before.join(&batch).unwrap());
        let batch = self.books.ordered.settled(&batch).unwrap().unwrap_or(batch);
        if !batch.is_complete() {
            self.books.staged.insert(device.id, batch);
            return Some(Outcome::Staged);
        }
        if batch.ids().iter().flatten().any(|id| self.books.has(*id)) {
            return refused("push.id-taken");
        }
        let key = (device.id, statement.first_seq);
        self.books.waiting.push(Waiting { key, code: None, agreed: false });
        let received = self.books.received.entry(device.id).or_default();
        received.push(Received { batch, admitted: false, waited: false });
        self.books.acknowledge(&statement.hash().0);
        None
    }

    /// How a kept batch was decided.
    pub(super) fn outcome(&self, key: super::BatchKey) -> Outcome {
        let batch = self.books.waiting.iter().find(|waiting| waiting.key == key);
        match batch.and_then(|batch| batch.code.clone()) {
            Some(code) => Outcome::Waiting { code },
            None => Outcome::Admitted,
        }
    }
}

/// How many of its first changes lie ready.
fn ready(batch: &Verified) -> u32 {
    let whole = batch.changes().take_while(|shown| {
        let withheld = |field: &ShownField<'_>| matches!(field, ShownField::Withheld);
        shown.as_ref().is_some_and(|shown| !shown.fields.iter().any(withheld))
    });
    whole.count() as u32
}
