//! Figures for `cargo xtask bench store`, one JSON line each. Without an argument each part runs in a process of its own,
//! so that its peak memory is its own.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a measure that can't be taken has no other end; output is its purpose

#[path = "../../tests/it/common.rs"]
mod common;
mod commune;
mod daily;
mod disk;
mod people;

use serde_json::{Value, json};
use std::{env, fs, process::Command, time::Instant};

const PARTS: [(&str, fn()); 4] = [
    ("daily", daily::measure),
    ("commune", || commune::measure(5_000)),
    ("province", || commune::measure(50_000)),
    ("disk", disk::measure),
];

fn main() {
    let program = env::current_exe().unwrap();
    let asked: Vec<String> = env::args().skip(1).collect();
    match &asked[..] {
        [part] => PARTS.iter().find(|(name, _)| name == part).unwrap().1(),
        _ => PARTS.iter().for_each(|(name, _)| {
            assert!(Command::new(&program).arg(name).status().unwrap().success(), "{name}");
        }),
    }
}

fn report(name: &str, mut figures: Value) {
    figures["name"] = json!(name);
    println!("{figures}");
}

/// Milliseconds that some work took each time.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.push(start.elapsed().as_secs_f64() * 1000.0);
        done
    }

    fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        rounded(sorted[sorted.len() / 2])
    }

    fn worst(&self) -> f64 {
        rounded(self.0.iter().copied().fold(0.0, f64::max))
    }

    fn seconds(&self) -> f64 {
        rounded(self.0.iter().sum::<f64>() / 1000.0)
    }

    fn report(&self, name: &str) {
        report(name, json!({ "median_ms": self.median(), "worst_ms": self.worst() }));
    }
}

/// Milliseconds that this thread was on a core so far: what another program of the machine doesn't lengthen.
fn on_core_ms() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e6
}

fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// The most memory that this process held so far, in MB.
fn peak_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
