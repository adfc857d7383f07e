//! Figures from release builds, beside the peers where there is one: `cargo xtask bench [forms|store|app|casework|photos|hub|sync|sync-far|uniffi|size]`.
//!
//! Each measuring program prints lines of JSON, `{"name": "store.open", "median_ms": 0.6}`; this gathers them in one
//! table with what we aim at.

mod forms;
mod sync;

use crate::{
    bindings, install, kotlin,
    sh::{self, say},
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;

/// Name and field of a figure, its unit, our aim (as text) and where it comes from.
struct Row {
    name: &'static str,
    field: &'static str,
    unit: &'static str,
    aim: &'static str,
    what: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        name: "store.open",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 5",
        what: "open the store with its raw key",
    },
    Row {
        name: "store.receive_5000",
        field: "seconds",
        unit: "s",
        aim: "≤ 2.5",
        what: "first sync of 5,000 households, without the network",
    },
    Row { name: "store.receive_5000", field: "peak_mb", unit: "MB", aim: "", what: "its peak memory" },
    Row {
        name: "store.search_5000_first",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "the first key of search after opening, 5,000 households",
    },
    Row { name: "store.search_5000", field: "median_ms", unit: "ms", aim: "≤ 2", what: "a later one" },
    Row {
        name: "store.finish_5000",
        field: "beside_fdatasync_ms",
        unit: "ms",
        aim: "≤ 3",
        what: "finish a visit of 40 KB there, beside fdatasync",
    },
    Row {
        name: "store.receive_50000",
        field: "seconds",
        unit: "s",
        aim: "≤ 20",
        what: "first sync of 50,000 households, without the network",
    },
    Row { name: "store.receive_50000", field: "peak_mb", unit: "MB", aim: "", what: "its peak memory" },
    Row {
        name: "store.search_50000_first",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "the first key of search after opening, 50,000 households",
    },
    Row { name: "store.search_50000", field: "median_ms", unit: "ms", aim: "≤ 5", what: "a later one" },
    Row {
        name: "store.finish_50000",
        field: "beside_fdatasync_ms",
        unit: "ms",
        aim: "≤ 3",
        what: "finish a visit of 40 KB there, beside fdatasync",
    },
    Row {
        name: "store.disk_10000_visits",
        field: "mb",
        unit: "MB",
        aim: "≤ 50",
        what: "10,000 visits of 4.2 KB, made here and acknowledged: the folder",
    },
    Row {
        name: "store.disk_10000_visits",
        field: "log_mb",
        unit: "MB",
        aim: "",
        what: "the log beside it while the store is open",
    },
    Row {
        name: "app.answer",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "answer a question, called from Rust, kept and with what it changed",
    },
    Row {
        name: "app.today_3000",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 15",
        what: "Today with 3,000 open cases",
    },
    Row {
        name: "hub.console_work_3000",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 50",
        what: "the console's first page with 3,000 open cases",
    },
    Row {
        name: "hub.console_work_3000",
        field: "p95_ms",
        unit: "ms",
        aim: "",
        what: "… 19 views of 20 within",
    },
    Row {
        name: "workflow.stand_200",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 1",
        what: "where a case of 200 steps stands, and which of its clocks run",
    },
    Row { name: "app.cases_3000", field: "median_ms", unit: "ms", aim: "", what: "the list of them" },
    Row {
        name: "uniffi.answer",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 2 + fdatasync",
        what: "answer a question through UniFFI (Kotlin), kept and with what it changed",
    },
    Row {
        name: "uniffi.page_household",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 5",
        what: "the page of a household through UniFFI, 30 forms installed, 30 notes, a visit",
    },
    Row {
        name: "uniffi.page_person",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 5",
        what: "of one of its people",
    },
    Row { name: "uniffi.page_visit", field: "median_ms", unit: "ms", aim: "≤ 5", what: "of the visit" },
    Row {
        name: "uniffi.page_submission",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 5",
        what: "of what was answered in it",
    },
    Row {
        name: "disk.fdatasync",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "one fdatasync of this disk",
    },
    Row {
        name: "photos.take_in",
        field: "median_ms",
        unit: "ms",
        aim: "≤ sharp",
        what: "take in a 12 MP JPEG (oriented, resized, stripped, thumbnail, encrypted), one thread",
    },
    Row { name: "photos.take_in", field: "peak_mb", unit: "MB", aim: "≤ 60", what: "its peak memory" },
    Row { name: "sharp", field: "median_ms", unit: "ms", aim: "", what: "the same by sharp (not encrypted)" },
    Row { name: "sharp", field: "peak_mb", unit: "MB", aim: "", what: "its peak memory" },
    Row {
        name: "hub.submissions_64_per_s",
        field: "value",
        unit: "/s",
        aim: "≥ 900",
        what: "submissions with a 500 KB photo, durable, from 64 clients",
    },
    Row {
        name: "hub.disk_photos_64_per_s",
        field: "value",
        unit: "/s",
        aim: "",
        what: "files of that size that the disk takes from 64 threads",
    },
    Row {
        name: "hub.disk_photos_per_s",
        field: "value",
        unit: "/s",
        aim: "",
        what: "the same from 8 threads",
    },
    Row {
        name: "hub.submissions_per_s",
        field: "value",
        unit: "/s",
        aim: "≥ 600",
        what: "submissions with a 500 KB photo, durable, from 8 clients",
    },
    Row {
        name: "hub.console_list_50000",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 10",
        what: "the console's list of 50,000 households",
    },
    Row {
        name: "hub.console_search_50000",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 15",
        what: "search in it",
    },
    Row {
        name: "hub.console_household_50000",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 5",
        what: "one household's page",
    },
    Row {
        name: "hub.change_100000",
        field: "ratio",
        unit: "",
        aim: "≤ 1.1",
        what: "what a change costs at 100,000 records over what it costs at 1,000",
    },
    Row {
        name: "hub.memory_100000",
        field: "mb",
        unit: "MB",
        aim: "≤ 100",
        what: "the hub's memory after 100,000 records",
    },
    Row {
        name: "hub.disk_10000_visits",
        field: "mb",
        unit: "MB",
        aim: "≤ 55",
        what: "the hub's disk for 10,000 visits of 4.4 KB",
    },
    Row {
        name: "hub.pull_50",
        field: "s",
        unit: "s",
        aim: "≤ 5",
        what: "50 phones pull the same 30,000 entries at once",
    },
    Row {
        name: "hub.pull_50",
        field: "peak_mb",
        unit: "MB",
        aim: "≤ 100",
        what: "the hub's peak memory meanwhile",
    },
    Row {
        name: "xlsform.big_form_xlsx",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "586 questions, 5,000 choices, two languages: an .xlsx to its XForm",
    },
    Row { name: "library.size", field: "mb", unit: "MB", aim: "≤ 12", what: "the stripped phone library" },
];

