//! The office's key changes hands while phones are in villages, is stolen, and comes back.

use journeys::{
    headless::{Headless, copy},
    hub::{HubProcess, command},
    synthetic::COMMUNES,
    world::World,
};
use model::{HouseholdId, PublicKey, RecordEdit, RecordRef, Said, kind};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use sync::Retry;

const COMMUNE: &str = COMMUNES[0].0;

struct Scene {
    world: World,
    /// Where the recovery key was put away.
    stick: PathBuf,
}

impl Scene {
    fn open(logins: &[&str]) -> Self {
        let mut world = World::open().unwrap();
        for login in logins {
            world.worker(login, "Cán Bộ Thử", COMMUNE).unwrap();
        }
        let stick = world.path("usb.key");
        fs::rename(world.hub.folder().join("recovery.key"), &stick).unwrap();
        Self { world, stick }
    }

    fn phone(&self, login: &str) -> Headless {
        let invitation = self.world.hub.invite(login, None).unwrap();
        Headless::enrol(&invitation, &self.world.path(login), "Máy thử").unwrap()
    }

    /// Stops the hub, does something with its folder, and starts it again.
    fn restart(&mut self, with: impl FnOnce(&Path)) {
        let folder = self.world.hub.folder().to_owned();
        let other = HubProcess::serve(&self.world.path("other")).unwrap();
        std::mem::replace(&mut self.world.hub, other).stop().unwrap();
        with(&folder);
        self.world.hub = HubProcess::serve(&folder).unwrap();
    }

    fn rotate(&self) -> String {
        self.world.hub.command(&["office-key", "rotate", "--yes"]).unwrap()
    }

    fn replace(&self) -> String {
        let stick = self.stick.to_str().unwrap();
        self.world.hub.command(&["office-key", "replace", "--recovery", stick, "--yes"]).unwrap()
    }
}

/// What stopped the run or was left undone.
fn sync_at(hub: &HubProcess, phone: &Headless) -> Option<String> {
    let mut transport = phone.transport(Some(&hub.url)).unwrap();
    let report = phone.sync(&mut transport, Retry { tries: 1, ..Retry::default() }, &mut |_| {});
    report.problem.map(|problem| problem.code().to_owned())
}

fn write(phone: &Headless) -> RecordRef {
    let record = RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0);
    let edit = RecordEdit::new(record.clone()).set("commune", COMMUNE).set("village", "Bản Mới");
    phone.store.commit(vec![edit.set("name", "Người Thử")]).unwrap();
    record
}

fn key(phone: &Headless) -> PublicKey {
    phone.store.identity().unwrap().office_key
}

fn households(phone: &Headless) -> u32 {
    phone.store.list_count(kind::HOUSEHOLD).unwrap()
}

#[test]
fn a_phone_walks_over_the_keys_that_it_slept_through() {
    let scene = Scene::open(&["mai", "son", "lan", "hoa"]);
    let (hub, mai, son) = (&scene.world.hub, scene.phone("mai"), scene.phone("son"));
    let erased = write(&son);
    assert_eq!((sync_at(hub, &son), sync_at(hub, &mai)), (None, None));
    let first = key(&mai);

    // Beside the running hub: a phone that is enrolled, an order to erase and what is written in between are of each.
    assert_eq!(scene.rotate().lines().last(), Some("key 1"));
    let lan = scene.phone("lan");
    write(&lan);
    hub.command(&["erase", "--record", &erased.to_string(), "--field", "name"]).unwrap();
    assert_eq!(sync_at(hub, &lan), None);
    assert_ne!(key(&lan), first);
    assert_eq!(scene.rotate().lines().last(), Some("key 2"));
    let hoa = scene.phone("hoa");
    write(&hoa);
    assert_eq!(sync_at(hub, &hoa), None);

    // Mai comes back from the villages with work of her own.
    write(&mai);
    for phone in [&mai, &son, &lan, &hoa] {
        assert_eq!(sync_at(hub, phone), None);
    }
    for phone in [&son, &lan, &hoa, &mai, &mai] {
        assert_eq!(sync_at(hub, phone), None);
        assert_eq!((key(phone), households(phone)), (key(&mai), 4));
    }
    assert_ne!(key(&mai), first);
    let state = mai.store.record(&erased).unwrap().unwrap().state;
    assert!(state.fields["name"].heads.iter().all(|head| matches!(head.said, Said::Erased(_))));
    let shown = hub.command(&["office-key", "show"]).unwrap();
    assert!(shown.contains("in use 2\tfollow 4\tbehind 0\tsilent 0\tstrange 0"), "{shown}");
    assert!(shown.contains("phones without 0"), "{shown}");
}

