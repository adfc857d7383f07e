//! The driver with real stores (SQLCipher files) and the simulated hub.

use crate::phone::{answered, asked, feed, office};
use model::{
    Feed, HouseholdId, PhotoFile, RecordEdit, RecordRef, SystemClock, encoding::Bytes, photo::BlobRef,
    record::kind,
};
use ring::hmac;
use serde_json::value::to_raw_value;
use std::{io::Read, sync::Arc};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Store, WorkerFolder};
use sync::{Cancel, LinkError, Request, Response, Retry, Transport, Upload, run};
use testkit::{Link, Office, office::form};
use uuid::Uuid;
use wire::{
    blob,
    lines::Packer,
    pull::{Entry, FeedEntry, FeedPage, PullRequest, PullResponse},
};

struct SoftKey;

impl HardwareKey for SoftKey {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        Ok(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"test"), bytes).as_ref().to_vec())
    }

    fn renew(&self) -> Result<(), HardwareKeyError> {
        Err(HardwareKeyError::Unavailable)
    }
}

struct RealPhone {
    token: String,
    store: Store,
    _root: tempfile::TempDir,
}

impl RealPhone {
    fn enrolled(hub: &Office) -> Self {
        let client = hub.phone();
        let enrolled = client.enrolled.clone();
        let identity = Identity {
            hub: enrolled.hub,
            hub_url: "https://hub".into(),
            ca_pin: Some(Bytes([1; 32])),
            office: enrolled.office,
            office_key: enrolled.office_key,
            office_past: Default::default(),
            device: enrolled.device,
            user: enrolled.worker.user,
            token: enrolled.token,
            certificate: enrolled.certificate,
            worker: enrolled.worker,
        };
        let root = tempfile::tempdir().unwrap();
        let signing_key = client.signing_key.clone().into();
        let enrolment = Enrolment { identity, signing_key, recovery_key: enrolled.recovery_key };
        let clock = Arc::new(SystemClock::default());
        let (_, _, store) = WorkerFolder::create(
            root.path(),
            "123456",
            &SoftKey,
            enrolment,
            clock,
            rulebook::Rulebook::built_in().unwrap(),
        )
        .unwrap();
        Self { token: client.enrolled.token.0, store, _root: root }
    }

    fn visit(&self, name: &str, photo: Option<&[u8]>) -> RecordRef {
        let household = RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0);
        let edits = [RecordEdit::new(household.clone()).set("name", name).set("commune", "00070")];
        let photo = photo.map(|plain| self.photo(&household, plain));
        self.store.commit(edits.into_iter().chain(photo).collect()).unwrap();
        household
    }

    fn photo(&self, of: &RecordRef, plain: &[u8]) -> RecordEdit {
        let [whole, thumbnail] = [plain, &plain[..plain.len() / 10]].map(|plain| {
            let key = Bytes([4; 32]);
            let ciphertext = blob::seal(plain, &key);
            let address = self.store.write_blob(&ciphertext).unwrap();
            BlobRef { address, key, size: ciphertext.len() as u64 }
        });
        let file = PhotoFile {
            blob: whole,
            width: 10,
            height: 10,
            thumbnail,
            taken_at: "2026-11-24T10:00:00+07:00".into(),
        };
        let edit = RecordEdit::new(RecordRef::new(kind::PHOTO, Uuid::now_v7())).under(of.clone());
        edit.set("file", serde_json::to_value(file).unwrap())
    }

    fn sync(&self, hub: &Office) -> sync::Report {
        run(
            &self.store,
            &mut self.link(hub),
            &SystemClock::default(),
            retry(),
            &Cancel::default(),
            &|_| Ok(Vec::new()),
            &mut |_| {},
        )
    }

    fn link<'a>(&self, hub: &'a Office) -> HubLink<'a, impl FnMut(&Request) -> Result<(), LinkError>> {
        HubLink { hub, token: self.token.clone(), before: |_: &Request| Ok(()) }
    }

    fn name_of(&self, household: &RecordRef) -> Option<String> {
        let record = self.store.record(household).unwrap()?;
        Some(serde_json::to_value(record.state.value("name")).unwrap().as_str().unwrap().to_owned())
    }
}

