//! Restricted cases out of sight while somebody else looks at the phone.

use crate::{
    cases::answer_required,
    office::COMMUNE,
    phone::{PIN, code, synchronise},
    world::{Answers, World, choice, fill, finish, text},
};
use app::{App, view::*};
use model::{RecordEdit, RecordRef, kind};

/// A report about a child that was finished; its case.
fn reported(app: &App) -> String {
    let session = app.forms().start("tiep_nhan_tre_em".into(), None).unwrap();
    answer_required(&session);
    finish(&session).case_id.unwrap()
}

/// A first visit that was finished; its household.
fn visited(app: &App) -> String {
    let session = app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    finish(&session).household_id.unwrap()
}

fn unlock(app: &App) -> WorkerView {
    app.access().lock();
    app.access().unlock(PIN.into()).unwrap()
}

#[test]
fn hidden_cases_are_in_no_list_until_the_pin_and_household_work_goes_on() {
    let world = World::new();
    let app = &world.app;
    let case = reported(app);
    let household = visited(app);
    app.cases().open(household.clone(), "Cần hỗ trợ sinh kế".into()).unwrap();
    assert_eq!(synchronise(app).code, "ok");
    let report = app.forms().start("tiep_nhan_tre_em".into(), None).unwrap();
    let visit = app.forms().start("vang_gia".into(), Some(format!("household:{household}"))).unwrap();
    visit.answer("/data/visit/visit_purpose".into(), choice("regular")).unwrap();
    let before = app.today().view().unwrap();
    assert_eq!((before.drafts.len(), before.open_cases.len()), (2, 2));
    assert_eq!(before.worker.restricted_hidden, None);

    let worker = app.access().hide_restricted().unwrap();
    let told = worker.restricted_hidden.clone().unwrap();
    assert!(told.starts_with("Hồ sơ bảo mật đang ẩn."), "{told}");
    assert_eq!(app.access().hide_restricted().unwrap(), worker, "asked twice");
    let today = app.today().view().unwrap();
    assert_eq!(today.worker, worker);
    assert_eq!((today.drafts.len(), today.open_cases.len(), today.households), (1, 1, 1));
    assert!(today.tasks.len() < before.tasks.len() && !today.open_cases[0].restricted);
    assert_eq!(app.cases().list().unwrap(), today.open_cases);
    // What stood open is closed; what can't be done says so.
    assert_eq!(code(report.page()), "app.draft-closed");
    for refused in [
        code(app.cases().view(case.clone())),
        code(app.forms().resume(report.draft_id())),
        code(app.forms().start("tiep_nhan_tre_em".into(), None)),
        code(app.access().enrol_again(world.office.invitation("GOOD"))),
    ] {
        assert_eq!(refused, "store.restricted-locked");
    }
    assert_eq!(app.today().view().unwrap().drafts.len(), 1, "nothing was begun");

    // The app comes back from the background without the PIN, and they stay hidden.
    app.pause();
    assert_eq!(app.resume().unwrap(), AppStatus::Unlocked);
    assert_eq!(app.access().worker().unwrap(), worker);

    let visit = app.forms().resume(visit.draft_id()).unwrap();
    let next = Answers::first_visit().set("/data/visit/visit_purpose", choice("regular"));
    fill(&visit, &next.set("/data/agreed/agreed_text", text("Đã khám")));
    assert_eq!(finish(&visit).household_id, Some(household.clone()));
    let summary = synchronise(app);
    assert_eq!(summary.code, "ok");
    assert!(summary.changes_sent > 0 && summary.photos_sent > 0, "{summary:?}");
    // Others may have written in the case meanwhile: that was not asked for.
    assert!(summary.text.starts_with("Chưa đồng bộ hết") && summary.text.contains("mã PIN"), "{summary:?}");
    let sync = app.syncing().state().unwrap();
    assert_eq!((sync.changes_waiting, sync.photos_waiting, sync.notices), (0, 0, vec![]));

    assert_eq!(unlock(app).restricted_hidden, None);
    let today = app.today().view().unwrap();
    assert_eq!((today.drafts.len(), today.open_cases.len()), (1, 2));
    let told = |today: &TodayView| -> Vec<_> {
        today.tasks.iter().map(|task| (task.id.clone(), task.title.clone(), task.due.clone())).collect()
    };
    assert_eq!(told(&today), told(&before));
    assert!(app.cases().view(case).unwrap().restricted);
    assert_eq!(app.forms().resume(report.draft_id()).unwrap().draft_id(), report.draft_id());
    assert!(synchronise(app).text.starts_with("Đã đồng bộ"));
}

