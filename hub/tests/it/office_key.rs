//! The office's key hands over, or is replaced: what stands is signed anew, and what a key before signed.

use crate::world::{COMMUNE, Office};
use hub::{HubError, office::keys};
use model::{ChangeId, DeviceKey, OrderId};
use std::{collections::BTreeMap, path::PathBuf};
use testkit::{Client, records::household};
use uuid::Uuid;
use wire::{
    erasure::{ErasureOrder, Order},
    keys::{Follows, Step},
    pull::{Condition, PullRequest, PullResponse},
};

const COMMUNE_PLACE: &str = "commune:00070";

struct Scene {
    office: Office,
    /// Put away when the office was made.
    stick: PathBuf,
    _temporary: tempfile::TempDir,
}

impl Scene {
    fn open() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("hub");
        drop(hub::Hub::open(&folder, testkit::TestClock::at(testkit::START_MS)).unwrap());
        let stick = temporary.path().join("usb.key");
        std::fs::rename(folder.join(hub::recovery::FILE), &stick).unwrap();
        Self { office: Office::over(folder, None), stick, _temporary: temporary }
    }

    fn rotate(&self) {
        self.office.hub.write_now(keys::rotate).unwrap();
    }

    fn replace(&self) {
        keys::replace(&self.office.hub, &self.stick).unwrap();
    }
}

/// From the start, as one that follows this key.
fn pull(phone: &Client, key: &DeviceKey, recovery: bool) -> PullResponse {
    let follows = Follows { key: key.public(), recovery };
    let condition = Condition { office_key: Some(follows), ..Condition::default() };
    let question = PullRequest { condition, cursors: Vec::new(), ..phone.pull_request(100) };
    phone.post(wire::paths::PULL, &question).pulled()
}

fn names(steps: &[Step]) -> Vec<&'static str> {
    let name = |step: &Step| match step {
        Step::Changed(_) => "changed",
        Step::Replaced(_) => "replaced",
        Step::Recovery(_) => "recovery",
    };
    steps.iter().map(name).collect()
}

#[test]
fn each_phone_is_told_what_leads_on_from_its_key() {
    let scene = Scene::open();
    let phone = scene.office.phone("hoa", COMMUNE_PLACE);
    let told = |key: &DeviceKey, recovery| names(&pull(&phone, key, recovery).keys);
    let first = scene.office.key();
    assert_eq!((told(&first, false), told(&first, true)), (vec!["recovery"], vec![]));
    scene.rotate();
    let second = scene.office.key();
    scene.rotate();
    assert_eq!(told(&first, false), ["recovery", "changed", "changed"]);
    assert_eq!(told(&second, true), ["changed"]);
    let strange = testkit::new_key();
    assert_eq!(told(&strange, true), [""; 0], "nothing leads on from there");
    scene.replace();
    let fourth = scene.office.key();
    scene.rotate();
    assert_eq!(told(&first, true), ["changed", "changed", "replaced", "changed"]);
    assert_eq!(told(&strange, true), ["replaced", "changed"]);
    assert_eq!(told(&fourth, false), ["recovery", "changed"]);
    // An older program says nothing, and is told nothing.
    assert_eq!(names(&phone.pull_page(100).keys), [""; 0]);
}

#[test]
fn what_stands_is_signed_by_the_key_in_use_and_by_no_other() {
    let scene = Scene::open();
    let office = &scene.office;
    let mut writes = office.phone("hoa", COMMUNE_PLACE);
    writes.write(vec![household(COMMUNE)]);
    let reads = office.phone("lan", COMMUNE_PLACE);
    let first = office.key();
    let before = pull(&reads, &first, false).certificates.remove(0);
    for change in [Scene::rotate, Scene::replace] {
        let old = office.key();
        change(&scene);
        let now = pull(&reads, &first, false).certificates.remove(0);
        assert!(now.verify(&office.key().public()).is_ok());
        assert!(now.verify(&old.public()).is_err());
        assert!(now.says_the_same(&before), "the chain of its batches begins where it did");
    }
    // A phone of before goes on, and a new one is enrolled under the key in use.
    writes.write(vec![household(COMMUNE)]);
    assert_eq!(office.stats().of("household"), 2);
    assert_eq!(office.phone("son", COMMUNE_PLACE).enrolled.office_key, office.key().public());
}

/// Phones bring orders that a restored hub lacks, as the key of that time signed them.
#[test]
fn an_order_counts_by_a_key_that_handed_over_and_not_by_one_that_was_replaced() {
    let scene = Scene::open();
    let office = &scene.office;
    let order = |by: &DeviceKey| {
        let order = ErasureOrder {
            v: wire::VERSION,
            id: OrderId(Uuid::now_v7()),
            office: office.hub.identity.office,
            issued_at: 7,
            values: BTreeMap::from([(ChangeId(Uuid::now_v7()), ["name".to_owned()].into())]),
        };
        Order::issue(&order, by).unwrap()
    };
    let take = |order: Order| {
        office.hub.write_now(move |hub, tx| hub::office::erasure::take(hub, tx, &[order])).unwrap()
    };
    let first = office.key();
    scene.rotate();
    let second = office.key();
    assert!(take(order(&first)));
    assert!(take(order(&second)));
    assert!(!take(order(&testkit::new_key())));
    scene.replace();
    assert!(!take(order(&first)));
    assert!(!take(order(&second)));
    assert!(take(order(&office.key())));
}

#[test]
fn another_offices_stick_changes_nothing() {
    let scene = Scene::open();
    let before = scene.office.key().public();
    let other = Scene::open();
    let refused = keys::replace(&scene.office.hub, &other.stick).unwrap_err();
    assert!(matches!(refused, HubError::OtherRecoveryKey));
    let none = keys::replace(&scene.office.hub, &scene.stick.with_file_name("none")).unwrap_err();
    assert!(matches!(none, HubError::NoRecoveryKey));
    assert_eq!(scene.office.key().public(), before);
}

#[test]
fn what_users_are_is_signed_anew_under_its_numbers() {
    let scene = Scene::open();
    let phone = scene.office.phone("hoa", COMMUNE_PLACE);
    let told = |key: &DeviceKey| {
        let question = PullRequest { statements_after: Some(0), ..phone.pull_request(100) };
        let roles = phone.post(wire::paths::PULL, &question).pulled().roles;
        roles.iter().map(|told| told.statement.verify(&key.public())).collect::<Result<Vec<_>, _>>()
    };
    let first = scene.office.key();
    let before = told(&first).unwrap();
    assert!(!before.is_empty());
    scene.rotate();
    assert_eq!(told(&scene.office.key()).unwrap(), before);
    assert!(told(&first).is_err());
}
