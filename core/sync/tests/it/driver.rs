//! The driver with real stores (SQLCipher files) and the simulated hub.

use crate::hub::{Hub, worker};
use model::{
    DeviceId, DeviceKey, Feed, HouseholdId, PhotoFile, RecordEdit, RecordRef, Redacted, SystemClock,
    encoding::Bytes, photo::BlobRef, record::kind,
};
use ring::{hmac, rand::SystemRandom};
use std::{cell::RefCell, sync::Arc};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Store, WorkerFolder};
use sync::{Cancel, LinkError, Request, Response, Retry, Transport, run};
use uuid::Uuid;
use wire::blob;

struct SoftKey;

impl HardwareKey for SoftKey {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        Ok(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"test"), bytes).as_ref().to_vec())
    }
}

struct RealPhone {
    device: DeviceId,
    store: Store,
    _root: tempfile::TempDir,
}

impl RealPhone {
    fn enrolled(hub: &mut Hub) -> Self {
        let signing_key = DeviceKey::generate(&SystemRandom::new()).unwrap();
        let device = hub.certify(DeviceKey::from_pkcs8(&signing_key).unwrap().public());
        let identity = Identity {
            hub: hub.id,
            hub_url: "https://hub".into(),
            ca_pin: Some(Bytes([1; 32])),
            office: hub.office,
            office_key: hub.office_key.public(),
            device: device.id,
            user: device.user,
            token: Redacted("t".into()),
            certificate: hub.certificate(&device),
            worker: worker(device.user),
        };
        let root = tempfile::tempdir().unwrap();
        let enrolment = Enrolment { identity, signing_key, recovery_key: Bytes([9; 32]) };
        let clock = Arc::new(SystemClock::default());
        let (_, _, store) = WorkerFolder::create(root.path(), "123456", &SoftKey, enrolment, clock).unwrap();
        Self { device: device.id, store, _root: root }
    }

    fn visit(&self, name: &str, photo: Option<&[u8]>) -> RecordRef {
        let household = RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0);
        let mut edits = vec![RecordEdit::new(household.clone()).set("name", name).set("commune", "00070")];
        if let Some(plain) = photo {
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
            let record = RecordRef::new(kind::PHOTO, Uuid::now_v7());
            let edit = RecordEdit::new(record).under(household.clone());
            edits.push(edit.set("file", serde_json::to_value(file).unwrap()));
        }
        self.store.commit(edits).unwrap();
        household
    }

    fn sync(&self, hub: &RefCell<Hub>) -> sync::Report {
        run(
            &self.store,
            &mut self.link(hub),
            &SystemClock::default(),
            retry(),
            &Cancel::default(),
            &mut |_| {},
        )
    }

    fn link<'a>(&self, hub: &'a RefCell<Hub>) -> HubLink<'a, impl FnMut(&Request) -> Result<(), LinkError>> {
        HubLink { hub, device: self.device, before: |_: &Request| Ok(()) }
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
    hub: &'a RefCell<Hub>,
    device: DeviceId,
    before: F,
}

impl<F: FnMut(&Request) -> Result<(), LinkError>> Transport for HubLink<'_, F> {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        (self.before)(request)?;
        Ok(self.hub.borrow_mut().answer(self.device, request, &request.body))
    }
}

#[test]
fn what_one_phone_finishes_another_sees_also_after_a_restore() {
    let mut hub = Hub::new();
    hub.publish("vang_gia", "1", &[("form.xml", b"<x/>")]);
    let (first, second) = (RealPhone::enrolled(&mut hub), RealPhone::enrolled(&mut hub));
    let hub = RefCell::new(hub);
    first.visit("Hộ Một", Some(&[7; 300_000]));
    let report = first.sync(&hub);
    assert_eq!(report.problem, None);
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (2, 2));
    assert_eq!(first.store.waiting().unwrap().changes, 0);
    assert_eq!(first.store.forms().unwrap().len(), 1);
    assert!(first.store.sync_times().unwrap().finished_at.is_some());
    let backup = hub.borrow().kept.clone();

    let later = first.visit("Hộ Hai", Some(&[8; 40_000]));
    assert_eq!(first.sync(&hub).problem, None);
    let kept = hub.borrow().kept.clone();
    assert_eq!(kept.whole.len(), 4);

    hub.borrow_mut().restore(backup);
    let report = first.sync(&hub);
    assert_eq!((report.problem, report.summary.hub_restored), (None, true));
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (2, 2));
    assert_eq!(hub.borrow().kept.whole, kept.whole);

    let report = second.sync(&hub);
    assert_eq!((report.problem, report.summary.changes_received), (None, 4));
    assert_eq!(second.name_of(&later).as_deref(), Some("Hộ Hai"));
}

#[test]
fn a_forged_change_is_put_aside_and_the_rest_is_taken() {
    let mut hub = Hub::new();
    let (first, second) = (RealPhone::enrolled(&mut hub), RealPhone::enrolled(&mut hub));
    let hub = RefCell::new(hub);
    let (forged, sound) = (first.visit("Hộ Một", None), first.visit("Hộ Hai", None));
    first.sync(&hub);
    let signature = hub.borrow().kept.feed[1].signature;
    hub.borrow_mut().kept.feed[0].signature = signature;
    let report = second.sync(&hub);
    assert_eq!(report.problem.map(|problem| problem.code()), Some("sync.forged"));
    assert_eq!(second.name_of(&forged), None);
    assert_eq!(second.name_of(&sound).as_deref(), Some("Hộ Hai"));
}

#[test]
fn a_feed_of_a_newer_hub_is_sent_once_and_the_rest_is_taken() {
    let mut hub = Hub::new();
    let (first, second) = (RealPhone::enrolled(&mut hub), RealPhone::enrolled(&mut hub));
    let hub = RefCell::new(hub);
    let home = first.visit("Hộ Một", None);
    first.sync(&hub);
    hub.borrow_mut().newer_feed = Some((Feed::Other("archive:15".into()), 0));
    for _ in 0..2 {
        let report = second.sync(&hub);
        assert_eq!(report.problem, None);
        assert_eq!(second.name_of(&home).as_deref(), Some("Hộ Một"));
    }
    assert_eq!(hub.borrow().newer_feed.as_ref().map(|(_, sent)| *sent), Some(1));
}

#[test]
fn closing_the_store_or_cancelling_stops_a_run_and_the_next_one_goes_on() {
    let mut hub = Hub::new();
    let phone = RealPhone::enrolled(&mut hub);
    let hub = RefCell::new(hub);
    phone.visit("Hộ Một", Some(&[7; 600_000]));
    let clock = SystemClock::default();

    let cancel = Cancel::default();
    let mut link = HubLink {
        hub: &hub,
        device: phone.device,
        before: |request: &Request| {
            if request.path == wire::paths::PHOTOS {
                cancel.cancel();
            }
            Ok(())
        },
    };
    let report = run(&phone.store, &mut link, &clock, retry(), &cancel, &mut |_| {});
    assert_eq!(report.problem.map(|problem| problem.code()), Some("sync.cancelled"));
    assert_eq!(report.summary.changes_sent, 2);

    let mut link = HubLink {
        hub: &hub,
        device: phone.device,
        before: |request: &Request| {
            if request.method == sync::Method::Patch {
                phone.store.close().unwrap();
            }
            Ok(())
        },
    };
    let report = run(&phone.store, &mut link, &clock, retry(), &Cancel::default(), &mut |_| {});
    assert_eq!(report.problem.map(|problem| problem.code()), Some("sync.cancelled"));
    assert_eq!(hub.borrow().uploads.len() + hub.borrow().kept.whole.len(), 2);
}
