//! `GET /work`: what is to be done, for who answers for it.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;

#[test]
fn what_is_to_be_done_and_what_is_looked_for() {
    let scene = Scene::open();
    scene.reader().get("/work").snapshot("work");
    scene.reader().in_english().get("/work?what=overdue&commune=00070").snapshot("work.overdue.en");
    scene.reader().get("/work?what=undecided&worker=nobody").snapshot("work.nothing");
}

/// Nothing of a restricted case is told to who is no member: not by a count either.
#[test]
fn a_restricted_case_is_counted_for_its_members_only() {
    let scene = Scene::open();
    let page = |browser: &Browser| String::from_utf8(browser.get("/work").answer.body).unwrap();
    assert!(page(&scene.reader()).contains("<strong>CHƯA AI NHẬN: "));
    let before = page(&Browser::of(&scene.office, "truong", "centre_head"));
    assert!(
        !before.contains("<strong>CHƯA AI NHẬN: ") && before.contains("Cần trợ giúp khẩn cấp"),
        "{before}"
    );
    assert!(!before.contains("Bảo vệ trẻ em"));
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    for_roles_only(&scene.office, &Request::new("GET", "/work"), READERS);
}
