//! A folder that goes on as another device of its worker.

use crate::{common::*, drafts::new_draft};
use model::{RecordEdit, Verified, kind};
use store::{Enrolment, StoreError, Waiting};
use wire::{
    enrol::Continued,
    push::{BatchResult, Outcome},
};

/// Another device of the phone's worker.
fn again(phone: &Phone) -> Enrolment {
    let before = phone.store.identity().unwrap();
    let mut key = Other::new();
    key.user = before.user;
    let certificate = phone.office.certify(&mut key);
    let signing_key = key.signing_key.clone().into();
    let recovery_key = phone.office.state().recovery_key;
    let identity =
        store::Identity { device: key.device, certificate, token: model::Redacted("new".into()), ..before };
    Enrolment { identity, signing_key, recovery_key }
}

fn has(phone: &Phone, received_through: u64, unadmitted: Vec<u64>) -> Vec<Continued> {
    vec![Continued { device: phone.store.identity().unwrap().device, received_through, unadmitted }]
}

/// What the batches say, without who says it.
fn said(batches: &[Verified]) -> Vec<(String, Vec<(String, String)>)> {
    let fields = |change: &model::batch::Shown<'_>| {
        let value = |field: &model::batch::ShownField<'_>| match field {
            model::batch::ShownField::Value(field) => (field.name.to_string(), field.value.text().to_owned()),
            other => panic!("{other:?}"),
        };
        change.fields.iter().map(value).collect()
    };
    let changes = batches.iter().flat_map(Verified::changes).flatten();
    changes.map(|change| (change.head.record.to_string(), fields(&change))).collect()
}

#[test]
fn what_the_hub_lacks_is_signed_anew_and_nothing_else() {
    let phone = Phone::new();
    let edits: Vec<RecordEdit> = ["Một", "Hai", "Ba"].map(household).to_vec();
    for edit in &edits {
        phone.store.commit(vec![edit.clone()]).unwrap();
    }
    // The third is changed once more, and so is what the hub has.
    let [first, third] = [&edits[0].record, &edits[2].record].map(|record| RecordEdit::new(record.clone()));
    phone.store.commit(vec![third.set("name", "Ba Mới"), first.set("name", "Một Mới")]).unwrap();
    let draft = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.store.acknowledge(1, &[]).unwrap();
    let before = phone.own_after(1);
    let listed = phone.store.list("household", "", 0, 9).unwrap();

    let enrolment = again(&phone);
    let device = enrolment.identity.device;
    let carried = phone.store.carry_over(&enrolment, &has(&phone, 1, vec![])).unwrap();
    assert_eq!(carried.changes, 4);
    let anew = phone.own_after(0);
    assert_eq!(said(&anew), said(&before));
    assert!(anew.iter().all(|batch| batch.statement().device == device));
    assert_eq!(seqs(&anew), [1, 2, 3, 4]);
    assert_eq!(phone.store.waiting().unwrap(), Waiting { changes: 4, ..Waiting::default() });
    // Nothing disagrees with itself, and what came after replaces what it did.
    for edit in &edits {
        let record = phone.store.record(&edit.record).unwrap().unwrap();
        assert_eq!(record.state.conflicts().count(), 0);
    }
    let changes: Vec<_> = anew.iter().flat_map(Verified::changes).flatten().collect();
    let (ba, ba_moi) = (&changes[1], &changes[2]);
    let replaces = |shown: &model::batch::Shown<'_>| match &shown.fields[0] {
        model::batch::ShownField::Value(field) => field.replaces.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(replaces(ba_moi), [ba.id]);
    assert_eq!(phone.store.list("household", "", 0, 9).unwrap().rows, listed.rows);
    assert!(phone.store.draft(draft).is_ok());
    assert_eq!(phone.store.ended().unwrap(), None);
    // The next commit goes on from there.
    phone.store.commit(vec![household("Bốn")]).unwrap();
    let all = phone.own_after(0);
    assert!(
        all.windows(2).all(|pair| pair[1]
            .statement()
            .follows(&model::batch::Chain::after(pair[0].statement()))
            .is_ok())
    );
}

#[test]
fn after_a_fork_what_the_hub_took_from_the_other_copy_counts_for_nothing() {
    let phone = Phone::new();
    for name in ["Chung", "Riêng"] {
        phone.store.commit(vec![household(name)]).unwrap();
    }
    // The hub has seven changes of the other copy, of which the first is ours.
    let forked = Outcome::Refused { code: "push.forked".into() };
    phone.store.acknowledge(2, &[BatchResult { first_seq: 2, outcome: forked }]).unwrap();
    assert_eq!(phone.store.waiting().unwrap().changes, 2, "not acknowledged: those are another's");
    phone.store.set_ended(Some("sync.forked")).unwrap();
    let own = said(&phone.own_after(1));
    phone.store.carry_over(&again(&phone), &has(&phone, 1, vec![])).unwrap();
    assert_eq!(said(&phone.own_after(0)), own);
    assert_eq!(phone.store.held_back().unwrap(), []);
    assert_eq!(phone.store.ended().unwrap(), None);
}

