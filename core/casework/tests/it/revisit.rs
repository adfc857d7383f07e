//! The second visit: what is known is there, ids stay, only what changed is a change.

use crate::common::{
    Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, member, shown, three_members,
};
use casework::Outcome;
use serde_json::{Value, json};

fn visited() -> (Records, Outcome, Vec<(String, String)>) {
    let mut records = Records::default();
    let first = apply(&VISIT, &three_members(&[]).finish(), &context());
    records.take(&first.edits);
    let known = VISIT.rules.prefill(&first.about, &records.children());
    (records, first, known)
}

/// What every visit asks anew.
fn ask_anew(fill: &mut Fill) {
    fill.all(&[
        ("/data/visit/outcome", "met"),
        ("/data/visit/visit_purpose", "regular"),
        ("/data/consent/consent_support", "agree"),
        ("/data/consent/consent_ethnicity", "agree"),
        ("/data/consent/consent_health", "agree"),
        ("/data/consent/consent_location", "agree"),
        ("/data/consent/consent_photo", "agree"),
        ("/data/consent/consent_by", "head"),
        ("/data/consent/consent_form", "written"),
        ("/data/observation/children_seen", "all"),
        ("/data/agreed/next_visit", "2026-12-24"),
    ]);
}

fn revisit(records: &Records, first: &Outcome, fill: &mut Fill) -> Outcome {
    let mut context = context();
    context.about = Some(first.about.clone());
    context.known = records.known();
    apply_from(&VISIT, &fill.finish(), &context, 100)
}

#[test]
fn what_lasts_is_filled_in_and_what_belongs_to_one_visit_is_not() {
    let (_, _, known) = visited();
    let text: Vec<_> = known.iter().map(|(path, value)| format!("{path} = {value}")).collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn nothing_new_changes_nothing_but_the_visit() {
    let (records, first, known) = visited();
    let mut fill = Fill::new(&VISIT, &known);
    ask_anew(&mut fill);
    let outcome = revisit(&records, &first, &mut fill);
    let mut kinds: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.to_string()).collect();
    kinds.dedup();
    assert_eq!(kinds, ["submission", "visit", "consent"]);
    assert_eq!(outcome.lineage, [first.about]);
}

#[test]
fn ids_stay_and_only_what_changed_is_an_edit() {
    let (records, first, known) = visited();
    let mut fill = Fill::new(&VISIT, &known);
    ask_anew(&mut fill);
    fill.all(&[
        // The birthday is known now: the year goes, both in one change.
        ("/data/member[2]/m_about/m_birth_known", "date"),
        ("/data/member[2]/m_about/m_birth_date", "1988-05-01"),
        // No longer disabled: type and degree no longer apply.
        ("/data/member[3]/m_life/m_disabled", "no"),
        // Taken back.
        ("/data/household/phone", ""),
        ("/data/place/village", "Bản Phố 1"),
        ("/data/goal[1]/g_about/goal_state", "done"),
    ]);
    fill.add("/data/member");
    member(&mut fill, 4, &[("name", "Giàng A Sử"), ("relation", "child"), ("sex", "male")], "2026-11-01");
    fill.say("/data/member[4]/m_life/m_undernourished", "no");
    let outcome = revisit(&records, &first, &mut fill);
    insta::assert_snapshot!(shown(&outcome));
}

#[test]
fn a_removed_member_and_another_households_are_not_filled_in() {
    let (mut records, first, _) = visited();
    let daughter = records.0.iter().find(|(_, state)| state.text("name") == Some("Giàng Thị Dung")).unwrap();
    let mut removal = model::RecordEdit::new(daughter.0.clone());
    removal.fields.insert("removed".into(), json!({ "reason": "twice" }));
    let other = model::RecordEdit::new(model::RecordRef::new("person", crate::common::id(0x99)))
        .under(model::RecordRef::new("household", crate::common::id(0x98)))
        .set("name", "Người khác");
    records.take(&[removal, other]);
    let known = VISIT.rules.prefill(&first.about, &records.children());
    let names: Vec<_> =
        known.iter().filter(|(p, _)| p.ends_with("m_name")).map(|(_, v)| v.as_str()).collect();
    assert_eq!(names, ["Giàng A Chứ", "Vàng Thị Mỷ"]);
}

#[test]
fn a_household_at_which_the_form_was_started_is_not_made_twice() {
    let (records, first, _) = visited();
    // Another version of the form that was not prefilled.
    let outcome = revisit(&records, &first, &mut three_members(&[]));
    assert_eq!(outcome.about, first.about);
    let mut with_id = three_members(&[]);
    with_id.say("/data/household/phone", "");
    let outcome = revisit(&records, &first, &mut with_id);
    assert!(outcome.edits.iter().all(|edit| edit.fields.get("phone") != Some(&Value::Null)));
}

#[test]
fn a_hidden_id_that_is_none_stops_the_finish() {
    let known = [("/data/household_id".to_owned(), "12".to_owned())];
    let submission = three_members(&known).finish();
    let finished = casework::Finished::of(&submission, crate::common::now(), crate::common::now());
    let problem = VISIT.rules.apply(&RULEBOOK, &finished, &context(), &mut uuid::Uuid::now_v7).unwrap_err();
    assert_eq!(problem.code(), "casework.not-an-id");
}
