//! The follow-up visit: twelve questions where somebody was met, one minute where nobody was.

use crate::common::{
    FOLLOW_UP, Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, id, now, three_members,
};
use casework::{Outcome, advice};
use model::{RecordEdit, RecordRef};
use rulebook::Lang;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xforms::Moved;

const GOAL: &str = "Lợp lại mái bếp";

/// A household that was visited, with what was begun since: of each kind one that is open and one that is over.
fn visited() -> (Records, RecordRef) {
    let mut records = Records::default();
    let first = apply(&VISIT, &three_members(&[]).finish(), &context());
    records.take(&first.edits);
    let begun = [
        ("goal", 0x71, json!({ "text": "Cháu Dung đi khám", "who": "worker", "state": "changed" })),
        ("goal", 0x72, json!({ "text": "Làm khai sinh", "who": "commune", "state": "done" })),
        (
            "referral",
            0x73,
            json!({ "service": "health", "to": "Trạm y tế xã", "state": "sent", "consent_share": "agree",
            "head_agreed": true, "sent_on": "2026-11-02" }),
        ),
        ("referral", 0x74, json!({ "service": "work", "to": "Hội Phụ nữ xã", "state": "declined" })),
        (
            "benefit_file",
            0x75,
            json!({ "benefit": "Trợ cấp người khuyết tật", "state": "submitted",
            "submitted_on": "2026-11-10" }),
        ),
        ("benefit_file", 0x76, json!({ "benefit": "Trợ cấp khẩn cấp", "state": "granted" })),
    ];
    for (kind, n, fields) in begun {
        let mut edit = RecordEdit::new(RecordRef::new(kind, id(n))).under(first.about.clone());
        edit.fields.extend(fields.as_object().unwrap().clone());
        records.take(&[edit]);
    }
    (records, first.about)
}

fn started(records: &Records, household: &RecordRef) -> Fill {
    let known = FOLLOW_UP.rules.prefill(household, &records.children());
    Fill::new(&FOLLOW_UP, &known)
}

fn finished(records: &Records, household: &RecordRef, fill: &mut Fill) -> Outcome {
    let mut context = context();
    context.about = Some(household.clone());
    context.known = records.known();
    apply_from(&FOLLOW_UP, &fill.finish(), &context, 0x100)
}

/// The fields that the outcome changes of the records of a kind, each as it was written.
fn changed(outcome: &Outcome, kind: &str) -> Vec<Value> {
    let of_kind = outcome.edits.iter().filter(|edit| *edit.record.kind.as_str() == *kind);
    of_kind.map(|edit| json!(edit.fields)).collect()
}

fn kinds(outcome: &Outcome) -> Vec<&str> {
    let mut kinds: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.as_str()).collect();
    kinds.dedup();
    kinds
}

/// The labels of what is asked, page by page, as the form stands.
fn pages(fill: &mut Fill) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    loop {
        let page = fill.session.page();
        let asked = page.questions.iter().filter(|question| !question.readonly);
        pages.push(page.title.into_iter().chain(asked.map(|question| question.label.to_string())).collect());
        match fill.session.next() {
            Ok(Moved::ToPage) => {}
            Ok(_) => return pages,
            Err(problems) => panic!("{:?}", problems.problems),
        }
    }
}

/// The numbers that its questions bear.
fn numbers(pages: &[Vec<String>]) -> BTreeSet<u32> {
    pages.iter().flatten().filter_map(|label| label.split_once(". ")?.0.parse().ok()).collect()
}

fn met(fill: &mut Fill) {
    fill.say("/data/trip/outcome", "met").choose("/data/people/present", "helped carer");
    fill.all(&[
        ("/data/people/private_talk", "yes"),
        ("/data/people/consent_state", "all"),
        ("/data/people/children_seen", "some"),
        ("/data/people/children_missing", "Cháu Dung, đang ở trường"),
        ("/data/news/benefit_paid", "not_paid"),
        ("/data/news/benefit_gap", "Chưa có thẻ"),
        ("/data/news/benefit_unpaid_months", "3"),
        ("/data/pending/referral[1]/r_state", "done"),
        ("/data/pending/referral[1]/r_answered_on", "2026-11-20"),
        ("/data/pending/benefit_file[1]/b_state", "more_papers"),
        ("/data/pending/benefit_file[1]/b_note", "Thiếu giấy xác nhận khuyết tật"),
        ("/data/goals/goal[1]/g_state", "done"),
        ("/data/goals/goal[2]/g_state", "open"),
        ("/data/goals/goal[2]/g_progress", "Đường xa, chưa có người đưa đi"),
        ("/data/asks/need", "Có người đưa cháu đi khám"),
        ("/data/asks/need_group", "health"),
        ("/data/seen/facts", "Mái bếp đã lợp. Bác nói: «Cháu đau lắm»."),
        ("/data/next/next_visit", "2026-12-15"),
        ("/data/next/read_back", "agrees"),
    ]);
    fill.choose("/data/news/changes", "none");
    fill.add("/data/agreed/agreed_goal").all(&[
        ("/data/agreed/agreed_goal[1]/a_text", "Đưa cháu đi khám"),
        ("/data/agreed/agreed_goal[1]/a_who", "worker"),
        ("/data/agreed/agreed_goal[1]/a_due", "2026-12-05"),
    ]);
}

