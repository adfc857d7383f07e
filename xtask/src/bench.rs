//! Figures from release builds, beside the peers where there is one: `cargo xtask bench [forms|store|app|photos|hub|sync|sync-far|uniffi|size]`.
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
        name: "store.search_5000",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 20",
        what: "search 5,000 households",
    },
    Row {
        name: "app.answer",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "answer a question, called from Rust, kept and with what it changed",
    },
    Row {
        name: "uniffi.answer",
        field: "median_ms",
        unit: "ms",
        aim: "≤ 2 + fdatasync",
        what: "answer a question through UniFFI (Kotlin), kept and with what it changed",
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
        name: "hub.submissions_per_s",
        field: "value",
        unit: "/s",
        aim: "≥ 150",
        what: "submissions with a 500 KB photo, durable, from 8 clients",
    },
    Row {
        name: "hub.search_5000",
        field: "median_ms",
        unit: "ms",
        aim: "",
        what: "search 5,000 households with their members' names at the hub",
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

/// Runs only where it is named.
const FAR: &str = "sync-far";

const PARTS: [Part; 9] = [
    ("forms", forms::measure),
    ("store", store),
    ("app", app),
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
    if args.is_empty() { name != FAR } else { args.iter().any(|arg| arg == name) }
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

fn hub(root: &Path) -> Result<Vec<Value>> {
    say("cargo build --release --package hub");
    sh::run(sh::command("cargo", &["build", "--quiet", "--release", "--package", "hub"], root))?;
    let mut figures = example(root, "hub", "bench-hub", &[])?;
    figures.extend(example(root, "hub", "bench-hub-search", &[])?);
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
