//! Own changes on their way to the hub.

use crate::{
    common::*,
    drafts::{new_draft, photo},
};
use model::{RecordEdit, kind, record::field};
use std::time::{Duration, SystemTime};
use store::{StoreError, Waiting};
use wire::{
    pull::Holds,
    push::{BatchResult, Outcome, PushResponse},
};

const ALL: usize = usize::MAX;

fn seqs(phone: &Phone, after: u64, max_bytes: usize) -> Vec<u64> {
    let batches = phone.store.own_batches_after(after, 0, max_bytes).unwrap();
    batches.iter().map(|batch| batch.statement().first_seq).collect()
}

/// Each a batch of its own.
fn with_changes(n: usize) -> Phone {
    let phone = Phone::new();
    for n in 0..n {
        phone.store.commit(vec![household(&format!("Hộ {n}"))]).unwrap();
    }
    phone
}

#[test]
fn batches_go_in_order_within_limits_and_at_least_one() {
    let phone = with_changes(5);
    assert_eq!(seqs(&phone, 0, ALL), [1, 2, 3, 4, 5]);
    assert_eq!(seqs(&phone, 2, ALL), [3, 4, 5]);
    assert_eq!(seqs(&phone, 3, 1), [4]);
    let one = phone.own_after(0)[0].weight();
    assert_eq!(seqs(&phone, 0, one * 2 + one / 2), [1, 2]);
    assert_eq!(seqs(&phone, 5, ALL), [0_u64; 0]);
}

/// Over a line that carries little at once.
#[test]
fn a_large_batch_goes_in_views_that_are_the_whole_together() {
    let phone = Phone::new();
    phone.store.commit((0..20).map(|n| household(&format!("Hộ {n}"))).collect()).unwrap();
    phone.store.commit(vec![household("Hộ Sau")]).unwrap();
    let whole = phone.own_after(0)[0].clone();
    let mut joined: Option<model::Verified> = None;
    let (mut staged, mut views) = (0, 0);
    while staged < 20 {
        let [view] =
            <[model::Rebuilt; 1]>::try_from(phone.store.own_batches_after(0, staged, 1_500).unwrap())
                .expect("nothing comes with a part");
        assert!(view.weight() < 3_000, "{}", view.weight());
        let view = view.reopen(&whole.statement().hash()).unwrap();
        let shown: Vec<u64> = view.changes().flatten().map(|change| change.seq).collect();
        assert_eq!(shown[0], u64::from(staged) + 1);
        staged += u32::try_from(shown.len()).unwrap();
        joined = Some(joined.map_or(view.clone(), |before| before.join(&view).unwrap()));
        views += 1;
    }
    assert!((4..=20).contains(&views), "{views}");
    let joined = joined.unwrap();
    assert!(joined.is_complete());
    assert_eq!(joined.ids(), whole.ids());
}

#[test]
fn a_restored_hub_gets_again_what_it_lacks() {
    let phone = with_changes(4);
    assert_eq!(phone.store.waiting().unwrap().changes, 4);
    phone.store.acknowledge(4, &[]).unwrap();
    assert_eq!((phone.store.acknowledged_through(), phone.store.waiting().unwrap().changes), (Ok(4), 0));
    phone.store.acknowledge(1, &[]).unwrap();
    assert_eq!((phone.store.acknowledged_through(), phone.store.waiting().unwrap().changes), (Ok(1), 3));
    assert_eq!(seqs(&phone, 1, ALL), [2, 3, 4]);
    assert_eq!(phone.store.acknowledge(5, &[]), Err(StoreError::Rewound));
    assert_eq!(phone.store.acknowledged_through(), Ok(1));
}

#[test]
fn acknowledged_batches_are_kept_90_days_and_others_until_they_are_taken() {
    let phone = with_changes(3);
    let waiting = Outcome::Waiting { code: "admission.scope".into() };
    phone.store.acknowledge(2, &[BatchResult { first_seq: 2, outcome: waiting.clone() }]).unwrap();
    phone.clock.advance_s(90 * 24 * 3600);
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL), [1, 2, 3]);
    phone.clock.advance_s(1);
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL), [2, 3]);

    let [held] = phone.store.held_back().unwrap().try_into().unwrap();
    assert_eq!(held.outcome, waiting);
    phone.store.acknowledge(3, &[BatchResult { first_seq: 2, outcome: Outcome::Admitted }]).unwrap();
    assert_eq!(phone.store.held_back().unwrap(), []);
    phone.store.commit(vec![household("Hộ Sau")]).unwrap();
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL), [3, 4], "the chain goes on");
}

#[test]
fn what_is_held_is_told_from_where_on_there_is_no_gap() {
    let phone = with_changes(4);
    assert_eq!(phone.store.holds(), Ok(None), "the hub has nothing yet");
    let statement = |seq: u64| phone.own_after(seq - 1)[0].statement().hash();
    phone.store.acknowledge(3, &[]).unwrap();
    assert_eq!(phone.store.holds(), Ok(Some(Holds { first: 1, last: 3, statement: statement(3) })));
    let waiting = BatchResult { first_seq: 1, outcome: Outcome::Waiting { code: "admission.scope".into() } };
    phone.store.acknowledge(3, &[waiting]).unwrap();
    phone.clock.advance_s(90 * 24 * 3600 + 1);
    phone.store.prune().unwrap();
    assert_eq!(seqs(&phone, 0, ALL), [1, 4]);
    assert_eq!(phone.store.holds(), Ok(None));
    // Nor is there one before it once it is taken.
    phone.store.acknowledge(4, &[BatchResult { first_seq: 1, outcome: Outcome::Admitted }]).unwrap();
    assert_eq!(phone.store.holds(), Ok(Some(Holds { first: 4, last: 4, statement: statement(4) })));
}

#[test]
fn a_word_of_a_newer_hub_does_not_say_that_a_batch_was_admitted() {
    let phone = with_changes(1);
    let waiting = Outcome::Waiting { code: "admission.scope".into() };
    phone.store.acknowledge(1, &[BatchResult { first_seq: 1, outcome: waiting.clone() }]).unwrap();
    let answer = serde_json::json!({
        "v": 1, "hub": "01a20ebc-b519-762d-840c-a552c1ebd374", "received_through": 1, "server_time": 6,
        "results": [{"first_seq": 1, "outcome": "under_review", "by": "the province"}],
    });
    let answer: PushResponse = serde_json::from_value(answer).unwrap();
    phone.store.acknowledge(1, &answer.results_of([phone.own_after(0)[0].statement()])).unwrap();
    let [held] = phone.store.held_back().unwrap().try_into().unwrap();
    assert_eq!(held.outcome, waiting);
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
    assert_eq!(
        phone.store.waiting(),
        Ok(Waiting { changes: 2, photos: 1, photo_bytes: 5300, locked_changes: 0 })
    );
    phone.store.mark_blobs_uploaded(std::slice::from_ref(&file.thumbnail.address)).unwrap();
    assert_eq!(
        phone.store.waiting(),
        Ok(Waiting { changes: 2, photos: 1, photo_bytes: 5000, locked_changes: 0 })
    );
    phone.store.mark_blobs_uploaded(std::slice::from_ref(&file.blob.address)).unwrap();
    assert_eq!(
        phone.store.waiting(),
        Ok(Waiting { changes: 2, photos: 0, photo_bytes: 0, locked_changes: 0 })
    );
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
