//! `GET /records/{kind}`, `POST /records/{kind}`: the list of a kind, and its search.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    records_kind_id_edit::send,
};
use crate::world::{COMMUNE, Office};
use hub::office::users;
use model::Place;
use testkit::Request;

#[test]
fn a_provider_is_added_and_found_by_everybody() {
    let office = Office::open();
    let place = format!("commune:{COMMUNE}");
    let writer = Browser::with_place(&office, "vanphong", "case_manager", &place);
    writer.get("/records/organisation").snapshot("list.none");
    let typed = [("f.name", "Trạm y tế Mường La"), ("f.services", "Khám thai"), ("f.hours", "7:30–17:00")];
    assert_eq!(send(&writer, "/records/organisation/new", &typed).answer.status, 303);
    let reader = Browser::with_place(&office, "congtac", "collaborator", "commune:00004");
    reader.get("/records/organisation").snapshot("list");
    reader.in_english().get("/records/organisation").snapshot("list.en");
    let found = |words: &str| {
        let page = writer.post("/records/organisation", &[("q", words), ("page", "0")]).answer;
        String::from_utf8(page.body).unwrap().contains("Trạm y tế Mường La")
    };
    assert!(found("kham thai") && !found("truong hoc"));
    writer.post("/records/organisation", &[("q", "truong hoc"), ("page", "0")]).snapshot("list.nothing");
    let lists = String::from_utf8(writer.get("/households").answer.body).unwrap();
    assert!(lists.contains("href=\"/records/organisation\"") && !lists.contains("href=\"/records/call\""));
}

#[test]
fn a_call_is_noted_by_its_desk_and_seen_by_nobody_else() {
    let office = Office::open();
    let desk = Browser::of(&office, "truc", "hotline");
    let user = office.hub.read_now(|_, read| users::by_login(read, "truc")).unwrap().unwrap();
    assert_eq!(desk.get("/records/call").answer.status, 404, "whose desk it is isn't said");
    let places = ["desk:tong_dai", "desk:mot_cua"].map(|place| place.parse::<Place>().unwrap());
    office.hub.write_now(move |hub, tx| users::set_places(hub, tx, user.id, &places, false)).unwrap();
    desk.get("/records/call/new").snapshot("call.new");
    let typed = [("f.desk", "tong_dai"), ("f.about", "Hỏi trợ cấp người cao tuổi"), ("f.way", "phone")];
    assert_eq!(send(&desk, "/records/call/new", &typed).answer.status, 303);
    desk.get("/records/call").snapshot("call.list");
    let other = [("f.desk", "ban_khac"), ("f.about", "Không phải bàn của mình")];
    assert_ne!(send(&desk, "/records/call/new", &other).answer.status, 303);
    let manager = Browser::of(&office, "quanly", "case_manager");
    assert_eq!(manager.get("/records/call").answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    let refused = Browser::of(&office, "quantri", "administrator").send(&form("/records/organisation", &[]));
    assert_eq!(refused.answer.status, 403);
    let nobody = Browser::stranger(&office).get("/records/organisation").answer;
    assert_eq!((nobody.status, nobody.header("location")), (303, Some("/login")));
    let reader = Browser::of(&office, "hoa", "case_manager");
    assert_eq!(reader.get("/records/note").answer.status, 404, "it has no list");
    for_roles_only(&office, &Request::new("GET", "/records/organisation"), READERS);
}
