//! A phone as the protocol sees it: a device key, a chain of signed changes, the records they make.

use crate::START_MS;
use model::{
    Batch, BatchId, ChangeId, DeviceId, DeviceKey, PublicKey, RecordEdit, RecordRef, RecordState,
    SignedChange, Stamp, UserId,
    change::{Digest, Draft},
    encoding::Bytes,
    record::field,
};
use ring::rand::SystemRandom;
use serde_json::Value;
use std::collections::BTreeMap;

pub fn new_key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

/// Signs what its worker wants. Clone it to get a second phone with the same files.
#[derive(Clone)]
pub struct Phone {
    pub device: DeviceId,
    pub user: UserId,
    /// PKCS#8.
    pub signing_key: Vec<u8>,
    seq: u64,
    previous: Option<Digest>,
    /// All it ever signed.
    pub changes: Vec<SignedChange>,
    records: BTreeMap<RecordRef, RecordState>,
    /// Its wall clock; each change is a millisecond later.
    pub clock_ms: u64,
}

impl Default for Phone {
    fn default() -> Self {
        Self::new()
    }
}

impl Phone {
    /// A phone that no office knows yet.
    pub fn new() -> Self {
        Self {
            device: DeviceId::new(),
            user: UserId::new(),
            signing_key: DeviceKey::generate(&SystemRandom::new()).unwrap().to_vec(),
            seq: 0,
            previous: None,
            changes: Vec::new(),
            records: BTreeMap::new(),
            clock_ms: START_MS + 5_000,
        }
    }

    pub fn key(&self) -> DeviceKey {
        DeviceKey::from_pkcs8(&self.signing_key).unwrap()
    }

    pub fn public_key(&self) -> PublicKey {
        self.key().public()
    }

    /// Signs the edits as one batch, and returns its changes.
    pub fn batch(&mut self, edits: Vec<RecordEdit>) -> Vec<SignedChange> {
        let (id, count) = (BatchId::new(), u32::try_from(edits.len()).unwrap());
        let batches = (0..count).map(|index| Batch { id, index, count });
        edits.into_iter().zip(batches).map(|(edit, batch)| self.sign(edit, batch)).collect()
    }

    /// One edit, a batch of its own.
    pub fn change(&mut self, edit: RecordEdit) -> SignedChange {
        self.sign(edit, Batch { id: BatchId::new(), index: 0, count: 1 })
    }

    /// The same by a clock that says `ms`.
    pub fn change_at(&mut self, ms: u64, edit: RecordEdit) -> SignedChange {
        let now = std::mem::replace(&mut self.clock_ms, ms - 1);
        let signed = self.change(edit);
        self.clock_ms = now;
        signed
    }

    /// Replaces what the phone knows of each field.
    pub fn sign(&mut self, edit: RecordEdit, batch: Batch) -> SignedChange {
        let state = self.records.entry(edit.record.clone()).or_default();
        let parent = edit.parent.map(|parent| (field::PARENT.to_owned(), Value::from(parent.to_string())));
        let fields: BTreeMap<String, (Value, Vec<ChangeId>)> = edit
            .fields
            .into_iter()
            .chain(parent)
            .map(|(name, value)| {
                let replaces = state.heads_of(&name);
                (name, (value, replaces))
            })
            .collect();
        self.seq += 1;
        self.clock_ms += 1;
        let draft = Draft {
            id: ChangeId::new(),
            device: self.device,
            seq: self.seq,
            author: self.user,
            at: Stamp(self.clock_ms, 0),
            record: edit.record,
            fields,
            batch,
            cause: None,
            previous: self.previous,
        };
        let signed = draft.sign(&self.key(), &SystemRandom::new()).unwrap();
        self.previous = Some(signed.digest());
        self.learn(std::slice::from_ref(&signed));
        self.changes.push(signed.clone());
        signed
    }

    /// Takes note of changes, as a pull would bring them.
    pub fn learn(&mut self, changes: &[SignedChange]) {
        for signed in changes {
            let change = signed.reopen().unwrap();
            let state = self.records.entry(change.header.record.clone()).or_default();
            let plan = state.plan(&change);
            state.apply(plan);
        }
    }

    /// With a signature that is not this device's.
    pub fn forge(&self, signed: &SignedChange) -> SignedChange {
        SignedChange { signature: Bytes([9; 64]), ..signed.clone() }
    }
}
