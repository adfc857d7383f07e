//! Drafts: every acknowledged answer is there again, whatever became of the app.

use crate::{
    office::{Office, published},
    phone::{PIN, code, synchronise},
    sheets,
    world::{Answers, World, choice, fill, fill_page, finish, jpeg, text},
};
use app::view::*;

#[test]
fn a_draft_goes_on_where_it_was_after_the_process_is_gone() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    let draft = session.draft_id();
    fill_page(&session, &Answers::first_visit());
    let PageMove::Moved { page } = session.next().unwrap() else { panic!("moved") };
    session.answer("/data/place/village".into(), text("Nà Pò")).unwrap();
    drop((session, world.app));

    let app = world.phone.app();
    app.access().unlock(PIN.into()).unwrap();
    let drafts = app.today().view().unwrap().drafts;
    assert_eq!(drafts.len(), 1);
    assert_eq!((drafts[0].draft_id.as_str(), drafts[0].about.as_ref()), (draft.as_str(), None));
    let session = app.forms().resume(draft.clone()).unwrap();
    let resumed = session.page().unwrap();
    assert_eq!(resumed.title, page.title);
    assert_eq!(resumed.questions.last().unwrap().value, text("Nà Pò"));
    let first = session.back().unwrap();
    assert!(first.is_first);
    assert_eq!(first.questions[2].value, choice("first"));
    assert_eq!(first.questions[2].shown, "Thăm lần đầu");
    // The same draft is the same session.
    app.forms()
        .resume(draft.clone())
        .unwrap()
        .answer("/data/visit/visit_purpose".into(), choice("regular"))
        .unwrap();
    assert_eq!(session.page().unwrap().questions[2].value, choice("regular"));

    session.abandon().unwrap();
    assert!(app.today().view().unwrap().drafts.is_empty());
    assert_eq!(code(session.page()), "app.draft-closed");
    assert_eq!(code(app.forms().resume(draft)), "store.not-found");
}

#[test]
fn the_language_changes_under_an_open_form() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    assert_eq!(session.page().unwrap().title, "Chuyến thăm");
    world.app.set_language(Language::English);
    let update = session.answer("/data/visit/visit_purpose".into(), choice("other")).unwrap();
    let at = update.order.iter().position(|path| path == "/data/visit/visit_purpose_other").unwrap();
    assert_eq!(update.order[at - 1], "/data/visit/visit_purpose");
    // All of the page is in another language now, not only what appeared.
    let labels: Vec<_> = update.page.questions.iter().map(|q| q.label.as_str()).collect();
    assert_eq!((labels[at], labels.len()), ("Which purpose?", update.order.len()));
    assert_eq!(update.page.title, "The visit");
    assert_eq!(session.page().unwrap().title, "The visit");
}

#[test]
fn a_page_is_not_left_with_something_missing_and_says_what() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    session.answer("/data/visit/outcome".into(), choice("met")).unwrap();
    let page = session.page().unwrap();
    assert!(page.questions[2].problem.is_none(), "nothing is held against a fresh page");
    let mut shown = page.clone();
    let PageMove::Blocked { update, problems } = session.next().unwrap() else { panic!("blocked") };
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].label, "Mục đích chuyến thăm");
    assert_eq!((problems[0].page, problems[0].problem.code.as_str()), (page.index, "xforms.required"));
    shown.apply(update);
    assert_eq!(shown, session.page().unwrap());
    assert_eq!(shown.questions[2].problem, Some(problems[0].problem.clone()));
    // What the answer mends is told as a change, also right after a refused move.
    let update = session.answer("/data/visit/visit_purpose".into(), choice("first")).unwrap();
    let [question] = &update.page.questions[..] else { panic!("{update:?}") };
    assert!(question.problem.is_none());
    shown.apply(update);
    assert_eq!(shown, session.page().unwrap());

    let FinishOutcome::Incomplete { problems } = session.finish().unwrap() else { panic!("incomplete") };
    assert!(problems.len() > 3 && problems.iter().all(|p| !p.label.is_empty()));
    assert_eq!(session.page().unwrap().index, page.index, "the person stays where they are");
    let there = session.go_to(problems[0].page).unwrap();
    assert!(there.questions.iter().any(|q| q.path == problems[0].path && q.problem.is_some()));
    let outline = session.outline().unwrap();
    assert!(outline.iter().any(|row| row.index == there.index && row.has_problem && row.is_current));
    assert_eq!(code(session.go_to(9_999)), "xforms.no-such-page");
}

#[test]
fn answers_that_mean_nothing_are_refused_and_change_nothing() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    let before = session.page().unwrap();
    let answer = |path: &str, value| code(session.answer(path.into(), value));
    assert_eq!(answer("/data/visit/visit_purpose", choice("nonsense")), "xforms.not-a-choice");
    assert_eq!(
        answer("/data/visit/visit_date", AnswerValue::Date { iso: "24/11/2026".into() }),
        "app.bad-date"
    );
    assert_eq!(answer("/data/visit/visit_date", text("mai")), "xforms.wrong-type");
    assert_eq!(answer("/data/nothing", text("x")), "xforms.unknown-path");
    assert_eq!(code(session.take_photo("/data/visit/visit_date".into(), jpeg())), "app.not-a-photo");
    assert_eq!(code(session.add_repeat("/data/visit".into())), "xforms.unknown-path");
    assert_eq!(session.page().unwrap(), before);
}

