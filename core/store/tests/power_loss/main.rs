//! Loss of power and a full disk while a form is filled and finished: what was acknowledged is there, and a finished
//! visit is whole or still a draft.
#![allow(clippy::unwrap_used)] // in what tests share as well
#![allow(unsafe_code)] // SQLite's interface for a VFS is C; see vfs.rs

#[path = "../it/common.rs"]
mod common;
mod vfs;

use common::*;
use model::{DraftId, RecordEdit, kind};
use std::{fs, path::Path};
use store::{NewDraft, Snapshot, Store, StoreError, StoredAnswer, WorkerFolder};
use vfs::Image;

/// All that the store holds, as far as a worker can see.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    drafts: Vec<(String, Option<String>, Vec<Option<String>>)>,
    records: Vec<String>,
    own_changes: Vec<u64>,
    acknowledged: u64,
}

fn look(store: &Store) -> Seen {
    let draft = |id| {
        let draft = store.draft(id).unwrap();
        let later = draft.later.into_iter().map(|answer| answer.value).collect();
        (draft.row.title, draft.snapshot.map(|snapshot| snapshot.instance), later)
    };
    let kinds = [kind::HOUSEHOLD, kind::PERSON, kind::SUBMISSION];
    let records = kinds.iter().flat_map(|kind| store.records(kind).unwrap());
    let batches = own_after(store, 0);
    Seen {
        drafts: store.drafts().unwrap().into_iter().map(|row| draft(row.id)).collect(),
        records: records.map(|record| format!("{} {:?}", record.reference, record.state.shown())).collect(),
        own_changes: seqs(&batches),
        acknowledged: store.acknowledged_through().unwrap(),
    }
}

/// Opens what a loss of power left, in a folder of its own.
fn after_power_loss(phone: &Phone, image: &Image, thoroughly: bool) -> Seen {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(phone.folder.path().file_name().unwrap());
    fs::create_dir(&folder).unwrap();
    vfs::restore(image, phone.folder.path(), &folder);
    let [folder] = <[WorkerFolder; 1]>::try_from(WorkerFolder::all(root.path()).unwrap()).unwrap();
    let store = folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    if thoroughly {
        store.check().unwrap();
    }
    look(&store)
}

/// One act of a worker's day.
fn act(phone: &mut Phone, dice: &mut Dice, draft: &mut Option<DraftId>, n: usize) {
    phone.clock.advance_s(1);
    let Some(id) = *draft else {
        let new = NewDraft {
            form: "vang_gia".into(),
            version: "1".into(),
            rulebook: rules().version().to_owned(),
            about: None,
            restricted: n.is_multiple_of(2),
            title: format!("Thăm {n}"),
            basis: "căn cứ".into(),
            step: None,
        };
        *draft = Some(phone.store.create_draft(&new, None).unwrap());
        return;
    };
    match dice.below(10) {
        0 => {
            let snapshot = Snapshot { instance: format!("<data>{n}</data>"), ..Snapshot::default() };
            phone.store.save_snapshot(id, &snapshot).unwrap();
        }
        1 | 2 => {
            let home = household(&format!("Hộ {n}"));
            let home_ref = home.record.clone();
            let submission = RecordEdit::new(new_ref(kind::SUBMISSION))
                .under(home_ref.clone())
                .set("xml", "x".repeat(dice.below(20_000)));
            let cause = submission.record.clone();
            let people = (0..3).map(|m| person(&format!("Người {n}-{m}"), &home_ref));
            let edits = [home, submission].into_iter().chain(people).collect();
            phone.store.finish(id, edits, &cause).unwrap();
            *draft = None;
        }
        3 => phone.store.acknowledge(phone.store.last_seq().unwrap(), &[]).unwrap(),
        // Closing copies the log into the database.
        4 => phone.reopen(),
        _ => {
            let value = Some(format!("trả lời {n} {}", "y".repeat(dice.below(500))));
            phone.store.append_answers(id, &[StoredAnswer { path: "/data/a".into(), value }]).unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_loss_of_power_at_any_moment() {
    vfs::install();
    let mut phone = Phone::new();
    let path = phone.folder.path().to_owned();
    let mut dice = Dice(0x5eed_2026_1124);
    // Of their own: how many images are taken differs from run to run, and must not decide what is done.
    let mut choices = Dice(0x9e37_79b9_7f4a_7c15);
    let mut draft = None;
    let mut before = look(&phone.store);
    let (mut whole, mut undone, mut done) = (0, 0, 0);
    for n in 0..60 {
        let images = vfs::images_during(&path, &mut dice, || act(&mut phone, &mut choices, &mut draft, n));
        let after = look(&phone.store);
        assert_eq!(
            after_power_loss(&phone, &vfs::power_loss(&path, &mut dice), true),
            after,
            "after act {n}"
        );
        whole += 1;
        for image in images {
            let seen = after_power_loss(&phone, &image, false);
            assert!(seen == before || seen == after, "in the middle of act {n}: {seen:?}");
            undone += usize::from(seen == before && before != after);
            done += usize::from(seen == after && before != after);
        }
        before = after;
    }
    assert!(before.own_changes.len() > 15, "visits were finished");
    assert!(
        whole == 60 && undone > 10 && done > 0,
        "{undone} acts cut before, {done} after they were durable"
    );
}

#[test]
fn the_simulated_disk_does_lose_what_was_not_synced() {
    vfs::install();
    let folder = tempfile::tempdir().unwrap();
    let count = |path: &Path| {
        let db = rusqlite::Connection::open(path).unwrap();
        db.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let db = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a); PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    db.execute_batch("PRAGMA synchronous = OFF; INSERT INTO t VALUES (1);").unwrap();
    let mut lost = 0;
    for seed in 1..20 {
        let image = vfs::power_loss(folder.path(), &mut Dice(seed * 7919));
        let after = tempfile::tempdir().unwrap();
        vfs::restore(&image, folder.path(), after.path());
        lost += usize::from(count(&after.path().join("store.db")) == 0);
    }
    assert!(lost > 0);
}

#[test]
fn a_full_disk_has_its_own_error_and_nothing_is_lost() {
    vfs::install();
    let mut phone = Phone::new();
    let new = NewDraft {
        form: "vang_gia".into(),
        version: "1".into(),
        rulebook: rules().version().to_owned(),
        about: None,
        restricted: false,
        title: "Thăm".into(),
        basis: "căn cứ".into(),
        step: None,
    };
    let draft = phone.store.create_draft(&new, None).unwrap();
    let answer = |value: &str| [StoredAnswer { path: "/data/a".into(), value: Some(value.repeat(5000)) }];
    phone.store.append_answers(draft, &answer("một")).unwrap();
    let before = look(&phone.store);

    vfs::fill_disk(Some(phone.folder.path()));
    let home = household("Hộ Một");
    let cause = new_ref(kind::SUBMISSION);
    assert_eq!(phone.store.append_answers(draft, &answer("hai")), Err(StoreError::Full));
    assert_eq!(phone.store.finish(draft, vec![home.clone()], &cause), Err(StoreError::Full));
    assert_eq!(look(&phone.store), before);
    vfs::fill_disk(None);

    phone.store.finish(draft, vec![home], &cause).unwrap();
    phone.reopen();
    let after = look(&phone.store);
    assert_eq!((after.drafts.len(), after.records.len(), after.own_changes), (0, 1, vec![1]));
}
