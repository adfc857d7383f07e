//! `POST /records/{kind}/{id}/remove`.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use crate::world::COMMUNE;
use hub::db::records;
use model::{ChangeId, RecordRef, kind, record::field};
use testkit::records::under;

#[test]
fn a_record_is_taken_out_with_a_reason() {
    let mut scene = Scene::open();
    let note = under(kind::NOTE, &scene.household).set("text", "ghi nhầm hộ");
    let record = note.record.clone();
    scene.author.write(vec![note]);
    let path = format!("/records/note/{}/remove", record.id);
    let place = format!("commune:{COMMUNE}");
    let helper = Browser::with_place(&scene.office, "ct", "collaborator", &place);
    helper.post(&path, &[("why", "nhầm")]).snapshot("remove.denied");
    let officer = Browser::with_place(&scene.office, "canbo", "commune_officer", &place);
    officer.post(&path, &[("why", " ")]).snapshot("remove.no_reason");
    officer.post(&path, &[("why", "nhập trùng")]).snapshot("remove");
    let kept = scene.office.hub.read_now(|_, read| Ok(records::find(read, &record)?)).unwrap().unwrap();
    assert_eq!((kept.removed, kept.text(field::REMOVED)), (true, "nhập trùng"));
    let page = officer.get(&format!("/households/{}", scene.household.id)).answer.body;
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("Đã gỡ bỏ") && page.contains("nhập trùng"));
}

#[test]
fn the_last_who_manages_a_case_stays() {
    let scene = Scene::open();
    let seats = scene
        .office
        .hub
        .read_now(|_, read| Ok(records::of_kinds(read, &scene.restricted, &[kind::CASE_MEMBER])?));
    let seat: RecordRef =
        seats.unwrap().into_iter().find(|row| row.kind() == kind::CASE_MEMBER).unwrap().reference;
    let path = format!("/records/case_member/{}/remove", seat.id);
    let answer = scene.reader().post(&path, &[("why", "nghỉ")]).answer;
    assert_eq!(answer.status, 409);
    assert!(String::from_utf8(answer.body).unwrap().contains("Hồ sơ bảo mật sẽ không còn người quản lý."));
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    // What stands there was not seen: nobody takes it out.
    let path = format!("/records/household/{}/remove", scene.household.id);
    let seen = ChangeId(uuid::Uuid::nil()).to_string();
    for_roles_only(&scene.office, &form(&path, &[("why", "nhầm"), ("s.removed", &seen)]), READERS);
}
