//! Damaged, foreign and closed databases; nothing readable in the folder.

use crate::common::*;
use model::kind;
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
};
use store::{NewDraft, Snapshot, StoreError, StoredAnswer, WorkerFolder};

pub fn flip(path: &Path, offset: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut bytes = [0; 64];
    file.read_exact_at(&mut bytes, offset).unwrap();
    bytes.iter_mut().for_each(|byte| *byte ^= 0x5a);
    file.write_all_at(&bytes, offset).unwrap();
}

#[test]
fn a_damaged_page_is_reported_and_nothing_is_changed() {
    let phone = Phone::new();
    for n in 0..200 {
        phone.store.commit(vec![household(&format!("Hộ {n}"))]).unwrap();
    }
    phone.store.check().unwrap();
    phone.store.close().unwrap();
    let whole = fs::read(phone.database()).unwrap();

    // The first page, where the schema is.
    flip(&phone.database(), 100);
    let damaged = fs::read(phone.database()).unwrap();
    assert_eq!(
        phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap_err(),
        StoreError::Damaged
    );
    assert_eq!(fs::read(phone.database()).unwrap(), damaged);

    // Every page but the first few: whichever is read says so.
    fs::write(phone.database(), &whole).unwrap();
    for page in 1..whole.len() as u64 / 4096 {
        flip(&phone.database(), page * 4096 + 1000);
    }
    let found = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).and_then(|store| {
        assert_eq!(store.check(), Err(StoreError::Damaged));
        store.records("household")
    });
    assert_eq!(found.unwrap_err(), StoreError::Damaged);

    // Set aside on the worker's word, whole.
    let aside = phone.folder.clone().set_aside().unwrap();
    assert_eq!(fs::metadata(aside.join("store.db")).unwrap().len(), whole.len() as u64);
    assert_eq!(WorkerFolder::all(phone.root.path()).unwrap(), []);
}

#[test]
fn damaged_first_bytes_lose_nothing() {
    let phone = Phone::new();
    phone.store.commit(vec![household("Hộ Một")]).unwrap();
    phone.store.close().unwrap();
    let file = OpenOptions::new().write(true).open(phone.database()).unwrap();
    file.write_all_at(&[0; 16], 0).unwrap();
    let store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    assert_eq!(store.list_count(kind::HOUSEHOLD), Ok(1));
}

#[test]
fn another_phones_database_under_this_key_file_is_foreign() {
    let (phone, other) = (Phone::new(), Phone::new());
    phone.store.close().unwrap();
    other.store.close().unwrap();
    fs::copy(other.database(), phone.database()).unwrap();
    let before = fs::read(phone.database()).unwrap();
    assert_eq!(
        phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap_err(),
        StoreError::ForeignKey
    );
    assert_eq!(fs::read(phone.database()).unwrap(), before);
}

#[test]
fn a_missing_database_is_never_made_anew() {
    let phone = Phone::new();
    phone.store.close().unwrap();
    fs::remove_file(phone.database()).unwrap();
    assert_eq!(
        phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap_err(),
        StoreError::Damaged
    );
    assert!(!phone.database().exists());
}

#[test]
fn paused_it_says_closed_and_comes_back_with_the_keys_that_were_kept() {
    let mut phone = Phone::new();
    phone.store.commit(vec![household("Hộ Một")]).unwrap();
    phone.store.close().unwrap();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Err(StoreError::Closed));
    assert!(!phone.folder.path().join("store.db-wal").exists(), "files are closed");
    phone.reopen();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(1));
}

#[test]
fn a_half_made_folder_is_no_worker() {
    let phone = Phone::new();
    fs::create_dir(phone.root.path().join("0198c0de-0000-7000-8000-000000000000.new")).unwrap();
    assert_eq!(WorkerFolder::all(phone.root.path()).unwrap(), std::slice::from_ref(&phone.folder));
    assert_eq!(WorkerFolder::all(&phone.root.path().join("none")).unwrap(), []);
}

#[test]
fn nothing_that_was_typed_lies_in_the_folder_in_the_clear() {
    let phone = Phone::new();
    let home = household("Hoàng Văn Kín");
    let draft = NewDraft {
        form: "vang_gia".into(),
        version: "2026112401".into(),
        rulebook: rules().version().to_owned(),
        about: Some(home.record.clone()),
        restricted: false,
        title: "Thăm nhà Hoàng Văn Kín".into(),
        basis: "căn cứ".into(),
        step: None,
    };
    let id = phone.store.create_draft(&draft, None).unwrap();
    let snapshot =
        Snapshot { instance: "<data><name>Hoàng Văn Kín</name></data>".into(), ..Snapshot::default() };
    phone.store.save_snapshot(id, &snapshot).unwrap();
    let note = "Ghi chú riêng của cán bộ";
    let answer = StoredAnswer { path: "/data/note".into(), value: Some(note.into()) };
    phone.store.append_answers(id, std::slice::from_ref(&answer)).unwrap();
    phone.store.commit(vec![home]).unwrap();

    let files = all_bytes(phone.folder.path());
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"store.db-wal") && names.contains(&"store.db-shm"), "{names:?}");
    let secrets =
        ["Kín", "Ho\u{e0}ng", "hoang van kin", note, "Ghi ch", "token-of-this-phone", "/data/note", PIN];
    let secrets = secrets.into_iter().chain(["SQLite format 3", "household", "vang_gia", "Lý Thị"]);
    for secret in secrets {
        for (name, bytes) in &files {
            assert!(!contains(bytes, secret), "{secret} in {name}");
        }
    }
}
