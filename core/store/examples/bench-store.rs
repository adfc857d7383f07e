//! Medians for `cargo xtask bench`, one JSON line each: opening with the raw key, and searching 5,000 households.
#![allow(clippy::print_stdout)] // its output is its purpose

use model::{
    BatchId, ChangeId, DeviceId, DeviceKey, Feed, HubId, OfficeId, RecordRef, Redacted, Role, Stamp,
    SystemClock, UserId, encoding::Bytes, kind,
};
use ring::rand::SystemRandom;
use std::{collections::BTreeMap, error::Error, sync::Arc, time::Instant};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, NewDraft, StoredAnswer, WorkerFolder};
use uuid::Uuid;
use wire::{
    certificate::{Certificate, DeviceStatement},
    enrol::Worker,
    pull::{Entry, FeedEntry, FeedPage, PullResponse},
};

const HOUSEHOLDS: usize = 5_000;
const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Hoàng", "Lò", "Vàng", "Giàng", "Đỗ"];
const MIDDLE: [&str; 5] = ["Thị", "Văn", "Đình", "A", "Thuý"];
const GIVEN: [&str; 9] = ["Hoà", "An", "Bình", "Đức", "Páo", "Mỷ", "Hương", "Ướt", "Sáng"];

struct Hardware;

impl HardwareKey for Hardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[1; 32]);
        Ok(ring::hmac::sign(&key, bytes).as_ref().to_vec())
    }
}

fn report(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    println!("{{\"name\":\"{name}\",\"median_ms\":{:.3}}}", times[times.len() / 2]);
}

fn timed<T>(times: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    times.push(start.elapsed().as_secs_f64() * 1000.0);
    done
}

fn name(n: usize) -> String {
    let pick = |from: &[&'static str], by: usize| from[(n / by + n * 7) % from.len()];
    format!("{} {} {}", pick(&FAMILY, 3), pick(&MIDDLE, 5), pick(&GIVEN, 11))
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    let random = SystemRandom::new();
    let (hub, office, device, user) = (HubId::new(), OfficeId::new(), DeviceId::new(), UserId::new());
    let office_key = DeviceKey::from_pkcs8(&DeviceKey::generate(&random)?)?;
    let signing_key = DeviceKey::generate(&random)?;
    let own = DeviceKey::from_pkcs8(&signing_key)?;
    let statement = DeviceStatement { v: 1, office, device, user, key: own.public(), issued_at: 0 };
    let worker = Worker {
        user,
        name: Redacted(name(1)),
        role: Role::COMMUNE_OFFICER,
        places: vec![],
        duty_managers: vec![],
    };
    let identity = Identity {
        hub,
        hub_url: "http://127.0.0.1:1".into(),
        ca_pin: None,
        office,
        office_key: office_key.public(),
        device,
        user,
        token: Redacted(String::new()),
        certificate: Certificate::issue(&statement, &office_key)?,
        worker: worker.clone(),
    };
    let enrolment = Enrolment { identity, signing_key, recovery_key: Bytes([9; 32]) };
    let clock = Arc::new(SystemClock::default());
    let rulebook = rulebook::Rulebook::built_in()?;
    let (folder, keys, store) =
        WorkerFolder::create(root.path(), "246810", &Hardware, enrolment, clock.clone(), rulebook.clone())?;

    // Another phone's households with two members each, as a first sync brings them.
    let other = DeviceKey::from_pkcs8(&DeviceKey::generate(&random)?)?;
    let statement =
        DeviceStatement { v: 1, office, device: DeviceId::new(), user, key: other.public(), issued_at: 0 };
    let certificate = Certificate::issue(&statement, &office_key)?;
    let feed = Feed::Commune("00070".into());
    let (mut entries, mut seq) = (Vec::new(), 0);
    let mut add = |record: &RecordRef, fields: &[(&str, String)]| -> Result<(), Box<dyn Error>> {
        seq += 1;
        let draft = model::change::Draft {
            id: ChangeId::new(),
            device: statement.device,
            seq,
            author: user,
            at: Stamp(seq, 0),
            record: record.clone(),
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (value.clone().into(), vec![])))
                .collect::<BTreeMap<_, _>>(),
            batch: model::Batch { id: BatchId::new(), index: 0, count: 1 },
            cause: None,
            previous: None,
        };
        let entry = Entry::Put(draft.sign(&other, &random)?);
        entries.push(FeedEntry { position: seq, entry, received_at: 0 });
        Ok(())
    };
    for n in 0..HOUSEHOLDS {
        let home = RecordRef::new(kind::HOUSEHOLD, Uuid::now_v7());
        let village = format!("Bản {}", GIVEN[n % GIVEN.len()]);
        let fields = [("name", name(n)), ("commune", "00070".into()), ("village", village)];
        add(&home, &fields)?;
        for m in 1..3 {
            let person = RecordRef::new(kind::PERSON, Uuid::now_v7());
            add(&person, &[("name", name(n + m * 31)), ("parent", home.to_string())])?;
        }
    }
    let head = seq;
    let mut pull = Vec::new();
    for page in entries.chunks(500) {
        let response = PullResponse {
            v: 1,
            hub,
            epoch: "1".into(),
            feeds: vec![FeedPage { feed: feed.clone(), entries: page.to_vec(), head }],
            more: false,
            granted: vec![feed.clone()],
            certificates: vec![certificate.clone()],
            own: vec![],
            worker: worker.clone(),
            forms: Bytes([0; 32]),
            server_time: 0,
        };
        timed(&mut pull, || store.apply_pull(&response))?;
    }
    report("store.pull_500", pull);
    store.close()?;

    let (mut open, mut first) = (Vec::new(), Vec::new());
    for _ in 0..21 {
        let store = timed(&mut open, || folder.open(&keys, clock.clone(), rulebook.clone()))?;
        timed(&mut first, || store.list(kind::HOUSEHOLD, "nguyen thi hoa", 0, 50))?;
        store.close()?;
    }
    report("store.open", open);
    report("store.search_5000_first", first);

    let store = folder.open(&keys, clock.clone(), rulebook.clone())?;
    let mut search = Vec::new();
    for query in ["nguyen thi hoa", "ng", "hoa", "do dinh uot", "ban pao", ""].repeat(10) {
        let list = timed(&mut search, || store.list(kind::HOUSEHOLD, query, 0, 50))?;
        assert!(list.total > 0, "{query} is found");
    }
    report("store.search_5000", search);

    let new = NewDraft {
        form: "f".into(),
        version: "1".into(),
        about: None,
        restricted: false,
        title: String::new(),
        basis: String::new(),
    };
    let draft = store.create_draft(&new, None)?;
    let answer = [StoredAnswer { path: "/data/a".into(), value: Some("một câu trả lời".into()) }];
    let mut answers = Vec::new();
    for _ in 0..100 {
        timed(&mut answers, || store.append_answers(draft, &answer))?;
    }
    report("store.answer", answers);

    let mut unlock = Vec::new();
    for _ in 0..5 {
        timed(&mut unlock, || folder.unlock("246810", &Hardware, &*clock))?;
    }
    report("store.unlock_pin", unlock);
    Ok(())
}
