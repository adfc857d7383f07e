//! `GET /records/{kind}/{id}`: the page of any record.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use hub::db::audit;
use model::{RecordEdit, RecordRef, record::field};
use testkit::{Request, records::under};
use uuid::Uuid;

fn path(record: &RecordRef) -> String {
    format!("/records/{}/{}", record.kind, record.id)
}

#[test]
fn what_lies_in_a_household_has_its_page() {
    let scene = Scene::open();
    let pages = [
        ("record.household", &scene.household),
        ("record.member", &scene.member),
        ("record.visit", &scene.visit),
        ("record.photo", &scene.photo),
    ];
    for (name, record) in pages {
        scene.reader().get(&path(record)).snapshot(name);
        scene.reader().in_english().get(&path(record)).snapshot(&format!("{name}.en"));
    }
}

#[test]
fn a_submission_shows_what_was_answered() {
    let mut scene = Scene::open();
    let path_of_it = path(&scene.submission);
    scene.reader().get(&path_of_it).snapshot("record.submission");
    scene.reader().in_english().get(&path_of_it).snapshot("record.submission.en");
    // What is no XML is told.
    let broken = under("submission", &scene.household).set("form", "vang_gia").set("version", "2026120301");
    let broken = broken.set("xml", "<data>");
    let broken_path = path(&broken.record);
    scene.author.write(vec![broken]);
    scene.reader().in_english().get(&broken_path).snapshot("record.submission.broken.en");
}

#[test]
fn a_kind_that_nobody_knows_has_a_page_and_what_was_taken_out_has_none() {
    let mut scene = Scene::open();
    let grant = under("sponsorship_of_2030", &scene.household).set("flood_level", 3).set("terms", "hai năm");
    let grant_path = path(&grant.record);
    scene.author.write(vec![grant]);
    scene.reader().get(&grant_path).snapshot("record.unknown");
    scene.author.write(vec![RecordEdit::new(scene.member.clone()).set(field::REMOVED, "nhập nhầm")]);
    assert_eq!(scene.reader().get(&path(&scene.member)).answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    for_roles_only(&scene.office, &Request::new("GET", path(&scene.member)), READERS);
    // What lies in a restricted case is its members', and who reads it is noted.
    let informant = path(&scene.informant);
    scene.reader().get(&informant).snapshot("record.restricted");
    let noted = |record: &RecordRef| {
        let record = record.clone();
        let entries = scene.office.hub.read_now(move |_, read| Ok(audit::about(read, &record, 9)?)).unwrap();
        entries.iter().filter(|entry| entry.by == Some(scene.author.user) && entry.action == "read").count()
    };
    assert_eq!(noted(&scene.informant), 1);
    let head = Browser::of(&scene.office, "truong", "centre_head");
    let refused = head.get(&informant).answer;
    let none = head.get(&format!("/records/informant/{}", Uuid::now_v7())).answer;
    assert_eq!((refused.status, refused.body), (404, none.body));
    assert_eq!(noted(&scene.informant), 1);
    // Nor does anyone see one of another commune.
    scene.office.set_place(scene.author.user, "commune:00004");
    assert_eq!(scene.reader().get(&path(&scene.member)).answer.status, 404);
}
