//! The steps of a child's case: assessments, plan, decisions, steps of protection, alternative care.

use crate::common::{
    Fill, Form, REPORT, RULEBOOK, Records, apply, apply_from, context, id, load, photo, report, shown,
};
use model::{RecordEdit, RecordRef};
use serde_json::{Value, json};
use std::sync::LazyLock;

static INITIAL: LazyLock<Form> = LazyLock::new(|| load("danh_gia_ban_dau"));
static SPECIFIC: LazyLock<Form> = LazyLock::new(|| load("danh_gia_cu_the"));
static REVIEW: LazyLock<Form> = LazyLock::new(|| load("ra_soat"));
static PLAN: LazyLock<Form> = LazyLock::new(|| load("ke_hoach"));
static APPROVAL: LazyLock<Form> = LazyLock::new(|| load("phe_duyet"));
static SEPARATION: LazyLock<Form> = LazyLock::new(|| load("cach_ly"));
static PROTECTION: LazyLock<Form> = LazyLock::new(|| load("buoc_bao_ve"));
static PROLONGED: LazyLock<Form> = LazyLock::new(|| load("gia_han_cach_ly"));
static PLACEMENT: LazyLock<Form> = LazyLock::new(|| load("cham_soc_thay_the"));

/// A case as it was reported, with something in it said otherwise.
fn reported(said: Value) -> (Records, RecordRef) {
    let mut records = Records::default();
    let outcome = apply(&REPORT, &report().finish(), &context());
    records.take(&outcome.edits);
    let mut edit = RecordEdit::new(outcome.about.clone());
    edit.fields.extend(said.as_object().unwrap().clone());
    records.take(&[edit]);
    (records, outcome.about)
}

fn started(form: &Form, (records, case): &(Records, RecordRef)) -> Fill {
    Fill::new(form, &form.rules.prefill(case, &records.children()))
}

/// What the records say that the finished form makes, one a paragraph.
fn made(form: &Form, (records, case): &(Records, RecordRef), fill: &mut Fill) -> String {
    let mut context = context();
    context.about = Some(case.clone());
    context.known = records.known();
    shown(&apply_from(form, &fill.finish(), &context, 0x100))
}

fn open(fill: &mut Fill) -> Vec<String> {
    let problems = fill.session.finish().map_or_else(|found| found.problems, |_| Vec::new());
    problems.into_iter().map(|problem| problem.path).collect()
}

#[test]
fn each_is_about_a_restricted_case_and_started_nowhere_else() {
    let forms = [
        "danh_gia_ban_dau",
        "danh_gia_cu_the",
        "bien_ban_hop",
        "ke_hoach",
        "phe_duyet",
        "cach_ly",
        "gia_han_cach_ly",
        "huy_bo_cach_ly",
        "ra_soat",
        "buoc_bao_ve",
        "cham_soc_thay_the",
        "tham_cham_soc",
        "bao_cao_cham_soc",
        "ban_giao",
    ];
    for name in forms {
        let rules = load(name).rules;
        assert!(rules.is_restricted() && !rules.stands_alone(), "{name}");
        let start = rules.start();
        let case = RecordRef::new("case", id(1));
        assert!(start.fits(std::slice::from_ref(&case), true), "{name}");
        assert!(!start.fits(std::slice::from_ref(&case), false), "{name}");
    }
}

/// Kinds of harm, who did it, what the report suggested, the two items of table 1; what form 02 suggests.
#[test]
fn what_the_first_assessment_suggests() {
    let table = [
        ("physical", "acquaintance", "no", "low", "low", "low"),
        ("physical", "acquaintance", "no", "medium", "low", "medium"),
        ("physical", "acquaintance", "no", "low", "high", "high"),
        // What isn't known lowers nothing.
        ("physical", "acquaintance", "no", "low", "", "high"),
        ("physical", "acquaintance", "no", "", "", "high"),
        ("physical", "unknown", "unknown", "low", "low", "medium"),
        // Nor does a low table undo what was reported.
        ("physical", "stranger", "yes", "low", "low", "high"),
        ("sexual", "stranger", "no", "low", "low", "high"),
        ("trafficking", "stranger", "no", "low", "low", "high"),
        ("neglect", "parent", "no", "low", "low", "high"),
        ("neglect", "relative carer", "no", "low", "low", "high"),
        ("physical", "institution", "no", "low", "low", "high"),
    ];
    for (harm, who, urgency, first, second, suggested) in table {
        let list = |words: &str| words.split(' ').map(Value::from).collect::<Vec<_>>();
        let case = reported(json!({ "abuse_types": list(harm), "harmers": list(who), "threatened": "no",
            "urgency": urgency }));
        let mut fill = started(&INITIAL, &case);
        fill.say("/data/table1/harm", first).say("/data/table1/harm_continues", second);
        // That the child can protect itself changes nothing.
        fill.say("/data/table2/protects_itself", "high").say("/data/table2/accepts_help", "high");
        let row = (harm, who, urgency, first, second);
        assert_eq!(fill.session.value("/data/suggestion"), Some(suggested), "{row:?}");
    }
    // Started without what the case says.
    let mut fill = Fill::new(&INITIAL, &[]);
    fill.say("/data/table1/harm", "low").say("/data/table1/harm_continues", "low");
    assert_eq!(fill.session.value("/data/suggestion"), Some("medium"));
}

