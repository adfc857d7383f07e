//! `GET /cases/{id}`: an ordinary one for its commune, a restricted one for its members.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;

#[test]
fn a_case_with_its_people_and_deadlines() {
    let scene = Scene::open();
    let restricted = format!("/cases/{}", scene.restricted.id);
    scene.reader().get(&restricted).snapshot("case.restricted");
    scene.reader().in_english().get(&restricted).snapshot("case.restricted.en");
    scene.reader().get(&format!("/cases/{}", scene.case.id)).snapshot("case");
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/cases/{}", scene.case.id);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    let restricted = format!("/cases/{}", scene.restricted.id);
    let head = Browser::of(&scene.office, "truong", "centre_head");
    let (refused, none) = (head.get(&restricted), head.get(&format!("/cases/{}", scene.household.id)));
    assert_eq!((refused.answer.status, &refused.answer.body), (404, &none.answer.body));
}
