//! A report about a child: a restricted case.

use crate::common::{Fill, REPORT, RULEBOOK, apply, at, context, report, shown, told};
use casework::advice;
use model::kind;
use rulebook::Lang;
use xforms::Moved;

#[test]
fn it_opens_a_case_for_its_members_with_the_informant_apart() {
    assert!(REPORT.rules.is_restricted() && REPORT.rules.stands_alone() && REPORT.rules.about().is_none());
    let outcome = apply(&REPORT, &report().finish(), &context());
    insta::assert_snapshot!(shown(&outcome));
    assert_eq!(outcome.lineage, std::slice::from_ref(&outcome.about));
    assert_eq!(outcome.about.kind, *"case");
}

/// Danger and place come before the child's particulars; what was done before the report stands apart from after it.
#[test]
fn the_questions_come_in_the_order_of_urgency() {
    let fill = report();
    let order: Vec<_> =
        fill.session.definition().nodes().filter(|node| node.is_group).map(|node| node.path).collect();
    let at = |group: &str| order.iter().position(|path| *path == format!("/data/{group}")).unwrap();
    let groups = ["intake", "place", "event", "state", "child", "family", "actions", "informant"];
    assert!(groups.map(at).is_sorted(), "{order:?}");
}

#[test]
fn who_fills_it_in_received_it_unless_another_is_named() {
    let path = "/data/receiver/receiver_name";
    let mut fill = Fill::new(&REPORT, &[]);
    assert_eq!(fill.session.value(path), Some("thu"));
    assert_eq!(fill.say(path, "Lò Thị Thu").session.value(path), Some("Lò Thị Thu"));
}

#[test]
fn who_is_sixteen_is_taken_up_and_told_apart() {
    let shown = |age: &str| {
        let mut fill = report();
        fill.say("/data/child/child_age", age);
        while fill.session.page().questions.iter().all(|question| question.name != "child_name") {
            assert_eq!(fill.session.next().unwrap(), Moved::ToPage);
        }
        fill.session.page().questions.iter().any(|question| question.name == "age_note")
    };
    assert!(!shown("15") && shown("16"));
}

#[test]
fn an_informant_without_a_name_is_no_record() {
    let mut fill = report();
    fill.say("/data/informant/informant_name", "").say("/data/informant/informant_phone", "");
    let outcome = apply(&REPORT, &fill.finish(), &context());
    assert!(outcome.edits.iter().all(|edit| edit.record.kind != kind::INFORMANT));
    assert!(!shown(&outcome).contains("Sùng"));
}

#[test]
fn the_worker_is_told_the_clocks_and_the_helpline() {
    let outcome = apply(&REPORT, &report().finish(), &context());
    insta::assert_snapshot!("clocks_vi", told(&outcome, Lang::Vi));
    insta::assert_snapshot!("clocks_en", told(&outcome, Lang::En));
}

#[test]
fn a_lower_first_view_needs_its_reason_and_ends_no_emergency() {
    let hours = |fill: &mut Fill| {
        let outcome = apply(&REPORT, &fill.finish(), &context());
        let told = advice::after_finish(&RULEBOOK, &outcome, at("2026-11-24T09:30:00+07:00"), Lang::En);
        told.iter().any(|advice| advice.text.starts_with("By 24/11/2026 19:10"))
    };
    let mut fill = report();
    fill.say("/data/state/severity", "low");
    assert_eq!(fill.session.finish().unwrap_err().problems[0].path, "/data/state/severity_reason");
    fill.say("/data/state/severity_reason", "Đã gặp trẻ, trẻ an toàn.");
    assert!(hours(&mut fill));

    // Nor where nobody did harm and nothing threatens: form 02 concludes.
    fill.say("/data/state/threatened", "no").choose("/data/event/harmers", "none");
    assert!(hours(&mut fill));
}

#[test]
fn what_the_form_suggests_about_urgency() {
    // Kinds of harm, who, whether they can get near the child, a threat; what the law makes of it.
    let table = [
        ("trafficking", "stranger", "no", "no", "yes"),
        ("abandonment", "none", "", "no", "yes"),
        ("exploitation", "acquaintance", "no", "no", "yes"),
        ("sexual", "unknown", "unknown", "no", "yes"),
        ("physical", "step_parent", "no", "no", "yes"),
        ("physical", "institution", "no", "no", "yes"),
        ("physical", "relative", "yes", "no", "unknown"),
        ("physical", "relative", "unknown", "no", "unknown"),
        ("physical", "relative", "no", "no", "no"),
        ("physical", "relative", "no", "unknown", "unknown"),
        ("physical", "stranger", "no", "yes", "yes"),
        ("neglect", "none", "", "no", "no"),
        ("street", "none", "", "unknown", "unknown"),
    ];
    for (abuse, harmer, access, threatened, urgent) in table {
        let mut fill = report();
        fill.choose("/data/event/abuse_types", abuse).choose("/data/event/harmers", harmer);
        if !access.is_empty() {
            fill.say("/data/event/harmer_access", access);
        }
        fill.say("/data/state/threatened", threatened);
        let outcome = apply(&REPORT, &fill.finish(), &context());
        let case = outcome.edits.iter().find(|edit| edit.record.kind == kind::CASE).unwrap();
        assert_eq!(case.fields["urgency"], urgent, "{abuse} {harmer} {access} {threatened}");
    }
}
