//! The real hub keeps the contract that the office of the other crates' tests keeps.

use crate::world::Office;
use hub::{
    backup,
    office::{erasure, sync::moves},
};
use model::{DeviceId, RecordRef, UserId};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;
use testkit::{Link, contract::Hub};

struct Served {
    /// `None` while it is stopped.
    office: Option<Office>,
    temporary: TempDir,
}

impl Served {
    fn new() -> Self {
        Self { office: Some(Office::open()), temporary: tempfile::tempdir().unwrap() }
    }

    fn office(&self) -> &Office {
        self.office.as_ref().unwrap()
    }

    fn backup(&self) -> PathBuf {
        self.temporary.path().join("copy.tar")
    }

    /// Stops it, does something with its folder, and starts it again.
    fn stopped(&mut self, with: impl FnOnce(&Path, &Path)) {
        let (folder, temporary) = self.office.take().unwrap().close();
        with(&folder, &self.temporary.path().join("old"));
        self.office = Some(Office::over(folder, temporary));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Hub for Served {
    fn link(&self) -> Arc<dyn Link> {
        self.office().link()
    }

    fn invite(&self, login: &str, place: &str) -> String {
        self.office().code(&self.office().user(login, place))
    }

    fn invite_again(&self, user: UserId) -> String {
        let user = self.office().hub.read_now(|_, read| Ok(hub::db::users::by_id(read, user)?)).unwrap();
        self.office().code(&user.unwrap())
    }

    fn set_place(&self, user: UserId, place: &str) {
        self.office().set_place(user, place);
    }

    fn revoke(&self, device: DeviceId) {
        self.office().revoke(device);
    }

    fn agree(&self, user: UserId) {
        let agree = move |hub: &hub::Hub, tx: &hub::db::Tx| {
            let user = hub::db::users::by_id(tx, user)?.unwrap();
            for held in moves::waiting(hub, tx, &user)? {
                moves::agree(hub, tx, &user, held.key)?;
            }
            Ok(())
        };
        self.office().hub.write_now(agree).unwrap();
    }

    fn publish(&self) -> (String, String) {
        self.office().publish(crate::forms::folder("text,commune,Xã,,\n").path());
        ("thu".into(), "1".into())
    }

    fn erase(&self, record: &RecordRef, field: &str) {
        let (record, fields) = (record.clone(), [field.to_owned()].into());
        let erase = move |hub: &hub::Hub, tx: &hub::db::Tx| erasure::erase(hub, tx, &record, &fields);
        self.office().hub.write_now(erase).unwrap();
    }

    fn back_up(&mut self) {
        backup::backup(&self.office().hub, &self.backup()).unwrap();
    }

    fn restore(&mut self) {
        let folder = self.temporary.path().join("restored");
        backup::restore(&self.backup(), &folder).unwrap();
        self.office = Some(Office::over(folder, None));
    }

    fn copy(&mut self) {
        self.stopped(copy);
    }

    fn rewind(&mut self) {
        self.stopped(|folder, old| {
            fs::remove_dir_all(folder).unwrap();
            copy(old, folder);
        });
    }
}

testkit::contract!(Served::new());
