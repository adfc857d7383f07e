//! The first sync of so many households, and what a phone that holds them takes for a key of search and a finished
//! visit.

use crate::{
    Times,
    common::{Phone, commune, rules},
    on_core_ms, peak_mb,
    people::{Author, household, narrative},
    report, rounded,
};
use model::{RecordEdit, RecordRef, kind};
use serde_json::json;
use std::{fs::File, io::Write};
use store::{NewDraft, StoredAnswer};
use uuid::Uuid;
use wire::{
    lines::Packer,
    pull::{Entry, PullResponse},
};

const PAGE: usize = 500;
/// As typed, letter by letter; a place, a wrong word, all.
const TYPED: [&str; 14] = [
    "n",
    "ng",
    "ngu",
    "nguy",
    "nguye",
    "nguyen",
    "nguyen t",
    "nguyen thi",
    "nguyen thi h",
    "nguyen thi hoa",
    "ban pao",
    "do dinh uot",
    "khong",
    "",
];

pub fn measure(households: usize) {
    let mut phone = Phone::new();
    receive(&phone, households);
    search(&mut phone, households);
    finish(&phone, households);
}

fn receive(phone: &Phone, households: usize) {
    let mut author = Author::of(&phone.office);
    let before = peak_mb();
    let (mut times, mut waiting, mut records, mut on_core) = (Times::default(), Vec::new(), 0, 0.0);
    for n in 0..households {
        waiting.push(author.sign(household(n)));
        let is_last = n + 1 == households;
        while waiting.len() >= PAGE || (is_last && !waiting.is_empty()) {
            let page: Vec<Entry> = waiting.drain(..PAGE.min(waiting.len())).collect();
            let taken = page.len() as u64;
            let mut response = phone.answer(&commune(), records + 1, page);
            response.certificates = vec![author.certificate.clone()];
            // What a hub sends is read first.
            let text = response.write(Packer::new(false).unwrap()).unwrap();
            on_core -= on_core_ms();
            times.of(|| {
                let (response, _) = PullResponse::read(false, &text).unwrap().unwrap();
                phone.store.apply_pull(&response).unwrap()
            });
            on_core += on_core_ms();
            records += taken;
        }
    }
    report(
        &format!("store.receive_{households}"),
        json!({
            "seconds": times.seconds(), "on_core_s": rounded(on_core / 1000.0), "records": records, "page_median_ms": times.median(),
            "page_last_ms": rounded(times.0[times.0.len() - 2]), "peak_mb": rounded(peak_mb() - before),
            "folder_mb": rounded(folder_mb(phone)),
        }),
    );
}

/// All files of the worker's folder.
pub fn folder_mb(phone: &Phone) -> f64 {
    let files = std::fs::read_dir(phone.folder.path()).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>() as f64 / 1e6
}

fn search(phone: &mut Phone, households: usize) {
    let (mut first, mut keys) = (Times::default(), Times::default());
    for _ in 0..5 {
        phone.store.close().unwrap();
        phone.store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
        first.of(|| phone.store.list(kind::HOUSEHOLD, "n", 0, 50)).unwrap();
    }
    first.report(&format!("store.search_{households}_first"));
    for query in TYPED.repeat(5) {
        let found = keys.of(|| phone.store.list(kind::HOUSEHOLD, query, 0, 50)).unwrap();
        assert_eq!(found.total == 0, query == "khong", "{query}");
    }
    keys.report(&format!("store.search_{households}"));
}

/// A visit of 40 KB to one of the households, from its draft on, beside the time that the disk alone takes for as much.
fn finish(phone: &Phone, households: usize) {
    let home = phone.store.list(kind::HOUSEHOLD, "", 17, 1).unwrap().rows.remove(0).reference;
    let mut file = File::create(phone.root.path().join("disk")).unwrap();
    let (mut commits, mut disk, mut beside) = (Times::default(), Times::default(), Times::default());
    let mut on_core = Times::default();
    for n in 0..60 {
        let new = |kind| RecordEdit::new(RecordRef::new(kind, Uuid::now_v7())).under(home.clone());
        let xml = new(kind::SUBMISSION).set("form", "vang_gia").set("xml", narrative(n, 7_000));
        let cause = xml.record.clone();
        let visit = new(kind::VISIT).set("date", "2026-11-24").set("facts", narrative(n + 7, 1_000));
        let draft = NewDraft {
            form: "vang_gia".into(),
            version: "1".into(),
            rulebook: rules().version().to_owned(),
            about: Some(home.clone()),
            restricted: false,
            title: "Thăm".into(),
            basis: String::new(),
            step: None,
        };
        let draft = phone.store.create_draft(&draft, None).unwrap();
        for answer in 0..40 {
            let value = Some(narrative(answer, 20));
            let answer = [StoredAnswer { path: "/data/a".into(), value }];
            phone.store.append_answers(draft, &answer).unwrap();
        }
        phone.clock.advance_s(60);
        let before = on_core_ms();
        commits.of(|| phone.store.finish(draft, vec![xml, visit], &cause)).unwrap();
        on_core.0.push(on_core_ms() - before);
        file.write_all(&vec![n as u8; 120_000]).unwrap();
        disk.of(|| file.sync_data()).unwrap();
        beside.0.push(commits.0[n] - disk.0[n]);
    }
    report(
        &format!("store.finish_{households}"),
        json!({
            "median_ms": commits.median(), "worst_ms": commits.worst(), "fdatasync_ms": disk.median(),
            "beside_fdatasync_ms": beside.median(), "on_core_ms": on_core.median(),
        }),
    );
}
