//! Changes coming up: what has a good signature, number and chain is kept.

use super::{
    Device, Ledger, bad,
    books::{Batch, Received},
    is_packed, refuse,
};
use crate::{Request, Response};
use model::{Change, ChangeId, SignedChange};
use wire::{
    error::code,
    push::{ChangeResult, MAX_CHANGES, Outcome, PushReader, PushResponse},
};

impl Ledger {
    pub(super) fn push(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.sender(request)?;
        let mut reader = PushReader::new(is_packed(request)?).map_err(bad)?;
        let changes = reader.read(&request.body).map_err(bad)?;
        if changes.len() > self.script.max_changes.unwrap_or(MAX_CHANGES) {
            return Err(refuse(413, code::TOO_LARGE));
        }
        let kept: Vec<_> = changes.iter().map(|signed| self.receive(&device, signed)).collect();
        self.decide();
        if !reader.is_whole() {
            // What came before the cut stays.
            return Err(refuse(400, code::BAD_MESSAGE));
        }
        let results = kept.into_iter().map(|(id, refused)| {
            let outcome = refused.unwrap_or_else(|| self.outcome(id));
            ChangeResult { id, outcome }
        });
        let results = results.filter(|result| result.outcome != Outcome::Admitted).collect();
        let received_through = self.books.received.get(&device.id).map_or(0, Vec::len) as u64;
        let (hub, server_time) = (self.hub, self.now());
        let answer = PushResponse { v: wire::VERSION, hub, received_through, results, server_time };
        Ok(self.message(request, &answer))
    }

    /// Keeps a change that is the device's next one; else says why not.
    fn receive(&mut self, device: &Device, signed: &SignedChange) -> (ChangeId, Option<Outcome>) {
        let refused = |code: &str| Some(Outcome::Refused { code: code.to_owned() });
        let verified = signed.verify(&device.key);
        let id = match &verified {
            Ok(change) => change.header.id,
            Err(_) => signed.header().map_or(ChangeId(uuid::Uuid::nil()), |header| header.id),
        };
        let here = self.books.find(id).map(|received| received.signed.digest());
        let outcome = match (verified, here) {
            (Err(error), _) => refused(error.code()),
            (Ok(change), Some(digest)) if change.digest == digest => Some(Outcome::Known),
            (Ok(_), Some(_)) => refused("push.other-bytes"),
            (Ok(change), None) => match self.next(device, &change) {
                Err(code) => refused(code),
                Ok(()) => {
                    self.keep(&change, signed);
                    None
                }
            },
        };
        (id, outcome)
    }

    fn next(&self, device: &Device, change: &Change) -> Result<(), &'static str> {
        let header = &change.header;
        let chain = self.books.received.get(&device.id);
        let (seq, previous) = match chain.and_then(|chain| chain.last().map(|last| (chain.len(), last))) {
            Some((seq, last)) => (seq as u64, Some(last.signed.digest())),
            None => (0, None),
        };
        if header.device != device.id || header.author != device.user {
            Err("push.other-device")
        } else if header.seq <= seq {
            Err("push.other-bytes")
        } else if header.seq != seq + 1 {
            Err("push.gap")
        } else if header.previous != previous {
            Err("push.chain")
        } else if header.batch.index >= header.batch.count {
            Err("push.bad-batch")
        } else {
            Ok(())
        }
    }

    fn keep(&mut self, change: &Change, signed: &SignedChange) {
        let header = &change.header;
        let books = &mut self.books;
        let received = books.received.entry(header.device).or_default();
        // A batch's changes follow each other.
        let goes_on = received.last().is_some_and(|last| last.header.batch.id == header.batch.id);
        let (signed, kept) = (signed.clone(), header.clone());
        received.push(Received { signed, header: kept, admitted: false, waited: false });
        match books.waiting.iter_mut().rev().find(|batch| batch.device == header.device) {
            Some(batch) if goes_on => batch.changes.push(header.id),
            _ => books.waiting.push(Batch { device: header.device, changes: vec![header.id], code: None }),
        }
    }

    /// How a kept change was decided.
    pub(super) fn outcome(&self, id: ChangeId) -> Outcome {
        let batch = self.books.waiting.iter().find(|batch| batch.changes.contains(&id));
        match batch.and_then(|batch| batch.code.clone()) {
            Some(code) => Outcome::Waiting { code },
            None => Outcome::Admitted,
        }
    }
}
