//! Law with two axes of time: for which days' facts, and from when it may be acted by.

use chrono::NaiveDate;
use rulebook::{Certainty, Lang, Rulebook};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The amount for a day's facts to who decides on another, and the one that will replace it.
fn base(fact: &str, decision: &str) -> (Option<u64>, Option<u64>) {
    let rulebook = Rulebook::built_in().unwrap();
    let held = rulebook.rate("social_base", day(fact), day(decision));
    (held.row.map(|rate| rate.vnd), held.later.map(|rate| rate.vnd))
}

#[test]
fn the_base_of_social_assistance_by_both_days() {
    assert_eq!(base("2021-06-30", "2026-11-01"), (None, None), "another decree's");
    assert_eq!(base("2024-06-30", "2026-11-01"), (Some(360_000), None));
    assert_eq!(base("2024-07-01", "2026-11-01"), (Some(500_000), None));
    assert_eq!(base("2026-06-30", "2026-11-01"), (Some(500_000), None));
    assert_eq!(base("2026-09-10", "2026-09-15"), (Some(500_000), Some(540_000)));
    assert_eq!(base("2026-09-10", "2026-10-04"), (Some(500_000), Some(540_000)));
    assert_eq!(base("2026-09-10", "2026-10-05"), (Some(540_000), None));
    assert_eq!(base("2026-06-30", "2026-09-15"), (Some(500_000), None), "the later one isn't for that day");
}

#[test]
fn the_norm_of_poverty_by_its_years() {
    let rulebook = Rulebook::built_in().unwrap();
    let points = |area, on: &str| rulebook.norm(area, day(on), day(on)).row.map(|norm| norm.b1_poor_points);
    assert_eq!(points("rural", "2026-12-31"), Some(Some(140)));
    assert_eq!(points("urban", "2026-12-31"), Some(Some(175)));
    assert_eq!(points("urban", "2027-01-01"), Some(None), "not known yet");
    assert_eq!(points("rural", "2021-12-31"), None);
}

#[test]
fn what_is_not_confirmed_is_labelled() {
    let rulebook = Rulebook::built_in().unwrap();
    let base = |fact: &str| rulebook.rate("social_base", day(fact), day("2026-11-01")).row.unwrap();
    let ground = |fact: &str, lang| base(fact).certainty.beside(&base(fact).article, lang);
    assert_eq!(ground("2024-06-30", Lang::Vi), "Nghị định 20/2021/NĐ-CP Điều 4 khoản 2");
    assert_eq!(ground("2026-09-10", Lang::Vi), "Nghị định 335/2026/NĐ-CP (chưa xác nhận)");
    assert_eq!(ground("2026-09-10", Lang::En), "Nghị định 335/2026/NĐ-CP (not confirmed)");
    assert_eq!(Certainty::Practice.label(Lang::Vi), Some("theo thông lệ"));
}