#[test]
fn what_is_open_is_asked_about_and_what_is_over_is_not() {
    let (records, household) = visited();
    let fill = started(&records, &household);
    let value = |path: &str| fill.session.value(path);
    assert_eq!(value("/data/goals_open"), Some("2"));
    assert_eq!(value("/data/goals/goal[1]/g_text"), Some(GOAL));
    assert_eq!(value("/data/goals/goal[2]/g_text"), Some("Cháu Dung đi khám"));
    assert_eq!(value("/data/pending/referral[1]/r_to"), Some("Trạm y tế xã"));
    assert_eq!(value("/data/pending/referral[2]/r_to"), None);
    assert_eq!(value("/data/pending/benefit_file[1]/b_benefit"), Some("Trợ cấp người khuyết tật"));
    assert_eq!(value("/data/pending/benefit_file[2]/b_benefit"), None);
}

#[test]
fn twelve_questions_at_most() {
    let (records, household) = visited();
    let mut fill = started(&records, &household);
    met(&mut fill);
    let pages = pages(&mut fill);
    // The second is asked where nobody was met.
    assert_eq!(numbers(&pages), (1..=12).filter(|n| *n != 2).collect());
    assert_eq!(pages.len(), 9);
}

#[test]
fn a_household_with_nothing_open_is_asked_for_nothing_of_it() {
    let mut records = Records::default();
    let household = RecordRef::new("household", id(0x70));
    let place = [("province", "15"), ("commune", "04456"), ("village", "Bản Phố 2"), ("name", "Giàng A Chứ")];
    let known =
        place.iter().fold(RecordEdit::new(household.clone()), |edit, (name, value)| edit.set(*name, *value));
    records.take(&[known]);
    let mut fill = started(&records, &household);
    fill.say("/data/trip/outcome", "met").choose("/data/people/present", "helped");
    fill.all(&[
        ("/data/people/consent_state", "ordinary"),
        ("/data/people/children_seen", "no_children"),
        ("/data/news/benefit_paid", "nobody"),
        ("/data/next/next_visit", "2027-01-15"),
        ("/data/next/read_back", "agrees"),
    ]);
    fill.choose("/data/news/changes", "none");
    let pages = pages(&mut fill);
    assert!(!numbers(&pages).contains(&8), "{pages:?}");
    assert_eq!(pages.len(), 8);
    assert_eq!(kinds(&finished(&records, &household, &mut fill)), ["household", "submission", "visit"]);
}

#[test]
fn where_nobody_was_met_it_takes_a_minute() {
    let (records, household) = visited();
    for outcome in ["nobody_home", "not_received", "moved", "unreachable"] {
        let mut fill = started(&records, &household);
        fill.say("/data/trip/outcome", outcome).choose("/data/trip/attempts", "phone neighbours");
        fill.say("/data/next/next_visit", "2026-12-01");
        let pages = pages(&mut fill);
        assert_eq!(numbers(&pages), [1, 2, 12].into(), "{outcome}");
        assert_eq!(pages.len(), 2, "{outcome}");
    }
}

#[test]
fn a_visit_with_two_goals_a_referral_and_a_benefit() {
    let (records, household) = visited();
    let mut fill = started(&records, &household);
    met(&mut fill);
    let outcome = finished(&records, &household, &mut fill);
    assert_eq!(outcome.about, household);
    assert_eq!(
        kinds(&outcome),
        ["household", "submission", "visit", "referral", "benefit_file", "goal", "need", "goal"]
    );
    assert_eq!(changed(&outcome, "household"), [json!({ "next_visit": "2026-12-15" })]);
    assert_eq!(
        changed(&outcome, "visit"),
        [json!({
            "date": "2026-11-24", "outcome": "met", "present": ["helped", "carer"], "private_talk": true,
            "children_seen": "some", "children_missing": "Cháu Dung, đang ở trường", "changes": ["none"],
            "benefit_paid": "not_paid", "benefit_gap": "Chưa có thẻ", "benefit_unpaid_months": 3,
            "facts": "Mái bếp đã lợp. Bác nói: «Cháu đau lắm».", "next_visit": "2026-12-15", "read_back": "agrees",
        })]
    );
    assert_eq!(changed(&outcome, "referral"), [json!({ "state": "done", "answered_on": "2026-11-20" })]);
    assert_eq!(
        changed(&outcome, "benefit_file"),
        [json!({ "state": "more_papers", "note": "Thiếu giấy xác nhận khuyết tật" })]
    );
    assert_eq!(
        changed(&outcome, "need"),
        [json!({ "group": "health", "need": "Có người đưa cháu đi khám" })]
    );
    assert_eq!(
        changed(&outcome, "goal"),
        [
            json!({ "state": "done" }),
            json!({ "state": "open", "progress": "Đường xa, chưa có người đưa đi" }),
            json!({ "text": "Đưa cháu đi khám", "who": "worker", "due": "2026-12-05", "state": "open" }),
        ]
    );
}

