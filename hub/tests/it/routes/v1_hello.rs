//! `GET /v1/hello`: who answers; needs no token.

use super::exchange::exchange;
use crate::world::Office;
use testkit::Request;
use wire::paths;

#[test]
fn anyone_is_told_who_answers() {
    let office = Office::open();
    exchange(&*office.link(), &Request::new("GET", paths::HELLO)).snapshot("v1_hello");
}
