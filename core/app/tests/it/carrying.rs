//! A draft carried over to a newer version of its form.

use crate::{
    office::Office,
    phone::{PIN, code, synchronise},
    world::{World, choice, text},
};
use app::{FormSession, view::*};

const RECORDS: &str = "record,kind,parent,path,id_from,when,field,from,type,clears_with\nform,household,,,,,,,,\n\
                       h,household,,/data,/data/key,,,,,\nh,,,,,,village,/data/village,text,\n\
                       h,,,,,,commune,'06040',text,\n";

fn form(version: &str, nodes: &str, binds: &str, body: &str) -> Vec<(String, Vec<u8>)> {
    let form = format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
           <h:title>Phiếu {version}</h:title><model><instance><data id="phieu" version="{version}"><key/><village/>
           {nodes}<meta><instanceID/></meta></data></instance><bind nodeset="/data/village" type="string"/>{binds}
           </model></h:head><h:body><input ref="/data/village"><label>Thôn</label></input>{body}</h:body></h:html>"#
    );
    vec![("form.xml".to_owned(), form.into_bytes()), ("records.csv".to_owned(), RECORDS.as_bytes().to_vec())]
}

fn input(name: &str, label: &str) -> String {
    format!(r#"<input ref="/data/{name}"><label>{label}</label></input>"#)
}

fn select(values: &[(&str, &str)]) -> String {
    let items = values.iter().map(|(v, l)| format!("<item><label>{l}</label><value>{v}</value></item>"));
    format!(r#"<select1 ref="/data/water"><label>Nguồn nước</label>{}</select1>"#, items.collect::<String>())
}

fn first() -> Vec<(String, Vec<u8>)> {
    let body = [
        input("people", "Số người"),
        select(&[("well", "Giếng"), ("rain", "Nước mưa")]),
        input("note", "Ghi chú"),
        input("empty", "Để trống"),
    ];
    form("1", "<people/><water/><note/><empty/>", "", &body.concat())
}

fn second() -> Vec<(String, Vec<u8>)> {
    let body = [input("people", "Số người"), select(&[("well", "Giếng")]), input("fresh", "Câu mới")];
    let binds = r#"<bind nodeset="/data/people" type="int"/>"#;
    form("2", "<people/><water/><fresh/>", binds, &body.concat())
}

fn shown(session: &FormSession) -> Vec<(String, String)> {
    let pages = session.outline().unwrap().into_iter().map(|row| session.go_to(row.index).unwrap());
    let questions = pages.flat_map(|page| page.questions);
    questions.map(|question| (question.label, question.shown)).collect()
}

#[test]
fn a_draft_goes_on_in_the_newer_version_and_what_has_no_place_there_is_set_aside() {
    let office = Office::publishing(Vec::new());
    office.publish("phieu", "1", &first());
    let world = World::with(office, 1);
    let forms = world.app.forms();
    let session = forms.start("phieu".into(), None).unwrap();
    let draft = session.draft_id();
    for (name, value) in [
        ("village", text("Nà Pò")),
        ("people", text("hai")),
        ("water", choice("rain")),
        ("note", text("Mái dột")),
    ] {
        session.answer(format!("/data/{name}"), value).unwrap();
    }
    assert_eq!(world.app.today().view().unwrap().drafts[0].newer_version, None);
    assert_eq!(code(forms.carry_over(draft.clone())), "app.draft-is-newest");

    world.office.publish("phieu", "2", &second());
    assert_eq!(synchronise(&world.app).forms_received, 1);
    let drafts = world.app.today().view().unwrap().drafts;
    assert_eq!(drafts[0].newer_version.as_deref(), Some("2"));
    // It goes on as it is as long as nobody asks.
    assert_eq!(forms.resume(draft.clone()).unwrap().page().unwrap().form_title, "phieu");
    assert!(session.set_aside().unwrap().is_empty());

    let carried = forms.carry_over(draft.clone()).unwrap();
    assert_eq!(carried.draft_id(), draft);
    assert_eq!(code(session.page()), "app.draft-closed", "the session of the older version is closed");
    let now = [("Thôn", "Nà Pò"), ("Số người", ""), ("Nguồn nước", ""), ("Câu mới", "")];
    assert_eq!(shown(&carried), now.map(|(label, value)| (label.to_owned(), value.to_owned())));
    let aside = |session: &FormSession| {
        let mut rows: Vec<_> =
            session.set_aside().unwrap().into_iter().map(|row| (row.label, row.value, row.code)).collect();
        rows.sort();
        rows
    };
    let expected = [
        ("Ghi chú", "Mái dột", "xforms.not-carried.node-gone"),
        ("Nguồn nước", "Nước mưa", "xforms.not-carried.choice-gone"),
        ("Số người", "hai", "xforms.not-carried.wrong-type"),
    ]
    .map(|(label, value, code)| (label.to_owned(), value.to_owned(), code.to_owned()));
    assert_eq!(aside(&carried), expected);
    assert!(carried.set_aside().unwrap().iter().all(|row| row.text.ends_with('.')));
    let drafts = world.app.today().view().unwrap().drafts;
    assert_eq!((drafts.len(), drafts[0].newer_version.as_deref()), (1, None));

    // All of it is kept: also what was set aside, and what is answered from now on.
    carried.answer("/data/fresh".into(), text("Có")).unwrap();
    drop((carried, session, forms, world.app));
    let app = world.phone.app();
    app.access().unlock(PIN.into()).unwrap();
    let again = app.forms().resume(draft).unwrap();
    assert_eq!(aside(&again), expected);
    assert_eq!(shown(&again)[3], ("Câu mới".to_owned(), "Có".to_owned()));
    assert!(matches!(again.finish().unwrap(), FinishOutcome::Finished { .. }));
    assert!(app.today().view().unwrap().drafts.is_empty());
}
