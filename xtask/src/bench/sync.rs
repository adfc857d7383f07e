//! Synchronising beside PouchDB: `tests/examples/bench-sync` measures, this shows it with what we aim at.

use super::parse;
use crate::{
    install,
    sh::{self, say},
};
use anyhow::Result;
use serde_json::Value;
use std::path::Path;

/// A figure of a row, what it is called and our aim, in the figure's unit.
struct Line {
    row: &'static str,
    field: &'static str,
    what: &'static str,
    aim: Option<f64>,
}

const fn line(row: &'static str, field: &'static str, what: &'static str, aim: Option<f64>) -> Line {
    Line { row, field, what, aim }
}

const LINES: &[Line] = &[
    line("push", "seconds", "push 10,000 visits, s", Some(3.0)),
    line("push", "up_mb", "… MB up", Some(14.0)),
    line("push", "down_mb", "… MB down", Some(0.2)),
    line("push", "phone_disk_mb", "… on the phone's disk, MB", Some(50.0)),
    line("push", "hub_disk_mb", "… on the hub's, MB", Some(55.0)),
    line("push", "phone_peak_mb", "… the phone's peak memory, MB", None),
    line("push", "hub_peak_mb", "… the hub's, MB", None),
    line("commune", "seconds", "first sync of 5,000 households (31,000 records), s", Some(2.5)),
    line("commune", "down_mb", "… MB down", Some(2.5)),
    line("commune", "turns", "… round trips", None),
    line("commune", "phone_peak_mb", "… the phone's peak memory, MB", None),
    line("commune", "hub_peak_mb", "… the hub's, MB", None),
    line("far", "seconds", "… of 50,000 households (310,000 records), s", Some(20.0)),
    line("far", "phone_peak_mb", "… the phone's peak memory, MB", None),
    line("visits_64", "seconds", "455 visits at 64 kbit/s, s", None),
    line("visits_64", "over_line", "… over its bytes at that rate", Some(1.1)),
    line("visits_64", "over_floor", "… over its packed values at that rate", None),
    line("visits_8", "seconds", "20 visits at 8 kbit/s, s", None),
    line("visits_8", "over_line", "… over its bytes at that rate", Some(1.1)),
    line(
        "commune_64",
        "seconds",
        "first sync of 500 households at 64 kbit/s, s (a tenth: aim 33)",
        Some(33.0),
    ),
    line("day_64", "seconds", "a day (8 visits, 16 photos) at 64 kbit/s, s", None),
    line("day_64", "over_floor", "… over the floor of its content", Some(1.02)),
    line("day_64", "texts_seconds", "… texts are through, s", Some(5.0)),
    line("day_64", "turns", "… round trips", Some(45.0)),
    line("day_256", "over_floor", "a day at 256 kbit/s over the floor of its content", Some(1.05)),
];

/// All rows but the largest.
pub(super) fn measure(root: &Path) -> Result<Vec<Value>> {
    run(root, &[])
}

/// 50,000 households: minutes to make.
pub(super) fn far(root: &Path) -> Result<Vec<Value>> {
    run(root, &["far"])
}

fn run(root: &Path, rows: &[&str]) -> Result<Vec<Value>> {
    install::programs(&[("node", "nodejs"), ("npm", "npm")])?;
    for args in
        [&["--package", "hub", "--bin", "vanggia-hub"], &["--package", "journeys", "--example", "bench-sync"]]
    {
        say(format!("cargo build --release {}", args.join(" ")));
        let build: Vec<&str> = ["build", "--quiet", "--release"].iter().chain(args).copied().collect();
        sh::run(sh::command("cargo", &build, root))?;
    }
    let peer = root.join("tests/bench/sync");
    sh::run_quietly("npm-bench-sync", sh::command("npm", &["ci", "--no-audit", "--no-fund"], &peer))?;
    let release = sh::target().join("release");
    let program = release.join("examples/bench-sync");
    let mut command = sh::command(&program.to_string_lossy(), rows, root);
    command.env("VANGGIA_HUB", release.join("vanggia-hub"));
    let figures = parse(&sh::watch("bench-sync", command)?)?;
    table(&figures);
    Ok(figures)
}

fn table(figures: &[Value]) {
    say(
        "\nLoopback: medians of three. Slow lines: 300 ms there and back (of visits 5 % lost), one run. PouchDB speaks plain HTTP.",
    );
    say(format!("{:<66} {:>9} {:>9} {:>7}  aim", "", "ours", "PouchDB", "ratio"));
    let shown = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |number| format!("{number:.2}"));
    for Line { row, field, what, aim } in LINES {
        let of = |who: &str| figures.iter().find(|f| f["row"] == *row && f["who"] == who);
        let Some(ours) = of("ours").map(|ours| ours[field].as_f64()) else { continue };
        let theirs = of("pouchdb").and_then(|theirs| theirs[field].as_f64());
        let ratio = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
        let met = ours.zip(*aim).is_some_and(|(ours, aim)| ours <= aim);
        let aim =
            aim.map_or_else(String::new, |aim| format!("≤ {aim} {}", if met { "met" } else { "missed" }));
        say(format!("{what:<66} {:>9} {:>9} {:>7}  {aim}", shown(ours), shown(theirs), shown(ratio)));
    }
}
