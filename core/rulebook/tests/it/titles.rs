//! What records are called.

use crate::placement::{record, state};
use rulebook::{Lang, Rulebook};
use serde_json::json;

#[test]
fn a_household_is_called_by_its_head_or_else_by_its_first_member() {
    let rulebook = Rulebook::built_in().unwrap();
    let members = [(record("person", 2), state(&[("name", json!("Vàng Thị Mỷ"))]))];
    let title = |fields: &[(&str, serde_json::Value)]| {
        let below = members.iter().map(|(record, state)| (record, state));
        rulebook.title(&record("household", 1), &state(fields), below, Lang::Vi)
    };
    assert_eq!(title(&[("name", json!("Giàng A Chứ"))]), "Giàng A Chứ");
    assert_eq!(title(&[]), "Vàng Thị Mỷ");
    let nothing = rulebook.title(&record("household", 1), &state(&[]), [], Lang::Vi);
    assert_eq!(nothing, "");
    assert_eq!(rulebook.called("household", &nothing, Lang::Vi), "Hộ chưa cung cấp thông tin");
    assert_eq!(rulebook.called("visit", "", Lang::En), "Visit");
}

#[test]
fn a_case_is_called_by_its_workflow_and_its_reason_or_day() {
    let rulebook = Rulebook::built_in().unwrap();
    let title = |fields: &[(&str, serde_json::Value)], lang| {
        rulebook.title(&record("case", 1), &state(fields), [], lang)
    };
    let report = [
        ("workflow", json!("child-protection")),
        // Whoever it is about gives it no name.
        ("name", json!("Giàng Thị Dung")),
        ("received_at", json!("2026-11-24T07:10:00+07:00")),
        ("opened_at", json!("2026-11-25T07:10:00+07:00")),
    ];
    assert_eq!(title(&report, Lang::Vi), "Bảo vệ trẻ em · 24/11/2026");
    let ordinary = [("workflow", json!("adult")), ("reason", json!("Cần sinh kế"))];
    assert_eq!(title(&ordinary, Lang::En), "Case management · Cần sinh kế");
    assert_eq!(title(&[("workflow", json!("adult"))], Lang::En), "Case management", "nothing to put between");
    assert_eq!(title(&[], Lang::En), "Case management", "the kind's own workflow");
    assert_eq!(title(&[("workflow", json!("later"))], Lang::En), "later", "a code that no list has");
}
