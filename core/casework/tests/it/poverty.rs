//! The points of deprivation (B2, Circular 07/2021/TT-BLĐTBXH), by households that were scored by hand.

use crate::common::{Fill, VISIT, apply, context, member};
use model::kind;

/// What is said of somebody in `m_about` and in `m_life`, and the birth, a year or a day.
type Person<'a> = (&'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)], &'a str);

/// A household without deprivations but unsafe water and no toilet: 20 points.
fn household(date: &str, sensitive: &str, people: &[Person]) -> Fill {
    let mut fill = Fill::new(&VISIT, &[]);
    fill.all(&[
        ("/data/visit/visit_date", date),
        ("/data/visit/outcome", "met"),
        ("/data/visit/visit_purpose", "poverty_review"),
        ("/data/place/province", "15"),
        ("/data/place/commune", "04456"),
        ("/data/place/village", "Bản Phố 2"),
        ("/data/consent/consent_support", "agree"),
        ("/data/consent/consent_ethnicity", sensitive),
        ("/data/consent/consent_health", sensitive),
        ("/data/consent/consent_location", "refuse"),
        ("/data/consent/consent_photo", "refuse"),
        ("/data/consent/consent_by", "head"),
        ("/data/consent/consent_form", "written"),
        ("/data/household/household_name", "Giàng A Chứ"),
    ]);
    for (n, (about, life, birth)) in (1..).zip(people) {
        if n > 1 {
            fill.add("/data/member");
        }
        if sensitive == "agree" {
            member(&mut fill, n, about, birth);
        } else {
            known(&mut fill, n, about, birth);
        }
        for (name, answer) in *life {
            fill.say(&format!("/data/member[{n}]/m_life/m_{name}"), answer);
        }
    }
    fill.all(&[
        ("/data/housing/house_wall", "solid"),
        ("/data/housing/house_column", "solid"),
        ("/data/housing/house_roof", "solid"),
        ("/data/housing/house_area", "60"),
        ("/data/services/water", "unsafe"),
        ("/data/services/toilet", "none"),
        ("/data/services/internet", "yes"),
        ("/data/poverty/b1_total", "120"),
        ("/data/observation/children_seen", "all"),
    ]);
    fill.choose("/data/services/devices", "phone");
    fill
}

/// A member of whom nothing sensitive is said.
fn known(fill: &mut Fill, n: usize, about: &[(&str, &str)], birth: &str) {
    let path = |group: &str, name: &str| format!("/data/member[{n}]/{group}/m_{name}");
    for (name, answer) in about {
        fill.say(&path("m_about", name), answer);
    }
    let kind = if birth.len() == 4 { "year" } else { "date" };
    fill.say(&path("m_about", "birth_known"), kind).say(&path("m_about", &format!("birth_{kind}")), birth);
    fill.say(&path("m_life", "insurance"), "yes").say(&path("m_life", "benefit"), "no");
}

const HEAD: &[(&str, &str)] = &[("name", "Giàng A Chứ"), ("relation", "head"), ("sex", "male")];
const CHILD: &[(&str, &str)] = &[("name", "Giàng Thị Dung"), ("relation", "child"), ("sex", "female")];
/// In work, with a certificate.
const WORKS: &[(&str, &str)] = &[("diploma", "upper_secondary"), ("work", "own")];

/// B2, the most that it may be, and what is suggested.
fn scored(fill: &mut Fill) -> (i64, i64, String) {
    let outcome = apply(&VISIT, &fill.finish(), &context());
    let visit = outcome.edits.iter().find(|edit| edit.record.kind == kind::VISIT).unwrap();
    let points = |field: &str| visit.fields[field].as_i64().unwrap();
    (points("b2_total"), points("b2_most"), visit.fields["poverty_suggestion"].as_str().unwrap().to_owned())
}

fn is(found: (i64, i64, String), least: i64, most: i64, class: &str) {
    assert_eq!(found, (least, most, class.to_owned()));
}

