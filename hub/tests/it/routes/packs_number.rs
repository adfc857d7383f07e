//! `GET /packs/{number}`: a proposal before somebody agrees to it.

use super::browser::{Browser, for_roles_only};
use crate::{
    publishing::{administrator, overlay},
    world::Office,
};
use hub::office::packs;
use testkit::Request;

#[test]
fn a_proposal_shows_what_it_brings() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    packs::propose(&office.hub, overlay(1, "2026-12-15"), Some(user), None).unwrap();
    let reader = Browser::of(&office, "quantri", "administrator");
    reader.get("/packs/1").snapshot("pack");
    reader.in_english().get("/packs/1").snapshot("pack.en");
    // Who proposed it may only take it back.
    let proposer = Browser::of(&office, "hai", "administrator");
    let id = office.hub.read_now(|_, read| hub::office::users::by_login(read, "hai")).unwrap().unwrap().id;
    packs::propose(&office.hub, overlay(2, "2026-12-15"), Some(id), None).unwrap();
    proposer.get("/packs/2").snapshot("pack.own");
    packs::approve(&office.hub, 2, Some(user), None).unwrap();
    proposer.get("/packs/1").snapshot("pack.overtaken");
    assert_eq!(proposer.get("/packs/2").answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    packs::propose(&office.hub, overlay(1, "2026-12-15"), None, None).unwrap();
    for_roles_only(&office, &Request::new("GET", "/packs/1"), &["administrator"]);
}
