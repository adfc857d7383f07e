//! A phone with a real folder, its hardware key and clock; the office and another phone that answer it.
#![allow(dead_code)] // each test crate uses its part

use chrono::{DateTime, FixedOffset};
use model::{
    Batch, BatchId, ChangeId, Clock, DeviceId, DeviceKey, Feed, HubId, OfficeId, RecordEdit, RecordRef,
    Redacted, Role, SignedChange, Stamp, UserId, change::Digest, encoding::Bytes, kind,
};
use ring::{hmac, rand::SystemRandom};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Keys, Store, StoreError, WorkerFolder};
use uuid::Uuid;
use wire::{
    certificate::{Certificate, DeviceStatement},
    enrol::Worker,
    pull::{Entry, FeedEntry, FeedPage, PullResponse},
};

pub const PIN: &str = "246810";
pub const START_MS: u64 = 1_764_000_000_000;

pub struct TestClock(pub AtomicU64);

impl TestClock {
    pub fn at(ms: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(ms)))
    }

    pub fn advance_s(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<FixedOffset> {
        let ms = i64::try_from(self.0.load(Ordering::SeqCst)).unwrap();
        DateTime::from_timestamp_millis(ms).unwrap().fixed_offset()
    }

    fn monotonic_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub struct Hardware(pub u8);

impl HardwareKey for Hardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        if self.0 == 0 {
            return Err(HardwareKeyError::Lost);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[self.0; 32]);
        Ok(hmac::sign(&key, bytes).as_ref().to_vec())
    }
}

pub fn new_key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

/// The hub's side.
pub struct Office {
    pub key: DeviceKey,
    pub office: OfficeId,
    pub hub: HubId,
    pub recovery_key: model::PublicKey,
}

impl Default for Office {
    fn default() -> Self {
        // Any 32 bytes are a public key of X25519.
        Self { key: new_key(), office: OfficeId::new(), hub: HubId::new(), recovery_key: Bytes([9; 32]) }
    }
}

impl Office {
    pub fn certify(&self, device: DeviceId, user: UserId, key: &DeviceKey) -> Certificate {
        let statement = DeviceStatement {
            v: 1,
            office: self.office,
            device,
            user,
            key: key.public(),
            issued_at: START_MS,
        };
        Certificate::issue(&statement, &self.key).unwrap()
    }

    pub fn enrolment(&self) -> Enrolment {
        let signing_key = DeviceKey::generate(&SystemRandom::new()).unwrap();
        let (device, user) = (DeviceId::new(), UserId::new());
        let key = DeviceKey::from_pkcs8(&signing_key).unwrap();
        Enrolment {
            identity: Identity {
                hub: self.hub,
                hub_url: "https://10.0.0.5:8443".into(),
                ca_pin: Some(Bytes([7; 32])),
                office: self.office,
                office_key: self.key.public(),
                device,
                user,
                token: Redacted("token-of-this-phone".into()),
                certificate: self.certify(device, user, &key),
                worker: worker(user, "Lý Thị Cán Bộ"),
            },
            signing_key,
            recovery_key: self.recovery_key,
        }
    }

    /// An answer with one page.
    pub fn answer(&self, store: &Store, feed: &Feed, from: u64, entries: Vec<Entry>) -> PullResponse {
        let entries: Vec<FeedEntry> = (from..)
            .zip(entries)
            .map(|(position, entry)| FeedEntry { position, entry, received_at: START_MS })
            .collect();
        let head = entries.last().map_or(0, |entry| entry.position);
        PullResponse {
            v: 1,
            hub: self.hub,
            epoch: "e1".into(),
            feeds: vec![FeedPage { feed: feed.clone(), entries, head }],
            granted: vec![feed.clone()],
            certificates: vec![],
            own: vec![],
            worker: store.identity().unwrap().worker,
            server_time: START_MS,
        }
    }
}

