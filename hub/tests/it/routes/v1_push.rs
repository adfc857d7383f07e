//! `POST /v1/push`. A revoked phone may, into quarantine.

use super::exchange::by;
use crate::world::{COMMUNE, Office};
use model::{Rebuilt, kind};
use testkit::{
    Request,
    records::{household, under},
};
use wire::error::code;

#[test]
fn each_batch_has_its_outcome() {
    let office = Office::open();
    let mut phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let home = household(COMMUNE);
    let member = under(kind::PERSON, &home.record).set("name", "Nguyễn Thị Bé");
    let first = phone.batch(vec![home, member]);
    let foreign = phone.change(household("00004"));
    let half = phone.batch(vec![household(COMMUNE), household(COMMUNE)]);
    let seen = half.ids()[0];
    let view = half.only(|id| Some(id) == seen).unwrap();
    let next = phone.change(household(COMMUNE));
    let forged = phone.forge(&next);
    let batches: [&Rebuilt; 4] = [&first, &foreign, &forged, &view];
    by(&phone, Request::push(&batches)).snapshot("v1_push");
    by(&phone, Request::push(&[&first])).snapshot("v1_push.known");
    let nobody = office.send(&Request::push(&batches));
    assert_eq!(nobody.refusal(), (401, code::UNAUTHORISED.into()));
    office.revoke(phone.device);
    by(&phone, Request::push(&[half])).snapshot("v1_push.revoked");
}
