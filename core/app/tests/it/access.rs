//! Enrolment, PIN, pause and lock.

use crate::{
    office::Office,
    phone::{PIN, Phone, code, synchronise},
    world::{World, choice},
};
use app::view::*;
use std::path::PathBuf;

#[test]
fn a_new_phone_says_that_it_is_not_enrolled() {
    let phone = Phone::new();
    let app = phone.app();
    assert_eq!(app.status(), AppStatus::NotEnrolled);
    assert_eq!(code(app.today().view()), "app.not-enrolled");
    assert_eq!(code(app.access().unlock(PIN.into())), "app.not-enrolled");
    assert_eq!(app.resume().unwrap(), AppStatus::NotEnrolled);
    app.pause();
    app.access().lock();
    assert_eq!(app.status(), AppStatus::NotEnrolled);
}

#[test]
fn enrolment_refuses_what_can_not_work_and_leaves_no_folder() {
    let (office, phone) = (Office::open(), Phone::new());
    let app = phone.app();
    let enrol = |invitation: String, pin: &str| code(app.access().enrol(invitation, pin.into()));
    assert_eq!(enrol("hello".into(), PIN), "app.not-an-invitation");
    assert_eq!(enrol(office.invitation("GOOD"), "12345"), "app.pin-too-short");
    assert_eq!(enrol(office.invitation("GOOD"), "12345a"), "app.pin-too-short");
    assert_eq!(enrol(office.invitation("USED"), PIN), "enrol.code-used");
    // A port that nobody listens on.
    assert_eq!(enrol("vanggia:1;http://127.0.0.1:1;GOOD;-".into(), PIN), "sync.unreachable");
    assert_eq!(phone.app().status(), AppStatus::NotEnrolled);

    let worker = app.access().enrol(office.invitation("GOOD"), PIN.into()).unwrap();
    assert_eq!(worker.name, "Lò Thị Thử");
    assert_eq!(worker.places, ["Xã Thất Khê"]);
    assert!(!worker.role.is_empty());
    assert_eq!(app.status(), AppStatus::Unlocked);
    assert_eq!(enrol(office.invitation("GOOD"), PIN), "app.already-enrolled");
    assert!(app.forms().list().unwrap().is_empty());
    assert_eq!(app.today().view().unwrap().sync.last, "Chưa đồng bộ lần nào");
}

#[test]
fn the_pin_opens_after_a_restart_and_a_wrong_one_is_slowed() {
    let world = World::new();
    drop(world.app);
    let app = world.phone.app();
    assert_eq!(app.status(), AppStatus::Locked);
    assert_eq!(code(app.today().view()), "app.locked");
    let mut waits = Vec::new();
    for _ in 0..12 {
        let app::AppError::Failed { code, text, wait_seconds } =
            app.access().unlock("000000".into()).unwrap_err();
        assert!(["store.wrong-pin", "store.must-wait"].contains(&code.as_str()), "{code}");
        assert_eq!(wait_seconds > 0, text.contains("Thử lại sau"), "{text}");
        waits.push(wait_seconds);
        if wait_seconds > 0 {
            break;
        }
    }
    assert!(waits.last().unwrap() > &0, "never slowed: {waits:?}");
    assert_eq!(waits[0], 0);
    assert_eq!(code(app.access().unlock(PIN.into())), "store.must-wait");
}

#[test]
fn a_paused_app_comes_back_without_the_pin_and_a_locked_one_does_not() {
    let world = World::new();
    let app = &world.app;
    let session = app.forms().start("vang_gia".into(), None).unwrap();
    session.answer("/data/visit/visit_purpose".into(), choice("first")).unwrap();

    app.pause();
    assert_eq!(app.status(), AppStatus::Paused);
    assert_eq!(code(app.today().view()), "app.paused");
    assert_eq!(code(session.page()), "app.paused");
    assert_eq!(app.resume().unwrap(), AppStatus::Unlocked);
    let purpose = session.page().unwrap().questions[2].value.clone();
    assert_eq!(purpose, choice("first"));

    app.access().lock();
    assert_eq!(app.status(), AppStatus::Locked);
    assert_eq!(app.resume().unwrap(), AppStatus::Locked);
    app.access().unlock(PIN.into()).unwrap();
    // The lock took the answers out of memory; the draft has them.
    assert_eq!(code(session.page()), "app.draft-closed");
    let again = app.forms().resume(session.draft_id()).unwrap();
    assert_eq!(again.page().unwrap().questions[2].value, choice("first"));
    assert_eq!(synchronise(app).code, "ok");
}

/// The folder of the worker who was enrolled first, and one of its files.
fn file(world: &World, name: &str) -> PathBuf {
    let inside = std::fs::read_dir(world.phone.folder.path().join("vanggia")).unwrap();
    let folders = inside.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.min().unwrap().join(name)
}

#[test]
fn what_nothing_opens_any_more_is_put_aside_whole_and_the_phone_is_enrolled_anew() {
    let world = World::new();
    let app = &world.app;
    app.forms().start("vang_gia".into(), None).unwrap();
    app.access().lock();
    // All but the salt: it is this phone's, and no page of it can be read.
    let database = file(&world, "store.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[16..].fill(0x5a);
    std::fs::write(&database, &bytes).unwrap();
    assert_eq!(code(app.access().unlock(PIN.into())), "store.damaged");
    assert_eq!(code(app.access().salvage(PIN.into())), "app.nothing-salvaged");
    assert_eq!(app.access().workers().unwrap().len(), 1, "until somebody says so");
    let folder = database.parent().unwrap().to_owned();
    app.access().set_aside().unwrap();
    assert_eq!(app.status(), AppStatus::NotEnrolled);
    assert_eq!(std::fs::read(folder.with_extension("aside").join("store.db")).unwrap(), bytes);
    assert_eq!(code(app.access().set_aside()), "app.not-enrolled");

    world.office.invite("AGAIN");
    app.access().enrol(world.office.invitation("AGAIN"), PIN.into()).unwrap();
    assert_eq!(synchronise(app).code, "ok");
    assert!(app.today().view().unwrap().drafts.is_empty());
}

#[test]
fn of_two_workers_the_other_one_is_asked_for_when_a_damaged_key_file_is_put_aside() {
    let world = World::new();
    let app = &world.app;
    app.access().lock();
    world.office.invite("AGAIN");
    app.access().enrol(world.office.invitation("AGAIN"), "864209".into()).unwrap();
    let first = app.access().workers().unwrap().remove(0);
    app.access().choose_worker(first.id.clone()).unwrap();
    for name in ["keys.json", "keys.copy"] {
        std::fs::write(file(&world, name), b"{").unwrap();
    }
    assert_eq!(code(app.access().unlock(PIN.into())), "store.key-file-damaged");
    assert_eq!(code(app.access().recovery_request()), "store.key-file-damaged");
    app.access().set_aside().unwrap();
    assert_eq!(app.status(), AppStatus::Locked);
    let left = app.access().workers().unwrap();
    assert!(left.len() == 1 && left[0].is_chosen && left[0].id != first.id);
    app.access().unlock("864209".into()).unwrap();
}

#[test]
fn errors_speak_the_language_that_was_set() {
    let phone = Phone::new();
    let app = phone.app();
    let app::AppError::Failed { text, .. } = app.today().view().unwrap_err();
    assert!(text.starts_with("Máy này chưa được ghi danh"), "{text}");
    app.set_language(Language::English);
    let app::AppError::Failed { text, .. } = app.today().view().unwrap_err();
    assert!(text.starts_with("This phone is not enrolled"), "{text}");
}
