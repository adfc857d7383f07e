//! Finishing a form: one transaction, signed and chained.

use crate::{
    common::*,
    drafts::{answer, new_draft, photo},
};
use model::{RecordEdit, kind};
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
    let own = identity.certificate.verify(&phone.office.state().key.public()).unwrap();
    let changes = phone.store.own_changes_after(0, 100, 1 << 20).unwrap();
    let mut previous = None;
    let mut stamp = model::Stamp::default();
    for (n, signed) in changes.iter().enumerate() {
        let change = signed.verify(&own.key).unwrap();
        let header = change.header;
        assert_eq!((header.seq, header.previous), (n as u64 + 1, previous));
        assert_eq!((header.batch.id, header.batch.index, header.batch.count), (committed.batch, n as u32, 4));
        assert_eq!((header.device, header.author), (identity.device, identity.user));
        assert!(header.at > stamp);
        assert_eq!(header.cause, (header.record != submission).then(|| submission.clone()));
        (previous, stamp) = (Some(change.digest), header.at);
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
    let changes = phone.store.own_changes_after(1, 10, 1 << 20).unwrap();
    let header = changes[0].header().unwrap();
    // The address is coupled: it goes whole. The name stands.
    let fields: Vec<&str> = header.fields.keys().map(String::as_str).collect();
    assert_eq!(fields, ["address", "commune", "phone", "province", "village"]);
    assert_eq!(header.fields["village"].replaces, [first]);
    assert_eq!(header.fields["phone"].replaces, []);
    let state = phone.store.record(&reference).unwrap().unwrap().state;
    assert_eq!(state.heads_of("village"), committed.changes);
    assert_eq!(state.heads_of("name"), [first]);
    assert_eq!(state.conflicts().count(), 0);
}

#[test]
fn stamps_grow_while_the_clock_goes_back() {
    let mut phone = Phone::new();
    phone.store.commit(vec![household("Hộ Một")]).unwrap();
    phone.clock.set(START_MS - 86_400_000);
    phone.reopen();
    phone.store.commit(vec![household("Hộ Hai")]).unwrap();
    let changes = phone.store.own_changes_after(0, 10, 1 << 20).unwrap();
    assert!(changes[1].header().unwrap().at > changes[0].header().unwrap().at);
}
