//! `GET /alarm.js`.

use super::browser::Browser;
use crate::world::Office;

#[test]
fn the_script_needs_no_login() {
    let office = Office::open();
    let script = Browser::stranger(&office).get("/alarm.js");
    script.snapshot("alarm.js");
    assert_eq!(script.answer.status, 200);
}
