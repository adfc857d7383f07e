//! Answering a question as a shell does, without the bindings: one line of JSON for the answer, one for the disk alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, dead_code)]

#[path = "../tests/it/office.rs"]
mod office;
#[path = "../tests/it/phone.rs"]
mod phone;
#[path = "../tests/it/sheets.rs"]
mod sheets;
#[path = "../tests/it/world.rs"]
mod world;

use app::view::PageMove;
use std::{fs::File, io::Write, time::Instant};
use world::{Answers, World, choice, fill_page, text};

const ROUNDS: usize = 300;

fn main() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    // To a member's page, where an answer moves what depends on it.
    let answers = Answers::first_visit();
    for _ in 0..4 {
        fill_page(&session, &answers);
        assert!(matches!(session.next().unwrap(), PageMove::Moved { .. }));
    }
    fill_page(&session, &answers);
    let answered = median((0..ROUNDS).map(|round| {
        let (path, value) = match round % 3 {
            0 => ("/data/member[1]/m_about/m_name", text(&format!("Hoàng Văn {round}"))),
            1 => ("/data/member[1]/m_about/m_birth_known", choice("date")),
            _ => ("/data/member[1]/m_about/m_birth_known", choice("year")),
        };
        timed(|| {
            session.answer(path.into(), value).unwrap();
        })
    }));
    let mut file = File::create(world.phone.folder.path().join("bench")).unwrap();
    let synced = median((0..ROUNDS).map(|_| {
        timed(|| {
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
        })
    }));
    println!(
        r#"{{"name": "app.answer", "median_ms": {answered:.3}, "beside_fdatasync_ms": {:.3}}}"#,
        answered - synced
    );
    println!(r#"{{"name": "app.fdatasync", "median_ms": {synced:.3}}}"#);
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64() * 1000.0
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
