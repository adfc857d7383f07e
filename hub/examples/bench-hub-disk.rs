//! What 10,000 visits take on the hub's disk: forty fields each, 4.4 KB of JSON, pushed to a hub process of its own.
//! A line of JSON: megabytes of the database and of its log, and seconds of the pushes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "bench/fill.rs"]
mod fill;
#[path = "../tests/it/http.rs"]
mod http;
#[path = "bench/server.rs"]
mod server;

use model::{RecordEdit, kind};
use server::Server;
use std::time::Instant;
use testkit::records::{household, under};
use wire::push::Outcome;

const VISITS: usize = 10_000;
const FIELDS: usize = 40;
/// Of a visit's values, about.
const BYTES: usize = 4_400;
/// Visits of a household.
const OF_HOUSEHOLD: usize = 4;
/// Visits in one push.
const PUSH: usize = 100;
const WORDS: [&str; 48] = [
    "gia",
    "đình",
    "có",
    "bốn",
    "người",
    "trẻ",
    "nhỏ",
    "chưa",
    "đi",
    "học",
    "không",
    "việc",
    "làm",
    "ổn",
    "định",
    "nhà",
    "cửa",
    "tạm",
    "bợ",
    "nước",
    "sạch",
    "xa",
    "đường",
    "khó",
    "khăn",
    "cần",
    "hỗ",
    "trợ",
    "bảo",
    "hiểm",
    "y",
    "tế",
    "sức",
    "khỏe",
    "yếu",
    "người",
    "già",
    "neo",
    "đơn",
    "thăm",
    "lại",
    "sau",
    "một",
    "tháng",
    "đồng",
    "ý",
    "ruộng",
    "nương",
];

fn main() {
    server::serve_if_asked();
    let server = Server::start();
    let communes = fill::communes(1);
    let user = server.user("an", &communes);
    let mut phone = server.phone(&user);
    let mut dice: u64 = 1;
    let mut seconds = 0.0;
    let mut raw = 0;
    for first in (0..VISITS).step_by(PUSH) {
        let mut edits: Vec<RecordEdit> = Vec::new();
        let mut home = household(&communes[0]);
        for n in first..first + PUSH {
            if n % OF_HOUSEHOLD == 0 {
                home = household(&communes[0]);
                edits.push(home.clone());
            }
            let mut visit = under(kind::VISIT, &home.record);
            for field in 0..FIELDS {
                let words = text(&mut dice);
                raw += words.len();
                visit = visit.set(format!("answer_{field}"), words);
            }
            edits.push(visit);
        }
        let changes: Vec<_> = edits.into_iter().map(|edit| phone.change(edit)).collect();
        let started = Instant::now();
        let outcomes = phone.outcomes(&changes);
        seconds += started.elapsed().as_secs_f64();
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted));
        phone.batches.clear();
    }
    let values = raw as f64 / 1e6;
    let (database, log) = server.disk();
    println!(
        r#"{{"name":"hub.disk_10000_visits","mb":{database:.1},"log_mb":{log:.1},"values_mb":{values:.1},"push_s":{seconds:.1}}}"#
    );
}

/// Words as by chance, a field's share of a visit.
fn text(dice: &mut u64) -> String {
    let mut text = String::new();
    while text.len() < BYTES / FIELDS {
        *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(WORDS[(*dice >> 33) as usize % WORDS.len()]);
        text.push(' ');
    }
    text
}
