//! A household that says no.

use crate::common::{Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, now, shown, three_members};
use casework::advice;
use rulebook::Lang;

fn refuse(fill: &mut Fill) -> &mut Fill {
    fill.all(&[
        ("/data/visit/visit_purpose", "first"),
        ("/data/place/province", "15"),
        ("/data/place/commune", "04456"),
        ("/data/place/village", "Bản Phố 2"),
        ("/data/consent/consent_support", "refuse"),
        ("/data/consent/consent_by", "head"),
        ("/data/consent/consent_form", "spoken"),
    ])
}

#[test]
fn only_the_visit_and_the_answer_are_kept() {
    let submission = refuse(&mut Fill::new(&VISIT, &[])).finish();
    let outcome = apply(&VISIT, &submission, &context());
    insta::assert_snapshot!(shown(&outcome));
    assert!(!submission.xml.contains("b1_total"));
    let told = advice::after_finish(&RULEBOOK, &outcome, now(), Lang::Vi);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].code, "consent-refused");
    assert!(told[0].text.contains("Luật 91/2025/QH15"));
    assert_eq!(RULEBOOK.called("household", "", Lang::Vi), "Hộ chưa cung cấp thông tin");
}

#[test]
fn a_known_household_that_refuses_later_loses_nothing_and_gains_nothing() {
    let mut records = Records::default();
    let first = apply(&VISIT, &three_members(&[]).finish(), &context());
    records.take(&first.edits);
    let known = VISIT.rules.prefill(&first.about, &records.children());

    let submission = refuse(&mut Fill::new(&VISIT, &known)).finish();
    let mut again = context();
    again.about = Some(first.about.clone());
    again.known = records.known();
    let outcome = apply_from(&VISIT, &submission, &again, 100);
    let kinds: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.to_string()).collect();
    // The next visit was taken back; name, address and members stay untouched.
    assert_eq!(kinds, ["household", "submission", "visit", "consent"]);
    assert_eq!(outcome.edits[0].fields.keys().collect::<Vec<_>>(), ["next_visit"]);
    assert_eq!(outcome.about, first.about);
}

#[test]
fn refusing_sensitive_data_keeps_it_out() {
    let mut fill = three_members(&[]);
    fill.say("/data/consent/consent_sensitive", "refuse").say("/data/consent/consent_location", "refuse");
    fill.say("/data/consent/consent_photo", "refuse");
    let outcome = apply(&VISIT, &fill.finish(), &context());
    let text = shown(&outcome);
    for word in ["ethnicity", "disab", "degree", "undernourished", "location =", "photo:"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("Giàng Thị Dung"));
}
