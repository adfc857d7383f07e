//! `GET /photos/{id}/thumbnail`.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::{PICTURE, Scene},
};
use testkit::Request;

#[test]
fn a_thumbnail_and_whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/photos/{}/thumbnail", scene.photo.id);
    let thumbnail = scene.reader().get(&path);
    thumbnail.snapshot("thumbnail");
    assert_eq!(thumbnail.answer.body, PICTURE[..10]);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    let restricted = format!("/photos/{}/thumbnail", scene.restricted_photo.id);
    assert_eq!(scene.reader().get(&restricted).answer.status, 200);
    assert_eq!(Browser::of(&scene.office, "truong", "centre_head").get(&restricted).answer.status, 404);
}
