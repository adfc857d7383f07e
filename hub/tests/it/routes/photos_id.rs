//! `GET /photos/{id}`: opened with the key of its record.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::{PICTURE, Scene},
};
use testkit::Request;

#[test]
fn a_photo_and_whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/photos/{}", scene.photo.id);
    let photo = scene.reader().get(&path);
    photo.snapshot("photo");
    assert_eq!(photo.answer.body, PICTURE);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    // One of a restricted case: for its members.
    let restricted = format!("/photos/{}", scene.restricted_photo.id);
    assert_eq!(scene.reader().get(&restricted).answer.body, PICTURE);
    assert_eq!(Browser::of(&scene.office, "truong", "centre_head").get(&restricted).answer.status, 404);
}