#[test]
fn nobody_at_home_leaves_the_attempts_and_the_next_day() {
    let (records, household) = visited();
    let mut fill = started(&records, &household);
    met(&mut fill);
    // Answers that were given before the outcome was mended don't count.
    fill.say("/data/trip/outcome", "nobody_home").choose("/data/trip/attempts", "neighbours message");
    let outcome = finished(&records, &household, &mut fill);
    assert_eq!(kinds(&outcome), ["household", "submission", "visit"]);
    assert_eq!(
        changed(&outcome, "visit"),
        [json!({
            "date": "2026-11-24", "outcome": "nobody_home", "attempts": ["neighbours", "message"],
            "next_visit": "2026-12-15",
        })]
    );
}

#[test]
fn a_household_that_moved_keeps_its_case_and_has_no_next_visit() {
    let (mut records, household) = visited();
    let case = RecordEdit::new(RecordRef::new("case", id(0x77))).under(household.clone());
    records.take(&[case.set("workflow", "adult").set("state", "implement")]);
    let mut fill = started(&records, &household);
    fill.say("/data/trip/outcome", "moved").choose("/data/trip/attempts", "neighbours");
    let outcome = finished(&records, &household, &mut fill);
    assert_eq!(kinds(&outcome), ["household", "submission", "visit"]);
    assert_eq!(changed(&outcome, "household"), [json!({ "next_visit": null })]);
    let visit = json!({ "date": "2026-11-24", "outcome": "moved", "attempts": ["neighbours"] });
    assert_eq!(changed(&outcome, "visit"), [visit]);
}

#[test]
fn what_is_withdrawn_is_kept_and_nothing_more_is_asked() {
    let (records, household) = visited();
    let mut fill = started(&records, &household);
    met(&mut fill);
    fill.say("/data/people/consent_state", "withdraw").say("/data/people/withdrawn_by", "head");
    fill.choose("/data/people/withdrawn", "support photo");
    let outcome = finished(&records, &household, &mut fill);
    assert_eq!(kinds(&outcome), ["household", "submission", "visit", "consent"]);
    let withdrawn = |purpose: &str| json!({ "purpose": purpose, "answer": "withdrawn", "given_by": "head", "date": "2026-11-24" });
    assert_eq!(changed(&outcome, "consent"), [withdrawn("support"), withdrawn("photo")]);
    let told = advice::after_finish(&RULEBOOK, &outcome, now(), Lang::Vi);
    assert_eq!(told.iter().map(|advice| advice.code.as_str()).collect::<Vec<_>>(), ["consent-withdrawn"]);
    let visit = &changed(&outcome, "visit")[0];
    assert!(visit.get("facts").is_none() && visit.get("children_missing").is_none(), "{visit}");
    assert_eq!(visit["children_seen"], "some");
}

#[test]
fn without_consent_to_sensitive_data_its_needs_are_not_offered() {
    let (records, household) = visited();
    let mut fill = started(&records, &household);
    met(&mut fill);
    let mut offered = |state: &str| {
        fill.say("/data/people/consent_state", state);
        while fill.session.page().questions.iter().all(|question| question.name != "need_group") {
            assert_eq!(fill.session.next().unwrap(), Moved::ToPage);
        }
        let page = fill.session.page();
        let group = page.questions.iter().find(|question| question.name == "need_group").unwrap();
        group.choices.iter().map(|choice| choice.value.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(offered("all").len(), 8);
    assert_eq!(
        offered("ordinary"),
        ["education_work", "livelihood", "life_skills", "participation", "other"]
    );
}

#[test]
fn nothing_is_sent_before_the_family_and_the_office_agree() {
    let (records, household) = visited();
    let mut fill = started(&records, &household);
    met(&mut fill);
    fill.add("/data/pending/referral");
    let row = |name: &str| format!("/data/pending/referral[2]/r_{name}");
    fill.say(&row("service"), "legal_aid").say(&row("consent"), "agree").say(&row("head"), "no");
    fill.say(&row("state"), "sent");
    let problems = fill.session.finish().unwrap_err().problems;
    assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), [row("state")]);
    fill.say(&row("head"), "yes").say(&row("sent_on"), "2026-11-24");
    let outcome = finished(&records, &household, &mut fill);
    assert_eq!(
        changed(&outcome, "referral")[1],
        json!({
            "service": "legal_aid", "state": "sent", "consent_share": "agree", "head_agreed": true,
            "sent_on": "2026-11-24",
        })
    );
}

#[test]
fn it_begins_at_a_household() {
    let mut fill = Fill::new(&FOLLOW_UP, &[]);
    fill.say("/data/trip/outcome", "met");
    let problems = fill.session.next().unwrap_err().problems;
    assert_eq!(problems[0].path, "/data/trip/no_household");
    assert!(problems[0].message.as_deref().unwrap().contains("Cần"));
}
