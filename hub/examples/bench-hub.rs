//! How many submissions with a photo the hub takes durably: 8 clients, then 64, each pushing one signed batch with a form
//! of about 4 KB and then a photo of 500 KB, against a hub process of its own with its data on disk. The photo goes up
//! as the phone sends it: created with its bytes, one request. Beside each what the hub computes for one, and what the
//! disk takes of such files alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "../tests/it/http.rs"]
mod http;
#[path = "bench/server.rs"]
mod server;

use model::{RecordEdit, RecordRef, kind};
use ring::rand::{SecureRandom, SystemRandom};
use server::{Server, median};
use std::{
    io::Write,
    path::Path,
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};
use testkit::{
    Client,
    records::{self, household, under},
};
use wire::push::Outcome;

const ROWS: [(usize, &str, &str); 2] = [
    (8, "hub.submissions_per_s", "hub.disk_photos_per_s"),
    (64, "hub.submissions_64_per_s", "hub.disk_photos_64_per_s"),
];
const COMMUNE: &str = "00070";
const PHOTO: usize = 500_000;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);
const RUNS: usize = 3;

fn main() {
    server::serve_if_asked();
    let server = Server::start();
    let form = server.publish().swap_remove(0);
    for (clients, submissions, disk) in ROWS {
        // In turns, as other work on the machine slows both.
        let (mut taken, mut computed, mut written) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let (rate, cost) = run(&server, &form, clients);
            taken.push(rate);
            computed.push(cost);
            written.push(write_alone(&server.folder, clients));
        }
        let (taken, computed, written) = (median(taken), median(computed), median(written));
        println!(r#"{{"name":"{submissions}","value":{taken:.1},"computed_ms":{computed:.2}}}"#);
        println!(r#"{{"name":"{disk}","value":{written:.1}}}"#);
    }
}

/// Submissions a second, and milliseconds that the hub computed for each.
fn run(server: &Server, form: &(String, String), clients: usize) -> (f64, f64) {
    let user = server.user(&uuid::Uuid::now_v7().to_string(), &[COMMUNE.to_owned()]);
    let together = Arc::new(Barrier::new(clients + 1));
    let phones: Vec<Client> = (0..clients).map(|_| server.phone(&user)).collect();
    let clients: Vec<_> = phones
        .into_iter()
        .map(|mut phone| {
            let (together, form) = (together.clone(), form.clone());
            std::thread::spawn(move || {
                // Random bytes once: making them is no work of the hub.
                let mut photo = vec![0; PHOTO];
                SystemRandom::new().fill(&mut photo).unwrap();
                together.wait();
                let (mut count, started) = (0u32, Instant::now());
                let mut before = 0;
                while started.elapsed() < WARM_UP + MEASURED {
                    submit(&mut phone, &form, &mut photo);
                    if started.elapsed() < WARM_UP {
                        before += 1;
                    }
                    count += 1;
                }
                (f64::from(count), f64::from(count - before) / (started.elapsed() - WARM_UP).as_secs_f64())
            })
        })
        .collect();
    together.wait();
    let before = server.computed();
    let runs: Vec<(f64, f64)> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    let all: f64 = runs.iter().map(|run| run.0).sum();
    (runs.iter().map(|run| run.1).sum(), (server.computed() - before) / all)
}

/// Files of a photo's size a second, made durable by so many threads.
fn write_alone(folder: &Path, threads: usize) -> f64 {
    let folder = folder.join("alone");
    std::fs::create_dir(&folder).unwrap();
    let started = Instant::now();
    let threads: Vec<_> = (0..threads)
        .map(|n| {
            let folder = folder.clone();
            std::thread::spawn(move || {
                let photo = vec![7; PHOTO];
                (0u32..)
                    .take_while(|_| started.elapsed() < MEASURED / 2)
                    .map(|k| {
                        let mut file = std::fs::File::create(folder.join(format!("{n}-{k}"))).unwrap();
                        file.write_all(&photo).unwrap();
                        file.sync_data().unwrap();
                    })
                    .count()
            })
        })
        .collect();
    let count: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let rate = count as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_dir_all(folder).unwrap();
    rate
}

fn submit(phone: &mut Client, (form, version): &(String, String), photo: &mut [u8]) {
    let home = household(COMMUNE);
    let answers = "nhà có bốn người, trẻ nhỏ chưa đi học; ".repeat(70);
    let xml = format!(
        r#"<data id="{form}" version="{version}"><observation><obs_facts>{answers}</obs_facts></observation></data>"#
    );
    photo[..16].copy_from_slice(uuid::Uuid::now_v7().as_bytes());
    let address = wire::blob::address(photo);
    let visit =
        under(kind::VISIT, &home.record).set("date", "2026-11-24").set("agreed", "thăm lại sau một tháng");
    let submission = RecordEdit::new(RecordRef::new(kind::SUBMISSION, uuid::Uuid::now_v7()))
        .under(home.record.clone())
        .set("form", form.as_str())
        .set("version", version.as_str())
        .set("xml", xml)
        .set("started_at", "2026-11-24T08:00:00+07:00")
        .set("finished_at", "2026-11-24T08:40:00+07:00");
    let picture = records::photo(&visit.record, (&address, photo.len())).set("caption", "trước nhà");
    let batch = phone.batch(vec![submission, home, visit, picture]);
    let outcomes = phone.outcomes(&[batch]);
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted), "{outcomes:?}");
    assert_eq!(phone.create_upload(&address, photo.len(), Some(photo)).offset(), PHOTO as u64);
    // A client's own memory is not what is measured.
    phone.batches.clear();
}
