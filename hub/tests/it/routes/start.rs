//! `GET /`: to the first page that the role may see.

use super::browser::{Browser, READERS, ROLES, for_roles_only};
use crate::world::Office;
use testkit::Request;

#[test]
fn each_role_is_led_to_its_first_page() {
    let office = Office::open();
    let reader = Browser::of(&office, "hoa", "case_manager").get("/");
    reader.snapshot("start");
    for role in ROLES {
        let answer = Browser::of(&office, role, role).get("/").answer;
        let first = if READERS.contains(&role) { "/households" } else { "/devices" };
        assert_eq!((answer.status, answer.header("location")), (303, Some(first)), "{role}");
    }
    for_roles_only(&office, &Request::new("GET", "/"), &ROLES);
}
