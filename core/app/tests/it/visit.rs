//! A whole first visit: three members, a photo, finished, found again, corrected by a second one, synchronised.

use crate::{
    phone::{Listener, PIN, code, synchronise},
    world::{Answers, World, choice, fill, finish, jpeg, text},
};
use app::view::*;

#[test]
fn a_visit_from_the_first_page_to_the_household_and_the_office() {
    let world = World::new();
    let app = &world.app;
    let session = app.forms().start("vang_gia".into(), None).unwrap();
    let titles = fill(&session, &Answers::first_visit());
    assert!(titles.len() > 10 && titles.iter().all(|title| !title.is_empty()), "{titles:?}");
    let page = session.page().unwrap();
    assert!(page.is_last && page.progress == 100);
    let outline = session.outline().unwrap();
    assert!(outline.len() > 10 && outline.iter().filter(|row| row.is_current).count() == 1);
    let visit = finish(&session);
    assert!(visit.title.starts_with("Vãng gia "), "{}", visit.title);
    assert_eq!(code(session.finish()), "app.draft-closed");
    let id = visit.household_id.unwrap();

    let today = app.today().view().unwrap();
    assert!(today.drafts.is_empty());
    assert_eq!(today.households, 1);
    assert!(today.sync.changes_waiting > 5 && today.sync.photos_waiting == 1, "{:?}", today.sync);
    let found = app.households().list("nong thi hoa".into(), 0, 10).unwrap();
    assert_eq!((found.total, found.rows[0].members), (1, 3));
    assert_eq!(found.rows[0].place, "Nà Pò, Xã Thất Khê");
    assert!(found.rows[0].last_visit.starts_with("Thăm lần cuối "));
    assert_eq!(app.households().list("nobody".into(), 0, 10).unwrap().total, 0);

    let household = app.households().view(id.clone()).unwrap();
    assert_eq!(household.name, "Hoàng Văn Sơn");
    assert_eq!(household.address, "Nhà số 3");
    let about: Vec<_> = household.members.iter().map(|m| (m.name.as_str(), m.about.as_str())).collect();
    assert_eq!(
        about,
        [
            ("Hoàng Văn Sơn", "chủ hộ · nam · sinh 1986 · Tày"),
            ("Nông Thị Hoà", "vợ hoặc chồng · nữ · sinh 1988 · Tày"),
            ("Hoàng Thị Ngần", "con · nữ · sinh 2017 · Tày"),
        ]
    );
    let fact =
        |label: &str| household.facts.iter().find(|f| f.label.contains(label)).map(|f| f.value.as_str());
    assert_eq!(fact("Nguồn nước"), Some("Khe, mó được bảo vệ"));
    assert_eq!(fact("Diện tích"), Some("62,5"));
    let kinds: Vec<_> = household.sections.iter().map(|section| section.kind.as_str()).collect();
    assert_eq!(kinds, ["visit", "consent", "goal", "submission"]);
    let only = |kind: &str| {
        let section = household.sections.iter().find(|section| section.kind == kind).unwrap();
        let [row] = &section.rows[..] else { panic!("{:?}", section.rows) };
        (row.title.clone(), row.line.clone(), row.badges.iter().map(|b| b.text.clone()).collect::<Vec<_>>())
    };
    let (_, line, badges) = only("visit");
    assert_eq!((line.as_str(), badges.len()), ("Gặp được · Thăm lần đầu · Đã thấy hết", 0));
    let goal = only("goal");
    let told = (goal.0.as_str(), goal.1.as_str(), &goal.2[..]);
    assert_eq!(
        told,
        ("Khám tại trạm y tế xã", "Nhân viên công tác xã hội", &["Đang thực hiện".to_owned()][..])
    );

    let photo = &household.photos[0];
    assert_eq!((photo.caption.as_str(), photo.here), ("Mái nhà", true));
    for bytes in [
        app.records().thumbnail(photo.reference.clone()).unwrap(),
        app.records().photo(photo.reference.clone()).unwrap(),
    ] {
        assert_eq!(image::guess_format(&bytes).unwrap(), image::ImageFormat::Jpeg);
    }

    let summary = synchronise(app);
    assert_eq!((summary.code.as_str(), summary.photos_sent), ("ok", 1));
    assert_eq!(world.office.received().iter().filter(|kind| *kind == "person").count(), 3);
    let sync = app.today().view().unwrap().sync;
    assert_eq!((sync.changes_waiting, sync.photos_waiting), (0, 0));
    assert!(sync.last.starts_with("Đồng bộ lần cuối "));
}

