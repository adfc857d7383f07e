//! `GET /work`: what is to be done, for who answers for it.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::{Scene, report},
};
use model::kind;
use testkit::{Request, records::new_ref};

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

/// Byte for byte what an outsider sees is the same, whether a case was opened for others or not.
#[test]
fn an_outsider_sees_no_difference() {
    let mut scene = Scene::open();
    let head = Browser::of(&scene.office, "truong", "centre_head");
    let household = format!("/households/{}", scene.household.id);
    let case = format!("/cases/{}", scene.case.id);
    let paths =
        ["/work", "/work?what=alarm", "/households", "/cases", &household, &case, "/held", "/records/call"];
    let seen = |browser: &Browser| paths.map(|path| browser.get(path).answer.body);
    let before = seen(&head);
    let restricted = new_ref(kind::CASE);
    let edits = report(&restricted, &scene.author);
    scene.author.write(edits);
    assert!(seen(&head) == before, "a page tells of it");
    // Its members hear of it.
    let page = String::from_utf8(scene.reader().get("/work").answer.body).unwrap();
    assert!(page.contains(&restricted.id.to_string()), "{page}");
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    for_roles_only(&scene.office, &Request::new("GET", "/work"), READERS);
}
