//! `GET /packs`, `POST /packs`: what is published and what waits; proposing a pack from a workbook.

use super::browser::{Browser, ROLES, for_roles_only};
use crate::{
    publishing::{administrator, overlay},
    world::Office,
};
use hub::{db, office::packs, packs::workbook};
use rulebook::Pack;
use testkit::Request;

/// A file as a browser uploads it.
fn upload(bytes: &[u8]) -> Request {
    let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"goi.xlsx\"\r\n\
                content-type: application/octet-stream\r\n\r\n";
    let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    Request::new("POST", "/packs").with("content-type", "multipart/form-data; boundary=b").body(body)
}

#[test]
fn packs_are_listed_with_who_agreed() {
    let office = Office::open();
    let reader = Browser::of(&office, "quantri", "administrator");
    reader.get("/packs").snapshot("packs.none");
    let user = administrator(&office, "mot");
    let (number, _) = packs::propose(&office.hub, overlay(1, "2026-11-01"), None, None).unwrap();
    packs::approve(&office.hub, number, Some(user), None).unwrap();
    let (number, _) = packs::propose(&office.hub, overlay(2, "2026-12-31"), Some(user), None).unwrap();
    packs::approve(&office.hub, number, None, None).unwrap();
    packs::propose(&office.hub, overlay(3, "2027-01-31"), Some(user), None).unwrap();
    reader.get("/packs").snapshot("packs");
    reader.in_english().get("/packs").snapshot("packs.en");
    Browser::of(&office, "hoa", "collaborator").get("/packs").snapshot("packs.collaborator");
}

/// All that is wrong is told by sheet, row and column, and nothing is kept.
#[test]
fn a_pack_is_proposed_from_a_workbook() {
    let office = Office::open();
    let administrator = Browser::of(&office, "quantri", "administrator");
    let mut wrong = overlay(1, "2026-12-15");
    let fields = String::from_utf8(wrong.file("fields.csv").unwrap().to_vec()).unwrap();
    wrong.add("fields.csv", fields.replace("decimal", "number").into_bytes());
    let survey = Pack::form_path("gieng", "survey.csv");
    wrong.add(&survey, "type,name,label\nhidden,household_id,\nintegr,commune,Xã\n".into());
    administrator.send(&upload(&workbook::write(&wrong).unwrap())).snapshot("packs.problems");
    let english = Browser::log_in(&office, "quantri").in_english();
    english.send(&upload(&workbook::write(&wrong).unwrap())).snapshot("packs.problems.en");
    administrator.send(&upload(b"no workbook")).snapshot("packs.unreadable");
    let open = || office.hub.read_now(|_, read| Ok(db::packs::open(read)?.len())).unwrap();
    assert_eq!(open(), 0);
    let right = workbook::write(&overlay(1, "2026-12-15")).unwrap();
    administrator.send(&upload(&right)).snapshot("packs.proposed");
    assert_eq!(open(), 1);
    let kept = office.hub.read_now(|_, read| packs::kept(read, 1)).unwrap();
    let about = kept.about().unwrap();
    assert_eq!((about.id.as_str(), kept.files().count()), ("vi_du", 6));
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    for_roles_only(&office, &Request::new("GET", "/packs"), &ROLES);
    let office = Office::open();
    for_roles_only(&office, &upload(b"no workbook"), &["administrator"]);
}
