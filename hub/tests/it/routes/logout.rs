//! `POST /logout`.

use super::browser::{Browser, ROLES, for_roles_only, form};
use crate::world::Office;

#[test]
fn after_it_the_session_opens_nothing() {
    let office = Office::open();
    let browser = Browser::of(&office, "hoa", "case_manager");
    browser.post("/logout", &[]).snapshot("logout");
    let after = browser.get("/households").answer;
    assert_eq!((after.status, after.header("location")), (303, Some("/login")));
    for_roles_only(&office, &form("/logout", &[]), &ROLES);
}
