//! What edits change.

use crate::permissions::state;
use model::{ChangeId, DeviceId, RecordEdit, RecordRef, RecordState, Stamp, kind};
use rulebook::{Changing, Rulebook};
use serde_json::{Value, json};
use std::convert::Infallible;
use uuid::Uuid;

fn household() -> RecordRef {
    RecordRef::new(kind::HOUSEHOLD, Uuid::from_u128(9))
}

fn changing(edits: Vec<RecordEdit>, known: Option<&RecordState>) -> Vec<Changing> {
    let rulebook = Rulebook::built_in().unwrap();
    let known = |_: &RecordRef| Ok::<_, Infallible>(known.cloned());
    rulebook.changing(edits, known).unwrap()
}

#[test]
fn edits_of_a_record_become_one_change_of_what_is_new() {
    let stands = state(
        DeviceId(Uuid::nil()),
        &[("name", json!("Nông Thị Giả")), ("commune", json!("06040")), ("village", json!("Nà Pò"))],
    );
    let edit = |name: &str, value: Value| RecordEdit::new(household()).set(name, value);
    // Nothing new.
    assert!(
        changing(vec![edit("name", json!("Nông Thị Giả")), edit("phone", Value::Null)], Some(&stands))
            .is_empty()
    );
    // The later value wins, and a part of the address brings the rest of it along.
    let edits = vec![
        edit("name", json!("Nông Thị Giả")),
        edit("village", json!("Nà Lừa")),
        edit("phone", json!("0911")),
        edit("phone", json!("0912")),
    ];
    let changed = changing(edits, Some(&stands));
    let fields: Vec<(&str, &Value)> =
        changed[0].fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let (address, commune) = (json!(null), json!("06040"));
    assert_eq!(
        fields,
        [
            ("address", &address),
            ("commune", &commune),
            ("phone", &json!("0912")),
            ("province", &address),
            ("village", &json!("Nà Lừa")),
        ]
    );
    assert_eq!((changed.len(), changed[0].is_new), (1, false));
    assert_eq!(changed[0].said().text("village"), Some("Nà Lừa"));
    let draft = changed[0].draft(Stamp(1, 0), None).unwrap();
    let heads = std::collections::BTreeSet::from([ChangeId(Uuid::from_u128(7))]);
    assert_eq!((&draft.fields["village"].1, draft.fields["phone"].1.len()), (&heads, 0));
}

#[test]
fn a_new_record_is_made_even_of_nothing_and_a_disagreement_is_settled_by_what_is_shown() {
    let new = changing(vec![RecordEdit::new(household()).under(household())], None);
    assert_eq!((new[0].is_new, new[0].fields["parent"].as_str()), (true, Some(&*household().to_string())));
    let mut stands = state(DeviceId(Uuid::nil()), &[("name", json!("Giả"))]);
    let other = state(DeviceId(Uuid::from_u128(1)), &[("name", json!("Thử"))]);
    let mut heads = other.fields["name"].heads.clone();
    heads[0].change = ChangeId(Uuid::from_u128(8));
    stands.fields.get_mut("name").unwrap().heads.extend(heads);
    let shown = stands.value("name").cloned().unwrap();
    let settled = changing(vec![RecordEdit::new(household()).set("name", shown)], Some(&stands));
    assert_eq!(settled[0].draft(Stamp(2, 0), None).unwrap().fields["name"].1.len(), 2);
}
