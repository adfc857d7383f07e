//! `GET /prints/{id}`: a paper to be filled in by hand.

use super::{
    browser::{READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;

#[test]
fn a_paper_is_blank() {
    let scene = Scene::open();
    scene.reader().get("/prints/muc_tieu").snapshot("print.blank");
    assert_eq!(scene.reader().get("/prints/nothing").answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    for_roles_only(&scene.office, &Request::new("GET", "/prints/muc_tieu"), READERS);
}
