//! A form at any record: offered there, filled from what is around it, kept where that record is.

use crate::{
    office::{COMMUNE, Office, VERSION, published},
    phone::{PIN, Phone, code, synchronise},
    world::{World, finish, jpeg, text},
};
use app::{App, FormSession, view::*};
use std::sync::Arc;
use testkit::office::Form;

/// A form of texts, and of one photo where it has `photo`; `hidden` are filled by the program.
fn form(id: &str, texts: &[&str], hidden: &[&str], photo: bool, records: &str) -> Form {
    let named = |names: &[&str]| names.iter().map(|name| format!("<{name}/>")).collect::<String>();
    let typed = |name: &&str| format!(r#"<bind nodeset="/data/{name}" type="string"/>"#);
    let asked = |name: &&str| format!(r#"<input ref="/data/{name}"><label>{name}</label></input>"#);
    let (binds, inputs): (String, String) =
        (texts.iter().map(typed).collect(), texts.iter().map(asked).collect());
    let (node, bind, upload) = if photo {
        let bind = r#"<bind nodeset="/data/photo" type="binary"/>"#;
        (r"<photo/>", bind, r#"<upload ref="/data/photo" mediatype="image/*"><label>Ảnh</label></upload>"#)
    } else {
        ("", "", "")
    };
    let (texts, hidden) = (named(texts), named(hidden));
    let xml = format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
             xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>{id}</h:title><model>
           <instance><data id="{id}" version="{VERSION}">{hidden}{texts}{node}<meta><instanceID/></meta></data></instance>
           {binds}{bind}<bind nodeset="/data/meta/instanceID" jr:preload="uid"/></model></h:head>
           <h:body>{inputs}{upload}</h:body></h:html>"#
    );
    let records = format!("record,kind,parent,path,id_from,when,field,from,type,clears_with\n{records}");
    published(
        id,
        id,
        &[("form.xml".to_owned(), xml.into_bytes()), ("records.csv".to_owned(), records.into_bytes())],
    )
}

fn office() -> Office {
    let home = format!(
        "form,household,,,,,,,,\nh,household,,/data,/data/home,,,,,\nh,,,,,,commune,'{COMMUNE}',text,\n\
         h,,,,,,village,/data/village,text,\nm,person,h,/data,/data/who,,,,,\nm,,,,,,name,/data/name,text,\n"
    );
    let school = "form,person,,,,,,,,\n@about,person,,/data,/data/who,,,,,\n@about,,,,,,name,/data/name,text,\n\
                  @household,household,,/data,/data/home,,,,,\n@household,,,,,,village,/data/village,text,\n\
                  n,note,@about,/data,/data/note,,,,,\nn,,,,,,text,/data/text,text,\n\
                  p,photo,@about,/data,,/data/photo,,,,\np,,,,,,file,/data/photo,photo,\n";
    let step = "form,case,,,,,,,,\nn,note,@about,/data,/data/note,,,,,\nn,,,,,,text,/data/text,text,\n\
                g,goal,@household,/data,,/data/goal,,,,\ng,,,,,,text,/data/goal,text,\n";
    let opened = format!(
        "form,person,restricted-case,,,,,,,\nc,case,,/data,,,,,,\nc,,,,,,workflow,'child-protection',text,\n\
         c,,,,,,commune,'{COMMUNE}',text,\nc,,,,,,summary,/data/text,text,\n\
         @about,person,,/data,/data/who,,,,,\n@about,,,,,,name,/data/name,text,\n\
         child,person,c,/data,,,,,,\nchild,,,,,,name,/data/name,text,\n"
    );
    let told = "form,case,restricted-case,,,,,,,\n@about,case,,/data,/data/case,,,,,\n\
                @about,,,,,,summary,/data/text,text,\ni,informant,@about,/data,/data/note,,,,,\n\
                i,,,,,,name,/data/name,text,\n";
    Office::publishing(vec![
        form("ho", &["village", "name"], &["home", "who"], false, &home),
        form("truong", &["name", "village", "text"], &["who", "home", "note"], true, school),
        form("buoc", &["text", "goal"], &["note"], false, step),
        form("mo", &["name", "text"], &["who"], false, &opened),
        form("mau", &["text", "name"], &["case", "note"], false, told),
    ])
}

fn world() -> World {
    World::with(office(), 5)
}

/// Says what is asked by name, and takes the photo that is asked for.
fn say(session: &FormSession, answers: &[(&str, &str)]) {
    for (name, answer) in answers {
        session.answer(format!("/data/{name}"), text(answer)).unwrap();
    }
}

/// What stands in a form's text, wherever its page is.
fn said(session: &FormSession, name: &str) -> AnswerValue {
    let path = format!("/data/{name}");
    session.go_to(session.outline().unwrap()[0].index).unwrap();
    loop {
        let page = session.page().unwrap();
        if let Some(question) = page.questions.into_iter().find(|question| question.path == path) {
            return question.value;
        }
        assert!(matches!(session.next().unwrap(), PageMove::Moved { .. }), "{name} is not asked");
    }
}

fn start(app: &App, form: &str, about: &str) -> Arc<FormSession> {
    app.forms().start(form.into(), Some(about.into())).unwrap()
}

fn offered(app: &App, about: &str) -> Vec<String> {
    let mut ids: Vec<_> = app.forms().about(about.into()).unwrap().into_iter().map(|form| form.id).collect();
    ids.sort();
    ids
}

/// A household with one person: its id, and the person's name as forms take it.
fn visited(app: &App) -> (String, String) {
    let session = app.forms().start("ho".into(), None).unwrap();
    say(&session, &[("village", "Nà Pò"), ("name", "Hoàng Thị Ngần")]);
    let household = finish(&session).household_id.unwrap();
    let person = app.households().view(household.clone()).unwrap().members[0].id.clone();
    (household, format!("person:{person}"))
}

/// A restricted case that was opened about a person.
fn reported(app: &App, person: &str) -> FinishedView {
    let session = start(app, "mo", person);
    assert_eq!(said(&session, "name"), text("Hoàng Thị Ngần"));
    say(&session, &[("text", "Cháu kể bị đánh"), ("name", "Ngần")]);
    finish(&session)
}

/// Records that a pull brought, by feed, in their order.
fn pulled(lines: &[String], feed: &str) -> Vec<String> {
    let mine =
        lines.iter().filter_map(|line| line.strip_prefix(feed)).filter_map(|line| line.split_once(" put "));
    mine.flat_map(|(_, records)| records.split(' ').map(str::to_owned)).collect()
}

fn kinds(records: &[String]) -> Vec<&str> {
    records.iter().filter_map(|record| record.split(':').next()).collect()
}

/// Another phone of this office, synchronised.
fn another(world: &World, invitation: String) -> (Phone, Arc<App>) {
    let phone = Phone::new();
    let app = phone.app();
    app.access().enrol(invitation, PIN.into()).unwrap();
    assert_eq!(synchronise(&app).code, "ok");
    assert!(world.office.asked_for_forms() > 0);
    (phone, app)
}

#[test]
fn a_form_at_a_person_is_filled_from_them_and_their_household_and_seen_on_a_second_phone() {
    let world = world();
    let app = &world.app;
    let (household, person) = visited(app);
    assert_eq!(offered(app, &person), ["mo", "truong"]);
    assert_eq!(offered(app, &format!("household:{household}")), ["ho"]);
    let session = start(app, "truong", &person);
    assert_eq!((said(&session, "name"), said(&session, "village")), (text("Hoàng Thị Ngần"), text("Nà Pò")));
    let draft = app.today().view().unwrap().drafts.remove(0);
    assert_eq!(draft.about.as_deref(), Some("Hoàng Thị Ngần"));
    drop(session);
    app.access().lock();
    app.access().unlock(PIN.into()).unwrap();
    let session = app.forms().resume(draft.draft_id).unwrap();
    say(&session, &[("text", "Đang học lớp 3")]);
    assert_eq!(said(&session, "photo"), AnswerValue::Empty);
    session.take_photo("/data/photo".into(), jpeg()).unwrap();
    let finished = finish(&session);
    assert_eq!((finished.household_id.as_ref(), finished.case_id), (Some(&household), None));
    assert_eq!(app.households().view(household.clone()).unwrap().photos.len(), 1);

    let mut colleague = world.office.colleague();
    assert_eq!(synchronise(app).code, "ok");
    let came = pulled(&colleague.pull(100), &format!("commune:{COMMUNE} "));
    assert_eq!(kinds(&came), ["household", "submission", "person", "submission", "note", "photo"]);

    let (_phone, second) = another(&world, world.office.invitation_of_a_colleague("SECOND"));
    assert_eq!(second.households().view(household).unwrap().photos.len(), 1);
    let again = start(&second, "truong", &person);
    assert_eq!(said(&again, "text"), text("Đang học lớp 3"));
    // Nothing is made twice; what stands above is changed in place.
    say(&again, &[("village", "Nà Pò 2")]);
    finish(&again);
    synchronise(&second);
    let came = pulled(&colleague.pull(100), &format!("commune:{COMMUNE} "));
    assert_eq!(kinds(&came), ["submission", "household"]);
}

#[test]
fn a_form_at_a_case_puts_its_records_where_they_belong() {
    let world = world();
    let app = &world.app;
    let (household, person) = visited(app);
    let case = app.cases().open(household.clone(), "Cần hỗ trợ sinh kế".into()).unwrap();
    assert_eq!(offered(app, &format!("case:{case}")), ["buoc"]);
    let session = start(app, "buoc", &format!("case:{case}"));
    say(&session, &[("text", "Đã gặp gia đình"), ("goal", "Có việc làm")]);
    let finished = finish(&session);
    assert_eq!((finished.household_id.as_ref(), finished.case_id.as_ref()), (Some(&household), Some(&case)));
    assert_eq!(app.households().view(household).unwrap().count("goal"), 1);
    // A restricted case lies in no household.
    let restricted = reported(app, &person).case_id.unwrap();
    assert_eq!(offered(app, &format!("case:{restricted}")), ["mau"]);
    assert_eq!(
        code(app.forms().start("buoc".into(), Some(format!("case:{restricted}")))),
        "app.form-not-here"
    );
    assert_eq!(code(app.forms().start("mau".into(), Some(format!("case:{case}")))), "app.form-not-here");
    assert_eq!(code(app.forms().start("mau".into(), None)), "app.record-needed");
    assert_eq!(code(app.forms().start("mau".into(), Some(person))), "app.form-not-here");
    assert_eq!(code(app.forms().start("mau".into(), Some(case))), "app.bad-id");
}

#[test]
fn what_is_asked_in_a_restricted_case_stays_in_it() {
    let world = world();
    let app = &world.app;
    let (household, person) = visited(app);
    let mut colleague = world.office.colleague();
    synchronise(app);
    colleague.pull(100);
    let before = app.households().view(household.clone()).unwrap();
    let finished = reported(app, &person);
    assert_eq!(finished.household_id, None);
    let case = finished.case_id.unwrap();
    let view = app.cases().view(case.clone()).unwrap();
    assert!(view.restricted && !view.tasks.is_empty());
    assert_eq!(view.people[0].name, "Ngần");

    let about = format!("case:{case}");
    let session = start(app, "mau", &about);
    assert_eq!(said(&session, "text"), text("Cháu kể bị đánh"));
    say(&session, &[("text", "Cháu kể bị đánh nhiều lần"), ("name", "Người báo tin")]);
    let draft = session.draft_id();
    app.access().hide_restricted().unwrap();
    assert!(app.today().view().unwrap().drafts.is_empty());
    app.access().lock();
    app.access().unlock(PIN.into()).unwrap();
    let finished = finish(&app.forms().resume(draft).unwrap());
    assert_eq!((finished.household_id, finished.case_id.as_ref()), (None, Some(&case)));
    // Nothing of it is in the household, nor reaches who is no member.
    assert_eq!(app.households().view(household).unwrap(), before);
    assert_eq!(synchronise(app).code, "ok");
    assert_eq!(colleague.pull(100), Vec::<String>::new());

    world.office.invite("SECOND");
    let (_phone, second) = another(&world, world.office.invitation("SECOND"));
    let again = start(&second, "mau", &about);
    assert_eq!(said(&again, "text"), text("Cháu kể bị đánh nhiều lần"));
    assert_eq!(said(&again, "name"), text("Người báo tin"));
}
