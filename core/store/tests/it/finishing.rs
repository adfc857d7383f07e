//! Finishing a form: one transaction, signed and chained.

use crate::{
    common::*,
    drafts::{answer, new_draft, photo},
};
use model::{ChangeId, RecordEdit, batch::Body, kind};
use std::collections::{BTreeMap, BTreeSet};
use store::StoreError;

#[test]
fn a_finished_visit_is_records_signed_changes_and_photos_to_upload_and_no_draft() {
    let phone = Phone::new();
    let draft = phone.store.create_draft(&new_draft(false), None).unwrap();
    let (file, dropped) = (photo(&phone.store, 1), photo(&phone.store, 2));
    phone.store.add_photo(draft, "1.jpg", &file, &[answer("/data/photo", "1.jpg")]).unwrap();
    phone.store.add_photo(draft, "2.jpg", &dropped, &[]).unwrap();

    let home = household("Nguyễn Thị Hoà");
    let (home_ref, submission) = (home.record.clone(), new_ref(kind::SUBMISSION));
    // Children first: the order of edits does not matter.
    let edits = vec![
        person("Nguyễn Văn Tí", &home_ref),
        home,
        RecordEdit::new(new_ref(kind::PHOTO))
            .under(home_ref.clone())
            .set("file", serde_json::to_value(&file).unwrap()),
        RecordEdit::new(submission.clone()).under(home_ref.clone()).set("xml", "<data/>"),
    ];
    let committed = phone.store.finish(draft, edits, &submission).unwrap();

    assert_eq!(phone.store.drafts().unwrap(), []);
    let subtree = phone.store.subtree(&home_ref).unwrap();
    assert_eq!(subtree.len(), 4);
    assert!(subtree.iter().all(|record| record.root.as_ref() == Some(&home_ref) && !record.restricted));
    let blobs = phone.store.blobs(true).unwrap();
    assert_eq!(
        blobs.iter().map(|b| (b.address.as_str(), b.thumbnail)).collect::<Vec<_>>(),
        [(file.thumbnail.address.as_str(), true), (file.blob.address.as_str(), false)]
    );
    assert!(phone.store.has_blob(&file.blob.address));
    assert!(!phone.store.has_blob(&dropped.blob.address), "named by no record");

    let identity = phone.store.identity().unwrap();
    let [batch] = <[model::Verified; 1]>::try_from(phone.own_after(0)).unwrap();
    let statement = batch.statement();
    assert_eq!((statement.first_seq, statement.count), (1, 4));
    assert_eq!(statement.follows(&identity.certificate.chain().unwrap()), Ok(()));
    assert_eq!((statement.device, statement.author), (identity.device, identity.user));
    let mut stamp = model::Stamp::default();
    for change in batch.changes().flatten() {
        assert!(change.head.at > stamp);
        let cause = (change.head.record != submission).then(|| submission.clone());
        assert_eq!(change.head.cause, cause);
        stamp = change.head.at;
    }
    assert_eq!(committed.changes.len(), 4);
    assert_eq!(phone.store.last_seq(), Ok(4));
}

#[test]
fn a_finish_that_fails_leaves_everything_as_it_was() {
    let phone = Phone::new();
    let draft = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.store.append_answers(draft, &[answer("/data/a", "1")]).unwrap();
    let submission = new_ref(kind::SUBMISSION);
    phone.store.finish(draft, vec![household("Hộ Một")], &submission).unwrap();
    let before = (phone.store.last_seq().unwrap(), phone.store.list_count(kind::HOUSEHOLD).unwrap());
    // The draft is gone: the same form can't be finished twice.
    let again = phone.store.finish(draft, vec![household("Hộ Hai")], &submission);
    assert_eq!(again, Err(StoreError::NotFound));
    assert_eq!((phone.store.last_seq().unwrap(), phone.store.list_count(kind::HOUSEHOLD).unwrap()), before);
}

#[test]
fn an_edit_says_what_it_replaces_and_nothing_that_stands_already() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let reference = home.record.clone();
    let first = phone.store.commit(vec![home.clone()]).unwrap().changes[0];
    assert_eq!(phone.store.commit(vec![home.clone()]).unwrap().changes, [], "nothing changed");

    let committed =
        phone.store.commit(vec![home.set("village", "Bản Khác").set("phone", "0912000111")]).unwrap();
    let own = phone.own_after(1);
    let Body::Whole { changes, .. } = &own[0].batch().body else { panic!("all of it is seen") };
    let replaces: BTreeMap<&str, &[ChangeId]> =
        changes[0].fields.iter().map(|field| (&*field.name, &field.replaces[..])).collect();
    // The address is coupled: it goes whole. The name stands.
    let fields: Vec<&str> = replaces.keys().copied().collect();
    assert_eq!(fields, ["address", "commune", "phone", "province", "village"]);
    assert_eq!(replaces["village"], [first]);
    assert!(replaces["phone"].is_empty());
    let state = phone.store.record(&reference).unwrap().unwrap().state;
    assert_eq!(state.heads_of("village"), BTreeSet::from([committed.changes[0]]));
    assert_eq!(state.heads_of("name"), BTreeSet::from([first]));
    assert_eq!(state.conflicts().count(), 0);
}

#[test]
fn stamps_grow_while_the_clock_goes_back() {
    let mut phone = Phone::new();
    phone.store.commit(vec![household("Hộ Một")]).unwrap();
    phone.clock.set(START_MS - 86_400_000);
    phone.reopen();
    phone.store.commit(vec![household("Hộ Hai")]).unwrap();
    let own = phone.own_after(0);
    let at = |batch: &model::Verified| batch.changes().flatten().next().unwrap().head.at;
    assert!(at(&own[1]) > at(&own[0]));
}

/// Decree 56/2017 art. 24: what all of a commune reads tells nobody that this visit opened a case.
#[test]
fn a_visit_that_opens_a_restricted_case_makes_a_batch_for_each_feed() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let visit = RecordEdit::new(new_ref(kind::VISIT)).under(home.record.clone()).set("date", "2026-11-24");
    let case = RecordEdit::new(new_ref(kind::CASE)).set("restricted", true).set("commune", "00070");
    let submission =
        RecordEdit::new(new_ref(kind::SUBMISSION)).under(case.record.clone()).set("xml", "<data/>");
    let (case_ref, cause) = (case.record.clone(), submission.record.clone());
    let secret = [case_ref.id.to_string(), cause.id.to_string()];
    let draft = phone.store.create_draft(&new_draft(true), None).unwrap();
    phone.store.finish(draft, vec![case, home, submission, visit], &cause).unwrap();
    let [ordinary, restricted] = <[model::Verified; 2]>::try_from(phone.own_after(0)).unwrap();
    let kinds = |batch: &model::Verified| -> Vec<String> {
        batch.changes().flatten().map(|change| change.head.record.kind.to_string()).collect()
    };
    assert_eq!(kinds(&ordinary), ["household", "visit"]);
    assert_eq!(kinds(&restricted), ["case", "submission"]);
    let text = format!("{:?}", ordinary.batch());
    assert!(secret.iter().all(|id| !text.contains(id)), "{text}");
    assert!(ordinary.changes().flatten().all(|change| change.head.cause.is_none()));
    // On the phone what is held back still says where it came from.
    let waiting = wire::push::Outcome::Waiting { code: "admission.scope".into() };
    let result = wire::push::BatchResult { first_seq: 1, outcome: waiting };
    phone.store.acknowledge(4, &[result]).unwrap();
    let held = phone.store.held_back().unwrap();
    assert_eq!((held.len(), held[0].cause.as_ref()), (2, Some(&cause)));
}
