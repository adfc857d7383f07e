//! Rows of restricted cases: a second key, no index.

use crate::{
    common::*,
    drafts::{answer, new_draft},
};
use model::{Feed, RecordEdit, RecordRef, kind};
use store::{Snapshot, Store, StoreError};
use wire::{
    pull::Entry,
    push::{BatchResult, Outcome},
};

const CHILD: &str = "Sùng Thị Kín Đáo";

/// A report about a child, children before the case.
fn intake(phone: &Phone) -> RecordRef {
    let case = RecordEdit::new(new_ref(kind::CASE))
        .set("restricted", true)
        .set("workflow", "child-protection")
        .set("state", "intake");
    let reference = case.record.clone();
    let child = person(CHILD, &reference);
    let submission = RecordEdit::new(new_ref(kind::SUBMISSION)).under(reference.clone()).set("xml", CHILD);
    let draft = phone.store.create_draft(&new_draft(true), None).unwrap();
    phone.store.append_answers(draft, &[answer("/data/child/child_name", CHILD)]).unwrap();
    let cause = submission.record.clone();
    phone.store.finish(draft, vec![child, submission, case], &cause).unwrap();
    reference
}

fn household_work_only(phone: &Phone) -> Store {
    phone.store.close().unwrap();
    phone.folder.open(&phone.keys.without_restricted(), phone.clock.clone(), rules()).unwrap()
}

#[test]
fn with_the_everyday_key_alone_nothing_of_a_restricted_case_opens() {
    let phone = Phone::new();
    let case = intake(&phone);
    let draft = phone
        .store
        .create_draft(&new_draft(true), Some(&Snapshot { instance: CHILD.into(), ..Snapshot::default() }))
        .unwrap();
    assert_eq!(phone.store.children(&case, None).unwrap().len(), 2);
    assert!(phone.store.subtree(&case).unwrap().iter().all(|record| record.restricted));
    assert_eq!(seqs(&phone.own_after(0)), [1, 2, 3]);
    assert_eq!(phone.store.progress(kind::CASE, true, |case| case).unwrap().len(), 1);

    let store = household_work_only(&phone);
    assert_eq!(store.record(&case), Err(StoreError::RestrictedLocked));
    assert_eq!(store.subtree(&case).unwrap(), []);
    assert_eq!(store.progress(kind::CASE, true, |case| case).unwrap(), []);
    assert_eq!(store.drafts().unwrap(), []);
    assert_eq!(store.draft(draft).unwrap_err(), StoreError::RestrictedLocked);
    assert_eq!(store.append_answers(draft, &[answer("/data/a", "1")]), Err(StoreError::RestrictedLocked));
    assert_eq!(
        store.commit(vec![RecordEdit::new(case).set("state", "closed")]),
        Err(StoreError::RestrictedLocked)
    );
    assert!(own_after(&store, 0).is_empty());
    // Household work goes on.
    store.commit(vec![household("Hộ Một")]).unwrap();
    assert_eq!(store.list_count(kind::HOUSEHOLD), Ok(1));
}

#[test]
fn a_restricted_persons_name_is_not_found_by_search() {
    let phone = Phone::new();
    intake(&phone);
    phone.store.commit(vec![household("Hộ Một")]).unwrap();
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "sung thi kin dao", 0, 10).unwrap().total, 0);
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "", 0, 10).unwrap().total, 1);
}

#[test]
fn a_case_restricted_later_takes_everything_below_along() {
    let phone = Phone::new();
    let case = RecordEdit::new(new_ref(kind::CASE)).set("state", "collect_assess");
    let reference = case.record.clone();
    let child = person(CHILD, &reference);
    let child_ref = child.record.clone();
    phone.store.commit(vec![case, child]).unwrap();
    assert!(!phone.store.record(&child_ref).unwrap().unwrap().restricted);
    phone.store.commit(vec![RecordEdit::new(reference).set("restricted", true)]).unwrap();
    let child = phone.store.record(&child_ref).unwrap().unwrap();
    assert_eq!((child.restricted, child.state.text("name")), (true, Some(CHILD)));
    assert_eq!(seqs(&phone.own_after(0)), [1, 2, 3]);

    let store = household_work_only(&phone);
    assert_eq!(store.record(&child_ref), Err(StoreError::RestrictedLocked));
    assert!(own_after(&store, 0).is_empty());
}

#[test]
fn the_newest_record_that_fits_is_found_among_those_that_open() {
    let phone = Phone::new();
    for (n, home) in ["Hộ Một", "Hộ Hai"].map(household).into_iter().enumerate() {
        let root = home.record.clone();
        let submission = RecordEdit::new(new_ref(kind::SUBMISSION)).under(root).set("xml", n.to_string());
        phone.store.commit(vec![home, submission]).unwrap();
    }
    intake(&phone);
    let newest = |store: &Store, unlike: &str| {
        let found = store.newest_record(kind::SUBMISSION, |record| record.state.text("xml") != Some(unlike));
        found.unwrap().and_then(|record| record.state.text("xml").map(str::to_owned))
    };
    assert_eq!(newest(&phone.store, ""), Some(CHILD.to_owned()));
    assert_eq!(newest(&phone.store, CHILD), Some("1".to_owned()));

    let store = household_work_only(&phone);
    assert_eq!(newest(&store, ""), Some("1".to_owned()));
    assert_eq!(newest(&store, "1"), Some("0".to_owned()));
    assert_eq!(store.newest_record("visit", |_| true).unwrap(), None);
}

