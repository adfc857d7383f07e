//! Cases: an ordinary one for a household, a restricted one from a report about a child.

use crate::{
    office::COMMUNE,
    phone::{code, synchronise},
    world::{Answers, World, fill, finish},
};
use app::{FormSession, view::*};
use model::{RecordEdit, RecordRef, kind};

#[test]
fn an_ordinary_case_is_opened_for_a_household() {
    let world = World::new();
    let app = &world.app;
    let session = app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    let household = finish(&session).household_id.unwrap();
    assert_eq!(code(app.cases().open(household.clone(), "  ".into())), "app.reason-needed");
    assert_eq!(code(app.cases().open("no id".into(), "x".into())), "app.bad-id");
    let id = app.cases().open(household.clone(), "Cần hỗ trợ sinh kế".into()).unwrap();

    let case = app.cases().view(id.clone()).unwrap();
    assert!(!case.restricted && case.members.is_empty());
    assert!(!case.state.is_empty() && case.title.contains("Hoàng Văn Sơn"), "{case:?}");
    assert!(case.facts.iter().any(|fact| fact.value == "Cần hỗ trợ sinh kế"));
    assert_eq!(case.people.len(), 3);
    assert_eq!(app.households().view(household.clone()).unwrap().cases.len(), 1);
    assert!(app.households().list(String::new(), 0, 9).unwrap().rows[0].has_open_case);
    let today = app.today().view().unwrap();
    assert_eq!(today.open_cases.len(), 1);
    assert_eq!(app.cases().list().unwrap(), today.open_cases);
    assert!(world.app.forms().list().unwrap().iter().any(|form| form.about.as_deref() == Some("household")));
    synchronise(app);
    assert_eq!(world.office.received().last().map(String::as_str), Some("case"));
}

#[test]
fn cases_that_came_stand_by_their_deadlines_under_their_households_names() {
    let world = World::new();
    let mut colleague = world.office.colleague();
    let new = |kind| RecordEdit::new(RecordRef::new(kind, uuid::Uuid::now_v7()));
    let home = |name: &str| new(kind::HOUSEHOLD).set("name", name).set("commune", COMMUNE);
    let case = |home: &RecordEdit, workflow: &str, state: &str| {
        new(kind::CASE).under(home.record.clone()).set("workflow", workflow).set("state", state)
    };
    let (adult, later, first, over) = (home("Lò Văn Một"), home("Lò Văn Hai"), home(""), home("Lò Văn Bốn"));
    let cases = [
        case(&adult, "adult", "collect_assess").set("opened_at", "2026-11-02T08:00:00+07:00"),
        case(&later, "child-protection", "intake").set("received_at", "2026-11-20T08:00:00+07:00"),
        case(&first, "child-protection", "intake").set("received_at", "2026-11-10T08:00:00+07:00"),
        case(&over, "child-protection", "closed").set("received_at", "2026-11-01T08:00:00+07:00"),
    ];
    colleague.write([adult, later, first, over].into_iter().chain(cases).collect());
    synchronise(&world.app);
    let called = |rows: &[CaseRow]| -> Vec<String> {
        rows.iter().map(|row| row.title.rsplit(" · ").next().unwrap().to_owned()).collect()
    };
    let today = world.app.today().view().unwrap();
    assert_eq!(called(&today.open_cases), ["Hộ chưa cung cấp thông tin", "Lò Văn Hai", "Lò Văn Một"]);
    let all = world.app.cases().list().unwrap();
    assert_eq!((&all[..3], called(&all[3..])), (&today.open_cases[..], vec!["Lò Văn Bốn".to_owned()]));
    // Of both children the first assessment, the emergency and the plan; the earlier report's first assessment first.
    assert_eq!(today.tasks.len(), 6);
    assert!(today.tasks[0].title.ends_with("Hộ chưa cung cấp thông tin"), "{:?}", today.tasks[0]);
}

/// Answers every required question with the first thing that it takes.
pub fn answer_required(session: &FormSession) {
    for _ in 0..200 {
        let page = session.page().unwrap();
        let open = page.questions.iter().find(|q| q.required && q.value == AnswerValue::Empty && !q.readonly);
        let Some(question) = open else {
            match session.next().unwrap() {
                PageMove::Moved { .. } => continue,
                PageMove::AtEnd => return,
                PageMove::Blocked { problems, .. } => panic!("{problems:?}"),
            }
        };
        let first = || question.choices.first().map(|c| c.value.clone()).unwrap_or_default();
        let value = match question.kind {
            // Where the form offers a place, the worker's own.
            QuestionKind::SelectOne if question.path.ends_with("province") => {
                AnswerValue::Choice { value: "20".into() }
            }
            QuestionKind::SelectOne if question.path.ends_with("commune") => {
                AnswerValue::Choice { value: "06040".into() }
            }
            QuestionKind::SelectOne => AnswerValue::Choice { value: first() },
            QuestionKind::SelectMultiple => AnswerValue::Choices { values: vec![first()] },
            QuestionKind::Integer => AnswerValue::Integer { number: 2015 },
            QuestionKind::Date => AnswerValue::Date { iso: "2026-11-20".into() },
            QuestionKind::DateTime => AnswerValue::DateTime { iso: "2026-11-24T08:00:00+07:00".into() },
            _ => AnswerValue::Text { text: "Thông tin thử".into() },
        };
        session.answer(question.path.clone(), value).unwrap();
    }
    panic!("no end");
}

#[test]
fn a_report_about_a_child_opens_a_restricted_case_with_its_legal_clocks() {
    let world = World::new();
    let app = &world.app;
    let forms = app.forms().list().unwrap();
    let report = forms.iter().find(|form| form.restricted).unwrap();
    assert!(report.about.is_none());
    let session = app.forms().start(report.id.clone(), None).unwrap();
    answer_required(&session);
    let finished = finish(&session);
    assert!(finished.household_id.is_none());
    assert!(
        finished.advice.iter().any(|advice| advice.ground.contains("Nghị định 56/2017/NĐ-CP")),
        "{:?}",
        finished.advice
    );
    let id = finished.case_id.unwrap();

    let case = app.cases().view(id.clone()).unwrap();
    let articles = app.law().articles(case.tasks[0].ground.clone()).unwrap();
    assert_eq!(articles[0].name, "Nghị định 56/2017/NĐ-CP Điều 25");
    assert!(articles[0].text.starts_with("Tóm tắt, không phải nguyên văn:"), "{articles:?}");
    let unknown = app.law().articles("Nội quy của cơ sở".into()).unwrap();
    assert_eq!((unknown[0].name.as_str(), unknown[0].title.as_str()), ("Nội quy của cơ sở", ""));
    assert_eq!(unknown[0].text, "Chưa có nội dung trong gói quy định.");
    assert!(case.restricted);
    let mut members: Vec<_> = case.members.iter().map(|member| member.name.as_str()).collect();
    members.sort();
    assert_eq!(members, ["Lò Thị Thử", "Vi Văn Trực"]);
    assert!(!case.tasks.is_empty() && case.tasks.iter().all(|task| !task.ground.is_empty()));
    let today = app.today().view().unwrap();
    assert_eq!(today.open_cases.len(), 1);
    assert!(today.open_cases[0].restricted && !today.open_cases[0].due.is_empty());
    assert_eq!(today.tasks.len(), case.tasks.len());
    // Nothing of it is found among the households.
    assert_eq!(app.households().list("thong tin thu".into(), 0, 9).unwrap().total, 0);
}