#[test]
fn what_waited_at_the_hub_comes_anew_without_what_it_has_already_replaced() {
    let phone = Phone::new();
    let edit = household("Chờ").set("note", "giữ");
    phone.store.commit(vec![edit.clone()]).unwrap();
    phone.store.commit(vec![RecordEdit::new(edit.record.clone()).set("name", "Thay")]).unwrap();
    let after = phone.own_after(1);
    // The first waits there, the second was admitted: it replaces a name that nobody else has seen.
    phone.store.acknowledge(2, &[]).unwrap();
    phone.store.carry_over(&again(&phone), &has(&phone, 2, vec![1])).unwrap();
    let [anew] = <[Verified; 1]>::try_from(phone.own_after(0)).unwrap();
    let change = anew.changes().flatten().next().unwrap();
    assert!(change.value("note").is_some());
    assert!(change.value("name").is_none(), "it would come back beside its successor");
    let record = phone.store.record(&edit.record).unwrap().unwrap();
    assert_eq!(record.state.text("name"), Some("Thay"));
    let theirs = after[0].changes().flatten().next().unwrap().id;
    assert_eq!(record.state.heads_of("name").into_iter().collect::<Vec<_>>(), [theirs]);
    assert_eq!(record.state.heads_of("note").into_iter().collect::<Vec<_>>(), [change.id]);
}

#[test]
fn a_hub_that_does_not_know_the_device_gets_all_that_is_kept() {
    let phone = Phone::new();
    phone.store.commit(vec![household("Đã Gửi")]).unwrap();
    phone.store.acknowledge(1, &[]).unwrap();
    phone.store.commit(vec![household("Chưa Gửi")]).unwrap();
    let carried = phone.store.carry_over(&again(&phone), &[]).unwrap();
    assert_eq!(carried.changes, 2);
}

#[test]
fn a_restricted_case_stays_sealed_and_its_cause_unnamed() {
    let phone = Phone::new();
    let case = RecordEdit::new(new_ref(kind::CASE)).set("restricted", true).set("title", "Ca kín");
    let submission = new_ref(kind::SUBMISSION);
    let form = RecordEdit::new(submission.clone()).under(case.record.clone()).set("form", "x");
    let draft = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.store.finish(draft, vec![case, form, household("Thường")], &submission).unwrap();
    let before = said(&phone.own_after(0));
    phone.store.carry_over(&again(&phone), &has(&phone, 0, vec![])).unwrap();
    assert_eq!(said(&phone.own_after(0)), before);
    let locked = phone.folder.open(&phone.keys.without_restricted(), phone.clock.clone(), rules()).unwrap();
    assert_eq!(own_after(&locked, 0).len(), 1, "the ordinary one only");
    let enrolment = again(&phone);
    assert_eq!(locked.carry_over(&enrolment, &[]).unwrap_err(), StoreError::RestrictedLocked);
    assert_ne!(locked.identity().unwrap().device, enrolment.identity.device, "whole or not at all");
}

#[test]
fn another_worker_and_another_office_take_nothing_over() {
    let phone = Phone::new();
    let mut enrolment = again(&phone);
    enrolment.identity.user = model::UserId::new();
    assert_eq!(phone.store.carry_over(&enrolment, &[]).unwrap_err(), StoreError::OtherWorker);
    let mut enrolment = again(&phone);
    enrolment.identity.office = model::OfficeId::new();
    assert_eq!(phone.store.carry_over(&enrolment, &[]).unwrap_err(), StoreError::OtherHub);
}

#[test]
fn what_the_hub_had_of_devices_before_is_brought_back_to_an_older_backup() {
    let phone = Phone::new();
    phone.store.commit(vec![household("Lần Một")]).unwrap();
    let first = phone.store.identity().unwrap().device;
    phone.store.carry_over(&again(&phone), &has(&phone, 1, vec![])).unwrap();
    phone.store.commit(vec![household("Lần Hai")]).unwrap();
    let second = phone.store.identity().unwrap().device;
    let named: Vec<_> =
        phone.store.devices().unwrap().into_iter().map(|d| (d.device, d.kept.len())).collect();
    assert_eq!(named, [(second, 1), (first, 1)]);
    // A hub from before both of them.
    let carried = phone.store.carry_over(&again(&phone), &[]).unwrap();
    assert_eq!(carried.changes, 2);
    let names = said(&phone.own_after(0)).into_iter().flat_map(|(_, fields)| fields);
    let names: Vec<String> = names.filter(|(name, _)| name == "name").map(|(_, value)| value).collect();
    assert_eq!(names, ["\"Lần Một\"", "\"Lần Hai\""]);
    // Ninety days after a device ended nothing of it is kept.
    phone.store.carry_over(&again(&phone), &has(&phone, 2, vec![])).unwrap();
    assert_eq!(phone.store.devices().unwrap().len(), 4);
    phone.clock.advance_s(91 * 24 * 3600);
    phone.store.prune().unwrap();
    assert_eq!(phone.store.devices().unwrap().len(), 1);
}

#[test]
fn what_is_erased_or_restricted_is_so_in_what_is_kept_of_devices_before() {
    let phone = Phone::new();
    let case = RecordEdit::new(new_ref(kind::CASE)).set("title", "Ca Lộ Tên");
    phone.store.commit(vec![case.clone()]).unwrap();
    phone.store.carry_over(&again(&phone), &has(&phone, 1, vec![])).unwrap();
    phone.store.commit(vec![RecordEdit::new(case.record.clone()).set("restricted", true)]).unwrap();
    let locked = phone.folder.open(&phone.keys.without_restricted(), phone.clock.clone(), rules()).unwrap();
    assert_eq!(locked.carry_over(&again(&phone), &[]).unwrap_err(), StoreError::RestrictedLocked);
}
