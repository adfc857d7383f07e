//! The forms of the general workflow (Circular 02/2020): what is known is filled in, and one profile and one plan are
//! filled in again.

use crate::common::{Fill, Form, Records, apply_from, context, id, load};
use model::{RecordEdit, RecordRef};
use serde_json::{Value, json};
use std::sync::LazyLock;

static PROFILE: LazyLock<Form> = LazyLock::new(|| load("thu_thap_thong_tin"));
static PLAN: LazyLock<Form> = LazyLock::new(|| load("ke_hoach_tro_giup"));
static NOTE: LazyLock<Form> = LazyLock::new(|| load("ghi_chep_tien_do"));

/// A case in a household of which the visit told some things.
fn in_a_household() -> (Records, RecordRef, RecordRef) {
    let (home, case) = (RecordRef::new("household", id(0x10)), RecordRef::new("case", id(0x11)));
    let mut records = Records::default();
    records.take(&[
        RecordEdit::new(home.clone()).set("name", "Lò Văn Tâm").set("village", "Bản Nà Lốc"),
        RecordEdit::new(case.clone()).under(home.clone()).set("workflow", "adult"),
    ]);
    (records, home, case)
}

fn filled(
    form: &Form,
    records: &mut Records,
    case: &RecordRef,
    first: u128,
    answers: &[(&str, &str)],
) -> Vec<RecordEdit> {
    let mut fill = Fill::new(form, &form.rules.prefill(case, &records.children()));
    fill.all(answers);
    let mut context = context();
    context.about = Some(case.clone());
    context.known = records.known();
    let mut edits = apply_from(form, &fill.finish(), &context, first).edits;
    edits.retain(|edit| edit.record.kind != "submission");
    records.take(&edits);
    edits
}

fn said(records: &Records, kind: &str, field: &str) -> Vec<Value> {
    let of_kind = records.0.iter().filter(|(record, _)| record.kind == *kind);
    of_kind.filter_map(|(_, state)| state.value(field).cloned()).collect()
}

#[test]
fn each_is_about_any_case_and_needs_no_household() {
    let forms = [
        "thu_thap_thong_tin",
        "danh_gia_nhu_cau",
        "tieu_chi",
        "ke_hoach_tro_giup",
        "phe_duyet_tro_giup",
        "ghi_chep_tien_do",
        "danh_gia_ket_qua",
        "ket_thuc",
        "bien_ban_ket_thuc",
        "lien_he",
        "ve_gia_dinh",
        "ban_giao_dia_ban",
    ];
    let case = RecordRef::new("case", id(1));
    for name in forms {
        let rules = load(name).rules;
        assert!(!rules.is_restricted() && !rules.stands_alone(), "{name}");
        // Also one that was restricted later, which lies under nothing any more.
        for restricted in [false, true] {
            assert!(rules.start().fits(std::slice::from_ref(&case), restricted), "{name}");
        }
    }
}

#[test]
fn the_household_is_known_and_the_profile_is_one() {
    let (mut records, home, case) = in_a_household();
    let answers = [
        ("/data/person/client_name", "Lò Thị Mai"),
        ("/data/person/birth_known", "year"),
        ("/data/person/birth_year", "1951"),
        ("/data/person/sex", "female"),
        ("/data/head/head_is_client", "no"),
        ("/data/health/self_care", "part"),
    ];
    let edits = filled(&PROFILE, &mut records, &case, 0x100, &answers);
    assert!(edits.iter().all(|edit| edit.record != home), "the head's name was told, and stays");
    let named = said(&records, "person", "name");
    assert_eq!(named, [json!("Lò Thị Mai"), json!("Lò Văn Tâm")], "the person and the head of the household");

    let again = filled(&PROFILE, &mut records, &case, 0x200, &[("/data/health/self_care", "none")]);
    let again: Vec<_> = again.iter().map(|edit| (edit.record.kind.as_str(), edit.fields.len())).collect();
    assert_eq!(again, [("profile", 1)], "only what is another now");
    assert_eq!(said(&records, "profile", "self_care"), [json!("none")]);
}