#[test]
fn what_was_finished_after_a_report_waits_with_it_and_the_screens_say_so() {
    let world = World::new();
    let app = &world.app;
    reported(app);
    app.access().hide_restricted().unwrap();
    visited(app);
    let sent = world.office.received().len();
    let summary = synchronise(app);
    assert_eq!((summary.code.as_str(), summary.changes_sent), ("ok", 0));
    assert!(summary.text.starts_with("Chưa đồng bộ hết"), "{}", summary.text);
    assert_eq!(world.office.received().len(), sent);
    let sync = app.today().view().unwrap().sync;
    let [notice] = &sync.notices[..] else { panic!("{:?}", sync.notices) };
    assert_eq!(notice.code, "sync.restricted-hidden");
    assert!(notice.text.starts_with(&format!("{} thay đổi", sync.changes_waiting)), "{}", notice.text);
    assert_eq!(sync.enrol_again, None);

    unlock(app);
    assert_eq!(app.syncing().state().unwrap().notices, []);
    let summary = synchronise(app);
    assert_eq!(summary.changes_sent, u64::from(sync.changes_waiting));
    assert!(summary.text.starts_with("Đã đồng bộ"), "{}", summary.text);
    assert_eq!(app.syncing().state().unwrap().photos_waiting, 0);
}

#[test]
fn what_the_office_holds_back_of_a_hidden_case_is_not_shown_and_holds_up_no_screen() {
    let world = World::new();
    let app = &world.app;
    world.office.hold("admission.scope");
    reported(app);
    synchronise(app);
    let held = || app.today().view().unwrap().sync.held_back.len();
    assert_eq!(held(), 1);
    app.access().hide_restricted().unwrap();
    assert_eq!(held(), 0);
    let summary = synchronise(app);
    assert_eq!((summary.code.as_str(), summary.held_back), ("ok", 0), "{summary:?}");
    unlock(app);
    assert_eq!(held(), 1);
}

#[test]
fn a_case_that_others_open_meanwhile_is_there_after_the_pin() {
    let world = World::new();
    let app = &world.app;
    let mut colleague = world.office.colleague();
    let worker = world.office.user();
    app.access().hide_restricted().unwrap();
    let case = RecordEdit::new(RecordRef::new(kind::CASE, uuid::Uuid::now_v7()))
        .set("restricted", true)
        .set("workflow", "child-protection")
        .set("state", "intake");
    let member = RecordEdit::new(RecordRef::new(kind::CASE_MEMBER, uuid::Uuid::now_v7()))
        .under(case.record.clone())
        .set("user", worker.to_string());
    let home = RecordEdit::new(RecordRef::new(kind::HOUSEHOLD, uuid::Uuid::now_v7()))
        .set("name", "Lò Văn Một")
        .set("commune", COMMUNE);
    colleague.write(vec![case, member]);
    colleague.write(vec![home]);
    let summary = synchronise(app);
    assert_eq!(summary.code, "ok");
    assert!(summary.text.starts_with("Chưa đồng bộ hết"), "{}", summary.text);
    let today = app.today().view().unwrap();
    assert_eq!((today.households, today.open_cases.len()), (1, 0));
    unlock(app);
    assert_eq!(synchronise(app).code, "ok");
    let today = app.today().view().unwrap();
    assert_eq!((today.households, today.open_cases.len()), (1, 1));
    assert!(today.open_cases[0].restricted);
}

#[test]
fn only_who_is_in_can_hide() {
    let world = World::new();
    let app = &world.app;
    app.pause();
    assert_eq!(code(app.access().hide_restricted()), "app.paused");
    app.access().lock();
    assert_eq!(code(app.access().hide_restricted()), "app.locked");
}
