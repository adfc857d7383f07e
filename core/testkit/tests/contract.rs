//! The office of the tests keeps the contract that the real hub keeps.

#![allow(clippy::unwrap_used)] // a test stops where it fails

use model::{ChangeId, DeviceId, RecordRef};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use testkit::{
    Link, Office,
    contract::Hub,
    office::{Books, form},
};

#[derive(Default)]
struct Kept {
    office: Office,
    backup: Books,
    copy: (Books, String),
}

impl Hub for Kept {
    fn link(&self) -> Arc<dyn Link> {
        self.office.link()
    }

    fn invite(&self, login: &str, place: &str) -> String {
        let code = format!("code-of-{login}");
        self.office.invite(Office::worker(login, place), &code);
        code
    }

    fn invite_again(&self, user: model::UserId) -> String {
        let code = DeviceId::new().to_string();
        let worker = self.office.state().workers[&user].clone();
        self.office.invite(worker, &code);
        code
    }

    fn set_place(&self, user: model::UserId, place: &str) {
        self.office.set_places(user, vec![place.parse().unwrap()]);
    }

    fn revoke(&self, device: DeviceId) {
        self.office.revoke(device);
    }

    fn agree(&self, user: model::UserId) {
        self.office.agree(user);
    }

    fn publish(&self) -> (String, String) {
        self.office.publish(form("thu", "1", "Thử", &[("form.xml", b"<x/>"), ("records.csv", b"a,b")]));
        ("thu".into(), "1".into())
    }

    fn erase(&self, record: &RecordRef, field: &str) {
        let mut values: BTreeMap<ChangeId, BTreeSet<String>> = BTreeMap::new();
        for batch in self.office.state().books.received.values().flatten() {
            for change in batch.batch.changes().flatten().filter(|change| change.head.record == *record) {
                if change.value(field).is_some() {
                    values.insert(change.id, BTreeSet::from([field.to_owned()]));
                }
            }
        }
        self.office.order(values);
    }

    fn back_up(&mut self) {
        self.backup = self.office.state().books.clone();
    }

    fn restore(&mut self) {
        self.office.restore(self.backup.clone());
    }

    fn copy(&mut self) {
        self.copy = self.office.copy();
    }

    fn rewind(&mut self) {
        self.office.rewind(self.copy.clone());
    }
}

testkit::contract!(Kept::default());
