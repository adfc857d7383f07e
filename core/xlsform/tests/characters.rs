//! Characters that a form can't hold.

#![allow(clippy::unwrap_used)]

use xlsform::{Options, convert, read_bytes};

#[test]
fn a_control_character_becomes_a_space_and_is_named() {
    let workbook = "|survey|type|name|label|hint::vi\u{1}|\n||text|a|A\u{b}B|H|\n";
    let form = convert(&read_bytes(workbook.as_bytes(), "md").unwrap(), &Options::default()).unwrap();
    assert!(!form.xml.contains(['\u{b}', '\u{1}']));
    assert!(form.xml.contains("A B"));
    let places: Vec<_> = form.warnings.iter().map(|w| (w.code, w.row, w.column.as_deref())).collect();
    assert!(places.contains(&("xlsform.bad-character", Some(2), Some("label"))), "{places:?}");
}
