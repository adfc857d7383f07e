//! What an older program put aside, as this one finds it after the update.

use crate::{
    Store,
    common::{Phone, commune, household, put},
};
use model::{
    BatchError, Feed,
    batch::codec::{Packing, encode},
    kind,
};
use serde_json::value::to_raw_value;
use wire::pull::{Entry, PullResponse};

/// As a program sees an entry that it does not know.
fn not_known(entry: &Entry) -> Entry {
    match entry {
        Entry::Put(batch) => {
            let page = encode(&[batch.as_ref()], Packing::Plain).unwrap();
            Entry::Page { received: vec![1], page, error: BatchError::Newer }
        }
        entry => Entry::Unknown(to_raw_value(entry).unwrap()),
    }
}

/// Whatever was put aside until now, another version of the program did it.
fn update(store: &Store) {
    let older = |tx: &rusqlite::Transaction<'_>| {
        tx.execute("UPDATE aside SET program = '0.0.1'", [])?;
        tx.execute("UPDATE certificate_aside SET program = '0.0.1'", [])?;
        Ok(())
    };
    store.write(older).unwrap();
}

fn aside(store: &Store) -> Vec<(String, String)> {
    store
        .read(|db| {
            let mut select = db.prepare("SELECT code, program FROM aside ORDER BY n")?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

fn nothing_new(phone: &Phone) -> PullResponse {
    phone.answer(&commune(), 1, vec![])
}

#[test]
fn an_entry_that_was_not_known_is_tried_again_once_after_each_update() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = put(other.change(household("Hộ Một")));
    let stays = Entry::Unknown(to_raw_value(&["of a program newer still"]).unwrap());
    let mut answer = phone.answer(&commune(), 1, vec![not_known(&home), stays]);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    phone.store.apply_pull(&nothing_new(&phone)).unwrap();
    assert_eq!((phone.store.list_count(kind::HOUSEHOLD), aside(&phone.store).len()), (Ok(0), 2));

    update(&phone.store);
    let pulled = phone.store.apply_pull(&nothing_new(&phone)).unwrap();
    assert_eq!((pulled.changed.len(), phone.store.list_count(kind::HOUSEHOLD)), (1, Ok(1)));
    let tried = (crate::taking::UNKNOWN.to_owned(), super::PROGRAM.to_owned());
    assert_eq!(aside(&phone.store), [tried]);
    assert_eq!(phone.store.cursors().unwrap().1[0].position, 2);
}

#[test]
fn a_leave_that_was_not_known_is_asked_for_again_in_its_order() {
    let phone = Phone::new();
    let mut other = phone.other();
    let (stays, goes) = (household("Hộ Một"), household("Hộ Hai"));
    let (first, second) = (other.change(stays.clone()), other.change(goes.clone()));
    let entries = [
        put(first.clone()),
        put(second),
        Entry::Leave(stays.record.clone()),
        Entry::Leave(goes.record.clone()),
        put(first),
    ];
    let read: Vec<Entry> = entries
        .iter()
        .map(|entry| if let Entry::Leave(_) = entry { not_known(entry) } else { entry.clone() })
        .collect();
    let mut answer = phone.answer(&commune(), 1, read);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(2));

    update(&phone.store);
    phone.store.apply_pull(&nothing_new(&phone)).unwrap();
    assert_eq!(phone.store.cursors().unwrap().1[0].position, 2);
    let again = phone.answer(&commune(), 3, entries[2..].to_vec());
    phone.store.apply_pull(&again).unwrap();
    let names: Vec<String> = phone
        .store
        .list(kind::HOUSEHOLD, "", 0, 10)
        .unwrap()
        .rows
        .into_iter()
        .map(|row| row.row.title)
        .collect();
    assert_eq!((names, aside(&phone.store)), (vec!["Hộ Một".to_owned()], vec![]));
}

#[test]
fn a_feed_that_was_not_known_is_read_from_its_start() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = put(other.change(household("Hộ Một")));
    let feed: Feed = commune();
    let mut answer = phone.answer(&Feed::Other(feed.to_string()), 1, vec![home.clone()]);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(0));
    // The kept text is one that this program knows.
    let cursors = phone.store.cursors().unwrap().1;
    assert_eq!((&cursors[0].feed, cursors[0].position), (&feed, 0));
    phone.store.apply_pull(&phone.answer(&feed, 1, vec![home])).unwrap();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(1));
}

#[test]
fn a_certificate_that_could_not_be_read_counts_after_the_update() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = put(other.change(household("Hộ Một")));
    let mut answer = phone.answer(&commune(), 1, vec![home]);
    let newer = r#"{"statement": {"v": 2}, "signature": {"scheme": "later"}}"#;
    answer.certificates = vec![serde_json::from_str(newer).unwrap(); 2];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(0));
    let kept = |store: &Store| -> i64 {
        let count = "SELECT count(*) FROM certificate_aside";
        store.read(|db| Ok(db.query_row(count, [], |row| row.get(0))?)).unwrap()
    };
    assert_eq!(kept(&phone.store), 1);
    // What this program can read now.
    let body = serde_json::to_vec(&phone.office.certificate_of(&other)).unwrap();
    let set = |tx: &rusqlite::Transaction<'_>| {
        Ok(tx.execute("UPDATE certificate_aside SET body = ?1, program = '0.0.1'", [&body])?)
    };
    phone.store.write(set).unwrap();
    phone.store.apply_pull(&nothing_new(&phone)).unwrap();
    assert_eq!((kept(&phone.store), phone.store.list_count(kind::HOUSEHOLD)), (0, Ok(1)));
}