type Part = (&'static str, fn(&Path) -> Result<Vec<Value>>);

/// Run only where they are named: the line to a far place, and what `app` measures too.
const FAR: &str = "sync-far";
const CASEWORK: &str = "casework";

const PARTS: [Part; 10] = [
    ("forms", forms::measure),
    ("store", store),
    ("app", app),
    (CASEWORK, casework),
    ("photos", photos),
    ("hub", hub),
    ("sync", sync::measure),
    (FAR, sync::far),
    ("uniffi", uniffi),
    ("size", size),
];

/// Runs all parts, or those named.
pub fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args.iter().find(|a| !PARTS.iter().any(|(name, _)| a == name)) {
        bail!("unknown bench {unknown}: {}", PARTS.map(|(name, _)| name).join(", "));
    }
    install::build_tools()?;
    let root = sh::root();
    let mut figures = Vec::new();
    for (_, part) in PARTS.iter().filter(|(name, _)| chosen(name, args)) {
        figures.extend(part(&root)?);
    }
    if figures.iter().any(|f| ROWS.iter().any(|row| f["name"] == row.name)) {
        table(&figures);
    }
    Ok(())
}

fn chosen(name: &str, args: &[String]) -> bool {
    if args.is_empty() { name != FAR && name != CASEWORK } else { args.iter().any(|arg| arg == name) }
}

