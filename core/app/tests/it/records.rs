//! Pages of records: whatever lies in a household or a case can be opened, and a finished form reads as it was answered.

use crate::{
    phone::{code, synchronise},
    world::{Answers, World, fill, finish},
};
use app::view::*;
use model::{RecordEdit, RecordRef, kind};
use testkit::records::under;

fn rows<'v>(page: &'v RecordView, kind: &str) -> &'v [RecordRow] {
    page.sections.iter().find(|section| section.kind == kind).map_or(&[], |section| &section.rows)
}

fn fact<'v>(facts: &'v [Fact], label: &str) -> Option<&'v str> {
    facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.as_str())
}

fn visited() -> (World, String) {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    let id = finish(&session).household_id.unwrap();
    (world, format!("household:{id}"))
}

#[test]
fn from_a_household_all_that_lies_in_it_can_be_opened() {
    let (world, household) = visited();
    let records = world.app.records();
    let page = records.view(household.clone()).unwrap();
    assert_eq!((page.title.as_str(), page.kind.as_str()), ("Hoàng Văn Sơn", "Hộ gia đình"));
    assert!(page.above.is_empty() && page.conflicts.is_empty() && !page.is_submission);
    assert_eq!(fact(&page.facts, "Thôn, bản, tổ dân phố"), Some("Nà Pò"));
    let kinds: Vec<_> = page.sections.iter().map(|section| section.kind.as_str()).collect();
    assert_eq!(kinds, ["person", "visit", "consent", "photo", "goal", "submission"]);
    assert!(page.actions.iter().any(|action| action.form == "vang_gia"), "{:?}", page.actions);
    for row in page.sections.iter().flat_map(|section| &section.rows) {
        let opened = records.view(row.reference.clone()).unwrap();
        assert_eq!(opened.title, row.title);
        assert_eq!(opened.above[0], RecordLink { reference: household.clone(), title: page.title.clone() });
        assert_eq!(opened.history[0].by, "Bạn, trên máy này");
        assert!(!opened.history[0].fields.is_empty());
    }
    let [photo] = rows(&page, "photo") else { panic!("{:?}", page.sections) };
    let photo = photo.photo.as_ref().unwrap();
    assert!(photo.here && records.thumbnail(photo.reference.clone()).unwrap().starts_with(&[0xff, 0xd8]));
    let member = records.view(rows(&page, "person")[2].reference.clone()).unwrap();
    assert_eq!(fact(&member.facts, "Quan hệ với chủ hộ"), Some("Con"));
    assert!(member.actions.is_empty() && member.sections.is_empty());
    assert_eq!(code(records.view("person:no-id".into())), "app.bad-id");
    assert_eq!(code(records.view(format!("person:{}", uuid::Uuid::now_v7()))), "store.not-found");
}

#[test]
fn a_finished_form_reads_as_it_was_answered() {
    let (world, household) = visited();
    let records = world.app.records();
    let page = records.view(household).unwrap();
    let reference = rows(&page, "submission")[0].reference.clone();
    assert!(records.view(reference.clone()).unwrap().is_submission);
    let submission = records.submission(reference.clone()).unwrap();
    assert_eq!((submission.title.as_str(), submission.form_missing), ("Vãng gia hộ gia đình", false));
    let group = |title: &str| submission.answers.iter().find(|group| group.title.starts_with(title)).unwrap();
    assert_eq!(fact(&group("Chuyến thăm").answers, "Mục đích chuyến thăm"), Some("Thăm lần đầu"));
    assert_eq!(fact(&group("Nơi ở").answers, "Xã, phường, đặc khu"), Some("Xã Thất Khê"));
    assert_eq!(fact(&group("Thành viên 3").answers, "Họ và tên"), Some("Hoàng Thị Ngần"));
    let all = submission.answers.iter().flat_map(|group| &group.answers);
    assert!(all.clone().all(|answer| !answer.label.starts_with("m_")), "{submission:?}");
    // A member is no submission.
    assert_eq!(code(records.submission(rows(&page, "person")[0].reference.clone())), "app.bad-id");
    world.app.set_language(Language::English);
    let english = records.submission(reference).unwrap();
    let visit = english.answers.iter().find(|group| group.title == "The visit").unwrap();
    assert_eq!(fact(&visit.answers, "Purpose of the visit"), Some("First visit"));
}

#[test]
fn what_is_due_within_a_week_stands_in_today_until_it_is_done() {
    let world = World::new();
    let mut colleague = world.office.colleague();
    let day = |days: i64| (chrono::Utc::now() + chrono::Duration::days(days)).date_naive().to_string();
    let home = RecordEdit::new(RecordRef::new(kind::HOUSEHOLD, uuid::Uuid::now_v7()))
        .set("name", "Lò Văn Một")
        .set("village", "Nà Pò")
        .set("commune", "06040")
        .set("next_visit", day(3));
    let goal = |text: &str, days: i64, state: &str| {
        under(kind::GOAL, &home.record).set("text", text).set("due", day(days)).set("state", state)
    };
    let late = goal("Làm thẻ bảo hiểm", -2, "open");
    let edits = vec![late.clone(), goal("Lợp mái", 30, "open"), goal("Khám mắt", -9, "done"), home.clone()];
    colleague.write(edits);
    synchronise(&world.app);
    let due = world.app.today().view().unwrap().due;
    let told: Vec<_> = due.iter().map(|row| (row.title.as_str(), row.line.as_str(), row.overdue)).collect();
    assert_eq!(
        told,
        [
            ("Làm thẻ bảo hiểm", "Thời hạn · Lò Văn Một", true),
            ("Lò Văn Một", "Ngày thăm lần sau · Nà Pò, Xã Thất Khê", false),
        ]
    );
    assert_eq!(due[0].reference, late.record.to_string());
    let page = world.app.records().view(due[0].reference.clone()).unwrap();
    let badges: Vec<_> = page.badges.iter().map(|badge| badge.kind).collect();
    assert_eq!(badges, [RecordBadgeKind::State, RecordBadgeKind::Overdue]);
    assert_eq!(page.above[0].title, "Lò Văn Một");

    // Reached; and the household was visited.
    let visit = under(kind::VISIT, &home.record).set("date", day(3));
    colleague.write(vec![RecordEdit::new(late.record).set("state", "done"), visit]);
    synchronise(&world.app);
    assert_eq!(world.app.today().view().unwrap().due, []);
}
