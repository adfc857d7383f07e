//! `GET /users`, `POST /users`.

use super::browser::{Browser, for_roles_only, form};
use crate::world::Office;
use testkit::Request;

const NEW: [(&str, &str); 5] = [
    ("login", "Lan"),
    ("name", "Nông Thị Lan"),
    ("role", "commune_officer"),
    ("places", "commune:06040 province:20"),
    ("on_duty", "yes"),
];

#[test]
fn users_are_listed_and_added() {
    let office = Office::open();
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.get("/users").snapshot("users");
    administrator.post("/users", &NEW).snapshot("users.added");
    administrator.post("/users", &NEW).snapshot("users.taken");
    let mut elsewhere = NEW;
    elsewhere[3].1 = "commune:99999";
    administrator.post("/users", &elsewhere).snapshot("users.unknown_place");
    administrator.in_english().get("/users").snapshot("users.en");
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    for_roles_only(&office, &Request::new("GET", "/users"), &["administrator"]);
    let office = Office::open();
    for_roles_only(&office, &form("/users", &NEW), &["administrator"]);
}
