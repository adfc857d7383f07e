//! What the disk holds of visits that were made here and acknowledged.

use crate::{
    Times,
    common::{Phone, household},
    commune::folder_mb,
    people::narrative,
    report, rounded,
};
use model::{RecordEdit, RecordRef, kind};
use serde_json::json;
use std::fs;
use uuid::Uuid;
use wire::push::{BatchResult, Outcome};

const VISITS: usize = 10_000;
const HOUSEHOLDS: usize = 200;
/// Bytes of a push.
const PAGE: usize = 2 * 1024 * 1024;

pub fn measure() {
    let phone = Phone::new();
    let homes: Vec<RecordEdit> = (0..HOUSEHOLDS).map(|n| household(&crate::people::name(n))).collect();
    let homes: Vec<RecordRef> = homes
        .into_iter()
        .map(|home| {
            let reference = home.record.clone();
            phone.store.commit(vec![home]).unwrap();
            reference
        })
        .collect();
    let (mut commits, mut acknowledge) = (Times::default(), Times::default());
    for n in 0..VISITS {
        let visit = RecordEdit::new(RecordRef::new(kind::VISIT, Uuid::now_v7()))
            .under(homes[n % HOUSEHOLDS].clone())
            .set("date", "2026-11-24")
            .set("purpose", "support")
            .set("facts", narrative(n * 4, 240))
            .set("quotes", narrative(n * 4 + 1, 80))
            .set("opinion", narrative(n * 4 + 2, 160))
            .set("agreed", narrative(n * 4 + 3, 60));
        phone.clock.advance_s(60);
        commits.of(|| phone.store.commit(vec![visit])).unwrap();
    }
    let (mut content, mut through, mut largest_log) = (0, 0, 0);
    loop {
        let batches = phone.store.own_batches_after(through, 0, PAGE).unwrap();
        let Some(last) = batches.last() else { break };
        through = last.statement().next_seq() - 1;
        content += batches.iter().map(|batch| batch.weight()).sum::<usize>();
        let admitted = |first_seq| BatchResult { first_seq, outcome: Outcome::Admitted };
        let results: Vec<_> = batches.iter().map(|batch| admitted(batch.statement().first_seq)).collect();
        acknowledge.of(|| phone.store.acknowledge(through, &results)).unwrap();
        let log = fs::metadata(phone.folder.path().join("store.db-wal")).map_or(0, |log| log.len());
        largest_log = largest_log.max(log);
    }
    let open = folder_mb(&phone);
    phone.store.close().unwrap();
    report(
        "store.disk_10000_visits",
        json!({
            "mb": rounded(folder_mb(&phone)), "open_mb": rounded(open), "log_mb": rounded(largest_log as f64 / 1e6),
            "content_mb": rounded(content as f64 / 1e6), "commit_ms": commits.median(),
            "acknowledge_2mb_ms": acknowledge.median(),
        }),
    );
}
