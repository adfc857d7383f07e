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
        let first = if READERS.contains(&role) { "/work" } else { "/devices" };
        assert_eq!((answer.status, answer.header("location")), (303, Some(first)), "{role}");
    }
    for_roles_only(&office, &Request::new("GET", "/"), &ROLES);
}

#[test]
fn a_role_of_a_newer_hub_gets_a_plain_page() {
    let office = Office::open();
    let browser = Browser::of(&office, "mai", "province_supervisor");
    let page = browser.get("/");
    page.snapshot("start.no_rights");
    assert_eq!(page.answer.status, 200);
    for path in ["/work", "/households", "/cases", "/devices", "/users", "/forms"] {
        assert_eq!(browser.get(path).answer.status, 403, "{path}");
    }
    browser.in_english().get("/").snapshot("start.no_rights.en");
}