#[test]
fn who_turns_six_after_the_school_year_began_is_in_the_right_level_in_preschool() {
    let child = |birth, level: &'static [(&'static str, &'static str)]| {
        household("2026-04-10", "agree", &[(HEAD, WORKS, "1985-02-01"), (CHILD, level, birth)])
    };
    const PRESCHOOL: &[(&str, &str)] =
        &[("studying", "preschool"), ("undernourished", "no"), ("disabled", "no")];
    is(scored(&mut child("2020-03-05", PRESCHOOL)), 20, 20, "near_poor");
    // A year older, and still there.
    is(scored(&mut child("2019-03-05", PRESCHOOL)), 30, 30, "poor");
}

#[test]
fn who_is_over_eighteen_and_studies_in_lower_secondary_is_deprived() {
    const LOWER: &[(&str, &str)] =
        &[("studying", "lower_secondary"), ("diploma", "primary"), ("work", "not_working")];
    const PRIMARY: &[(&str, &str)] = &[("studying", "primary"), ("diploma", "none"), ("work", "not_working")];
    const UPPER: &[(&str, &str)] =
        &[("studying", "upper_secondary"), ("diploma", "lower_secondary"), ("work", "not_working")];
    let of = |birth, level| {
        household("2026-04-10", "agree", &[(HEAD, WORKS, "1985-02-01"), (CHILD, level, birth)])
    };
    is(scored(&mut of("2007-02-01", LOWER)), 30, 30, "poor");
    is(scored(&mut of("2009-02-01", PRIMARY)), 30, 30, "poor");
    is(scored(&mut of("2009-02-01", LOWER)), 20, 20, "near_poor");
    is(scored(&mut of("2007-02-01", UPPER)), 20, 20, "near_poor");
}

#[test]
fn what_may_not_be_recorded_stays_unknown() {
    // A disabled man on a benefit, who does not agree that it is recorded: he may be a dependent.
    const ON_BENEFIT: &[(&str, &str)] =
        &[("diploma", "upper_secondary"), ("work", "not_working"), ("benefit", "yes")];
    is(
        scored(&mut household("2026-04-10", "refuse", &[(HEAD, ON_BENEFIT, "1985-02-01")])),
        20,
        30,
        "unknown",
    );
    // Whether a child is undernourished.
    const PUPIL: &[(&str, &str)] = &[("studying", "primary")];
    let people: [Person; 3] =
        [(HEAD, WORKS, "1985-02-01"), (CHILD, WORKS, "1987-02-01"), (CHILD, PUPIL, "2017-03-05")];
    is(scored(&mut household("2026-04-10", "refuse", &people)), 20, 30, "unknown");
}

#[test]
fn a_year_of_birth_is_either_of_two_ages() {
    // Born in 2010: in April 2026 fifteen or sixteen, a dependent or none.
    const STUDIES: (&str, &str) = ("studying", "upper_secondary");
    const SCHOOL: (&str, &str) = ("diploma", "lower_secondary");
    const WORK: (&str, &str) = ("work", "not_working");
    const FED: (&str, &str) = ("undernourished", "no");
    const OLD: &[(&str, &str)] = &[("diploma", "none"), ("work", "not_working"), ("benefit", "yes")];
    let of = |birth, life: &[_]| {
        household("2026-04-10", "agree", &[(HEAD, OLD, "1950-01-01"), (CHILD, life, birth)])
    };
    is(scored(&mut of("2010", &[STUDIES, SCHOOL, WORK, FED])), 20, 30, "unknown");
    is(scored(&mut of("2011", &[STUDIES, WORK, FED])), 30, 30, "poor");
    is(scored(&mut of("2009", &[STUDIES, SCHOOL, WORK])), 20, 20, "near_poor");
}

#[test]
fn who_is_past_working_age_lacks_no_job() {
    const NO_CONTRACT: &[(&str, &str)] = &[("diploma", "primary"), ("work", "no_contract")];
    is(
        scored(&mut household("2026-04-10", "agree", &[(HEAD, NO_CONTRACT, "1956-01-01")])),
        20,
        20,
        "near_poor",
    );
    // A man works until 61 years and 6 months in 2026 (Decree 135/2020/NĐ-CP).
    is(scored(&mut household("2026-04-10", "agree", &[(HEAD, NO_CONTRACT, "1964-11-01")])), 30, 30, "poor");
    is(
        scored(&mut household("2026-04-10", "agree", &[(HEAD, NO_CONTRACT, "1964-10-01")])),
        20,
        20,
        "near_poor",
    );
}
