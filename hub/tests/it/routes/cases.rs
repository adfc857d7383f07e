//! `GET /cases`.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;

#[test]
fn the_list_and_whom_it_is_for() {
    let scene = Scene::open();
    scene.reader().get("/cases").snapshot("cases");
    scene.reader().in_english().get("/cases").snapshot("cases.en");
    // Who is no member sees the ordinary case alone.
    Browser::of(&scene.office, "khac", "centre_head").get("/cases").snapshot("cases.of_others");
    for_roles_only(&scene.office, &Request::new("GET", "/cases"), READERS);
}