#[test]
fn the_recovery_key_wins_over_whoever_stole_the_hubs_disk() {
    let mut scene = Scene::open(&["mai", "son"]);
    let (mai, son) = (scene.phone("mai"), scene.phone("son"));
    write(&mai);
    assert_eq!((sync_at(&scene.world.hub, &mai), sync_at(&scene.world.hub, &son)), (None, None));
    let own = key(&mai);

    // All that lies on the server is copied, and a hub of a thief's hands over to a key of theirs.
    let taken = scene.world.path("taken");
    scene.restart(|folder| copy(folder, &taken).unwrap());
    let thief = HubProcess::serve(&taken).unwrap();
    thief.command(&["office-key", "rotate", "--yes"]).unwrap();
    assert_eq!(sync_at(&thief, &mai), None);
    assert_ne!(key(&mai), own, "nobody can tell them apart yet");

    // The true office can't say anything to that phone any more, but the recovery key can; the other phone follows it too.
    let shown = |scene: &Scene| scene.world.hub.command(&["office-key", "show"]).unwrap();
    for _ in 0..2 {
        sync_at(&scene.world.hub, &mai);
    }
    assert!(shown(&scene).contains("follow 1\tbehind 0\tsilent 0\tstrange 1"), "{}", shown(&scene));
    assert_eq!(scene.replace().lines().last(), Some("key 1"));
    write(&son);
    for phone in [&mai, &son, &mai] {
        assert_eq!(sync_at(&scene.world.hub, phone), None);
    }
    let now = key(&mai);
    assert_eq!((key(&son), households(&mai), households(&son)), (now, 2, 2));
    assert!(now != own, "a new one");

    // Nothing that the thief hands over to is taken any more.
    thief.command(&["office-key", "rotate", "--yes"]).unwrap();
    for phone in [&mai, &son] {
        sync_at(&thief, phone);
        assert_eq!(key(phone), now);
    }
    // Nor do they have what the recovery key was: it lay on no disk of the office's.
    let wrong = scene.world.path("other").join("recovery.key");
    let refused = command(&taken, &["office-key", "replace", "--recovery", wrong.to_str().unwrap(), "--yes"]);
    assert!(refused.unwrap_err().to_string().contains("hub.other-recovery-key"));
}

#[test]
fn a_hub_put_back_to_before_a_change_finds_out_and_is_given_a_key() {
    let mut scene = Scene::open(&["mai", "son"]);
    let (mai, son) = (scene.phone("mai"), scene.phone("son"));
    for phone in [&mai, &son] {
        assert_eq!(sync_at(&scene.world.hub, phone), None);
    }
    let old = scene.world.path("old");
    scene.restart(|folder| copy(folder, &old).unwrap());
    scene.rotate();
    write(&mai);
    assert_eq!((sync_at(&scene.world.hub, &mai), sync_at(&scene.world.hub, &son)), (None, None));

    // Its machine is set back. It knows a receipt from after the change for its own, and gets back what it lacks.
    scene.restart(|folder| {
        fs::remove_dir_all(folder).unwrap();
        copy(&old, folder).unwrap();
    });
    for _ in 0..2 {
        sync_at(&scene.world.hub, &mai);
    }
    let shown = scene.world.hub.command(&["office-key", "show"]).unwrap();
    assert!(shown.contains("strange 1"), "{shown}");
    assert_eq!(scene.world.hub.records(kind::HOUSEHOLD).unwrap(), 1);
    scene.replace();
    for phone in [&mai, &son] {
        write(phone);
    }
    for phone in [&mai, &son, &mai] {
        assert_eq!(sync_at(&scene.world.hub, phone), None);
    }
    assert_eq!((key(&mai), households(&mai), households(&son)), (key(&son), 3, 3));
}

#[test]
fn without_a_word_from_the_operator_nothing_changes() {
    let scene = Scene::open(&["mai"]);
    let (hub, mai) = (&scene.world.hub, scene.phone("mai"));
    assert_eq!(sync_at(hub, &mai), None);
    let before = key(&mai);
    let stick = scene.stick.to_str().unwrap();
    for command in [&["office-key", "rotate"][..], &["office-key", "replace", "--recovery", stick]] {
        assert!(hub.command(command).unwrap_err().to_string().contains("hub.not-confirmed"));
    }
    assert_eq!(sync_at(hub, &mai), None);
    assert_eq!(key(&mai), before);
}

/// Whoever is killed while it waits to write has changed nothing, and a change is one transaction.
#[test]
fn a_change_that_is_killed_leaves_the_key_before() {
    let scene = Scene::open(&["mai"]);
    let (hub, mai) = (&scene.world.hub, scene.phone("mai"));
    assert_eq!(sync_at(hub, &mai), None);
    let before = key(&mai);
    let database = rusqlite::Connection::open(hub.folder().join("hub.db")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut rotating = Command::new(journeys::hub::program().unwrap());
    rotating.args(["office-key", "rotate", "--yes", "--data"]).arg(hub.folder());
    let mut rotating = rotating.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // It has said what it is about to do.
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(rotating.stderr.take().unwrap()), &mut line)
        .unwrap();
    assert!(!line.is_empty());
    rotating.kill().unwrap();
    rotating.wait().unwrap();
    database.execute_batch("ROLLBACK").unwrap();
    write(&mai);
    assert_eq!(sync_at(hub, &mai), None);
    assert_eq!(key(&mai), before);
    // What is damaged in the middle of it undoes all of it.
    database.execute_batch("UPDATE devices SET certificate = '{}'").unwrap();
    assert!(hub.command(&["office-key", "rotate", "--yes"]).is_err());
    let shown = hub.command(&["office-key", "show"]).unwrap();
    assert!(shown.contains("in use 0\tfollow 1"), "{shown}");
}
