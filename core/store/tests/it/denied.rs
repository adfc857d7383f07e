//! What the hub denied: put back here, the rest made anew, nothing lost.

use crate::common::*;
use model::{RecordEdit, RecordRef, Role, batch::ShownField, kind, record::field};
use store::StoreError;
use wire::push::{BatchResult, DeniedPart, FOLLOWS, Outcome};

fn denied(first_seq: u64, code: &str, parts: &[(u64, Option<&str>)]) -> BatchResult {
    let parts = parts.iter().map(|(seq, field)| DeniedPart { seq: *seq, field: field.map(str::to_owned) });
    BatchResult { first_seq, outcome: Outcome::Denied { code: code.into(), parts: parts.collect() } }
}

fn text(phone: &Phone, record: &RecordRef, name: &str) -> Option<String> {
    let record = phone.store.record(record).unwrap()?;
    record.state.text(name).map(str::to_owned)
}

/// A phone that has read another's household.
fn with_household() -> (Phone, RecordRef) {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = household("Hộ Cũ").set("phone", "0911");
    let record = home.record.clone();
    let mut answer = phone.answer(&commune(), 1, vec![put(other.batch(vec![home]))]);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(text(&phone, &record, "phone").as_deref(), Some("0911"));
    (phone, record)
}

#[test]
fn what_it_replaced_stands_again_and_what_is_allowed_is_sent_anew() {
    let (phone, home) = with_household();
    let edit = RecordEdit::new(home.clone()).set("phone", "0922").set(field::REMOVED, "nhầm");
    phone.store.commit(vec![edit, person("Người Mới", &home)]).unwrap();
    assert!(phone.store.record(&home).unwrap().unwrap().state.is_removed());

    phone.store.acknowledge(2, &[denied(1, "permission.remove", &[(1, Some(field::REMOVED))])]).unwrap();
    let state = phone.store.record(&home).unwrap().unwrap().state;
    assert!(!state.is_removed());
    assert_eq!((state.text("phone"), state.text("name")), (Some("0922"), Some("Hộ Cũ")));
    assert_eq!(phone.store.children(&home, Some(kind::PERSON)).unwrap().len(), 1);
    let again = phone.own_after(2);
    let fields: Vec<Vec<String>> =
        again.iter().flat_map(model::Verified::changes).flatten().map(|change| names(&change)).collect();
    assert_eq!(fields[0], ["phone"], "{fields:?}");
    assert_eq!(fields.len(), 2, "the person comes too");
    // The worker is told of what did not count, and of that alone.
    let held = phone.store.held_back().unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].record, home);
    assert!(matches!(&held[0].outcome, Outcome::Denied { code, .. } if code == "permission.remove"));
}

#[test]
fn what_was_denied_once_is_put_back_once() {
    let (phone, home) = with_household();
    phone.store.commit(vec![RecordEdit::new(home.clone()).set("phone", "0922")]).unwrap();
    let told = [denied(1, "permission.change", &[(1, Some("phone"))])];
    phone.store.acknowledge(1, &told).unwrap();
    assert_eq!(text(&phone, &home, "phone").as_deref(), Some("0911"));
    assert!(phone.own_after(1).is_empty());
    phone.store.acknowledge(1, &told).unwrap();
    let mut answer = phone.answer(&commune(), 2, vec![]);
    answer.own = told.to_vec();
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(text(&phone, &home, "phone").as_deref(), Some("0911"));
    assert!(phone.own_after(1).is_empty());
    assert_eq!(phone.store.held_back().unwrap().len(), 1);
}

#[test]
fn later_work_on_what_was_denied_goes_on_from_what_stands() {
    let (phone, home) = with_household();
    let set = |name: &str, value: &str| {
        phone.store.commit(vec![RecordEdit::new(home.clone()).set(name, value)]).unwrap();
    };
    set(field::REMOVED, "nhầm");
    set(field::REMOVED, "chuyển đi");
    set("phone", "0933");
    // The second stands on the first, so the hub denies it with it.
    let told = [denied(1, "permission.remove", &[(1, Some(field::REMOVED))]), denied(2, FOLLOWS, &[])];
    phone.store.acknowledge(3, &told).unwrap();
    // Made anew: the hub will say again that it isn't allowed, by itself.
    let again = phone.own_after(3);
    assert_eq!(seqs(&again), [4]);
    phone.store.acknowledge(4, &[denied(4, "permission.remove", &[(4, Some(field::REMOVED))])]).unwrap();
    let state = phone.store.record(&home).unwrap().unwrap().state;
    assert!(!state.is_removed());
    assert_eq!(state.text("phone"), Some("0933"));
    assert!(phone.own_after(4).is_empty());
    assert_eq!(phone.store.held_back().unwrap().len(), 2);
}

#[test]
fn a_record_that_may_not_be_goes_with_what_lies_under_it() {
    let phone = Phone::new();
    let home = household("Hộ Mới");
    let record = home.record.clone();
    phone.store.commit(vec![home, person("Người", &record)]).unwrap();
    phone.store.acknowledge(2, &[denied(1, "permission.add", &[(1, None)])]).unwrap();
    assert!(phone.store.record(&record).unwrap().is_none());
    assert!(phone.store.children(&record, None).unwrap().is_empty());
    assert!(phone.own_after(2).is_empty());
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD).unwrap(), 0);
}

#[test]
fn a_phone_asks_before_it_keeps_anything() {
    let (phone, home) = with_household();
    let mut answer = phone.answer(&commune(), 2, vec![]);
    answer.worker.role = Role::new("collaborator");
    phone.store.apply_pull(&answer).unwrap();
    let removed = phone.store.commit(vec![RecordEdit::new(home.clone()).set(field::REMOVED, "nhầm")]);
    assert_eq!(removed.map_err(|error| error.code()), Err("permission.remove"));
    let case = RecordEdit::new(new_ref(kind::CASE)).under(home.clone()).set("reason", "già yếu");
    assert_eq!(phone.store.commit(vec![case]).map_err(|error| error.code()), Err("permission.add"));
    assert!(phone.own_after(0).is_empty());
    // Their own they may take out.
    let note = RecordEdit::new(new_ref(kind::NOTE)).under(home).set("text", "hỏi lại");
    let record = note.record.clone();
    phone.store.commit(vec![note]).unwrap();
    phone.store.commit(vec![RecordEdit::new(record).set(field::REMOVED, "nhầm")]).unwrap();
    assert!(matches!(StoreError::NotAllowed(rulebook::Action::See).code(), "permission.see"));
}

fn names(change: &model::batch::Shown<'_>) -> Vec<String> {
    let name = |field: &ShownField<'_>| match field {
        ShownField::Value(field) => Some(field.name.to_string()),
        ShownField::Erased(_) | ShownField::Withheld => None,
    };
    change.fields.iter().filter_map(name).collect()
}
