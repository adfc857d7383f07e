//! A household that says no.

use crate::common::{Fill, RULEBOOK, Records, VISIT, apply, apply_from, context, now, shown, three_members};
use casework::advice;
use model::kind;
use rulebook::Lang;
use xforms::Moved;

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
