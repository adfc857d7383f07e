//! By which workflow somebody goes, by what is known of their birth.

use crate::common::RULEBOOK;
use casework::{Born, Way, way};
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

#[test]
fn whoever_may_be_under_16_goes_the_way_of_children() {
    let on = |text: &str| Born::On(day(text));
    let table = [
        (Born::In(2010), "29/11/2026", "child-protection", true),
        (Born::In(2009), "29/11/2026", "adult", false),
        (Born::In(2011), "29/11/2026", "child-protection", false),
        // On the last day of the year whoever was born in it has had their birthday.
        (Born::In(2010), "31/12/2026", "adult", false),
        (Born::In(2010), "30/12/2026", "child-protection", true),
        (Born::In(2010), "01/01/2026", "child-protection", true),
        (Born::In(2011), "01/01/2027", "child-protection", true),
        (on("30/11/2010"), "29/11/2026", "child-protection", false),
        (on("29/11/2010"), "29/11/2026", "adult", false),
        (on("29/02/2012"), "28/02/2028", "child-protection", false),
        (on("29/02/2012"), "29/02/2028", "adult", false),
        // In a year without the day.
        (on("29/02/2012"), "28/02/2027", "child-protection", false),
        // What lies ahead is a slip, and no reason to leave a child out.
        (on("01/01/2030"), "29/11/2026", "child-protection", false),
        (Born::Unknown, "29/11/2026", "child-protection", true),
    ];
    for (born, seen, workflow, unconfirmed) in table {
        let Way { workflow: found, unconfirmed: is_unconfirmed, .. } =
            way(&RULEBOOK, "case", born, day(seen)).unwrap();
        assert_eq!((found, is_unconfirmed), (workflow, unconfirmed), "{born:?} {seen}");
    }
    let child = way(&RULEBOOK, "case", Born::In(2010), day("29/11/2026")).unwrap();
    let age = child.age.unwrap();
    assert_eq!((age.under, age.article.as_str()), (16, "Luật Trẻ em 102/2016/QH13 Điều 1"));
    assert_eq!(way(&RULEBOOK, "visit", Born::Unknown, day("29/11/2026")), None);
}
