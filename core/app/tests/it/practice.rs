//! A household to practise with: filled like any other, never sent.

use crate::{
    phone::{code, synchronise},
    world::{Answers, World, fill, finish},
};

#[test]
fn a_visit_is_practised_and_the_office_never_hears_of_it() {
    let world = World::new();
    let app = &world.app;
    let home = app.households().practise().unwrap();
    let about = format!("household:{home}");
    let offered = app.forms().about(about.clone()).unwrap();
    let ids: Vec<&str> = offered.iter().map(|form| form.id.as_str()).collect();
    assert!(ids.contains(&"vang_gia") && !ids.contains(&"tiep_nhan_tre_em"), "{ids:?}");
    assert_eq!(code(app.forms().start("tiep_nhan_tre_em".into(), Some(about.clone()))), "app.form-not-here");
    let session = app.forms().start("vang_gia".into(), Some(about)).unwrap();
    fill(&session, &Answers::first_visit());
    let finished = finish(&session);
    assert_eq!(finished.household_id, Some(home.clone()));
    let today = app.today().view().unwrap();
    assert_eq!((today.sync.changes_waiting, today.sync.photos_waiting), (0, 0));
    assert_eq!(synchronise(app).changes_sent, 0);
    assert!(app.households().view(home).unwrap().members.len() >= 3, "it is still here");
}
