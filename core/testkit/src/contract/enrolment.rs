//! One-time codes, tokens, and what a revoked phone may do.

use super::{COMMUNE, Hub, in_commune, phone, waiting};
use crate::{Client, Phone, Request, new_key, records::household};
use model::{DeviceKey, Rebuilt, encoding::Bytes};
use wire::{
    Hello, VERSION,
    enrol::{Continued, EnrolRequest, EnrolResponse, Kept},
    error::code,
    paths,
    photos::MissingRequest,
};

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
        let request = Client::enrol_request(code, &new_key());
        hub.link().send(&Request::message(paths::ENROL, &request))
    };
    assert_eq!(enrol("AAAA-AAAA-AA").refusal(), (404, code::CODE_UNKNOWN.into()));
    // By a key under which anybody's signature would count; the code stays good.
    let mut small = [0; 32];
    small[0] = 1;
    let good = Client::enrol_request(&code, &new_key());
    let weak = Request::message(paths::ENROL, &EnrolRequest { device_key: Bytes(small), ..good.clone() });
    assert_eq!(hub.link().send(&weak).refusal(), (400, "batch.key-small-order".into()));
    // By a key that whoever asks does not have.
    let foreign = EnrolRequest { device_key: new_key().public(), ..good };
    let foreign = Request::message(paths::ENROL, &foreign);
    assert_eq!(hub.link().send(&foreign).refusal(), (400, code::BAD_MESSAGE.into()));
    let answer = enrol(&format!(" {} ", code.to_lowercase().replace('-', "")));
    assert_eq!(answer.status, 200);
    let enrolled: EnrolResponse = answer.json();
    let statement = enrolled.certificate.verify(&enrolled.office_key).unwrap();
    let said = (statement.v, statement.office, statement.device, statement.user);
    assert_eq!(said, (VERSION, enrolled.office, enrolled.device, enrolled.worker.user));
    assert_eq!(enrolled.worker.places, [in_commune().parse().unwrap()]);
    assert_eq!(enrol(&code).refusal(), (410, code::CODE_USED.into()));
}

pub fn a_phone_whose_answer_was_lost_asks_again(hub: &mut dyn Hub) {
    let code = hub.invite("hoa", &in_commune());
    let mut phone = Phone::new();
    let request = Request::message(paths::ENROL, &Client::enrol_request(&code, &phone.key()));
    let lost: EnrolResponse = hub.link().send(&request).json();
    let other = Request::message(paths::ENROL, &Client::enrol_request(&code, &new_key()));
    assert_eq!(hub.link().send(&other).refusal(), (410, code::CODE_USED.into()));
    let enrolled: EnrolResponse = hub.link().send(&request).json();
    assert_eq!(enrolled.device, lost.device, "one device for one code");
    let bytes = |answer: &EnrolResponse| serde_json::to_string(&answer.certificate).unwrap();
    assert_eq!(bytes(&enrolled), bytes(&lost), "and one certificate for ever");
    phone.become_certified(&enrolled.certificate);
    let mut client = Client::of(hub.link(), phone, enrolled);
    client.write(vec![household(COMMUNE)]);
    let before = Client { enrolled: lost, ..client.clone() };
    let request = Request::push(&[] as &[Rebuilt]);
    assert_eq!(before.send(request).refusal(), (401, code::UNAUTHORISED.into()), "by the newest token");
}

/// What it left at the hub, and what it has itself, in the order of its batches.
fn kept(phone: &Phone) -> Vec<Kept> {
    let kept = |batch: &model::Verified| {
        let statement = batch.statement();
        Kept::new(statement.next_seq() - 1, &statement.hash())
    };
    phone.batches.iter().map(kept).collect()
}

pub fn a_device_goes_on_under_a_new_key(hub: &mut dyn Hub) {
    let mut old = phone(hub, "hoa", &in_commune());
    old.write(vec![household(COMMUNE)]);
    let elsewhere = old.batch(vec![household("99999")]);
    assert_eq!(old.outcomes(&[elsewhere]), [waiting("admission.scope")]);
    let mut copy = old.clone();
    old.write(vec![household(COMMUNE)]);
    copy.batch(vec![household(COMMUNE)]);
    let continuing = |code: &str, folder: &Client, key: &DeviceKey| {
        let request = Client::enrol_request(code, &new_key());
        let request = request.continuing(folder.device, key, kept(folder));
        hub.link().send(&Request::message(paths::ENROL, &request))
    };
    // Nobody takes over another's, and the code alone does not take a folder over.
    let lan = hub.invite("lan", &in_commune());
    let refusal = continuing(&lan, &copy, &copy.key()).refusal();
    assert_eq!(refusal, (409, code::OTHER_WORKER.into()));
    let user = old.user;
    let hoa = || hub.invite_again(user);
    let code = hoa();
    assert_eq!(continuing(&code, &copy, &new_key()).refusal(), (400, code::BAD_MESSAGE.into()));
    // The copy went another way after its second batch.
    let enrolled: EnrolResponse = continuing(&code, &copy, &copy.key()).json();
    let Kept(second, _) = kept(&copy)[1];
    let continued = Continued { device: old.device, received_through: second, unadmitted: vec![second] };
    assert_eq!(enrolled.continued, [continued]);
    assert_ne!(enrolled.device, old.device);
    // The old key ended.
    let late = old.batch(vec![household(COMMUNE)]);
    assert_eq!(old.outcomes(&[late]), [waiting("admission.revoked")]);
    let enrolled: EnrolResponse = continuing(&hoa(), &old, &old.key()).json();
    assert_eq!(enrolled.continued[0].received_through, kept(&old).last().unwrap().0);
    // A device that the hub does not know is passed over, as after a restored backup.
    let mut stranger = old.clone();
    stranger.phone.device = model::DeviceId::new();
    let enrolled: EnrolResponse = continuing(&hoa(), &stranger, &stranger.key()).json();
    assert_eq!(enrolled.continued, []);
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
