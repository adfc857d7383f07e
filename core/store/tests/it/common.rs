//! A phone with a real folder, its hardware key and clock; of another worker's phone we learn from the hub.
#![allow(dead_code)] // each test crate uses its part

use model::{Feed, Rebuilt, RecordEdit, RecordRef, Redacted, Role, UserId, Verified, encoding::Bytes, kind};
use ring::hmac;
use rulebook::Rulebook;
use std::{
    path::Path,
    sync::{Arc, LazyLock},
};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Keys, Store, StoreError, WorkerFolder};
use wire::{
    enrol::Worker,
    pull::{Entry, FeedEntry, FeedPage, PullResponse},
};

/// The tables that are built into the program.
pub fn rules() -> Arc<Rulebook> {
    static RULES: LazyLock<Arc<Rulebook>> = LazyLock::new(|| Rulebook::built_in().unwrap());
    RULES.clone()
}

pub use testkit::{Office, Phone as Other, START_MS, TestClock, records::new_ref};

pub const PIN: &str = "246810";

pub struct Hardware(pub u8);

impl HardwareKey for Hardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        if self.0 == 0 {
            return Err(HardwareKeyError::Lost);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[self.0; 32]);
        Ok(hmac::sign(&key, bytes).as_ref().to_vec())
    }

    fn renew(&self) -> Result<(), HardwareKeyError> {
        Err(HardwareKeyError::Unavailable)
    }
}

/// What enrolling at the office gives a phone.
fn enrolment(office: &Office) -> Enrolment {
    let mut key = Other::new();
    let certificate = office.certify(&mut key);
    let state = office.state();
    Enrolment {
        identity: Identity {
            hub: state.hub,
            hub_url: "https://10.0.0.5:8443".into(),
            ca_pin: Some(Bytes([7; 32])),
            office: state.office,
            office_key: state.key.public(),
            office_past: Default::default(),
            device: key.device,
            user: key.user,
            token: Redacted("token-of-this-phone".into()),
            certificate,
            worker: worker(key.user, "Lý Thị Cán Bộ"),
        },
        signing_key: key.signing_key.into(),
        recovery_key: state.recovery_key,
    }
}

pub fn worker(user: UserId, name: &str) -> Worker {
    Worker {
        user,
        name: Redacted(name.into()),
        role: Role::new("case_manager"),
        places: vec!["commune:00070".parse().unwrap()],
        duty_managers: vec![],
        devices: vec![],
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
        Self::enrolled(Office::new())
    }

    pub fn enrolled(office: Office) -> Self {
        let root = tempfile::tempdir().unwrap();
        let clock = TestClock::at(START_MS);
        let (folder, keys, store) =
            WorkerFolder::create(root.path(), PIN, &Hardware(1), enrolment(&office), clock.clone(), rules())
                .unwrap();
        Self { office, clock, folder, keys, store, root }
    }

    pub fn unlock(&self, pin: &str) -> Result<Keys, StoreError> {
        self.folder.unlock(pin, &Hardware(1), &*self.clock)
    }

    /// As after a restart of the app.
    pub fn reopen(&mut self) {
        self.store.close().unwrap();
        self.store = self.folder.open(&self.keys, self.clock.clone(), rules()).unwrap();
    }

    /// Another worker's phone of the same office.
    pub fn other(&self) -> Other {
        let mut other = Other::new();
        self.office.certify(&mut other);
        other
    }

    /// Its own batches after one with this number.
    pub fn own_after(&self, seq: u64) -> Vec<Verified> {
        own_after(&self.store, seq)
    }

    /// A hub's answer with one page.
    pub fn answer(&self, feed: &Feed, from: u64, entries: Vec<Entry>) -> PullResponse {
        Self::answer_to(&self.store, feed, from, entries)
    }

    pub fn answer_to(store: &Store, feed: &Feed, from: u64, entries: Vec<Entry>) -> PullResponse {
        let entries: Vec<FeedEntry> = (from..)
            .zip(entries)
            .map(|(position, entry)| FeedEntry {
                position,
                entry,
                received_at: START_MS + 3_600_000,
                since: None,
            })
            .collect();
        let head = entries.last().map_or(0, |entry| entry.position);
        let identity = store.identity().unwrap();
        PullResponse {
            v: wire::VERSION,
            hub: identity.hub,
            epoch: "e1".into(),
            feeds: vec![FeedPage { feed: feed.clone(), entries, head, mark: None }],
            anew: vec![],
            receipt: None,
            more: false,
            granted: vec![feed.clone()],
            keys: vec![],
            certificates: vec![],
            orders: vec![],
            own: vec![],
            roles: vec![],
            worker: identity.worker,
            forms: Bytes([0; 32]),
            packs: None,
            server_time: START_MS,
        }
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("store.db")
    }
}

pub fn own_after(store: &Store, seq: u64) -> Vec<Verified> {
    let identity = store.identity().unwrap();
    let signer = identity.certificate.reopen().unwrap().signer().unwrap();
    let batches = store.own_batches_after(seq, 0, usize::MAX).unwrap();
    batches.into_iter().map(|batch| batch.verify(&signer).unwrap()).collect()
}

/// Numbers of all changes of these.
pub fn seqs(batches: &[Verified]) -> Vec<u64> {
    batches.iter().flat_map(Verified::changes).flatten().map(|change| change.seq).collect()
}

pub fn put(batch: impl Into<Rebuilt>) -> Entry {
    Entry::Put(Box::new(batch.into()))
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

/// Numbers that look random and are the same in every run.
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }
}
