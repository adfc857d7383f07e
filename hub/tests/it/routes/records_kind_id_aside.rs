//! `GET` and `POST /records/{kind}/{id}/aside`: somebody says that they are involved.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use testkit::Request;

#[test]
fn who_is_involved_takes_no_step_and_the_next_in_line_is_told() {
    let scene = Scene::open();
    let deputy = Browser::of(&scene.office, "pho", "commune_deputy");
    let (path, page) =
        (format!("/records/case/{}/aside", scene.restricted.id), format!("/cases/{}", scene.restricted.id));
    scene.reader().get(&path).snapshot("aside.asked");
    assert_eq!(deputy.get(&page).answer.status, 404);
    scene.reader().post(&path, &[("why", " ")]).snapshot("aside.no_reason");
    scene.reader().post(&path, &[("why", "Là chú ruột của cháu")]).snapshot("aside");
    assert_eq!(scene.reader().get(&page).answer.status, 404, "they see it no more");
    assert_eq!(deputy.get(&page).answer.status, 200);
    let body = String::from_utf8(deputy.get(&page).answer.body).unwrap();
    assert!(body.contains("Tôi nhận xử lý"), "{body}");
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let of = scene.case.id;
    let path = format!("/records/case/{}/aside", scene.case.id);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    let scene = Scene::open();
    let path = path.replace(&of.to_string(), &scene.case.id.to_string());
    for_roles_only(&scene.office, &form(&path, &[("why", " ")]), READERS);
}
