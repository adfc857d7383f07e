//! A damaged database: what can be read goes on, what can't is left where it is.

use crate::{
    common::*,
    drafts::{answer, new_draft},
    opening::flip,
};
use model::Verified;
use std::{collections::BTreeSet, fs};
use store::{SALVAGED, StoreError, WorkerFolder};

/// Sixty visits unsent, a draft, an answer in it, a photo's file.
fn phone() -> Phone {
    let phone = Phone::new();
    for n in 0..60 {
        let note = format!("Ghi chú dài {n}").repeat(200);
        phone.store.commit(vec![household(&format!("Hộ {n}")).set("note", note)]).unwrap();
    }
    let draft = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.store.append_answers(draft, &[answer("/data/note", "Trả lời")]).unwrap();
    phone.store.write_blob(b"a ciphertext").unwrap();
    phone.store.close().unwrap();
    phone
}

fn said(batches: &[Verified]) -> BTreeSet<String> {
    let changes = batches.iter().flat_map(Verified::changes).flatten();
    changes.map(|change| change.head.record.to_string()).collect()
}

#[test]
fn each_damaged_page_costs_what_was_on_it_and_no_more() {
    let phone = phone();
    let whole = fs::read(phone.database()).unwrap();
    let pages = whole.len() as u64 / 4096;
    let (mut opened, mut salvaged_all, mut lost) = (0, 0, 0);
    for page in (0..pages).step_by(11) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(phone.folder.id());
        copy(phone.folder.path(), &folder);
        flip(&folder.join("store.db"), page * 4096 + 900);
        let damaged = fs::read(folder.join("store.db")).unwrap();
        let [folder] = <[WorkerFolder; 1]>::try_from(WorkerFolder::all(root.path()).unwrap()).unwrap();
        let path = folder.path().to_owned();
        let (folder, salvaged) = match folder.salvage(&phone.keys) {
            Ok(salvaged) => salvaged,
            Err(error) => {
                // The schema, or whose phone it is: left as it is, for the office.
                assert_eq!(error, StoreError::Damaged, "page {page}");
                assert_eq!(fs::read(path.join("store.db")).unwrap(), damaged);
                assert_eq!(WorkerFolder::all(root.path()).unwrap().len(), 1);
                continue;
            }
        };
        opened += 1;
        assert_eq!(fs::read(path.with_extension("aside").join("store.db")).unwrap(), damaged);
        assert_eq!(WorkerFolder::all(root.path()).unwrap(), std::slice::from_ref(&folder));
        let keys = folder.unlock(PIN, &Hardware(1), &*phone.clock).unwrap();
        let store = folder.open(&keys, phone.clock.clone(), rules()).unwrap();
        store.check().unwrap();
        assert_eq!(store.ended().unwrap().as_deref(), Some(SALVAGED));
        assert!(store.has_blob(&wire::blob::address(b"a ciphertext")));
        let batches = said(&own_after(&store, 0)).len() as u64;
        assert_eq!(batches, salvaged.batches);
        if salvaged.is_whole {
            salvaged_all += 1;
            assert_eq!((salvaged.drafts, batches), (1, 60), "page {page}");
        } else {
            lost += 1;
        }
    }
    assert!(opened > 3 && salvaged_all > 1, "{opened} {salvaged_all} {lost} of {pages}");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