#[test]
fn a_second_visit_begins_with_what_is_known_and_changes_only_what_changed() {
    let world = World::new();
    let app = &world.app;
    let first = app.forms().start("vang_gia".into(), None).unwrap();
    fill(&first, &Answers::first_visit());
    let id = finish(&first).household_id.unwrap();
    synchronise(app);
    let sent = world.office.received().len();

    let second = app.forms().start("vang_gia".into(), Some(format!("household:{id}"))).unwrap();
    let draft = &app.today().view().unwrap().drafts[0];
    assert_eq!(draft.about.as_deref(), Some("Hoàng Văn Sơn"));
    let answers = Answers::first_visit()
        .set("/data/visit/visit_purpose", choice("regular"))
        .set("/data/member[3]/m_about/m_name", text("Hoàng Thị Ngân"));
    // Also after a restart in the middle.
    let draft = second.draft_id();
    drop(second);
    app.access().lock();
    app.access().unlock(PIN.into()).unwrap();
    let second = app.forms().resume(draft).unwrap();
    fill(&second, &answers);
    assert_eq!(finish(&second).household_id.as_ref(), Some(&id));

    let household = app.households().view(id).unwrap();
    let names: Vec<_> = household.members.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["Hoàng Văn Sơn", "Nông Thị Hoà", "Hoàng Thị Ngân"]);
    assert_eq!(household.count("visit"), 2);
    assert!(household.conflicts.is_empty());
    synchronise(app);
    let kinds = world.office.received().split_off(sent);
    assert_eq!(kinds.iter().filter(|kind| *kind == "person").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "household").count(), 0, "{kinds:?}");
}

#[test]
fn photos_show_in_the_draft_and_a_bad_file_changes_nothing() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    let path = "/data/photo[1]/p_about/photo_file";
    let page = session
        .outline()
        .unwrap()
        .into_iter()
        .find_map(|row| {
            let page = session.go_to(row.index).unwrap();
            page.questions.iter().any(|q| q.path == path).then_some(page)
        })
        .unwrap();
    let before = page.questions.iter().find(|q| q.path == path).unwrap().value.clone();
    let AnswerValue::Photo { name } = &before else { panic!("{before:?}") };
    assert!(name.ends_with(".jpg") && !name.contains("photo"));
    let preview = session.photo_preview(path.into()).unwrap().unwrap();
    assert_eq!(image::load_from_memory(&preview).unwrap().width(), 256);
    assert_eq!(code(session.take_photo(path.into(), b"not a picture".to_vec())), "photo.not-a-picture");
    assert_eq!(code(session.answer(path.into(), before.clone())), "app.photo-by-take-photo");
    assert_eq!(session.page().unwrap(), page);

    // Another photo takes its place; taking it back leaves none.
    let update = session.take_photo(path.into(), jpeg()).unwrap();
    assert!(matches!(&update.page.questions[..], [question] if question.value != before));
    session.answer(path.into(), AnswerValue::Empty).unwrap();
    assert_eq!(session.photo_preview(path.into()).unwrap(), None);
    assert_eq!(world.phone.ciphertexts(), 4, "two photos with their thumbnails");
    session.abandon().unwrap();
    assert_eq!(world.phone.ciphertexts(), 0, "a draft takes its photos with it");
}

#[test]
fn what_the_office_can_not_file_is_listed_once_with_its_reason() {
    let world = World::new();
    world.office.hold("admission.scope");
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    finish(&session);
    let summary = synchronise(&world.app);
    assert!(summary.held_back > 1, "{summary:?}");
    let held_back = world.app.today().view().unwrap().sync.held_back;
    assert_eq!(held_back.len(), 1, "{held_back:?}");
    assert!(held_back[0].text.contains("ngoài địa bàn"), "{held_back:?}");
    assert_eq!((held_back[0].code.as_str(), held_back[0].kind.as_str()), ("admission.scope", "submission"));
}

#[test]
fn a_second_call_joins_the_run_and_a_locked_app_starts_none() {
    let world = World::new();
    let (first, first_end) = Listener::new();
    let (second, second_end) = Listener::new();
    let _one = world.app.syncing().start(first.clone()).unwrap();
    let _two = world.app.syncing().start(second).unwrap();
    assert_eq!(first_end.recv().unwrap().code, "ok");
    assert_eq!(second_end.recv().unwrap().code, "ok");
    assert_eq!(first.phases()[0], SyncPhase::Connecting);
    world.app.access().lock();
    assert_eq!(code(world.app.syncing().start(first)), "app.locked");
}
