//! Own changes on their way to the hub.

use crate::{
    common::*,
    drafts::{new_draft, photo},
};
use model::{ChangeId, RecordEdit, kind, record::field};
use std::time::{Duration, SystemTime};
use store::{StoreError, Waiting};
use wire::{
    pull::Holds,
    push::{ChangeResult, Outcome, PushResponse},
};

const ALL: usize = usize::MAX;

fn seqs(phone: &Phone, after: u64, max_changes: usize, max_bytes: usize) -> Vec<u64> {
    let changes = phone.store.own_changes_after(after, max_changes, max_bytes).unwrap();
    changes.iter().map(|change| change.header().unwrap().seq).collect()
}

fn with_changes(n: usize) -> (Phone, Vec<ChangeId>) {
    let phone = Phone::new();
    let changes =
        (0..n).flat_map(|n| phone.store.commit(vec![household(&format!("Hộ {n}"))]).unwrap().changes);
    let changes = changes.collect();
    (phone, changes)
}

#[test]
fn changes_go_in_order_within_limits_and_at_least_one() {
    let (phone, _) = with_changes(5);
    assert_eq!(seqs(&phone, 0, ALL, ALL), [1, 2, 3, 4, 5]);
    assert_eq!(seqs(&phone, 2, 2, ALL), [3, 4]);
    assert_eq!(seqs(&phone, 3, ALL, 1), [4]);
    let one = serde_json::to_vec(&phone.store.own_changes_after(0, 1, ALL).unwrap()[0]).unwrap().len();
    assert_eq!(seqs(&phone, 0, ALL, one * 2 + one / 2), [1, 2]);
    assert_eq!(seqs(&phone, 5, ALL, ALL), [0_u64; 0]);
}

#[test]
fn a_restored_hub_gets_again_what_it_lacks() {
    let (phone, _) = with_changes(4);
    assert_eq!(phone.store.waiting().unwrap().changes, 4);
    phone.store.acknowledge(4, &[]).unwrap();
    assert_eq!((phone.store.acknowledged_through(), phone.store.waiting().unwrap().changes), (Ok(4), 0));
    phone.store.acknowledge(1, &[]).unwrap();
    assert_eq!((phone.store.acknowledged_through(), phone.store.waiting().unwrap().changes), (Ok(1), 3));
    assert_eq!(seqs(&phone, 1, ALL, ALL), [2, 3, 4]);
    assert_eq!(phone.store.acknowledge(5, &[]), Err(StoreError::Rewound));
    assert_eq!(phone.store.acknowledged_through(), Ok(1));
}

#[test]
fn acknowledged_changes_are_kept_90_days_and_others_until_they_are_taken() {
    let (phone, changes) = with_changes(3);
    let waiting = Outcome::Waiting { code: "admission.scope".into() };
    phone.store.acknowledge(2, &[ChangeResult { id: changes[1], outcome: waiting.clone() }]).unwrap();
    phone.clock.advance_s(90 * 24 * 3600);
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL, ALL), [1, 2, 3]);
    phone.clock.advance_s(1);
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL, ALL), [2, 3]);

    let [held] = phone.store.held_back().unwrap().try_into().unwrap();
    assert_eq!((held.change, held.outcome), (changes[1], waiting));
    phone.store.acknowledge(3, &[ChangeResult { id: changes[1], outcome: Outcome::Admitted }]).unwrap();
    assert_eq!(phone.store.held_back().unwrap(), []);
    phone.store.commit(vec![household("Hộ Sau")]).unwrap();
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL, ALL), [3, 4], "the chain goes on");
}

#[test]
fn what_is_held_is_told_from_where_on_there_is_no_gap() {
    let (phone, changes) = with_changes(4);
    assert_eq!(phone.store.holds(), Ok(None), "the hub has nothing yet");
    let digest = |seq: u64| phone.store.own_changes_after(seq - 1, 1, ALL).unwrap()[0].digest();
    phone.store.acknowledge(3, &[]).unwrap();
    assert_eq!(phone.store.holds(), Ok(Some(Holds { first: 1, last: 3, digest: digest(3) })));
    let waiting =
        ChangeResult { id: changes[0], outcome: Outcome::Waiting { code: "admission.scope".into() } };
    phone.store.acknowledge(3, &[waiting]).unwrap();
    phone.clock.advance_s(90 * 24 * 3600 + 1);
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL, ALL), [1, 4]);
    assert_eq!(phone.store.holds(), Ok(None));
    // Nor is there one before it once it is taken.
    phone.store.acknowledge(4, &[ChangeResult { id: changes[0], outcome: Outcome::Admitted }]).unwrap();
    assert_eq!(phone.store.holds(), Ok(Some(Holds { first: 4, last: 4, digest: digest(4) })));
    // A hub restored from a backup is asked from there on: before it a gap would hold up all that follows.
    for epoch in ["e1", "e2"] {
        let mut answer = phone.answer(&commune(), 1, vec![]);
        answer.epoch = epoch.into();
        phone.store.apply_pull(&answer).unwrap();
    }
    assert_eq!(phone.store.acknowledged_through(), Ok(3));
}

