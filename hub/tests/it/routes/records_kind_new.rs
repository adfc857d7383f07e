//! `GET /records/{kind}/new`, `POST /records/{kind}/new`.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    records_kind_id_edit::send,
    scene::Scene,
};
use crate::world::COMMUNE;
use testkit::{Request, filled};

#[test]
fn a_household_a_person_and_a_comment_are_added() {
    let scene = Scene::open();
    let place = format!("commune:{COMMUNE}");
    let writer = Browser::with_place(&scene.office, "vanphong", "case_manager", &place);
    writer.get("/records/household/new").snapshot("new");
    send(&writer, "/records/household/new", &[]).snapshot("new.empty");
    let typed = [("f.name", "Lường Thị Mới"), ("f.commune", COMMUNE), ("f.village", "Nà Pò")];
    let added = send(&writer, "/records/household/new", &typed).answer;
    let page = added.header("location").unwrap().to_owned();
    assert_eq!(added.status, 303);
    let id = page.rsplit('/').next().unwrap();
    let people = format!("/records/person/new?parent=household:{id}");
    // Sent twice it is one person.
    let sheet = String::from_utf8(writer.get(&people).answer.body).unwrap();
    let pairs =
        filled(&sheet, &[("f.name", "Lường Văn Con"), ("f.relation", "child"), ("f.birth_year", "2015")]);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for _ in 0..2 {
        assert_eq!(writer.post(&people, &pairs).answer.header("location"), Some(page.as_str()));
    }
    let note = format!("/records/note/new?parent=household:{id}");
    assert_eq!(send(&writer, &note, &[("f.text", "Gọi lại\ntuần sau")]).answer.status, 303);
    let shown = String::from_utf8(writer.get(&page).answer.body).unwrap();
    assert_eq!(shown.matches("Lường Văn Con").count(), 1);
    assert!(shown.contains("Lường Thị Mới") && shown.contains("Gọi lại"));
    let found = scene
        .office
        .hub
        .read_now(|_, read| Ok(hub::db::records::find(read, &format!("household:{id}").parse().unwrap())?));
    assert_eq!(found.unwrap().unwrap().text("province"), "01", "it follows from the commune");
}

#[test]
fn a_case_gets_another_member_from_who_may_say_so() {
    let scene = Scene::open();
    scene.office.user_with("canbo", model::Role::new("commune_officer"), "all", "-");
    let other = Browser::of(&scene.office, "quanly", "case_manager");
    let page = format!("/cases/{}", scene.restricted.id);
    assert_eq!(other.get(&page).answer.status, 404);
    let path = format!("/records/case_member/new?parent=case:{}", scene.restricted.id);
    let sheet = String::from_utf8(scene.reader().get(&path).answer.body).unwrap();
    let (_, option) = sheet
        .split_once("Người dùng quanly")
        .map(|(before, _)| before.rsplit_once("value=\"").unwrap())
        .unwrap();
    let user = option.split('"').next().unwrap().to_owned();
    assert!(!sheet.contains(">Người dùng hoa</option>"), "who is one already");
    assert_eq!(
        send(&scene.reader(), &path, &[("f.user", &user)]).answer.header("location"),
        Some(page.as_str())
    );
    let shown = String::from_utf8(other.get(&page).answer.body).unwrap();
    assert!(shown.contains("Người dùng quanly"));
    // Not into an ordinary case, nor by who may not.
    let ordinary = format!("/records/case_member/new?parent=case:{}", scene.case.id);
    assert_eq!(scene.reader().get(&ordinary).answer.status, 404);
    assert_eq!(Browser::of(&scene.office, "la", "case_manager").get(&path).answer.status, 404);
}

#[test]
fn what_is_not_written_by_hand_is_not_offered() {
    let scene = Scene::open();
    let reader = scene.reader();
    for kind in ["submission", "photo", "case", "case_member", "household", "informant", "nothing"] {
        let path = format!("/records/{kind}/new?parent=household:{}", scene.household.id);
        assert_eq!(reader.get(&path).answer.status, 404, "{kind}");
    }
    for path in ["/records/person/new", "/records/person/new?parent=nothing", "/records/case/new"] {
        assert_eq!(reader.get(path).answer.status, 404, "{path}");
    }
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/records/person/new?parent=household:{}", scene.household.id);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    let scene = Scene::open();
    let path = format!("/records/person/new?parent=household:{}", scene.household.id);
    for_roles_only(&scene.office, &form(&path, &[("f.name", "Lường Văn Con")]), READERS);
}
