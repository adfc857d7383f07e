//! `GET /held`.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use crate::world::{COMMUNE, NEIGHBOUR};
use model::{RecordEdit, record::field};
use testkit::{
    Request,
    records::{new_ref, under},
};

#[test]
fn what_waits_was_denied_taken_out_or_went_and_whom_it_is_for() {
    let mut scene = Scene::open();
    let office = &scene.office;
    // A collaborator takes a household out, which they may not; an officer of one commune moves one away.
    let collaborator = office.user_with("ct", model::Role::new("collaborator"), "all", "-");
    let mut phone = office.phone_of(&collaborator.login);
    phone.learn(&scene.author.batches.clone());
    let batch = phone.batch(vec![RecordEdit::new(scene.household.clone()).set(field::REMOVED, "nhầm")]);
    phone.push(&[batch]);
    let mut officer = office.phone("canbo", &format!("commune:{COMMUNE}"));
    officer.learn(&scene.author.batches.clone());
    let moved = officer.batch(vec![RecordEdit::new(scene.household.clone()).set("commune", NEIGHBOUR)]);
    officer.push(&[moved]);
    // Taken out and moved by who may.
    let note = under(model::kind::NOTE, &scene.household).set("text", "ghi nhầm");
    let record = note.record.clone();
    scene.author.write(vec![note]);
    scene.author.write(vec![RecordEdit::new(record).set(field::REMOVED, "ghi nhầm hộ")]);
    let other =
        RecordEdit::new(new_ref(model::kind::HOUSEHOLD)).set("name", "Lò Thị Chuyển").set("commune", COMMUNE);
    let record = other.record.clone();
    scene.author.write(vec![other]);
    scene.author.write(vec![RecordEdit::new(record).set("commune", NEIGHBOUR)]);

    scene.reader().get("/held").snapshot("held");
    scene.reader().in_english().get("/held").snapshot("held.en");
    // Who works elsewhere sees none of it, but what would come to them.
    let office = &scene.office;
    Browser::with_place(office, "benkia", "case_manager", &format!("commune:{NEIGHBOUR}"))
        .get("/held")
        .snapshot("held.of_others");
    for_roles_only(office, &Request::new("GET", "/held"), READERS);
}
