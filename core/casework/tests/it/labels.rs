//! What fields and codes are called.

use crate::common::{REPORT, RULEBOOK, VISIT};
use casework::{FormLabels, Labels};
use rulebook::Lang;
use serde_json::{Value, json};

fn labels() -> Labels {
    let forms = [&VISIT, &REPORT].map(|form| FormLabels::of(&RULEBOOK, &form.definition, &form.rules));
    // As they are kept.
    let kept = forms.map(|form| serde_json::from_str(&serde_json::to_string(&form).unwrap()).unwrap());
    Labels::of(&RULEBOOK, kept)
}

#[test]
fn a_field_is_called_as_the_form_asks_for_it() {
    let labels = labels();
    let field = |kind: &str, field: &str, lang| labels.field(kind, field, lang);
    assert_eq!(field("household", "water", Lang::Vi).as_deref(), Some("Nguồn nước ăn uống, sinh hoạt chính"));
    assert_eq!(field("household", "water", Lang::En).as_deref(), Some("Main source of water"));
    assert_eq!(field("case", "severity", Lang::En).as_deref(), Some("The receiver's first view"));
    assert_eq!(field("visit", "b2_total", Lang::Vi).as_deref(), Some("Điểm thiếu hụt (B2)"));
    assert_eq!(field("household", "gone", Lang::Vi), None);
    assert_eq!(field("gone", "water", Lang::Vi), None);
}

#[test]
fn every_field_that_a_form_fills_has_a_label_in_both_languages() {
    let labels = labels();
    for kind in ["household", "person", "visit", "consent", "need", "goal", "photo", "case", "informant"] {
        assert!(!labels.fields(kind).is_empty(), "{kind}");
        for field in labels.fields(kind) {
            for lang in Lang::ALL {
                assert!(labels.field(kind, field, lang).is_some(), "{kind}.{field} in {lang:?}");
            }
        }
    }
}

#[test]
fn a_value_is_shown_as_people_read_it() {
    let labels = labels();
    let value = |kind: &str, field: &str, value: Value| labels.value(kind, field, &value, Lang::Vi);
    assert_eq!(value("household", "water", json!("unsafe")), "Nguồn khác, không hợp vệ sinh");
    assert_eq!(value("household", "commune", json!("04456")), "Xã Mù Cang Chải");
    assert_eq!(value("household", "province", json!("15")), "Lào Cai");
    assert_eq!(value("household", "devices", json!(["phone", "radio"])), "Điện thoại, Radio");
    assert_eq!(value("household", "internet", json!(true)), "Có");
    assert_eq!(value("household", "living_area", json!(38.5)), "38,5");
    assert_eq!(value("household", "living_area", json!(40.0)), "40");
    assert_eq!(labels.value("household", "living_area", &json!(38.5), Lang::En), "38.5");
    assert_eq!(value("household", "area", json!("rural")), "Nông thôn");
    assert_eq!(value("household", "phone", json!("0912345678")), "0912345678");
    assert_eq!(value("household", "next_visit", json!("2026-12-24")), "24/12/2026");
    assert_eq!(value("case", "received_at", json!("2026-11-24T07:10:00+07:00")), "24/11/2026 07:10");
    assert_eq!(value("case", "opened_at", json!("2026-11-24T07:10:00+07:00")), "24/11/2026 07:10");
    assert_eq!(value("visit", "deprived", json!(["job", "water"])), "Việc làm, Nguồn nước sinh hoạt");
    assert_eq!(value("person", "ethnicity", json!("08")), "Mông (Hmông)");
    assert_eq!(value("person", "name", json!("2026-12-24")), "2026-12-24");
    assert_eq!(value("consent", "answer", json!("refuse")), "Không đồng ý");
    assert_eq!(value("need", "priority", json!("high")), "Cao");
    let point = json!({ "latitude": 22.3964, "longitude": 103.4701, "altitude": 0.0, "accuracy": 12.0 });
    assert_eq!(value("household", "location", point), "22.396400, 103.470100");
    assert_eq!(value("household", "phone", Value::Null), "");
}

#[test]
fn tables_name_what_no_form_asks() {
    let rulebook = &*RULEBOOK;
    assert_eq!(rulebook.role("case_manager", Lang::Vi), "Người quản lý trường hợp");
    assert!(rulebook.roles().iter().all(|role| rulebook.role(&role.code, Lang::En) != role.code));
    let state = |workflow, code| rulebook.state(workflow, code).map(|state| state.label(Lang::En));
    assert_eq!(state("adult", "plan"), Some("Planning"));
    assert_eq!(state("child-protection", "plan"), Some("Planning support and intervention"));
    assert_eq!(state("adult", "intake"), None);
    assert_eq!(rulebook.code("ethnic_group", "08", Lang::Vi), Some("Mông (Hmông)"));
    assert_eq!(rulebook.code("relation", "head", Lang::Vi), Some("Chủ hộ"));
}
