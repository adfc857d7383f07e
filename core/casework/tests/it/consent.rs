//! A household that says no.

use crate::common::{
    Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, id, now, shown, three_members,
};
use casework::advice;
use model::{RecordEdit, RecordRef, kind};
use rulebook::Lang;
use xforms::{Answer, Moved, QuestionKind};

fn refuse(fill: &mut Fill) -> &mut Fill {
    fill.all(&[
        ("/data/visit/outcome", "met"),
        ("/data/visit/visit_purpose", "first"),
        ("/data/place/province", "15"),
        ("/data/place/commune", "04456"),
        ("/data/place/village", "Bản Phố 2"),
        ("/data/consent/consent_support", "refuse"),
        ("/data/consent/consent_by", "head"),
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
    assert!(told[0].ground.contains("Luật 91/2025/QH15"));
    assert_eq!(RULEBOOK.called("household", "", Lang::Vi), "Hộ chưa cung cấp thông tin");
}

#[test]
fn a_known_household_that_refuses_later_loses_nothing_and_gains_nothing() {
    let mut records = Records::default();
    let first = apply(&VISIT, &three_members(&[]).finish(), &context());
    records.take(&first.edits);
    let known = VISIT.rules.prefill(&first.about, &records.children());

    let mut fill = Fill::new(&VISIT, &known);
    fill.say("/data/visit/outcome", "met").choose("/data/known/consent_again", "support");
    let submission = refuse(&mut fill).finish();
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
    fill.say("/data/observation/obs_quotes", "Cháu đau lắm.");
    for purpose in ["ethnicity", "health", "location", "photo"] {
        fill.say(&format!("/data/consent/consent_{purpose}"), "refuse");
    }
    fill.choose("/data/needs/need_groups", "livelihood");
    fill.say("/data/n_livelihood/need_livelihood", "Vay vốn")
        .say("/data/n_livelihood/priority_livelihood", "low");
    let outcome = apply(&VISIT, &fill.finish(), &context());
    let text = shown(&outcome);
    for word in ["ethnicity =", "disab", "degree", "undernourished", "quotes", "location =", "photo:"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("Giàng Thị Dung"));
}

#[test]
fn each_kind_of_sensitive_data_is_agreed_to_by_itself() {
    let mut fill = three_members(&[]);
    fill.say("/data/consent/consent_ethnicity", "refuse");
    let text = shown(&apply(&VISIT, &fill.finish(), &context()));
    assert!(!text.contains("ethnicity =") && text.contains("degree = \"mild\""), "{text}");

    let mut fill = three_members(&[]);
    fill.say("/data/consent/consent_health", "refuse").choose("/data/needs/need_groups", "livelihood");
    fill.say("/data/n_livelihood/need_livelihood", "Vay vốn")
        .say("/data/n_livelihood/priority_livelihood", "low");
    let text = shown(&apply(&VISIT, &fill.finish(), &context()));
    assert!(text.contains("ethnicity = \"08\"") && !text.contains("degree"), "{text}");
}

/// The groups of needs that are offered.
fn offered(fill: &mut Fill) -> Vec<String> {
    while fill.session.page().questions.iter().all(|question| question.name != "need_groups") {
        assert_eq!(fill.session.next().unwrap(), Moved::ToPage);
    }
    let page = fill.session.page();
    let groups = page.questions.iter().find(|question| question.name == "need_groups").unwrap();
    groups.choices.iter().map(|choice| choice.value.to_string()).collect()
}

#[test]
fn needs_that_tell_of_health_or_private_life_wait_for_their_consent() {
    let mut fill = three_members(&[]);
    assert_eq!(offered(&mut fill).len(), 8);
    fill.say("/data/consent/consent_health", "refuse");
    let open = ["education_work", "livelihood", "life_skills", "participation", "other"];
    assert_eq!(offered(&mut fill), open);
}

#[test]
fn how_consent_was_given_and_before_whom_is_asked_only_where_it_was() {
    let outcome = apply(&VISIT, &three_members(&[]).finish(), &context());
    let consents = outcome.edits.iter().filter(|edit| edit.record.kind == kind::CONSENT);
    let witnesses: Vec<_> = consents.map(|edit| edit.fields["witness"].as_str().unwrap()).collect();
    assert_eq!(witnesses, ["Lù Thị Chứng"; 5]);

    let mut fill = three_members(&[]);
    fill.say("/data/consent/consent_witness", "");
    let problems = fill.session.finish().unwrap_err().problems;
    assert_eq!(problems[0].path, "/data/consent/consent_witness");
    fill.say("/data/consent/consent_form", "written").finish();
    refuse(&mut Fill::new(&VISIT, &[])).finish();
}

/// A household that agreed to everything, and what stands of it later.
fn agreed() -> (Records, RecordRef) {
    let mut records = Records::default();
    let first = apply(&VISIT, &three_members(&[]).finish(), &context());
    records.take(&first.edits);
    (records, first.about)
}

/// Somebody says of a purpose what they think of it by now, at a visit of that day.
fn says(records: &mut Records, about: &RecordRef, purpose: &str, answer: &str, day: &str, n: u128) {
    let visit = RecordRef::new(kind::VISIT, id(n));
    let consent = RecordEdit::new(RecordRef::new(kind::CONSENT, id(n + 1)))
        .under(visit.clone())
        .set("purpose", purpose)
        .set("answer", answer)
        .set("date", day);
    records.take(&[RecordEdit::new(visit).under(about.clone()).set("date", day), consent]);
}

/// The consents that are asked for at the next visit where somebody is met.
fn asked(records: &Records, about: &RecordRef) -> Vec<String> {
    let mut fill = Fill::new(&VISIT, &VISIT.rules.prefill(about, &records.children()));
    fill.say("/data/visit/outcome", "met").say("/data/visit/visit_purpose", "regular");
    fill.choose("/data/known/changed", "none");
    fill.session.next().unwrap();
    fill.session.next().unwrap();
    let page = fill.session.page();
    let purposes = page.questions.iter().filter(|question| question.kind == QuestionKind::SelectOne);
    let purposes: Vec<_> = purposes.filter(|question| question.name.starts_with("consent_")).collect();
    assert!(purposes.iter().all(|question| question.value == Answer::Empty), "never prefilled");
    purposes.iter().map(|question| question.name.clone()).collect()
}

#[test]
fn consent_that_stands_is_not_asked_for_again() {
    let (mut records, about) = agreed();
    assert!(asked(&records, &about).is_empty());
    // Withdrawn, and given again later; what was written down later of a day before counts no more.
    says(&mut records, &about, "photo", "withdrawn", "2026-11-26", 0x200);
    says(&mut records, &about, "photo", "agree", "2026-11-25", 0x210);
    assert_eq!(asked(&records, &about), ["consent_photo", "consent_by"]);
    says(&mut records, &about, "photo", "agree", "2026-11-27", 0x220);
    assert!(asked(&records, &about).is_empty());
    // On one day the later word counts.
    says(&mut records, &about, "health", "refuse", "2026-11-24", 0x230);
    assert_eq!(asked(&records, &about), ["consent_health", "consent_by"]);
    says(&mut records, &about, "support", "withdrawn", "2026-11-28", 0x240);
    assert_eq!(asked(&records, &about)[0], "consent_support");
}

#[test]
fn another_households_consent_says_nothing() {
    let (records, _) = agreed();
    let other = RecordRef::new("household", id(0x300));
    let known = VISIT.rules.prefill(&other, &records.children());
    assert!(known.iter().all(|(path, _)| !path.contains("said_")), "{known:?}");
}

#[test]
fn what_stands_is_in_the_submission_with_its_day_and_makes_no_record() {
    let (records, about) = agreed();
    let mut fill = Fill::new(&VISIT, &VISIT.rules.prefill(&about, &records.children()));
    fill.say("/data/visit/outcome", "met").say("/data/visit/visit_purpose", "regular");
    fill.choose("/data/known/changed", "none").choose("/data/known/consent_again", "photo");
    fill.say("/data/consent/consent_photo", "refuse").say("/data/consent/consent_by", "head");
    fill.say("/data/observation/children_seen", "all");
    let submission = fill.finish();
    for said in [
        "<said_support>agree</said_support>",
        "<said_support_on>2026-11-24</said_support_on>",
        "<consent_support_now>agree</consent_support_now>",
        "<consent_photo_now>refuse</consent_photo_now>",
    ] {
        assert!(submission.xml.contains(said), "{said}");
    }
    let mut again = context();
    (again.about, again.known) = (Some(about), records.known());
    let outcome = apply_from(&VISIT, &submission, &again, 100);
    let consents: Vec<_> = outcome.edits.iter().filter(|edit| edit.record.kind == kind::CONSENT).collect();
    assert_eq!(consents.len(), 1);
    assert_eq!(
        (&consents[0].fields["purpose"], &consents[0].fields["answer"]),
        (&"photo".into(), &"refuse".into())
    );
}

#[test]
fn a_refusal_takes_what_was_known_out_of_the_submission() {
    let (mut records, about) = agreed();
    says(&mut records, &about, "health", "withdrawn", "2026-11-25", 0x200);
    let known = VISIT.rules.prefill(&about, &records.children());
    let mut fill = Fill::new(&VISIT, &known);
    fill.say("/data/visit/outcome", "met").say("/data/visit/visit_purpose", "regular");
    fill.choose("/data/known/changed", "none");
    fill.say("/data/consent/consent_health", "refuse").say("/data/consent/consent_by", "head");
    fill.say("/data/observation/children_seen", "all");
    let xml = fill.finish().xml;
    assert!(!xml.contains("mild") && !xml.contains("movement"), "{xml}");
    assert!(xml.contains("<m_ethnicity_now>08</m_ethnicity_now>"));

    let mut fill = Fill::new(&VISIT, &known);
    fill.say("/data/visit/outcome", "met").choose("/data/known/consent_again", "support");
    let xml = refuse(&mut fill).finish().xml;
    for known in ["Giàng", "0912345678", "unsafe", "22.3964", "08<"] {
        assert!(!xml.contains(known), "{known} in {xml}");
    }
}
