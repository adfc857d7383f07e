//! `POST /v1/push`. A revoked phone may, into quarantine.

use super::exchange::by;
use crate::world::{COMMUNE, Office};
use model::kind;
use testkit::{
    Request,
    records::{household, under},
};
use wire::error::code;

#[test]
fn each_change_has_its_outcome() {
    let office = Office::open();
    let mut phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let home = household(COMMUNE);
    let member = under(kind::PERSON, &home.record).set("name", "Nguyễn Thị Bé");
    let mut changes = phone.batch(vec![home, member]);
    changes.push(phone.change(household("00004")));
    let forged = phone.change(household(COMMUNE));
    changes.push(phone.forge(&forged));
    let message = Request::push;
    by(&phone, message(&changes)).snapshot("v1_push");
    by(&phone, message(&changes[..1])).snapshot("v1_push.known");
    let nobody = office.send(&message(&changes));
    assert_eq!(nobody.refusal(), (401, code::UNAUTHORISED.into()));
    office.revoke(phone.device);
    by(&phone, message(&[forged])).snapshot("v1_push.revoked");
}
