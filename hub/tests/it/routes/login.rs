//! `GET /login`, `POST /login`.

use super::browser::{Browser, PASSWORD, form};
use crate::world::Office;

#[test]
fn a_login_opens_a_session() {
    let office = Office::open();
    Browser::of(&office, "hoa", "case_manager");
    let nobody = Browser::stranger(&office);
    nobody.get("/login").snapshot("login");
    nobody.get("/login?lang=en").snapshot("login.en");
    let opened = nobody.post("/login", &[("login", " HOA "), ("password", PASSWORD)]);
    opened.snapshot("login.opened");
    assert!(opened.answer.header("set-cookie").unwrap().contains("HttpOnly; SameSite=Strict"));
}

#[test]
fn wrong_passwords_unknown_logins_and_other_sites_get_no_session() {
    let office = Office::open();
    Browser::of(&office, "hoa", "case_manager");
    let nobody = Browser::stranger(&office);
    nobody.post("/login", &[("login", "hoa"), ("password", "sai")]).snapshot("login.refused");
    let unknown = nobody.post("/login", &[("login", "ai đó"), ("password", PASSWORD)]).answer;
    assert_eq!((unknown.status, unknown.header("set-cookie")), (401, None));
    let foreign = form("/login", &[("login", "hoa"), ("password", PASSWORD)]);
    let foreign = nobody.send(&foreign.with("origin", "http://elsewhere.example"));
    foreign.snapshot("login.foreign");
    assert_eq!(foreign.answer.header("set-cookie"), None);
}
