//! A first visit, whole.

use crate::common::{RULEBOOK, VISIT, apply, context, now, shown, three_members, told};
use casework::{CaseworkError, Finished, advice};
use rulebook::Lang;

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