fn retry() -> Retry {
    Retry { tries: 2, first_wait_ms: 1, longest_wait_ms: 1, seed: 1 }
}

struct HubLink<'a, F> {
    hub: &'a Office,
    token: String,
    before: F,
}

impl<F: FnMut(&Request) -> Result<(), LinkError>> Transport for HubLink<'_, F> {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        (self.before)(request)?;
        Ok(answered(request, self.hub.send(&asked(request, &self.token))))
    }

    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError> {
        let mut body = Vec::new();
        upload.file.take(upload.length).read_to_end(&mut body).unwrap();
        (upload.sent)(upload.length / 2);
        self.send(&Request { body, ..request.clone() })
    }
}

#[test]
fn what_one_phone_finishes_another_sees_also_after_a_restore() {
    let hub = office();
    hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>")]));
    let (first, second) = (RealPhone::enrolled(&hub), RealPhone::enrolled(&hub));
    first.visit("Hộ Một", Some(&[7; 300_000]));
    let report = first.sync(&hub);
    assert_eq!(report.problem, None);
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (2, 2));
    assert_eq!(first.store.waiting().unwrap().changes, 0);
    assert_eq!(first.store.forms().unwrap().len(), 1);
    assert!(first.store.sync_times().unwrap().finished_at.is_some());
    let backup = hub.state().books.clone();

    let later = first.visit("Hộ Hai", Some(&[8; 40_000]));
    assert_eq!(first.sync(&hub).problem, None);
    let kept = hub.state().books.clone();
    assert_eq!(kept.whole.len(), 4);

    hub.restore(backup);
    let report = first.sync(&hub);
    assert_eq!((report.problem, report.summary.hub_restored), (None, true));
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (2, 2));
    assert_eq!(hub.state().books.whole, kept.whole);

    let report = second.sync(&hub);
    assert_eq!((report.problem, report.summary.changes_received), (None, 4));
    assert_eq!(second.name_of(&later).as_deref(), Some("Hộ Hai"));
}

#[test]
fn a_forged_change_is_put_aside_and_the_rest_is_taken() {
    let hub = office();
    let (first, second) = (RealPhone::enrolled(&hub), RealPhone::enrolled(&hub));
    let (forged, sound) = (first.visit("Hộ Một", None), first.visit("Hộ Hai", None));
    first.sync(&hub);
    hub.forge(&feed(), 1);
    let report = second.sync(&hub);
    assert_eq!(report.problem.map(|problem| problem.code()), Some("sync.forged"));
    assert_eq!(second.name_of(&forged), None);
    assert_eq!(second.name_of(&sound).as_deref(), Some("Hộ Hai"));
}

/// A newer hub: one more feed is granted, and fills an answer until the phone says to leave it out.
struct NewerHub<T> {
    hub: T,
    feed: Feed,
    /// Answers that the feed filled.
    filled: u32,
    /// Fills also those of phones that ask to leave it out.
    stubborn: bool,
}

impl<T: Transport> Transport for NewerHub<T> {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        let mut response = self.hub.send(request)?;
        if request.path != wire::paths::PULL {
            return Ok(response);
        }
        let asked: PullRequest = serde_json::from_slice(&request.body).unwrap();
        let (mut answer, _) = PullResponse::read(false, &response.body).unwrap().unwrap();
        answer.granted.push(self.feed.clone());
        if self.stubborn || !asked.skip.contains(&self.feed) {
            self.filled += 1;
            let entry = Entry::Unknown(to_raw_value("of a newer hub").unwrap());
            let entry = |position| FeedEntry { position, entry: entry.clone(), received_at: 1, since: None };
            let entries = (1..=asked.max_entries.into()).map(entry).collect();
            answer.feeds = vec![FeedPage { feed: self.feed.clone(), entries, head: 100_000, mark: None }];
            answer.more = true;
        }
        response.body = answer.write(Packer::new(false).unwrap()).unwrap();
        Ok(response)
    }

    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError> {
        self.hub.upload(request, upload)
    }
}

