//! `POST /work/give`: all that one is in charge of goes to another.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use model::UserId;

fn id(scene: &Scene, login: &str) -> String {
    let login = login.to_owned();
    let user = scene.office.hub.read_now(move |_, read| Ok(hub::db::users::by_login(read, &login)?));
    user.unwrap().unwrap().id.to_string()
}

#[test]
fn all_open_records_go_to_another() {
    let scene = Scene::open();
    Browser::of(&scene.office, "mai", "case_manager");
    let (hoa, mai) = (id(&scene, "hoa"), id(&scene, "mai"));
    for case in [&scene.case, &scene.restricted] {
        scene.reader().post(&format!("/records/case/{}/give", case.id), &[("to", &hoa)]);
    }
    scene.reader().post("/work/give", &[("from", &hoa), ("to", &mai)]).snapshot("work.give");
    let page = |login: &str| {
        let body = Browser::log_in(&scene.office, login).get(&format!("/work?worker={mai}")).answer.body;
        String::from_utf8(body).unwrap()
    };
    // Both, the restricted one too: whoever is given it becomes a member.
    for login in ["hoa", "mai"] {
        let page = page(login);
        assert!(page.contains("Cần trợ giúp khẩn cấp") && page.contains("Bảo vệ trẻ em"), "{login}: {page}");
    }
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let nobody = UserId::new().to_string();
    for_roles_only(&scene.office, &form("/work/give", &[("from", &nobody), ("to", &nobody)]), READERS);
}
