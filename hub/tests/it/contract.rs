//! The real hub keeps the contract that the office of the other crates' tests keeps.

use crate::world::Office;
use hub::{
    backup,
    office::{erasure, sync::moves},
};
use model::{DeviceId, RecordRef, UserId};
use std::{path::PathBuf, sync::Arc};
use tempfile::TempDir;
use testkit::{Link, contract::Hub};

struct Served {
    office: Office,
    temporary: TempDir,
}

impl Served {
    fn new() -> Self {
        Self { office: Office::open(), temporary: tempfile::tempdir().unwrap() }
    }

    fn copy(&self) -> PathBuf {
        self.temporary.path().join("copy.tar")
    }
}

impl Hub for Served {
    fn link(&self) -> Arc<dyn Link> {
        self.office.link()
    }

    fn invite(&self, login: &str, place: &str) -> String {
        self.office.code(&self.office.user(login, place))
    }

    fn set_place(&self, user: UserId, place: &str) {
        self.office.set_place(user, place);
    }

    fn revoke(&self, device: DeviceId) {
        self.office.revoke(device);
    }

    fn agree(&self, user: UserId) {
        let agree = move |hub: &hub::Hub, tx: &hub::db::Tx| {
            let user = hub::db::users::by_id(tx, user)?.unwrap();
            for held in moves::waiting(hub, tx, &user)? {
                moves::agree(hub, tx, &user, held.key)?;
            }
            Ok(())
        };
        self.office.hub.write_now(agree).unwrap();
    }

    fn publish(&self) -> (String, String) {
        self.office.publish(crate::forms::folder("text,commune,Xã,,\n").path());
        ("thu".into(), "1".into())
    }

    fn erase(&self, record: &RecordRef, field: &str) {
        let (record, fields) = (record.clone(), [field.to_owned()].into());
        let erase = move |hub: &hub::Hub, tx: &hub::db::Tx| erasure::erase(hub, tx, &record, &fields);
        self.office.hub.write_now(erase).unwrap();
    }

    fn back_up(&mut self) {
        backup::backup(&self.office.hub, &self.copy()).unwrap();
    }

    fn restore(&mut self) {
        let folder = self.temporary.path().join("restored");
        backup::restore(&self.copy(), &folder).unwrap();
        self.office = Office::over(folder, None);
    }
}

testkit::contract!(Served::new());
