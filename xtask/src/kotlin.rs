//! The Kotlin binding on the JVM: a whole visit against a real hub.

use crate::{
    bindings, install,
    sh::{self, Outcome},
};
use anyhow::{Context, Result, bail};
use std::path::Path;

const TOOLS: [(&str, &str); 2] = [("mvn", "maven"), ("javac", "default-jdk-headless")];

pub fn test() -> Result<Outcome> {
    install::programs(&TOOLS)?;
    bindings::build()?;
    let log = maven("kotlin", &sh::root().join("tests/kotlin"), &["test"])?;
    Ok(Outcome::Passed(tests_run(&log)?))
}

/// Measures with the library in that folder; what is printed are lines of JSON (`uniffi.answer`, `disk.fdatasync`).
/// Called by `cargo xtask bench uniffi`.
pub fn bench(library: &Path) -> Result<String> {
    install::programs(&TOOLS)?;
    bindings::build()?;
    sh::run(sh::command("cargo", &["build", "--quiet", "--release", "--package", "hub"], &sh::root()))?;
    let hub = format!("-Dvanggia.hub={}", sh::target().join("release/vanggia-hub").display());
    let library = format!("-Dvanggia.library={}", library.display());
    let args = ["test", "-Dtest=BenchTest", "-Dbench=true", &hub, &library];
    let log = maven("kotlin-bench", &sh::root().join("tests/kotlin"), &args)?;
    Ok(log.lines().filter(|line| line.starts_with('{')).collect::<Vec<_>>().join("\n"))
}

/// Runs Maven there and returns its log. Its own folder for what it makes is under cargo's target folder.
pub fn maven(name: &str, folder: &Path, args: &[&str]) -> Result<String> {
    install::programs(&TOOLS)?;
    let target = format!("-Dvanggia.target={}", sh::target().display());
    let mut all = vec!["--batch-mode", "--no-transfer-progress", &target];
    all.extend(args);
    sh::run_quietly(name, sh::command("mvn", &all, folder))?;
    let log = sh::target().join("logs").join(format!("{name}.log"));
    std::fs::read_to_string(&log).with_context(|| format!("no {}", log.display()))
}

/// `5 tests`, from the closing line of a run; none at all is a fault.
pub fn tests_run(log: &str) -> Result<String> {
    let line = log.lines().rev().find(|line| line.contains("Tests run:") && !line.contains("Time elapsed"));
    let count = |name: &str| -> Option<u32> {
        let rest = line?.split_once(name)?.1.trim_start();
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    match (count("Tests run:"), count("Skipped:")) {
        (Some(run), Some(skipped)) if run > skipped => Ok(format!("{} tests", run - skipped)),
        _ => bail!("Maven ran no test"),
    }
}