#[test]
fn a_conclusion_below_the_suggestion_needs_its_reason() {
    let case = reported(json!({}));
    let mut fill = started(&INITIAL, &case);
    fill.all(&[("/data/table1/harm", "medium"), ("/data/end_/separation", "no")]);
    for (risk, needs) in [("high", false), ("medium", true), ("low", true)] {
        fill.say("/data/end_/risk", risk);
        assert_eq!(open(&mut fill) == ["/data/end_/risk_reason"], needs, "{risk}");
    }
    fill.say("/data/end_/risk_reason", "Trẻ đã ở với bà ngoại.");
    assert!(open(&mut fill).is_empty());
}

#[test]
fn an_assessment_lies_in_the_case_and_changes_nothing_else() {
    let case = reported(json!({}));
    let mut fill = started(&INITIAL, &case);
    fill.all(&[
        ("/data/who/done_at", "2026-11-24T09:00:00+07:00"),
        ("/data/who/directed_by", "Sùng A Páo"),
        ("/data/table1/harm", "high"),
        ("/data/table1/harm_continues", "medium"),
        ("/data/table2/accepts_help", "low"),
        ("/data/end_/risk", "high"),
        ("/data/end_/separation", "yes"),
        ("/data/safety/safety_place", "Nhà bà ngoại"),
    ]);
    insta::assert_snapshot!(made(&INITIAL, &case, &mut fill));
}

#[test]
fn a_carer_who_is_said_to_have_done_harm_is_not_asked_for_their_wishes() {
    let asked = |who: &str| {
        let mut fill = started(&SPECIFIC, &reported(json!({ "harmers": [who] })));
        fill.session.node("/data/needs/carer_wishes").is_some_and(|node| node.relevant)
    };
    assert!(asked("acquaintance") && asked("unknown"));
    assert!(!asked("parent") && !asked("step_parent") && !asked("carer"));
}

#[test]
fn a_plan_ends_only_where_the_child_is_safe_and_stable() {
    let mut fill = started(&REVIEW, &reported(json!({ "harmers": ["parent"], "abuse_types": ["sexual"] })));
    for item in ["harm", "access", "care_obstacle"] {
        assert_eq!(fill.session.value("/data/suggestion"), Some("high"), "{item}");
        fill.say(&format!("/data/table1/{item}"), "low");
    }
    assert_eq!(fill.session.value("/data/suggestion"), Some("low"));
    fill.say("/data/end_/risk", "low").say("/data/end_/stable", "yes").say("/data/end_/outcome", "end");
    assert!(open(&mut fill).is_empty());
    // What was concluded changes: it isn't the end any more.
    fill.say("/data/end_/risk", "medium");
    assert_eq!(open(&mut fill), ["/data/end_/outcome"]);
    fill.say("/data/end_/risk", "low").say("/data/end_/stable", "no");
    assert_eq!(open(&mut fill), ["/data/end_/outcome"]);
    fill.say("/data/end_/outcome", "again");
    assert!(open(&mut fill).is_empty());
}

#[test]
fn a_plan_has_its_activities_below_it() {
    let case = reported(json!({}));
    let mut fill = started(&PLAN, &case);
    fill.all(&[
        ("/data/who/date", "2026-11-24"),
        ("/data/who/goals", "Trẻ an toàn và đi học lại"),
        ("/data/who/starts_on", "2026-11-25"),
        ("/data/who/ends_on", "2027-02-25"),
        ("/data/activity[1]/a_about/text", "Khám sức khỏe"),
        ("/data/activity[1]/a_about/lead", "Trạm y tế"),
        ("/data/activity[1]/a_about/due", "2026-12-01"),
        ("/data/money/budget", "no"),
    ]);
    fill.add("/data/activity");
    fill.all(&[
        ("/data/activity[2]/a_about/text", "Tham vấn tâm lý"),
        ("/data/activity[2]/a_about/lead", "Lò Thị Thu"),
        ("/data/activity[2]/a_about/due", "2026-12-15"),
    ]);
    insta::assert_snapshot!(made(&PLAN, &case, &mut fill));
}

/// The step that it is for approves: a plan that isn't approved is sent back.
#[test]
fn an_approval_says_yes_or_is_not_sent() {
    let mut fill = started(&APPROVAL, &reported(json!({})));
    fill.all(&[
        ("/data/decision/number", "12/QĐ-UBND"),
        ("/data/decision/date", "2026-11-24"),
        ("/data/decision/signer", "Sùng A Páo"),
        ("/data/decision/signer_post", "Chủ tịch Ủy ban nhân dân cấp xã"),
        ("/data/decision/effective_at", "2026-11-24T08:00:00+07:00"),
        ("/data/decision/approved", "yes"),
    ]);
    assert!(open(&mut fill).is_empty());
    fill.say("/data/decision/approved", "");
    assert_eq!(open(&mut fill), ["/data/decision/approved"]);
    let no = fill.session.answer("/data/decision/approved", &xforms::Answer::Choice("no".into()));
    assert!(no.is_err() || open(&mut fill) == ["/data/decision/approved"]);
}

