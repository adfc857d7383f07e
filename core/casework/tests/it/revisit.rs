//! The second visit: what is known is there, ids stay, only what changed is a change.

use crate::common::{
    Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, member, shown, three_members,
};
use casework::{Outcome, answers};
use rulebook::Lang;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};
use xforms::{Moved, QuestionKind, Submission, ValueNode};

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
        ("/data/observation/children_seen", "all"),
        ("/data/agreed/next_visit", "2026-12-24"),
    ]);
}

/// Goes on from page to page; the names of the questions of each.
fn pages(fill: &mut Fill) -> Vec<Vec<String>> {
    let asked = |fill: &mut Fill| -> Vec<String> {
        let page = fill.session.page();
        page.questions.iter().filter(|q| q.kind != QuestionKind::Note).map(|q| q.name.clone()).collect()
    };
    let mut pages = vec![asked(fill)];
    while fill.session.next().unwrap() == Moved::ToPage {
        pages.push(asked(fill));
    }
    pages
}

/// What the form calculates and what it says as of now, by path; of a repeat in the order of its instances.
fn said_now(submission: &Submission) -> Vec<(String, Option<String>)> {
    fn collect(node: &ValueNode, said: &mut Vec<(String, Option<String>)>) {
        let name = &node.name;
        if name.ends_with("_now") || name.starts_with("ind_") || name.starts_with("b2_") {
            said.push((name.clone(), node.value.clone()));
        }
        node.children.iter().for_each(|child| collect(child, said));
    }
    let mut said = Vec::new();
    collect(&submission.root, &mut said);
    said
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
fn what_is_known_is_told_in_words() {
    let (_, _, known) = visited();
    let mut told = String::new();
    for language in ["Tiếng Việt (vi)", "English (en)"] {
        let mut fill = Fill::new(&VISIT, &known);
        fill.session.set_language(language).unwrap();
        ask_anew(&mut fill);
        fill.session.next().unwrap();
        for question in fill.session.page().questions {
            writeln!(told, "{}", question.label).unwrap();
            question.choices.iter().for_each(|choice| writeln!(told, "  {}", choice.label).unwrap());
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn nothing_new_is_twelve_taps_on_eight_pages() {
    let (records, first, known) = visited();
    let mut fill = Fill::new(&VISIT, &known);
    let answers = [
        ("/data/visit/outcome", "met"),
        ("/data/visit/visit_purpose", "regular"),
        ("/data/known/changed", "none"),
        ("/data/observation/children_seen", "all"),
    ];
    for (path, answer) in answers {
        match path {
            "/data/known/changed" => fill.choose(path, answer),
            _ => fill.say(path, answer),
        };
    }
    let pages = pages(&mut fill);
    let taps = answers.len() + pages.len();
    println!("a visit with nothing changed: {} pages, {taps} taps", pages.len());
    let shown: Vec<_> = pages.iter().map(|page| page.join(" ")).collect();
    assert_eq!((pages.len(), taps), (8, 12), "{shown:#?}");
    let outcome = revisit(&records, &first, &mut fill);
    let mut kinds: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.as_str()).collect();
    kinds.dedup();
    // No date was agreed: the household has none any more.
    assert_eq!(kinds, ["household", "submission", "visit"]);
    assert_eq!(outcome.edits[0].fields.keys().collect::<Vec<_>>(), ["next_visit"]);
}

#[test]
fn nothing_new_changes_nothing_but_the_visit() {
    let (records, first, known) = visited();
    for confirmed in [false, true] {
        let mut fill = Fill::new(&VISIT, &known);
        ask_anew(&mut fill);
        if confirmed {
            fill.choose("/data/known/changed", "none");
        }
        let outcome = revisit(&records, &first, &mut fill);
        let kinds: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.to_string()).collect();
        assert_eq!(kinds, ["submission", "visit"]);
        assert_eq!(outcome.lineage[..], std::slice::from_ref(&first.about)[..]);
    }
}

#[test]
fn what_is_confirmed_is_in_the_submission_as_if_it_was_typed() {
    let (_, _, known) = visited();
    let submission = |confirmed: bool| {
        let mut fill = Fill::new(&VISIT, &known);
        ask_anew(&mut fill);
        if confirmed {
            fill.choose("/data/known/changed", "none");
        }
        said_now(&fill.finish())
    };
    let (typed, confirmed) = (submission(false), submission(true));
    assert!(typed.iter().any(|(name, said)| name == "m_degree_now" && said.as_deref() == Some("mild")));
    assert_eq!(confirmed, typed);
}

#[test]
fn what_was_confirmed_is_read_again_as_an_answer() {
    let (_, _, known) = visited();
    let mut fill = Fill::new(&VISIT, &known);
    ask_anew(&mut fill);
    fill.choose("/data/known/changed", "place").say("/data/place/village", "Bản Phố 1");
    let groups = answers(Some(&VISIT.definition), &fill.finish().xml, Lang::Vi).unwrap();
    let said = |label: &str| {
        let all = groups.iter().flat_map(|group| group.answers.iter().map(move |answer| (group, answer)));
        let of = all.filter(|(_, answer)| answer.label == label);
        of.map(|(group, answer)| format!("{}: {}", group.title, answer.value)).collect::<Vec<_>>()
    };
    let names = ["Thành viên 1: Giàng A Chứ", "Thành viên 2: Vàng Thị Mỷ", "Thành viên 3: Giàng Thị Dung"];
    assert_eq!(said("Họ và tên"), names);
    assert_eq!(said("Mái"), [": Không bền chắc"]);
    // What was asked again is told once.
    assert_eq!(said("Thôn, bản, tổ dân phố"), ["Nơi ở của hộ: Bản Phố 1"]);
}

#[test]
fn only_the_section_that_changed_is_asked() {
    let (records, first, known) = visited();
    let mut fill = Fill::new(&VISIT, &known);
    ask_anew(&mut fill);
    fill.choose("/data/known/changed", "housing");
    let pages = pages(&mut fill);
    let asks = |name: &str| pages.iter().flatten().any(|asked| asked == name);
    assert!(asks("house_wall") && asks("water"), "{pages:?}");
    for other in ["village", "household_name", "m_name", "m_insurance", "goal_text", "consent_support"] {
        assert!(!asks(other), "{other} in {pages:?}");
    }
    fill.say("/data/housing/house_wall", "solid");
    let outcome = revisit(&records, &first, &mut fill);
    assert_eq!(outcome.edits[0].fields, BTreeMap::from([("wall".to_owned(), json!("solid"))]));
    // What was corrected counts, what was confirmed still does: one indicator less.
    let visit = outcome.edits.iter().find(|edit| edit.record.kind == "visit").unwrap();
    assert!(!visit.fields["deprived"].to_string().contains("house_quality"));
    assert!(visit.fields["deprived"].to_string().contains("water"));
}

#[test]
fn what_age_brings_up_is_asked_though_all_else_is_confirmed() {
    let (mut records, first, _) = visited();
    let daughter = records.0.iter().find(|(_, state)| state.text("name") == Some("Giàng Thị Dung")).unwrap();
    let grown = model::RecordEdit::new(daughter.0.clone()).set("birth_date", "2010-11-01");
    records.take(&[grown]);
    let known = VISIT.rules.prefill(&first.about, &records.children());
    let mut fill = Fill::new(&VISIT, &known);
    ask_anew(&mut fill);
    fill.choose("/data/known/changed", "none");
    let problems = fill.session.finish().unwrap_err().problems;
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["/data/member[3]/m_life/m_diploma", "/data/member[3]/m_life/m_work"]);
}

#[test]
fn ids_stay_and_only_what_changed_is_an_edit() {
    let (records, first, known) = visited();
    let mut fill = Fill::new(&VISIT, &known);
    ask_anew(&mut fill);
    fill.choose("/data/known/changed", "place members goals");
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
        known.iter().filter(|(p, _)| p.ends_with("/m_name")).map(|(_, v)| v.as_str()).collect();
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
    let mut fill = Fill::new(&VISIT, &known);
    fill.say("/data/visit/outcome", "nobody_home").choose("/data/visit/attempts", "phone").all(&[
        ("/data/visit/visit_purpose", "regular"),
        ("/data/place/province", "15"),
        ("/data/place/commune", "04456"),
        ("/data/place/village", "Bản Phố 2"),
        ("/data/agreed/next_visit", "2026-12-24"),
    ]);
    let submission = fill.finish();
    let finished = casework::Finished::of(&submission, crate::common::now(), crate::common::now());
    let problem = VISIT.rules.apply(&RULEBOOK, &finished, &context(), &mut uuid::Uuid::now_v7).unwrap_err();
    assert_eq!(problem.code(), "casework.not-an-id");
}
