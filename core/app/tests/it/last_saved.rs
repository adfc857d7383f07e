//! Forms that begin with what was answered in the one before.

use crate::{
    office::{Office, published},
    phone::PIN,
    world::{World, text},
};
use app::{FormSession, view::*};
use std::sync::Arc;
use testkit::office::Form;

/// The same questions, as a household's form and as a report about a child.
fn forms() -> Vec<Form> {
    let household = "h,household,,/data,/data/key,,,,,\nh,,,,,,village,/data/village,text,\nh,,,,,,commune,'06040',text,\n";
    let case = "c,case,,/data,/data/key,,,,,\nc,,,,,,workflow,'child-protection',text,\n\
                c,,,,,,place,/data/village,text,\nc,,,,,,commune,'06040',text,\n";
    [("diem", "household", household), ("diem_khac", "household", household), ("tin", "restricted-case", case)]
        .map(|(id, scope, records)| {
            let form = format!(
                r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
                     xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>{id}</h:title><model>
                   <instance><data id="{id}" version="2026112401"><key/><village/><meta><instanceID/></meta></data></instance>
                   <instance id="last" src="jr://instance/last-saved"/>
                   <bind nodeset="/data/village" type="string"/><bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
                   <setvalue event="odk-instance-first-load" ref="/data/village" value="instance('last')/data/village"/>
                   </model></h:head><h:body><input ref="/data/village"><label>Lần trước: <output value="instance('last')/data/village"/></label></input></h:body></h:html>"#
            );
            let header = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n";
            let records = format!("{header}form,{scope},,,,,,,,\n{records}");
            let files = vec![
                ("form.xml".to_owned(), form.into_bytes()),
                ("records.csv".to_owned(), records.into_bytes()),
            ];
            published(id, id, &files)
        })
        .into()
}

fn village(session: &FormSession) -> AnswerValue {
    session.page().unwrap().questions[0].value.clone()
}

fn label(session: &FormSession) -> String {
    session.page().unwrap().questions[0].label.clone()
}

/// The draft, after the process is gone.
fn resume(world: World, draft: String) -> Arc<FormSession> {
    drop(world.app);
    let app = world.phone.app();
    app.access().unlock(PIN.into()).unwrap();
    app.forms().resume(draft).unwrap()
}

fn finish(world: &World, form: &str, answer: &str) {
    let session = world.app.forms().start(form.into(), None).unwrap();
    session.answer("/data/village".into(), text(answer)).unwrap();
    let outcome = session.finish().unwrap();
    assert!(matches!(outcome, FinishOutcome::Finished { .. }), "{outcome:?}");
}

#[test]
fn a_form_begins_with_what_this_phone_finished_last() {
    let world = World::with(Office::publishing(forms()), 3);
    let start = |form: &str| world.app.forms().start(form.into(), None).unwrap();
    assert_eq!(village(&start("diem")), AnswerValue::Empty);
    finish(&world, "diem", "Nà Pò");
    finish(&world, "diem_khac", "Lao Xa");
    assert_eq!(village(&start("diem")), text("Nà Pò"));
    finish(&world, "diem", "Sảng Tủng");
    let session = start("diem");
    assert_eq!(village(&session), text("Sảng Tủng"));
    // One that was begun and not finished is not the last.
    session.answer("/data/village".into(), text("Khác")).unwrap();
    assert_eq!(village(&start("diem")), text("Sảng Tủng"));
    assert_eq!(village(&start("diem_khac")), text("Lao Xa"));

    let draft = session.draft_id();
    drop(session);
    assert_eq!(label(&resume(world, draft)), "Lần trước: Sảng Tủng");
}

#[test]
fn a_report_about_a_child_never_begins_with_another_childs() {
    let world = World::with(Office::publishing(forms()), 3);
    finish(&world, "tin", "Nơi xảy ra");
    let next = world.app.forms().start("tin".into(), None).unwrap();
    assert_eq!(village(&next), AnswerValue::Empty);
    assert_eq!(label(&next), "Lần trước: ");

    let draft = next.draft_id();
    drop(next);
    assert_eq!(label(&resume(world, draft)), "Lần trước: ");
}