fn signed(fill: &mut Fill) -> &mut Fill {
    fill.all(&[
        ("/data/decision/reason", "Người chăm sóc gây tổn hại"),
        ("/data/decision/number", "12/QĐ-UBND"),
        ("/data/decision/date", "2026-11-24"),
        ("/data/decision/signer", "Sùng A Páo"),
        ("/data/decision/signer_post", "Chủ tịch Ủy ban nhân dân cấp xã"),
    ])
}

#[test]
fn a_removal_lasts_fifteen_days_and_its_signed_page_lies_below_it() {
    let case = reported(json!({}));
    let mut fill = started(&SEPARATION, &case);
    signed(&mut fill).all(&[
        ("/data/safe/effective_at", "2026-11-24T11:00:00+07:00"),
        ("/data/safe/until", "2026-12-09"),
        ("/data/safe/carer", "Bà ngoại"),
        ("/data/page[1]/p_about/page_file", "1764000000123.jpg"),
    ]);
    assert!(made(&SEPARATION, &case, &mut fill).contains(&photo().blob.address[..8]));
    for (until, fits) in [("2026-11-24", true), ("2026-11-23", false), ("2026-12-10", false)] {
        // An answer that isn't accepted is not kept.
        let kept = fill.session.answer("/data/safe/until", &xforms::Answer::Date(until.parse().unwrap()));
        assert_eq!(kept.is_ok() && open(&mut fill).is_empty(), fits, "{until}");
    }
}

#[test]
fn beyond_fifteen_days_a_court_or_an_authority_decides() {
    let mut fill = started(&PROLONGED, &reported(json!({})));
    signed(&mut fill).all(&[
        ("/data/decision/separated_at", "2026-11-10T11:00:00+07:00"),
        ("/data/decision/authority", "court"),
        ("/data/decision/authority_name", "Tòa án nhân dân khu vực 2"),
        ("/data/decision/effective_at", "2026-11-25T00:00:00+07:00"),
        ("/data/decision/until", "2026-12-25"),
    ]);
    assert!(open(&mut fill).is_empty());
    fill.say("/data/decision/authority", "chairman");
    assert_eq!(open(&mut fill), ["/data/decision/until"]);
    fill.say("/data/decision/until", "2026-11-25");
    assert!(open(&mut fill).is_empty());
}

/// A safe place ends the 12 hours: not before somebody knows that it is one.
#[test]
fn a_child_is_safe_once_who_received_it_was_checked() {
    let done = |kind: &str, checked: &str| {
        let case = reported(json!({}));
        let mut fill = started(&PROTECTION, &case);
        fill.all(&[
            ("/data/step/type", kind),
            ("/data/step/at", "2026-11-24T08:30:00+07:00"),
            ("/data/step/done", "yes"),
            ("/data/end_/harm_stopped", "no"),
        ]);
        if !checked.is_empty() {
            fill.say("/data/child_/receiver_checked", checked);
        }
        if kind == "handover" {
            fill.say("/data/child_/receiver", "Vàng Thị Mỷ");
        }
        made(&PROTECTION, &case, &mut fill).contains("done = true")
    };
    assert!(done("police", "") && done("shelter", "yes") && done("handover", "yes"));
    assert!(!done("shelter", "no") && !done("handover", "no"));
}

/// From 7, and where the age isn't known for sure.
#[test]
fn a_child_from_seven_is_asked_for_its_view_of_the_placement() {
    let asked = |birth: Value| {
        let (mut records, case) = reported(json!({}));
        let child = records.children().into_iter().find(|(_, state)| state.text("role") == Some("child"));
        let mut edit = RecordEdit::new(child.unwrap().0);
        edit.fields.extend(birth.as_object().unwrap().clone());
        records.take(&[edit]);
        let mut fill = started(&PLACEMENT, &(records, case));
        fill.say("/data/care/from", "2026-11-24T08:00:00+07:00");
        fill.session.node("/data/child_/child_opinion").is_some_and(|node| node.relevant)
    };
    assert!(asked(json!({ "birth_year": null })));
    assert!(asked(json!({ "birth_year": 2019 })) && !asked(json!({ "birth_year": 2020 })));
    assert!(asked(json!({ "birth_date": "2019-11-24", "birth_year": null })));
    assert!(!asked(json!({ "birth_date": "2019-11-25", "birth_year": null })));
}

/// Where the child is and who was not invited only members of the case may read.
#[test]
fn what_endangers_the_child_is_secret() {
    use rulebook::Privacy::Secret;
    let secrets = [
        ("decision", "place"),
        ("decision", "carer"),
        ("protection", "place"),
        ("protection", "receiver"),
        ("placement", "carer"),
        ("meeting", "excluded"),
        ("assessment", "safety_place"),
        ("assessment", "child_wishes"),
    ];
    for (kind, field) in secrets {
        assert_eq!(RULEBOOK.field(kind, field).unwrap().privacy, Secret, "{kind}.{field}");
    }
}
