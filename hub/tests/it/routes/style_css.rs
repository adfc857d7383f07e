//! `GET /style.css`: for everyone, the login page too.

use super::browser::Browser;
use crate::world::Office;

#[test]
fn the_style_sheet_needs_no_login() {
    let office = Office::open();
    let sheet = Browser::stranger(&office).get("/style.css");
    sheet.snapshot("style");
    assert!(sheet.answer.bytes().starts_with(b"/*") || sheet.answer.bytes().contains(&b'{'));
}