#[test]
fn a_case_without_a_household_has_its_profile() {
    let (mut records, case) = (Records::default(), RecordRef::new("case", id(0x11)));
    records.take(&[RecordEdit::new(case.clone()).set("workflow", "adult")]);
    let answers = [
        ("/data/person/client_name", "Lò Thị Mai"),
        ("/data/person/birth_known", "year"),
        ("/data/person/birth_year", "1951"),
        ("/data/person/sex", "female"),
    ];
    filled(&PROFILE, &mut records, &case, 0x100, &answers);
    assert_eq!(said(&records, "person", "role"), [json!("client")]);
    assert_eq!(said(&records, "household", "name"), [json!(null); 0]);
}

#[test]
fn the_plan_is_one_and_its_activities_stay_as_far_as_they_are() {
    let (mut records, _, case) = in_a_household();
    let plan = [
        ("/data/who/made_with", "Cả nhà"),
        ("/data/who/starts_on", "2026-12-01"),
        ("/data/who/ends_on", "2027-03-31"),
        ("/data/goal[1]/g_about/g_text", "Đi lại được"),
        ("/data/goal[1]/g_about/g_baseline", "Phải có người dắt"),
        ("/data/goal[1]/g_about/g_target", "Tự đi"),
        ("/data/goal[1]/g_by/g_due", "2027-01-31"),
        ("/data/goal[1]/g_by/g_who", "Con gái"),
        ("/data/activity[1]/a_about/a_text", "Khám mắt"),
        ("/data/activity[1]/a_about/a_urgent", "yes"),
        ("/data/activity[1]/a_about/a_priority", "1"),
        ("/data/activity[1]/a_about/a_due", "2026-12-15"),
        ("/data/activity[1]/a_by/a_lead", "Con gái"),
        ("/data/views/client_view", "Đồng ý"),
    ];
    filled(&PLAN, &mut records, &case, 0x100, &plan);
    let states = |records: &Records| {
        [said(records, "plan_goal", "state"), said(records, "activity", "state")].concat()
    };
    assert_eq!(states(&records), [json!("open"), json!("open")]);
    let note = [
        ("/data/note_/contact", "yes"),
        ("/data/note_/activity_", "Hẹn khám"),
        ("/data/result_/result", "Đã hẹn"),
    ];
    let edits = filled(&NOTE, &mut records, &case, 0x200, &note);
    let kinds: Vec<_> = edits.iter().map(|edit| edit.record.kind.as_str()).collect();
    assert_eq!(kinds, ["progress"], "what is as it was is no change");

    let goal = [("/data/goal[1]/g_about/g_target", "Tự đi chợ")];
    let edits = filled(&PLAN, &mut records, &case, 0x300, &goal);
    let changed: Vec<_> = edits.iter().map(|edit| (edit.record.kind.as_str(), edit.fields.len())).collect();
    assert_eq!(changed, [("plan_goal", 1)], "the same plan, but for that target");
    assert_eq!(states(&records), [json!("open"), json!("open")]);
    // What is done is asked about no more, and stays done.
    filled(
        &NOTE,
        &mut records,
        &case,
        0x400,
        &[&note[..], &[("/data/work/activity[1]/a_state", "done")]].concat(),
    );
    let more = [
        ("/data/activity[1]/a_about/a_text", "Mổ mắt"),
        ("/data/activity[1]/a_about/a_urgent", "no"),
        ("/data/activity[1]/a_about/a_priority", "2"),
        ("/data/activity[1]/a_about/a_due", "2027-01-15"),
        ("/data/activity[1]/a_by/a_lead", "Bệnh viện"),
    ];
    filled(&PLAN, &mut records, &case, 0x500, &more);
    assert_eq!(said(&records, "activity", "state"), [json!("done"), json!("open")]);
    assert_eq!(said(&records, "plan", "author").len(), 1, "still one plan");
}
