//! `GET /forms`, `POST /forms`: published forms, and publishing one from a workbook.

use super::browser::{Browser, ROLES, for_roles_only};
use crate::world::Office;
use testkit::Request;

const WORKBOOK: &[u8] = include_bytes!("../../fixtures/form.xlsx");

/// A file as a browser uploads it.
fn upload(name: &str, bytes: &[u8]) -> Request {
    let head = format!(
        "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    Request::new("POST", "/forms").with("content-type", "multipart/form-data; boundary=b").body(body)
}

#[test]
fn forms_are_listed_and_published() {
    let office = Office::open();
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.get("/forms").snapshot("forms.none");
    administrator.send(&upload("form.xlsx", WORKBOOK)).snapshot("forms.published");
    administrator.send(&upload("form.xlsx", WORKBOOK)).snapshot("forms.known");
    administrator.send(&upload("form.xlsx", b"no workbook")).snapshot("forms.unreadable");
    Browser::of(&office, "hoa", "collaborator").get("/forms").snapshot("forms");
    administrator.in_english().get("/forms").snapshot("forms.en");
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    for_roles_only(&office, &Request::new("GET", "/forms"), &ROLES);
    let office = Office::open();
    for_roles_only(&office, &upload("form.xlsx", WORKBOOK), &["administrator"]);
}