#[test]
fn a_feed_of_a_newer_hub_is_sent_once_and_the_rest_is_taken() {
    let office = office();
    office.state().script.compress = Some(false);
    let (first, second) = (RealPhone::enrolled(&office), RealPhone::enrolled(&office));
    let home = first.visit("Hộ Một", None);
    first.sync(&office);
    let feed = Feed::Other("archive:15".into());
    let mut newer = NewerHub { hub: second.link(&office), feed, filled: 0, stubborn: false };
    for _ in 0..2 {
        let clock = SystemClock::default();
        let report = run(
            &second.store,
            &mut newer,
            &clock,
            retry(),
            &Cancel::default(),
            &|_| Ok(Vec::new()),
            &mut |_| {},
        );
        assert_eq!(report.problem, None);
        assert_eq!(second.name_of(&home).as_deref(), Some("Hộ Một"));
    }
    assert_eq!(newer.filled, 1);
    // A hub that does not listen wears nobody out.
    newer.stubborn = true;
    let clock = SystemClock::default();
    run(&second.store, &mut newer, &clock, retry(), &Cancel::default(), &|_| Ok(Vec::new()), &mut |_| {});
    assert_eq!(newer.filled, 2);
}

#[test]
fn closing_the_store_or_cancelling_stops_a_run_and_the_next_one_goes_on() {
    let hub = office();
    let phone = RealPhone::enrolled(&hub);
    phone.visit("Hộ Một", Some(&[7; 600_000]));
    let clock = SystemClock::default();

    let cancel = Cancel::default();
    let mut link = HubLink {
        hub: &hub,
        token: phone.token.clone(),
        before: |request: &Request| {
            if request.path == wire::paths::PHOTOS {
                cancel.cancel();
                return Err(LinkError::Cut);
            }
            Ok(())
        },
    };
    let report = run(&phone.store, &mut link, &clock, retry(), &cancel, &|_| Ok(Vec::new()), &mut |_| {});
    assert_eq!(report.problem.map(|problem| problem.code()), Some("sync.cancelled"));
    assert_eq!(report.summary.changes_sent, 2);

    let mut link = HubLink {
        hub: &hub,
        token: phone.token.clone(),
        before: |request: &Request| {
            if request.path == wire::paths::PHOTOS {
                phone.store.close().unwrap();
            }
            Ok(())
        },
    };
    let report =
        run(&phone.store, &mut link, &clock, retry(), &Cancel::default(), &|_| Ok(Vec::new()), &mut |_| {});
    assert_eq!(report.problem.map(|problem| problem.code()), Some("sync.cancelled"));
    let state = hub.state();
    assert_eq!(state.uploads.len() + state.books.whole.len(), 2);
}

/// A day's work: 8 visits of 5 changes with 2 photos each.
#[test]
fn a_day_needs_few_round_trips() {
    let hub = office();
    hub.state().script.page = None;
    hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>"), ("records.csv", b"a,b")]));
    let phone = RealPhone::enrolled(&hub);
    phone.sync(&hub);
    for n in 0..8 {
        let home = phone.visit("Hộ", Some(&[n; 200_000]));
        phone.store.commit(vec![phone.photo(&home, &[100 + n; 200_000])]).unwrap();
        for _ in 0..2 {
            phone
                .store
                .commit(vec![RecordEdit::new(RecordRef::new(kind::NOTE, Uuid::now_v7())).under(home.clone())])
                .unwrap();
        }
    }
    hub.state().asked.clear();
    let report = phone.sync(&hub);
    assert_eq!((report.problem, report.summary.changes_sent, report.summary.blobs_sent), (None, 40, 32));
    let photos = hub.state().asked.iter().filter(|path| *path == "photos").count();
    assert_eq!(photos, 18, "one question, one bundle of thumbnails, 16 photos");
    assert_eq!(hub.state().asked.len(), 21, "with a push, a pull, and a receipt for the photos");
}
