//! `GET /households/{id}`: members, visits, photos, goals, cases, and where two phones disagree.

use super::{
    browser::{READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;
use uuid::Uuid;

#[test]
fn a_household_with_all_that_belongs_to_it() {
    let scene = Scene::open();
    let path = format!("/households/{}", scene.household.id);
    scene.reader().get(&path).snapshot("household");
    scene.reader().in_english().get(&path).snapshot("household.en");
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/households/{}", scene.household.id);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    // Nor does anyone see one of another commune, or learn that there is one.
    scene.office.set_place(scene.author.user, "commune:00004");
    let elsewhere = scene.reader().get(&path);
    elsewhere.snapshot("household.not_found");
    let none = scene.reader().get(&format!("/households/{}", Uuid::now_v7())).answer;
    assert_eq!((none.status, none.body), (404, elsewhere.answer.body.clone()));
    assert_eq!(scene.reader().get("/households/no-id").answer.status, 400);
}
