//! `POST /records/{kind}/{id}/seen`: somebody has looked at a step that was taken while something was missing.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use model::{RecordRef, UserId};
use testkit::records::under;
use uuid::Uuid;

/// A scene, and a visit to a child in alternative care, of which nothing was recorded: a phone that was tampered with
/// writes it all the same.
fn forged() -> (Scene, RecordRef) {
    let mut scene = Scene::open();
    scene.office.clock.advance_s(1);
    let id = Uuid::now_v7();
    let step = workflow::edit(id, &scene.restricted, "child-protection", "care_visit", "", "");
    let step_ref = step.record.clone();
    scene.author.write(vec![step, under("note", &scene.restricted).set("text", "Đã thăm")]);
    (scene, step_ref)
}

fn text(browser: &Browser, path: &str) -> String {
    String::from_utf8(browser.get(path).answer.body).unwrap()
}

#[test]
fn what_was_missing_is_shown_until_somebody_has_looked() {
    let (scene, step) = forged();
    let case = format!("/cases/{}", scene.restricted.id);
    let reader = scene.reader();
    let page = text(&reader, &case);
    assert!(
        page.contains("còn thiếu điều kiện") && page.contains("Chưa ghi việc chăm sóc thay thế nào"),
        "{page}"
    );
    // It counts: nothing that is signed is thrown away.
    assert!(!page.contains("Không có hiệu lực"));
    assert!(text(&reader, "/work").contains("Bước làm khi còn thiếu điều kiện"));
    let seen = format!("/records/{}/{}/seen", step.kind, step.id);
    reader.post(&seen, &[]).snapshot("record.seen");
    assert!(!text(&reader, &case).contains("còn thiếu điều kiện"));
    assert!(!text(&reader, "/work").contains("Bước làm khi còn thiếu điều kiện"));
}

#[test]
fn a_step_whose_conditions_hold_is_not_told_of() {
    let mut scene = Scene::open();
    scene.office.clock.advance_s(1);
    let step = workflow::edit(Uuid::now_v7(), &scene.restricted, "child-protection", "acknowledge", "", "");
    scene.author.write(vec![step, under("note", &scene.restricted).set("text", "Đã nhận")]);
    assert!(!text(&scene.reader(), "/work").contains("Bước làm khi còn thiếu điều kiện"));
}

#[test]
fn whose_it_is_to_look() {
    let (scene, step) = forged();
    let path = format!("/records/{}/{}/seen", step.kind, step.id);
    // Another case manager is no member of the case.
    let other = Browser::of(&scene.office, "mai", "case_manager");
    assert_eq!(other.post(&path, &[]).answer.status, 404);
    assert!(!text(&other, "/work").contains("Bước làm khi còn thiếu điều kiện"));
    assert!(text(&scene.reader(), "/work").contains("Bước làm khi còn thiếu điều kiện"));
    let unknown = form(&format!("/records/transition/{}/seen", UserId::new()), &[]);
    for_roles_only(&scene.office, &unknown, READERS);
}
