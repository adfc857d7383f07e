//! One-time codes.

use crate::world::{COMMUNE, Office};
use hub::office::{devices::INVITATION_MS, users};
use testkit::{Client, Request, Response, new_key};
use wire::{enrol::EnrolResponse, error::code, paths};

fn enrol(office: &Office, code: &str) -> Response {
    let request = Client::enrol_request(code, &new_key());
    office.send(&Request::new("POST", paths::ENROL).body(serde_json::to_vec(&request).unwrap()))
}

fn code_for(office: &Office, login: &str) -> String {
    office.code(&office.user(login, &format!("commune:{COMMUNE}")))
}

#[test]
fn a_code_enrols_one_phone_however_it_is_typed() {
    let office = Office::open();
    let code = code_for(&office, "hoa");
    let response = enrol(&office, &format!(" {} ", code.to_lowercase().replace('-', "")));
    assert_eq!(response.status, 200);
    let enrolled: EnrolResponse = response.json();
    assert_eq!(enrolled.worker.name.0, "Người dùng hoa");
    assert_eq!(enrol(&office, &code).refusal(), (410, code::CODE_USED.into()));
    assert_eq!(office.stats().devices, 1);
}

#[test]
fn an_unknown_and_an_expired_code_are_told_apart() {
    let office = Office::open();
    let code = code_for(&office, "hoa");
    assert_eq!(enrol(&office, "AAAA-AAAA-AA").refusal(), (404, code::CODE_UNKNOWN.into()));
    office.clock.pass(INVITATION_MS - 1);
    let other = code_for(&office, "lan");
    office.clock.pass(1);
    assert_eq!(enrol(&office, &code).refusal(), (410, code::CODE_EXPIRED.into()));
    assert_eq!(enrol(&office, &other).status, 200);
    assert_eq!(office.stats().devices, 1);
}

#[test]
fn guessing_codes_is_slowed_down() {
    let office = Office::open();
    let code = code_for(&office, "hoa");
    for _ in 0..20 {
        assert_eq!(enrol(&office, "AAAA-AAAA-AA").status, 404);
    }
    assert_eq!(enrol(&office, &code).refusal().0, 429);
    office.clock.pass(60_000);
    assert_eq!(enrol(&office, &code).status, 200);
}

#[test]
fn a_phone_hears_of_the_managers_on_duty_in_its_places() {
    let office = Office::open();
    let on_duty = |login: &str, place: &str| {
        let user = office.user(login, place);
        let places = user.places.clone();
        office.hub.write_now(move |hub, tx| users::set_places(hub, tx, user.id, &places, true)).unwrap();
    };
    on_duty("tinh", "province:01");
    on_duty("xakhac", "province:15");
    office.user("khongtruc", "province:01");
    let phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let names: Vec<_> = phone.enrolled.worker.duty_managers.iter().map(|m| m.name.0.as_str()).collect();
    assert_eq!(names, ["Người dùng tinh"]);
    assert_eq!(phone.places().len(), 1);
}

#[test]
fn a_token_that_nobody_has_opens_nothing() {
    let office = Office::open();
    let mut phone: Client = office.phone("hoa", "all");
    phone.enrolled.token.0 = "x".repeat(43);
    let response = phone.post(paths::PULL, &serde_json::json!({"v": 1, "cursors": [], "max_entries": 1}));
    assert_eq!(response.refusal(), (401, code::UNAUTHORISED.into()));
}