pub fn worker(user: UserId, name: &str) -> Worker {
    Worker {
        user,
        name: Redacted(name.into()),
        role: Role::COMMUNE_OFFICER,
        places: vec!["commune:00070".parse().unwrap()],
        duty_managers: vec![],
    }
}

/// A phone with an enrolled worker.
pub struct Phone {
    pub office: Office,
    pub clock: Arc<TestClock>,
    pub folder: WorkerFolder,
    pub keys: Keys,
    pub store: Store,
    pub root: tempfile::TempDir,
}

impl Phone {
    pub fn new() -> Self {
        Self::enrolled(Office::default())
    }

    pub fn enrolled(office: Office) -> Self {
        let root = tempfile::tempdir().unwrap();
        let clock = TestClock::at(START_MS);
        let (folder, keys, store) =
            WorkerFolder::create(root.path(), PIN, &Hardware(1), office.enrolment(), clock.clone()).unwrap();
        Self { office, clock, folder, keys, store, root }
    }

    pub fn unlock(&self, pin: &str) -> Result<Keys, StoreError> {
        self.folder.unlock(pin, &Hardware(1), &*self.clock)
    }

    /// As after a restart of the app.
    pub fn reopen(&mut self) {
        self.store.close().unwrap();
        self.store = self.folder.open(&self.keys, self.clock.clone()).unwrap();
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("store.db")
    }
}

/// Another worker's phone, of whose changes we learn from the hub.
pub struct Other {
    pub key: DeviceKey,
    pub device: DeviceId,
    pub user: UserId,
    seq: u64,
    previous: Option<Digest>,
}

impl Other {
    pub fn new() -> Self {
        Self { key: new_key(), device: DeviceId::new(), user: UserId::new(), seq: 0, previous: None }
    }

    pub fn change(&mut self, edit: RecordEdit, replaces: &[ChangeId]) -> SignedChange {
        self.change_at(START_MS + 5_000, edit, replaces)
    }

    pub fn change_at(&mut self, at_ms: u64, edit: RecordEdit, replaces: &[ChangeId]) -> SignedChange {
        self.seq += 1;
        let mut fields: BTreeMap<String, (Value, Vec<ChangeId>)> =
            edit.fields.into_iter().map(|(name, value)| (name, (value, replaces.to_vec()))).collect();
        if let Some(parent) = edit.parent {
            fields.insert("parent".into(), (parent.to_string().into(), vec![]));
        }
        let draft = model::change::Draft {
            id: ChangeId::new(),
            device: self.device,
            seq: self.seq,
            author: self.user,
            at: Stamp(at_ms, 0),
            record: edit.record,
            fields,
            batch: Batch { id: BatchId::new(), index: 0, count: 1 },
            cause: None,
            previous: self.previous,
        };
        let signed = draft.sign(&self.key, &SystemRandom::new()).unwrap();
        self.previous = Some(signed.digest());
        signed
    }

    pub fn certificate(&self, office: &Office) -> Certificate {
        office.certify(self.device, self.user, &self.key)
    }
}

pub fn new_ref(kind: &'static str) -> RecordRef {
    RecordRef::new(kind, Uuid::now_v7())
}

pub fn commune() -> Feed {
    Feed::Commune("00070".into())
}

pub fn household(name: &str) -> RecordEdit {
    RecordEdit::new(new_ref(kind::HOUSEHOLD))
        .set("name", name)
        .set("province", "15")
        .set("commune", "00070")
        .set("village", "Bản Lũng Vài")
        .set("address", "Nhà số 7")
}

pub fn person(name: &str, household: &RecordRef) -> RecordEdit {
    RecordEdit::new(new_ref(kind::PERSON)).under(household.clone()).set("name", name).set("birth_year", 1950)
}

/// Every file below `folder`, that of the log and its index as well.
pub fn all_bytes(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((
                    path.file_name().unwrap().to_str().unwrap().to_owned(),
                    std::fs::read(path).unwrap(),
                ));
            }
        }
    }
    files
}

pub fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}
