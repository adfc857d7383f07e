//! Enrolment, PIN, pause and lock.

use crate::{
    office::Office,
    phone::{PIN, Phone, code, synchronise},
    world::{World, choice},
};
use app::view::*;

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
    let purpose = session.page().unwrap().questions[1].value.clone();
    assert_eq!(purpose, choice("first"));

    app.access().lock();
    assert_eq!(app.status(), AppStatus::Locked);
    assert_eq!(app.resume().unwrap(), AppStatus::Locked);
    app.access().unlock(PIN.into()).unwrap();
    // The lock took the answers out of memory; the draft has them.
    assert_eq!(code(session.page()), "app.draft-closed");
    let again = app.forms().resume(session.draft_id()).unwrap();
    assert_eq!(again.page().unwrap().questions[1].value, choice("first"));
    assert_eq!(synchronise(app).code, "ok");
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