fn table(figures: &[Value]) {
    say(format!("\n{:>10}  {:<6} {:<16} what", "figure", "unit", "aim"));
    for row in ROWS {
        let found = figures.iter().find(|f| f["name"] == row.name).and_then(|f| f[row.field].as_f64());
        if let Some(number) = found {
            say(format!("{number:>10.2}  {:<6} {:<16} {}", row.unit, row.aim, row.what));
        }
    }
    let median =
        |name: &str| figures.iter().find(|f| f["name"] == name).and_then(|f| f["median_ms"].as_f64());
    if let (Some(ours), Some(theirs)) = (median("photos.take_in"), median("sharp")) {
        say(format!("photos: {:.2} of sharp's time", ours / theirs));
    }
}

fn store(root: &Path) -> Result<Vec<Value>> {
    example(root, "store", "bench-store", &[])
}

fn app(root: &Path) -> Result<Vec<Value>> {
    example(root, "app", "bench-app", &[])
}

/// Where cases stand, Today and the console's first page with many of them.
fn casework(root: &Path) -> Result<Vec<Value>> {
    let mut figures = example(root, "workflow", "bench-workflow", &[])?;
    figures.extend(app(root)?);
    figures.extend(example(root, "hub", "bench-hub-casework", &[])?);
    Ok(figures)
}

fn hub(root: &Path) -> Result<Vec<Value>> {
    say("cargo build --release --package hub");
    sh::run(sh::command("cargo", &["build", "--quiet", "--release", "--package", "hub"], root))?;
    let mut figures = example(root, "hub", "bench-hub", &[])?;
    for name in ["bench-hub-size", "bench-hub-disk", "bench-hub-pull"] {
        figures.extend(example(root, "hub", name, &[])?);
    }
    Ok(figures)
}

fn photos(root: &Path) -> Result<Vec<Value>> {
    install::programs(&[("node", "nodejs"), ("npm", "npm")])?;
    let picture = sh::target().join("bench-12mp.jpg");
    let picture = picture.to_string_lossy();
    let mut figures = example(root, "photos", "bench-photos", &[&picture])?;
    let folder = root.join("tests/bench/photos");
    sh::run_quietly("npm-sharp", sh::command("npm", &["ci", "--no-audit", "--no-fund"], &folder))?;
    say("node sharp.js");
    figures.extend(parse(&sh::output(sh::command("node", &["sharp.js", &picture], &folder))?)?);
    Ok(figures)
}

fn uniffi(root: &Path) -> Result<Vec<Value>> {
    let library = phone_library(root)?;
    parse(&kotlin::bench(library.parent().context("the library lies in no folder")?)?)
}

fn size(root: &Path) -> Result<Vec<Value>> {
    let bytes = std::fs::metadata(phone_library(root)?)?.len();
    Ok(vec![serde_json::json!({ "name": "library.size", "mb": bytes as f64 / 1e6 })])
}

/// The library as a phone gets it: small, linked as a whole, stripped.
fn phone_library(root: &Path) -> Result<std::path::PathBuf> {
    say("cargo rustc --profile phone --package bindings");
    let args = [
        "rustc",
        "--quiet",
        "--profile",
        "phone",
        "--package",
        "bindings",
        "--lib",
        "--crate-type",
        "cdylib",
    ];
    sh::run(sh::command("cargo", &args, root))?;
    let library = sh::target().join("phone").join(bindings::LIBRARY);
    if !library.is_file() {
        bail!("{} was not made", library.display());
    }
    Ok(library)
}

/// Builds and runs a crate's `bench-…` example in release.
fn example(root: &Path, package: &str, name: &str, args: &[&str]) -> Result<Vec<Value>> {
    say(format!("cargo build --release --package {package} --example {name}"));
    let build = ["build", "--quiet", "--release", "--package", package, "--example", name];
    sh::run(sh::command("cargo", &build, root))?;
    let program = sh::target().join("release/examples").join(name);
    say(format!("{name} {}", args.join(" ")));
    parse(&sh::output(sh::command(&program.to_string_lossy(), args, root))?)
}

fn parse(printed: &str) -> Result<Vec<Value>> {
    let lines = printed.lines().filter(|line| line.starts_with('{'));
    let figures: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}")))
        .collect::<Result<_>>()?;
    if figures.is_empty() {
        bail!("nothing was measured");
    }
    Ok(figures)
}
