//! Fifty phones of a commune that come back at once: each pulls the same 30,000 entries from a hub process of its
//! own. A line of JSON: the seconds until all have everything, and the hub's peak memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "bench/fill.rs"]
mod fill;
#[path = "../tests/it/http.rs"]
mod http;
#[path = "bench/server.rs"]
mod server;

use server::Server;
use std::{
    sync::{Arc, Barrier},
    time::Instant,
};
use testkit::Client;
use wire::{paths, pull::Cursor};

const PHONES: usize = 50;
const HOUSEHOLDS: usize = 5_000;
const PAGE: u32 = 2_000;

fn main() {
    server::serve_if_asked();
    let server = Server::start();
    let communes = fill::communes(1);
    let user = server.user("an", &communes);
    let mut author = server.phone(&user);
    for first in (0..HOUSEHOLDS).step_by(fill::PUSH) {
        fill::push(&mut author, first, &communes[0]);
    }
    let phones: Vec<Client> = (0..PHONES).map(|_| server.phone(&user)).collect();
    let before = (server.memory("VmRSS"), server.computed());
    let begin = Arc::new(Barrier::new(PHONES + 1));
    let threads: Vec<_> = phones
        .into_iter()
        .map(|phone| {
            let begin = begin.clone();
            std::thread::spawn(move || {
                begin.wait();
                pull(phone)
            })
        })
        .collect();
    begin.wait();
    let started = Instant::now();
    let bytes: Vec<usize> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let seconds = started.elapsed().as_secs_f64();
    let megabytes = bytes[0] as f64 / 1e6;
    let (peak, computed) = (server.memory("VmHWM"), (server.computed() - before.1) / 1000.0);
    println!(
        r#"{{"name":"hub.pull_50","s":{seconds:.2},"computed_s":{computed:.2},"peak_mb":{peak:.1},"before_mb":{:.1},"mb_each":{megabytes:.2}}}"#,
        before.0
    );
}

/// Pulls to the end; the bytes that came. Reads of an answer only how far it goes: a phone's own work is no work of
/// the hub.
fn pull(mut phone: Client) -> usize {
    let (mut bytes, mut entries) = (0, 0);
    loop {
        let answer = phone.post(paths::PULL, &phone.pull_request(PAGE));
        assert_eq!(answer.status, 200);
        bytes += answer.body.len();
        let lines = zstd::decode_all(answer.body.as_slice()).unwrap();
        let lines: Vec<&[u8]> = lines.trim_ascii_end().split(|byte| *byte == b'\n').collect();
        let value = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).unwrap();
        let (head, end) = (value(lines[0]), value(lines[lines.len() - 1]));
        let came = end["end"].as_u64().unwrap();
        entries += came;
        if came > 0 {
            let position = value(lines[lines.len() - 2])["entry"]["position"].as_u64().unwrap();
            let feed = value(lines[1])["feed"]["feed"].as_str().unwrap().parse().unwrap();
            phone.cursors = vec![Cursor {
                feed,
                epoch: head["epoch"].as_str().unwrap().to_owned(),
                position,
                mark: None,
            }];
        }
        if head["more"] == false {
            assert_eq!(entries, (HOUSEHOLDS * fill::RECORDS) as u64);
            return bytes;
        }
    }
}