#[test]
fn a_quick_choice_goes_on_and_only_a_choice_does() {
    let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
        <h:title>Nhanh</h:title><model>
        <instance><data id="nhanh" version="1"><key/><ask/><other/><meta><instanceID/></meta></data></instance>
        <bind nodeset="/data/ask" type="string" constraint=". != 'no'"/><bind nodeset="/data/other" type="string"/>
        </model></h:head><h:body>
        <select1 ref="/data/ask" appearance="quick"><label>Có</label><item><label>Có</label><value>yes</value></item>
          <item><label>Không</label><value>no</value></item></select1>
        <select1 ref="/data/other"><label>Khác</label><item><label>Có</label><value>yes</value></item></select1>
        </h:body></h:html>"#;
    let records = "record,kind,parent,path,id_from,when,field,from,type,clears_with\nform,household,,,,,,,,\n\
                   h,household,,/data,/data/key,,,,,\nh,,,,,,village,'x',text,\nh,,,,,,commune,'06040',text,\n";
    let files = vec![
        ("form.xml".to_owned(), form.as_bytes().to_vec()),
        ("records.csv".to_owned(), records.as_bytes().to_vec()),
    ];
    let world = World::with(Office::publishing(vec![published("nhanh", "Nhanh", &files)]), 1);
    let session = world.app.forms().start("nhanh".into(), None).unwrap();
    let goes_on = |path: &str, value| session.answer(path.into(), value).unwrap().goes_on;
    assert!(goes_on("/data/ask", choice("yes")));
    assert!(!goes_on("/data/ask", AnswerValue::Empty), "an answer that was taken back");
    assert!(!goes_on("/data/ask", choice("no")), "one that is not accepted");
    session.answer("/data/ask".into(), choice("yes")).unwrap();
    session.next().unwrap();
    assert!(!goes_on("/data/other", choice("yes")), "a question of another appearance");
}

#[test]
fn a_form_that_the_app_cant_read_is_told_and_the_version_before_stays_in_use() {
    let world = World::new();
    let version = |world: &World| {
        let forms = world.app.forms().list().unwrap();
        forms.iter().find(|form| form.id == "vang_gia").map(|form| form.version.clone())
    };
    let before = version(&world);
    let mut files = sheets::publish("vang_gia");
    let records = files.iter_mut().find(|(name, _)| name == "records.csv").unwrap();
    records.1 = b"record,kind\nform,of another time\n".to_vec();
    world.office.publish("vang_gia", "2027010101", &files);
    let summary = synchronise(&world.app);
    assert_eq!((summary.code.as_str(), summary.forms_received), ("ok", 0));
    assert!(summary.text.ends_with("Chưa nhận được biểu mẫu: vang_gia."), "{}", summary.text);
    let notices = world.app.today().view().unwrap().sync.notices;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].code, "casework.mapping");
    assert!(notices[0].text.contains("2027010101") && notices[0].text.contains("cập nhật ứng dụng"));
    assert!(notices[0].text.ends_with("Vẫn dùng được phiên bản đang có trên máy."));
    assert_eq!(version(&world), before);
    // Its files came once and are not asked for again; the list is.
    let asked = world.office.asked_for_forms();
    assert_eq!(synchronise(&world.app).code, "ok");
    assert_eq!((world.office.asked_for_forms(), version(&world)), (asked + 1, before));
    // The office mends it.
    world.office.publish("vang_gia", "2027010102", &sheets::publish("vang_gia"));
    assert_eq!(synchronise(&world.app).forms_received, 1);
    assert_eq!(version(&world), Some("2027010102".to_owned()));
    assert_eq!(world.app.today().view().unwrap().sync.notices, []);
}

#[test]
fn a_withdrawn_form_is_not_started_and_what_was_begun_is_finished() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    drop(session);
    world.office.withdraw("vang_gia");
    assert_eq!(synchronise(&world.app).code, "ok");
    let forms = world.app.forms().list().unwrap();
    assert_eq!(forms.iter().map(|form| form.id.as_str()).collect::<Vec<_>>(), ["tiep_nhan_tre_em"]);
    let refused = world.app.forms().start("vang_gia".into(), None).err().unwrap();
    assert_eq!(refused.code(), "store.not-found");
    let draft = world.app.today().view().unwrap().drafts.remove(0);
    assert_eq!(draft.newer_version, None);
    let session = world.app.forms().resume(draft.draft_id).unwrap();
    fill(&session, &Answers::first_visit());
    finish(&session);
    assert!(synchronise(&world.app).changes_sent > 0);
}
