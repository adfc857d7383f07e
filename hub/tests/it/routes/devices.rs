//! `GET /devices`: for administrators, who may revoke, and heads, who may not.

use super::browser::{Browser, for_roles_only};
use crate::world::Office;
use testkit::Request;

#[test]
fn the_list_and_whom_it_is_for() {
    let office = Office::open();
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.get("/devices").snapshot("devices.none");
    let mut phone = office.phone("hoa", "all");
    phone.pull(10);
    // The note of it is not waited for: the next durable write comes after it.
    phone.ask();
    let lost = office.phone("lan", "all");
    office.clock.pass(60_000);
    office.revoke(lost.device);
    administrator.get("/devices").snapshot("devices");
    administrator.in_english().get("/devices").snapshot("devices.en");
    Browser::of(&office, "truong", "head").get("/devices").snapshot("devices.head");
    for_roles_only(&office, &Request::new("GET", "/devices"), &["head", "administrator"]);
}
