//! One-time codes, tokens, and what a revoked phone may do.

use super::{COMMUNE, Hub, in_commune, phone, waiting};
use crate::{Client, Phone, Request, records::household};
use model::{Rebuilt, encoding::Bytes};
use wire::{Hello, VERSION, enrol::EnrolResponse, error::code, paths, photos::MissingRequest};

pub fn anyone_is_told_who_answers(hub: &mut dyn Hub) {
    let hello: Hello = hub.link().send(&Request::new("GET", paths::HELLO)).json();
    assert!(hello.versions.contains(&VERSION));
    let phone = phone(hub, "hoa", "all");
    assert_eq!(phone.enrolled.hub, hello.hub);
    assert_eq!(phone.pull_page(1).hub, hello.hub);
}

pub fn a_code_enrols_one_phone_however_it_is_typed(hub: &mut dyn Hub) {
    let code = hub.invite("hoa", &in_commune());
    let enrol = |code: &str| {
        let request = Client::enrol_request(code, Phone::new().public_key());
        hub.link().send(&Request::message(paths::ENROL, &request))
    };
    assert_eq!(enrol("AAAA-AAAA-AA").refusal(), (404, code::CODE_UNKNOWN.into()));
    // By a key under which anybody's signature would count; the code stays good.
    let mut small = [0; 32];
    small[0] = 1;
    let weak = Request::message(paths::ENROL, &Client::enrol_request(&code, Bytes(small)));
    assert_eq!(hub.link().send(&weak).refusal(), (400, "batch.key-small-order".into()));
    let answer = enrol(&format!(" {} ", code.to_lowercase().replace('-', "")));
    assert_eq!(answer.status, 200);
    let enrolled: EnrolResponse = answer.json();
    let statement = enrolled.certificate.verify(&enrolled.office_key).unwrap();
    let said = (statement.v, statement.office, statement.device, statement.user);
    assert_eq!(said, (VERSION, enrolled.office, enrolled.device, enrolled.worker.user));
    assert_eq!(enrolled.worker.places, [in_commune().parse().unwrap()]);
    assert_eq!(enrol(&code).refusal(), (410, code::CODE_USED.into()));
}

pub fn a_token_that_nobody_has_opens_nothing(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    phone.enrolled.token.0 = "x".repeat(43);
    let nobody = (401, code::UNAUTHORISED.to_owned());
    assert_eq!(phone.send(Request::push(&[] as &[Rebuilt])).refusal(), nobody);
    assert_eq!(phone.post(paths::PULL, &phone.pull_request(1)).refusal(), nobody);
    assert_eq!(phone.get(paths::FORMS).refusal(), nobody);
    let missing = MissingRequest { v: VERSION, addresses: vec![] };
    assert_eq!(phone.post(paths::PHOTOS_MISSING, &missing).refusal(), nobody);
    assert_eq!(phone.create_upload(&"a".repeat(64), 1, None).refusal(), nobody);
    let without = hub.link().send(&Request::new("GET", paths::FORMS));
    assert_eq!(without.refusal(), nobody);
}

pub fn a_revoked_phone_pushes_into_quarantine_and_gets_nothing(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    hub.revoke(phone.device);
    let late = phone.batch(vec![household(COMMUNE)]);
    assert_eq!(phone.outcomes(&[late]), [waiting("admission.revoked")]);
    assert_eq!(phone.ask().received_through, 2);
    let revoked = (403, code::REVOKED.to_owned());
    assert_eq!(phone.post(paths::PULL, &phone.pull_request(1)).refusal(), revoked);
    assert_eq!(phone.get(paths::FORMS).refusal(), revoked);
    let missing = MissingRequest { v: VERSION, addresses: vec![] };
    assert_eq!(phone.post(paths::PHOTOS_MISSING, &missing).refusal(), revoked);
    assert_eq!(phone.create_upload(&"a".repeat(64), 1, None).refusal(), revoked);
    // Others are not bothered by it.
    assert_eq!(super::phone(hub, "lan", "all").pull(10).len(), 1);
}
