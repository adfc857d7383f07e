//! Filters of lists that are looked up instead of scanned offer what a scan would.

use crate::common::{inputs, start, text};
use xforms::Session;

/// The villages that a filter leaves, for a district and a kind.
fn offered(filter: &str, district: &str, kind: &str) -> Vec<String> {
    let village = |name: &str, cells: &str| format!("<item><name>{name}</name>{cells}</item>");
    let rows = [
        village("a", "<district>d1</district><kind>hill</kind>"),
        village("b", "<district>d1</district><kind>river</kind>"),
        village("c", "<district>d2</district><kind>hill</kind>"),
        village("d", "<district/><kind>hill</kind>"),
        village("e", "<kind>hill</kind>"),
        village("f", "<district>d2</district><district>d1</district><kind>hill</kind>"),
    ];
    let filter = filter.replace('<', "&lt;");
    let body = format!(
        r#"{}<select1 ref="/data/village"><itemset nodeset="instance('v')/root/item[{filter}]">
           <value ref="name"/><label ref="name"/></itemset></select1>"#,
        inputs(&["/data/district", "/data/kind"])
    );
    let mut session: Session = start(
        "<district/><kind/><village/>",
        &format!(r#"<instance id="v"><root>{}</root></instance>"#, rows.concat()),
        &body,
    );
    session.answer("/data/district", &text(district)).unwrap();
    session.answer("/data/kind", &text(kind)).unwrap();
    while session.page().question("/data/village").is_none() {
        session.next().unwrap();
    }
    let page = session.page();
    page.question("/data/village").unwrap().choices.iter().map(|c| c.value.to_string()).collect()
}

#[test]
fn one_equality() {
    assert_eq!(offered("district = /data/district", "d1", ""), ["a", "b", "f"]);
    assert_eq!(offered("/data/district = district", "d2", ""), ["c", "f"]);
    assert!(offered("district = /data/district", "d3", "").is_empty());
}

#[test]
fn an_empty_answer_equals_an_empty_column_and_a_missing_one() {
    assert_eq!(offered("district = /data/district", "", ""), ["d", "e"]);
}

#[test]
fn equalities_joined() {
    let both = "district = /data/district and kind = /data/kind";
    assert_eq!(offered(both, "d1", "hill"), ["a", "f"]);
    assert_eq!(offered(both, "d1", "river"), ["b"]);
    assert!(offered(both, "d2", "river").is_empty());
    assert_eq!(offered("district = /data/district and name != 'a'", "d1", ""), ["b", "f"]);
    assert_eq!(offered("name != 'a' and district = /data/district", "d1", ""), ["b", "f"]);
}

#[test]
fn places_count_all_rows() {
    assert_eq!(offered("position() < 3 and kind = /data/kind", "", "hill"), ["a"]);
    assert_eq!(offered("kind = /data/kind and position() = last()", "", "hill"), ["f"]);
    assert_eq!(offered("kind = /data/kind][position() < 3", "", "hill"), ["a", "c"]);
}
