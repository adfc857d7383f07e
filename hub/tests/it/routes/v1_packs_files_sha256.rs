//! `GET /v1/packs/files/{sha256}`.

use super::exchange::{by, for_phones_only};
use crate::{
    publishing::{administrator, overlay},
    world::Office,
};
use hub::office::packs;
use model::encoding::to_text;
use testkit::Request;
use wire::{packs::hash, paths};

#[test]
fn a_file_of_what_is_published_comes_by_its_hash() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let phone = office.phone("hoa", "all");
    let pack = overlay(1, "2026-12-01");
    let name = to_text(&hash(pack.file("kinds.csv").unwrap()).0);
    let file = |name: &str| Request::new("GET", format!("{}/files/{name}", paths::PACKS));
    let (number, _) = packs::propose(&office.hub, pack, None, None).unwrap();
    assert_eq!(by(&phone, file(&name)).answer.status, 404, "what is proposed is nobody's");
    packs::approve(&office.hub, number, Some(user), None).unwrap();
    let whole = by(&phone, file(&name));
    whole.snapshot("v1_packs_files.kinds");
    let tag = whole.answer.header("etag").unwrap().to_owned();
    let rest = by(&phone, file(&name).with("range", "bytes=100-").with("if-range", &tag)).answer;
    assert_eq!((rest.status, rest.body.as_slice()), (206, &whole.answer.body[100..]));
    by(&phone, file(&to_text(&[7; 32]))).snapshot("v1_packs_files.no_such_file");
    assert_eq!(by(&phone, file("kinds.csv")).answer.status, 404);
    for_phones_only(&office, &phone, &file(&name));
}
