//! Emergencies of adults, and the certificate of a disability.

use crate::common::{Fill, Form, RULEBOOK, Records, apply, context, id, load, now, told};
use casework::advice;
use model::{RecordEdit, RecordRef, kind};
use rulebook::Lang;
use serde_json::{Value, json};
use std::sync::LazyLock;

static REPORT: LazyLock<Form> = LazyLock::new(|| load("tiep_nhan_khan_cap"));
static DANGER: LazyLock<Form> = LazyLock::new(|| load("danh_gia_nguy_hiem"));
static BAN: LazyLock<Form> = LazyLock::new(|| load("cam_tiep_xuc"));
static SHELTER: LazyLock<Form> = LazyLock::new(|| load("noi_tam_lanh"));
static COUNCIL: LazyLock<Form> = LazyLock::new(|| load("bien_ban_hoi_dong"));
static CERTIFICATE: LazyLock<Form> = LazyLock::new(|| load("giay_khuyet_tat"));

/// A woman whose husband, the head of the household, stands beside the worker: nothing but what can be said.
fn report() -> Fill {
    let mut fill = Fill::new(&REPORT, &[]);
    fill.all(&[
        ("/data/safe/safe_now", "no"),
        ("/data/safe/safe_time", "8–10 giờ sáng"),
        ("/data/safe/safe_phone", "0912345678"),
        ("/data/safe/must_not_know", "Chồng"),
        ("/data/intake/received_at", "2026-11-24T07:10:00+07:00"),
        ("/data/intake/source", "in_person"),
        ("/data/intake/province", "15"),
        ("/data/intake/commune", "04456"),
        ("/data/event/threatened", "yes"),
        ("/data/event/harmer_heads", "yes"),
        ("/data/who/person_name", "Lù Thị Say"),
        ("/data/who/person_sex", "female"),
    ]);
    fill.choose("/data/event/situation", "domestic_violence").choose("/data/event/harmers", "spouse");
    fill.choose("/data/actions/actions_done", "none");
    fill
}

fn open(fill: &mut Fill) -> Vec<String> {
    let problems = fill.session.finish().map_or_else(|found| found.problems, |_| Vec::new());
    problems.into_iter().map(|problem| problem.path).collect()
}

/// A form that is started at a record.
fn started(form: &Form, (records, about): &(Records, RecordRef)) -> Fill {
    Fill::new(form, &form.rules.prefill(about, &records.children()))
}

fn reported() -> (Records, RecordRef) {
    let mut records = Records::default();
    let outcome = apply(&REPORT, &report().finish(), &context());
    records.take(&outcome.edits);
    (records, outcome.about)
}

#[test]
fn safety_is_asked_before_anything_else() {
    let grouped = |path: &str| path.matches('/').count() > 2 && !path.ends_with("_note");
    let mut asked = REPORT.definition.nodes().filter(|node| node.is_question && grouped(&node.path));
    assert_eq!(asked.next().unwrap().path, "/data/safe/safe_now");
}

#[test]
fn a_report_of_an_adult_lies_in_a_case_of_its_own_that_points_at_nothing() {
    let outcome = apply(&REPORT, &report().finish(), &context());
    let case = &outcome.edits[0];
    assert_eq!((&case.record, &case.parent), (&outcome.about, &None));
    assert_eq!(
        (&case.fields["workflow"], &case.fields["state"], &case.fields["restricted"]),
        (&json!("emergency"), &json!("intake"), &json!(true))
    );
    assert!(!case.fields.contains_key("subject"));
    for edit in &outcome.edits[1..] {
        assert_eq!(edit.parent.as_ref(), Some(&outcome.about), "{}", edit.record);
        assert_ne!(edit.record.kind, kind::HOUSEHOLD);
    }
    // Nobody was made to tell anything, and no informant is made out of nothing.
    assert!(!case.fields.contains_key("summary"));
    assert!(outcome.edits.iter().all(|edit| edit.record.kind != kind::INFORMANT));
}

#[test]
fn a_child_has_another_report() {
    let mut fill = report();
    for (age, refused) in [("15", true), ("16", false)] {
        fill.say("/data/who/person_age", age);
        assert_eq!(open(&mut fill) == ["/data/who/person_age"], refused, "{age}");
    }
}

#[test]
fn whom_to_tell_says_nothing_of_children() {
    let outcome = apply(&REPORT, &report().finish(), &context());
    let advice = advice::after_finish(&RULEBOOK, &outcome, now(), Lang::Vi);
    assert_eq!(advice[0].code, "report-at-once");
    assert!(advice[0].text.contains("không để người bị cho là gây tổn hại biết"), "{}", advice[0].text);
    assert!(!advice[0].text.contains("trẻ") && !advice[0].ground.contains("56/2017"), "{:?}", advice[0]);
    let numbers: Vec<&str> = advice.iter().filter_map(|a| a.code.strip_prefix("hotline.")).collect();
    assert_eq!(numbers, ["113", "115", "111"]);
    assert!(!told(&outcome, Lang::En).contains("child away"));
    let alone = |workflow| advice::tell_at_once(&RULEBOOK, workflow, now(), Lang::Vi);
    assert!(alone("child-protection").contains("không tự cách ly trẻ"));
    assert!(!alone("emergency").contains("trẻ"));
}