#[test]
fn a_word_of_a_newer_hub_does_not_say_that_a_change_was_admitted() {
    let (phone, changes) = with_changes(1);
    let waiting = Outcome::Waiting { code: "admission.scope".into() };
    phone.store.acknowledge(1, &[ChangeResult { id: changes[0], outcome: waiting.clone() }]).unwrap();
    let answer = serde_json::json!({
        "v": 1, "hub": "01a20ebc-b519-762d-840c-a552c1ebd374", "received_through": 1, "server_time": 6,
        "results": [{"id": changes[0], "outcome": "under_review", "by": "the province"}],
    });
    let answer: PushResponse = serde_json::from_value(answer).unwrap();
    phone.store.acknowledge(1, &answer.results_of([(changes[0], 1)])).unwrap();
    let [held] = phone.store.held_back().unwrap().try_into().unwrap();
    assert_eq!((held.change, held.outcome), (changes[0], waiting));
}

#[test]
fn a_photo_waits_until_both_of_its_blobs_are_there() {
    let phone = Phone::new();
    let file = photo(&phone.store, 1);
    let home = household("Hộ Một");
    let edit = RecordEdit::new(new_ref(kind::PHOTO))
        .under(home.record.clone())
        .set("file", serde_json::to_value(&file).unwrap());
    phone.store.commit(vec![home, edit]).unwrap();
    assert_eq!(phone.store.waiting(), Ok(Waiting { changes: 2, photos: 1, photo_bytes: 5300 }));
    phone.store.mark_blobs_uploaded(std::slice::from_ref(&file.thumbnail.address)).unwrap();
    assert_eq!(phone.store.waiting(), Ok(Waiting { changes: 2, photos: 1, photo_bytes: 5000 }));
    phone.store.mark_blobs_uploaded(std::slice::from_ref(&file.blob.address)).unwrap();
    assert_eq!(phone.store.waiting(), Ok(Waiting { changes: 2, photos: 0, photo_bytes: 0 }));
    assert_eq!((phone.store.blobs(true).unwrap().len(), phone.store.blobs(false).unwrap().len()), (0, 2));
    phone.store.mark_blobs_missing(std::slice::from_ref(&file.blob.address)).unwrap();
    assert_eq!(phone.store.blobs(true).unwrap()[0].address, file.blob.address);
}

#[test]
fn photos_of_a_case_that_may_be_an_emergency_are_urgent() {
    let phone = Phone::new();
    let case = |severity: Option<&str>, urgency: &str| {
        let edit = RecordEdit::new(new_ref(kind::CASE)).set("commune", "00070").set("urgency", urgency);
        severity.into_iter().fold(edit, |edit, severity| edit.set("severity", severity))
    };
    let home = household("Hộ Một");
    let visit = RecordEdit::new(new_ref(kind::VISIT)).under(home.record.clone());
    let owners = [
        (visit.clone(), false),
        (case(Some("low"), "no"), false),
        (case(Some("low"), "unknown"), true),
        (case(Some("high"), "no"), true),
        (case(None, "no"), true),
        (case(Some("low"), "no").set(field::RESTRICTED, true), true),
    ];
    let mut urgent = Vec::new();
    let mut edits = vec![home];
    for (n, (owner, is_urgent)) in (1..).zip(owners) {
        let file = photo(&phone.store, n);
        let edit = RecordEdit::new(new_ref(kind::PHOTO)).under(owner.record.clone());
        edits.extend([owner, edit.set("file", serde_json::to_value(&file).unwrap())]);
        urgent.extend([(file.thumbnail.address, is_urgent), (file.blob.address, is_urgent)]);
    }
    phone.store.commit(edits).unwrap();
    let blobs = phone.store.blobs(true).unwrap().into_iter().map(|blob| (blob.address, blob.urgent));
    assert_eq!(blobs.collect::<Vec<_>>(), urgent);
}

#[test]
fn old_files_that_nothing_names_are_swept_and_no_others() {
    let phone = Phone::new();
    let (kept, unnamed, young) = (photo(&phone.store, 1), photo(&phone.store, 2), photo(&phone.store, 3));
    let draft = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.store.add_photo(draft, "1.jpg", &kept, &[]).unwrap();
    let two_days_ago = SystemTime::now() - Duration::from_secs(48 * 3600);
    for file in [&kept, &unnamed] {
        for address in [&file.blob.address, &file.thumbnail.address] {
            let file = std::fs::File::options().write(true).open(phone.store.blob_path(address)).unwrap();
            file.set_modified(two_days_ago).unwrap();
        }
    }
    phone.store.prune().unwrap();
    assert!(phone.store.has_blob(&kept.blob.address) && phone.store.has_blob(&kept.thumbnail.address));
    assert!(
        !phone.store.has_blob(&unnamed.blob.address) && !phone.store.has_blob(&unnamed.thumbnail.address)
    );
    assert!(phone.store.has_blob(&young.blob.address));
}
