//! `GET /households`, `POST /households`: the list, and its search.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use crate::world::Office;
use model::Role;
use testkit::Request;

#[test]
fn the_list_and_what_is_found() {
    let scene = Scene::open();
    let reader = scene.reader();
    reader.get("/households").snapshot("households");
    scene.reader().in_english().get("/households").snapshot("households.en");
    let found = reader.post("/households", &[("q", "hoang van son"), ("page", "0")]);
    found.snapshot("households.found");
    let nothing = reader.post("/households", &[("q", "khong co ai"), ("page", "0")]);
    nothing.snapshot("households.nothing");
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    office.user_with("xa-khac", Role::new("case_manager"), "commune:00004", "-");
    for_roles_only(&office, &Request::new("GET", "/households"), READERS);
    let search = form("/households", &[("q", "a")]);
    let refused = Browser::of(&office, "quantri", "administrator").send(&search);
    refused.snapshot("households.forbidden");
    let nobody = Browser::stranger(&office).send(&search).answer;
    assert_eq!((nobody.status, nobody.header("location")), (303, Some("/login")));
}
