//! `GET /v1/packs`.

use super::exchange::{by, for_phones_only};
use crate::{
    publishing::{administrator, overlay},
    world::Office,
};
use hub::office::packs;
use testkit::Request;
use wire::paths;

#[test]
fn what_is_published_is_told_as_it_was_signed() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let phone = office.phone("hoa", "all");
    let request = Request::new("GET", paths::PACKS);
    by(&phone, request.clone()).snapshot("v1_packs.none");
    let (number, _) = packs::propose(&office.hub, overlay(1, "2026-12-01"), None, None).unwrap();
    packs::approve(&office.hub, number, Some(user), None).unwrap();
    by(&phone, request.clone()).snapshot("v1_packs");
    for_phones_only(&office, &phone, &request);
}
