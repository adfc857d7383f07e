//! `POST /v1/pull`.

use super::exchange::{by, for_phones_only};
use crate::world::{COMMUNE, NEIGHBOUR, Office};
use model::{RecordEdit, kind};
use testkit::{
    Request,
    records::{household, under},
};
use wire::paths;

#[test]
fn entries_come_with_their_certificates_and_what_waits() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (home, moving) = (household(COMMUNE), household(COMMUNE));
    let member = under(kind::PERSON, &home.record).set("name", "Nguyễn Thị Bé");
    let away = RecordEdit::new(moving.record.clone()).set("commune", NEIGHBOUR);
    phone.write(vec![home, member, moving]);
    phone.write(vec![away]);
    let waits = phone.change(under(kind::VISIT, &household(COMMUNE).record));
    phone.push(&[waits]);
    let message = Request::message(paths::PULL, &phone.pull_request(5));
    by(&phone, message).snapshot("v1_pull");
    phone.pull(10);
    let message = Request::message(paths::PULL, &phone.pull_request(5));
    by(&phone, message.clone()).snapshot("v1_pull.nothing_new");
    for_phones_only(&office, &phone, &message);
}
