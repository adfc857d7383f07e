//! `POST /v1/enrol`: a one-time code becomes a device; needs no token.

use super::exchange::exchange;
use crate::world::{COMMUNE, Office};
use hub::office::devices::INVITATION_MS;
use testkit::{Client, Phone, Request};
use wire::paths;

#[test]
fn a_code_becomes_a_device_once_and_for_a_day() {
    let office = Office::open();
    let user = office.user("hoa", &format!("commune:{COMMUNE}"));
    let (code, late) = (office.code(&user), office.code(&user));
    let enrol = |code: &str| {
        let request = Client::enrol_request(code, &Phone::new().key());
        exchange(&*office.link(), &Request::message(paths::ENROL, &request))
    };
    enrol(&code).snapshot("v1_enrol");
    enrol(&code).snapshot("v1_enrol.used");
    enrol("AAAA-AAAA-AA").snapshot("v1_enrol.unknown");
    office.clock.pass(INVITATION_MS);
    enrol(&late).snapshot("v1_enrol.expired");
}
