//! A first visit, whole.

use crate::common::{
    Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, now, shown, three_members, told,
};
use casework::{CaseworkError, Finished, advice};
use rulebook::Lang;
use xforms::{Moved, PageView};

#[test]
fn three_members_become_records() {
    assert_eq!(VISIT.rules.about(), Some("household"));
    assert!(VISIT.rules.stands_alone() && !VISIT.rules.is_restricted());
    let submission = three_members(&[]).finish();
    let outcome = apply(&VISIT, &submission, &context());
    insta::assert_snapshot!(shown(&outcome));
    let xml = outcome.edits[1].fields["xml"].as_str().unwrap();
    assert_eq!(xml, submission.xml);
    assert_eq!(outcome.about.kind, *"household");
}

#[test]
fn the_worker_is_told_what_the_norm_says() {
    let outcome = apply(&VISIT, &three_members(&[]).finish(), &context());
    insta::assert_snapshot!("norm_vi", told(&outcome, Lang::Vi));
    insta::assert_snapshot!("norm_en", told(&outcome, Lang::En));
}

#[test]
fn without_points_or_a_known_norm_nothing_is_suggested() {
    let mut fill = three_members(&[]);
    fill.say("/data/poverty/b1_total", "");
    let outcome = apply(&VISIT, &fill.finish(), &context());
    assert!(advice::after_finish(&RULEBOOK, &outcome, now(), Lang::Vi).is_empty());

    fill.say("/data/poverty/b1_total", "141");
    let outcome = apply(&VISIT, &fill.finish(), &context());
    let told = advice::after_finish(&RULEBOOK, &outcome, now(), Lang::Vi);
    assert!(told[0].text.starts_with("Gợi ý: có thể không thuộc hộ nghèo"), "{told:?}");
    assert_eq!(told[0].code, "poverty");

    // The points of 2027 are not known yet.
    let mut outcome = outcome;
    for edit in &mut outcome.edits {
        edit.fields.entry("date".into()).and_modify(|date| *date = "2027-02-01".into());
    }
    assert!(advice::after_finish(&RULEBOOK, &outcome, now(), Lang::Vi).is_empty());
}

/// What a known household is asked where nobody was met, page by page.
#[test]
fn nobody_is_asked_for_consent_who_was_not_met() {
    let mut records = Records::default();
    let first = apply(&VISIT, &three_members(&[]).finish(), &context());
    records.take(&first.edits);
    let known = VISIT.rules.prefill(&first.about, &records.children());
    for outcome in ["nobody_home", "not_received", "unreachable"] {
        let mut fill = Fill::new(&VISIT, &known);
        fill.say("/data/visit/outcome", outcome).choose("/data/visit/attempts", "phone");
        fill.say("/data/visit/visit_purpose", "regular").say("/data/agreed/next_visit", "2026-12-10");
        fill.choose("/data/known/changed", "none");
        let mut pages = vec![names(&fill.session.page())];
        while fill.session.next().unwrap() == Moved::ToPage {
            pages.push(names(&fill.session.page()));
        }
        let asked = ["visit_date", "outcome", "attempts", "visit_purpose"];
        let place = ["told_place", "changed"];
        assert_eq!(pages, [&asked[..], &place, &["next_visit"]], "{outcome}");

        let mut again = context();
        again.about = Some(first.about.clone());
        again.known = records.known();
        let outcome = apply_from(&VISIT, &fill.finish(), &again, 100);
        let kinds: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.as_str()).collect();
        assert_eq!(kinds, ["household", "submission", "visit"]);
        assert_eq!(outcome.edits[0].fields.keys().collect::<Vec<_>>(), ["next_visit"]);
        assert_eq!(outcome.edits[2].fields["attempts"], serde_json::json!(["phone"]));
    }
}

fn names(page: &PageView) -> Vec<String> {
    page.questions.iter().map(|question| question.name.clone()).collect()
}

#[test]
fn the_class_that_the_commune_gave_goes_with_its_year() {
    let mut fill = three_members(&[]);
    fill.say("/data/poverty/poverty_class", "near_poor");
    let problems = fill.session.finish().unwrap_err().problems;
    assert_eq!(problems[0].path, "/data/poverty/poverty_year");
    fill.say("/data/poverty/poverty_year", "2026");
    let outcome = apply(&VISIT, &fill.finish(), &context());
    let household = &outcome.edits[0].fields;
    assert_eq!(
        (household["poverty_class"].as_str(), household["poverty_year"].as_i64()),
        (Some("near_poor"), Some(2026))
    );
}

#[test]
fn a_photo_that_is_not_at_hand_stops_the_finish() {
    let submission = three_members(&[]).finish();
    let mut context = context();
    context.photos.clear();
    let finished = Finished::of(&submission, now(), now());
    let problem = VISIT.rules.apply(&RULEBOOK, &finished, &context, &mut uuid::Uuid::now_v7).unwrap_err();
    assert_eq!(problem, CaseworkError::PhotoMissing { path: "/data/photo/p_about/photo_file".into() });
    assert_eq!(problem.code(), "casework.photo-missing");
}
