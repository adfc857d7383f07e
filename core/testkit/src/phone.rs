//! A phone as the protocol sees it: a device key, a chain of signed batches, the records they make.

use crate::START_MS;
use model::{
    ChangeId, DeviceId, DeviceKey, MergePolicy, OfficeId, PublicKey, Rebuilt, RecordEdit, RecordRef,
    RecordState, Stamp, UserId, Verified,
    batch::{Chain, Device, Draft, Json, Maker},
    encoding::Bytes,
    record::field,
};
use ring::rand::SystemRandom;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wire::signed::Certificate;

pub fn new_key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

/// Signs what its worker wants. Clone it to get a second phone with the same files.
#[derive(Clone)]
pub struct Phone {
    pub office: OfficeId,
    pub device: DeviceId,
    pub user: UserId,
    /// PKCS#8.
    pub signing_key: Vec<u8>,
    /// Where its next batch goes.
    pub chain: Chain,
    /// All it ever signed.
    pub batches: Vec<Verified>,
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
            office: OfficeId::new(),
            device: DeviceId::new(),
            user: UserId::new(),
            signing_key: DeviceKey::generate(&SystemRandom::new()).unwrap().to_vec(),
            chain: Chain::first(b"no certificate"),
            batches: Vec::new(),
            records: BTreeMap::new(),
            clock_ms: START_MS + 5_000,
        }
    }

    /// Becomes whom the office certifies.
    pub fn become_certified(&mut self, certificate: &Certificate) {
        let said = certificate.reopen().unwrap();
        assert_eq!(said.key, self.public_key());
        (self.office, self.device, self.user) = (said.office, said.device, said.user);
        self.chain = certificate.chain().unwrap();
    }

    pub fn key(&self) -> DeviceKey {
        DeviceKey::from_pkcs8(&self.signing_key).unwrap()
    }

    pub fn public_key(&self) -> PublicKey {
        self.key().public()
    }

    /// Signs the edits as one batch.
    pub fn batch(&mut self, edits: Vec<RecordEdit>) -> Verified {
        self.batch_because(None, edits)
    }

    /// The same, all following from a submission but itself.
    pub fn batch_because(&mut self, cause: Option<&RecordRef>, edits: Vec<RecordEdit>) -> Verified {
        let device = Device { office: self.office, device: self.device, author: self.user };
        let mut maker = Maker::new(device, self.chain.clone(), &SystemRandom::new()).unwrap();
        let mut made: BTreeMap<(RecordRef, String), ChangeId> = BTreeMap::new();
        for edit in edits {
            let parent =
                edit.parent.map(|parent| (field::PARENT.to_owned(), Value::from(parent.to_string())));
            let said = edit.fields.into_iter().chain(parent);
            let known = self.records.get(&edit.record);
            let field = |(name, value): (String, Value)| {
                let before = made.get(&(edit.record.clone(), name.clone()));
                let heads = || known.map(|state| state.heads_of(&name)).unwrap_or_default();
                let replaces = before.map_or_else(heads, |change| BTreeSet::from([*change]));
                (name, (Json::new(value.to_string()).unwrap(), replaces))
            };
            let fields: BTreeMap<_, _> = said.map(field).collect();
            let names: Vec<String> = fields.keys().cloned().collect();
            self.clock_ms += 1;
            let at = Stamp(self.clock_ms, 0);
            let cause = cause.filter(|cause| **cause != edit.record).cloned();
            let id = maker.add(Draft { at, record: edit.record.clone(), cause, fields }).unwrap();
            made.extend(names.into_iter().map(|name| ((edit.record.clone(), name), id)));
        }
        let batch = maker.sign(&self.key()).unwrap();
        self.chain = Chain::after(batch.statement());
        self.learn(std::slice::from_ref(&batch));
        self.batches.push(batch.clone());
        batch
    }

    /// One edit, a batch of its own.
    pub fn change(&mut self, edit: RecordEdit) -> Verified {
        self.batch(vec![edit])
    }

    /// The same by a clock that says `ms`.
    pub fn change_at(&mut self, ms: u64, edit: RecordEdit) -> Verified {
        let now = std::mem::replace(&mut self.clock_ms, ms - 1);
        let batch = self.change(edit);
        self.clock_ms = now;
        batch
    }

    /// Takes note of batches, as a pull would bring them.
    pub fn learn(&mut self, batches: &[Verified]) {
        for change in batches.iter().flat_map(Verified::changes).flatten() {
            let state = self.records.entry(change.head.record.clone()).or_default();
            let plan = state.plan(&change, None, |_| MergePolicy::Value).unwrap();
            state.apply(plan);
        }
    }

    /// With a signature that is not this device's.
    pub fn forge(&self, batch: &Rebuilt) -> Rebuilt {
        let mut forged = batch.batch().clone();
        forged.signature = Bytes([9; 64]);
        forged.rebuild().unwrap()
    }
}