/// What the person feels, what is concluded; whether the reason is asked for.
#[test]
fn nobody_concludes_less_danger_than_the_person_feels_without_saying_why() {
    let case = reported();
    let table = [
        ("high", "high", false),
        ("high", "medium", true),
        ("high", "low", true),
        ("medium", "low", true),
        ("medium", "high", false),
        ("low", "low", false),
        ("", "low", false),
    ];
    for (feels, concluded, asked) in table {
        let mut fill = started(&DANGER, &case);
        fill.all(&[
            ("/data/who/assessor", "Lò Thị Thu"),
            ("/data/who/alone", "yes"),
            ("/data/factors_/own_view", feels),
            ("/data/end_/risk", concluded),
            ("/data/end_/stable_place", "no"),
            ("/data/end_/wish", "go_on"),
        ]);
        assert_eq!(open(&mut fill) == ["/data/end_/below_own_view"], asked, "{feels} {concluded}");
    }
    // Signs are no score: all of them together conclude nothing.
    let mut fill = started(&DANGER, &case);
    fill.choose("/data/factors_/factors", "weapon strangled death_threat");
    assert_eq!(fill.session.value("/data/end_/risk").unwrap_or_default(), "");
}

/// Until when; from when the 3 days are counted so that they end with it. None: it isn't taken.
#[test]
fn a_ban_lasts_three_days_at_most() {
    let case = reported();
    let table = [
        ("2026-11-23", None),
        ("2026-11-24", Some("2026-11-21")),
        ("2026-11-26", Some("2026-11-23")),
        ("2026-11-27", Some("2026-11-24")),
        ("2026-11-28", None),
    ];
    for (until, from) in table {
        let mut fill = started(&BAN, &case);
        fill.all(&[
            ("/data/decision/number", "31/QĐ-UBND"),
            ("/data/decision/date", "2026-11-24"),
            ("/data/decision/signer", "Sùng A Páo"),
            ("/data/decision/signer_post", "Chủ tịch"),
            ("/data/decision/reason", "Bạo lực"),
            ("/data/decision/effective_at", "2026-11-24T08:00:00+07:00"),
            ("/data/decision/until", until),
        ]);
        match from {
            None => assert_eq!(open(&mut fill), ["/data/decision/until"], "{until}"),
            Some(from) => {
                assert!(open(&mut fill).is_empty(), "{until}");
                assert_eq!(fill.session.value("/data/counts_from"), Some(from), "{until}");
            }
        }
    }
}

#[test]
fn an_adult_goes_to_a_shelter_by_their_own_will() {
    let case = reported();
    let mut fill = started(&SHELTER, &case);
    fill.all(&[("/data/stay/relation", "host"), ("/data/stay/carer", "Nhà bà Dua")]);
    fill.all(&[("/data/stay/carer_checked", "yes"), ("/data/stay/person_agreed", "no")]);
    assert_eq!(open(&mut fill), ["/data/stay/person_agreed"]);
    fill.say("/data/stay/person_agreed", "yes");
    assert!(open(&mut fill).is_empty());
}

/// Members, who came; at least two thirds (Law 51/2010 art. 16.3).
#[test]
fn a_council_decides_with_two_thirds_of_its_members() {
    for (members, came, holds) in [
        ("9", "6", true),
        ("9", "5", false),
        ("8", "6", true),
        ("8", "5", false),
        ("7", "5", true),
        ("7", "4", false),
    ] {
        let mut fill = Fill::new(&COUNCIL, &[]);
        fill.all(&[("/data/meeting/members", members), ("/data/meeting/members_present", came)]);
        let refused = open(&mut fill).contains(&"/data/meeting/members_present".to_owned());
        assert_eq!(refused, !holds, "{came} of {members}");
    }
}

/// Born on, degree, one of the points that are left out; whether it is determined anew at six (Circular 01/2019 art. 8.2 c).
#[test]
fn who_is_determined_anew_at_six() {
    let table = [
        ("2021-03-15", "severe", false, "yes"),
        ("2021-03-15", "profound", false, "yes"),
        ("2021-03-15", "profound", true, "no"),
        // Six on that very day, and the day after.
        ("2020-11-24", "severe", false, "no"),
        ("2020-11-25", "severe", false, "yes"),
        ("1990-02-02", "severe", false, "no"),
        ("", "mild", false, "no"),
    ];
    for (born, degree, left_out, anew) in table {
        let case = RecordRef::new("case", id(1));
        let mut records = Records::default();
        let said = |kind: &str, n: u128, fields: Value| {
            let mut edit = RecordEdit::new(RecordRef::new(kind.to_owned(), id(n))).under(case.clone());
            edit.fields.extend(fields.as_object().unwrap().clone());
            edit
        };
        let mut person = json!({ "role": "applicant", "name": "Giàng Thị Mỷ" });
        if !born.is_empty() {
            person["birth_date"] = born.into();
        }
        records.take(&[
            RecordEdit::new(case.clone()).set("workflow", "disability"),
            said("person", 2, person),
            said(
                "disability_conclusion",
                3,
                json!({ "at": "2026-11-23T09:00:00+07:00", "by": "council",
                "concluded": true, "degree": degree, "types": ["movement"], "stays_profound": left_out }),
            ),
        ]);
        let mut fill = started(&CERTIFICATE, &(records, case));
        fill.say("/data/certificate/date", "2026-11-24");
        assert_eq!(fill.session.value("/data/redetermine"), Some(anew), "{born} {degree} {left_out}");
        assert_eq!(fill.session.value("/data/degree_now"), Some(degree));
    }
}
