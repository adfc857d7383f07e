//! Entities: what of them is in the form, and what is said where they can't be.

#![allow(clippy::unwrap_used)]

use xlsform::{Converted, Options, Problem, Problems, convert, read_bytes};

fn made(markdown: &str) -> Result<Converted, Problems> {
    convert(&read_bytes(markdown.as_bytes(), "md")?, &Options::default())
}

fn xml(markdown: &str) -> String {
    made(markdown).unwrap().xml
}

fn errors(markdown: &str) -> Vec<Problem> {
    made(markdown).unwrap_err().errors
}

const HOUSEHOLD: &str = "
|survey|type|name|label|save_to|
||text|address|Địa chỉ|households#address|
||begin repeat|person|Từng người||
||text|full_name|Họ tên|people#full_name|
||end repeat||||
|entities|list_name|label|
||households|${address}|
||people|${full_name}|
";

#[test]
fn each_entity_is_declared_beside_its_properties() {
    let xml = xml(HOUSEHOLD);
    assert!(xml.contains("entities:entities-version=\"2025.1.0\""));
    assert!(xml.contains("nodeset=\"/data/meta/entity/label\" calculate=\" /data/address \""));
    assert!(xml.contains("nodeset=\"/data/person/meta/entity/label\" calculate=\" ../../../full_name \""));
    // The list before the property is the author's way of saying whose it is.
    assert!(xml.contains("entities:saveto=\"full_name\""));
}

#[test]
fn an_entity_of_a_repeat_gets_an_id_in_each_instance() {
    let xml = xml(HOUSEHOLD);
    let action = "<setvalue ref=\"/data/person/meta/entity/@id\" event=\"odk-new-repeat\" value=\"uuid()\"/>";
    assert!(xml.contains(action), "{xml}");
}

#[test]
fn a_lone_entity_stays_at_the_root() {
    let xml = xml("
|survey|type|name|label|save_to|
||begin group|g|Nhóm||
||text|a|A|a|
||end group||||
|entities|list_name|label|
||people|${a}|
");
    assert!(xml.contains("entities:entities-version=\"2024.1.0\""));
    assert!(xml.contains("nodeset=\"/data/meta/entity/@id\""));
}

#[test]
fn a_label_may_sum_up_a_repeat_below() {
    let xml = xml("
|survey|type|name|label|save_to|
||text|address|Địa chỉ|address|
||begin repeat|person|Người||
||integer|age|Tuổi||
||end repeat||||
|entities|list_name|label|
||households|concat(${address}, sum(${age}))|
");
    assert!(xml.contains("calculate=\"concat( /data/address , sum( /data/person/age ))\""), "{xml}");
}

#[test]
fn an_update_asks_for_the_versions_that_it_knows() {
    let xml = xml("
|survey|type|name|label|save_to|
||select_one_from_file people.csv|who|Ai||
||text|a|A|a|
|entities|list_name|entity_id|
||people|${who}|
");
    for (attribute, column) in
        [("baseVersion", "__version"), ("trunkVersion", "__trunkVersion"), ("branchId", "__branchId")]
    {
        let bind = format!(
            "nodeset=\"/data/meta/entity/@{attribute}\" calculate=\"instance('people')/root/item[name= /data/who ]/{column}\""
        );
        assert!(xml.contains(&bind), "{bind}");
    }
}

#[test]
fn every_slip_is_told_with_its_row() {
    let found = errors(
        "
|survey|type|name|label|save_to|
||text|a|A|peple#a|
||text|b|B|people#name|
||text|c|C|c|
|entities|list_name|label|entity_id|create_if|colour|
||people|${a}|${a}|1|x|
||__people|${a}|
",
    );
    let places: Vec<_> = found.iter().map(|p| (p.sheet, p.row, p.code)).collect();
    for place in [
        (Some("entities"), Some(1), "xlsform.entity-column"),
        (Some("entities"), Some(2), "xlsform.entity-update-if"),
        (Some("entities"), Some(3), "xlsform.entity-list"),
    ] {
        assert!(places.contains(&place), "{place:?} in {places:?}");
    }
}

#[test]
fn a_list_misspelt_in_save_to_is_suggested() {
    let found = errors(
        "
|survey|type|name|label|save_to|
||text|a|A|peple#a|
|entities|list_name|label|
||people|${a}|
",
    );
    let [problem] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((problem.code, problem.row), ("xlsform.save-to", Some(2)));
    assert_eq!(problem.hint.as_deref(), Some("did you mean `people`?"));
}

#[test]
fn answers_of_two_repeats_make_no_one_entity() {
    let found = errors(
        "
|survey|type|name|label|save_to|
||begin repeat|r|R||
||text|a|A|a|
||end repeat||||
||begin repeat|s|S||
||text|b|B|b|
||end repeat||||
|entities|list_name|label|
||people|x|
",
    );
    let rows: Vec<_> = found.iter().map(|p| (p.code, p.row)).collect();
    assert!(rows.contains(&("xlsform.entity-scope", Some(6))), "{rows:?}");
}
