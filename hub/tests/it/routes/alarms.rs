//! `GET /alarms`: how many reports nobody has taken on, as events.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use testkit::Request;

#[test]
fn who_may_see_an_alarm_hears_of_it() {
    let scene = Scene::open();
    // Streams end with the hub: the first event is all that comes.
    scene.office.hub.stopping.send_replace(true);
    let heard = scene.reader().get("/alarms");
    heard.snapshot("alarms");
    assert_eq!(heard.answer.body, b"event: alarms\ndata: 1\n\n");
    let other = Browser::of(&scene.office, "truong", "centre_head").get("/alarms");
    assert_eq!(other.answer.body, b"event: alarms\ndata: 0\n\n", "it says nothing of a case of others");
    for_roles_only(&scene.office, &Request::new("GET", "/alarms"), READERS);
}
