//! `POST /records/{kind}/{id}/give`.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use hub::db::{members, records};
use model::{CaseId, UserId};

#[test]
fn who_is_put_in_charge_becomes_a_member() {
    let scene = Scene::open();
    Browser::of(&scene.office, "mai", "child_protection_officer");
    let mai =
        scene.office.hub.read_now(|_, read| Ok(hub::db::users::by_login(read, "mai")?)).unwrap().unwrap();
    let path = format!("/records/case/{}/give", scene.restricted.id);
    scene.reader().post(&path, &[("to", &mai.id.to_string())]).snapshot("give");
    let restricted = scene.restricted.clone();
    let (row, is_member) = scene
        .office
        .hub
        .read_now(move |_, read| {
            let case = CaseId::of(&restricted).unwrap();
            Ok((records::find(read, &restricted)?.unwrap(), members::is_member(read, mai.id, case)?))
        })
        .unwrap();
    assert_eq!((row.text("worker_name"), is_member), (mai.name.0.as_str(), true));
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/records/case/{}/give", scene.case.id);
    for_roles_only(&scene.office, &form(&path, &[("to", &UserId::new().to_string())]), READERS);
}
