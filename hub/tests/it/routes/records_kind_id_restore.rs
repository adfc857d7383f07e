//! `POST /records/{kind}/{id}/restore`.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use hub::db::records;
use model::{RecordEdit, kind, record::field};
use testkit::records::under;

#[test]
fn what_was_taken_out_is_put_back() {
    let mut scene = Scene::open();
    let note = under(kind::NOTE, &scene.household).set("text", "gọi lại");
    let record = note.record.clone();
    scene.author.write(vec![note]);
    scene.author.write(vec![RecordEdit::new(record.clone()).set(field::REMOVED, "nhầm")]);
    let reader = scene.reader();
    let path = format!("/records/note/{}/restore", record.id);
    for page in ["/held".to_owned(), format!("/households/{}", scene.household.id)] {
        let page = String::from_utf8(reader.get(&page).answer.body).unwrap();
        assert!(page.contains(&format!("action=\"{path}\"")));
    }
    let state = || scene.office.hub.read_now(|_, read| Ok(records::find(read, &record)?)).unwrap().unwrap();
    // By what the page showed, not by chance.
    assert_eq!(reader.post(&path, &[]).answer.status, 409);
    let heads = state().state.heads_of(field::REMOVED);
    let seen = heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    // A collaborator takes out, and so puts back, only what is theirs.
    let helper = Browser::of(&scene.office, "ct", "collaborator");
    assert_eq!(helper.post(&path, &[("s.removed", &seen)]).answer.status, 409);
    assert!(state().removed);
    reader.post(&path, &[("s.removed", &seen)]).snapshot("restore");
    assert!(!state().removed);
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/records/household/{}/restore", scene.household.id);
    for_roles_only(&scene.office, &form(&path, &[]), READERS);
}