/// Decree 56/2017 art. 24: what is restricted hangs on nothing that a commune reads.
#[test]
fn a_restricted_case_under_a_household_is_a_root_of_its_own_and_goes_with_its_grant() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = household("Hộ Một");
    let case = RecordEdit::new(new_ref(kind::CASE)).under(home.record.clone()).set("restricted", true);
    let (home_ref, case_ref) = (home.record.clone(), case.record.clone());
    let case_feed = Feed::Case(model::CaseId(case_ref.id));
    let puts = |feed: &Feed, edits: Vec<RecordEdit>, other: &mut Other| {
        let entries = edits.into_iter().map(|edit| put(other.change(edit))).collect();
        let mut answer = phone.answer(feed, 1, entries);
        answer.granted = vec![commune(), case_feed.clone()];
        answer.certificates = vec![phone.office.certificate_of(other)];
        phone.store.apply_pull(&answer).unwrap();
    };
    puts(&commune(), vec![home], &mut other);
    puts(&case_feed, vec![case], &mut other);
    let record = phone.store.record(&case_ref).unwrap().unwrap();
    assert_eq!((record.root, record.restricted), (Some(case_ref.clone()), true));
    assert_eq!(phone.store.subtree(&home_ref).unwrap().len(), 1);
    // Something made here below the household puts nothing of the case into the commune's feed.
    phone.store.commit(vec![person("An", &home_ref)]).unwrap();

    let mut revoked = phone.answer(&commune(), 2, vec![]);
    revoked.granted = vec![commune()];
    let pulled = phone.store.apply_pull(&revoked).unwrap();
    assert_eq!(pulled.forgotten, std::slice::from_ref(&case_ref));
    assert_eq!(phone.store.record(&case_ref).unwrap(), None);
    assert!(phone.store.record(&home_ref).unwrap().is_some());
}

#[test]
fn what_waits_behind_a_restricted_batch_and_what_is_held_back_of_one_is_told_apart_while_locked() {
    let phone = Phone::new();
    let waiting = |store: &Store| {
        let waiting = store.waiting().unwrap();
        (waiting.changes, waiting.locked_changes)
    };
    let held = |store: &Store| store.held_back().unwrap().len();
    phone.store.commit(vec![household("Hộ Một")]).unwrap();
    intake(&phone);
    phone.store.commit(vec![household("Hộ Hai")]).unwrap();
    let result = |first_seq, outcome| BatchResult { first_seq, outcome };
    let waits = || Outcome::Waiting { code: "admission.scope".to_owned() };
    assert_eq!((waiting(&phone.store), phone.store.restricted_locked()), ((5, 0), false));

    // The household's change goes up by itself; what was finished after the report waits with it.
    let mut store = household_work_only(&phone);
    assert_eq!((waiting(&store), store.restricted_locked()), ((5, 4), true));
    assert_eq!(own_after(&store, 0).len(), 1);
    store.acknowledge(1, &[result(1, waits())]).unwrap();
    assert_eq!((waiting(&store), held(&store)), ((4, 4), 1));
    store.close().unwrap();

    store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    assert_eq!(seqs(&own_after(&store, 1)), [2, 3, 4, 5]);
    store.acknowledge(5, &[result(2, waits()), result(5, Outcome::Admitted)]).unwrap();
    assert_eq!((waiting(&store), held(&store)), ((0, 0), 4));
    store.close().unwrap();
    store = phone.folder.open(&phone.keys.without_restricted(), phone.clock.clone(), rules()).unwrap();
    assert_eq!((waiting(&store), held(&store)), ((0, 0), 1));
}

#[test]
fn an_own_change_that_waited_locked_for_longer_than_it_is_kept_is_asked_for_again() {
    let phone = Phone::new();
    intake(&phone);
    phone.store.acknowledge(3, &[]).unwrap();
    let own = phone.answer(&commune(), 1, vec![Entry::Own(1)]);
    let nothing = phone.answer(&commune(), 2, vec![]);
    let mut store = household_work_only(&phone);
    let told = store.apply_pull(&own).unwrap();
    assert_eq!((told.aside, told.gaps), (vec!["pull.restricted-locked"], vec![]));
    phone.clock.advance_s(90 * 24 * 3600 + 1);
    store.prune().unwrap();
    store.close().unwrap();
    store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    let position = || store.cursors().unwrap().1[0].position;
    assert_eq!((position(), store.holds()), (1, Ok(None)));
    store.apply_pull(&nothing).unwrap();
    assert_eq!(position(), 0);
}
