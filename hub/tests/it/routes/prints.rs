//! `GET /prints`: what can be printed blank.

use super::{
    browser::{READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;

#[test]
fn blank_papers_are_listed() {
    let scene = Scene::open();
    scene.reader().get("/prints").snapshot("prints");
    scene.reader().in_english().get("/prints").snapshot("prints.en");
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    for_roles_only(&scene.office, &Request::new("GET", "/prints"), READERS);
}
