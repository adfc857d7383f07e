//! `cargo xtask test`: every part, one closing summary.

use crate::{
    android, attack, browser, kotlin, peers, rust,
    sh::{self, Outcome},
    spelling, swift,
};
use anyhow::{Result, bail};
use std::time::Instant;

type Part = (&'static str, fn() -> Result<Outcome>);

const PARTS: [Part; 8] = [
    ("spelling", spelling::test),
    ("rust", rust::test),
    ("attack", attack::test),
    ("peers", peers::test),
    ("kotlin", kotlin::test),
    ("android", android::test),
    ("swift", swift::test),
    ("browser", browser::test),
];

/// Runs all parts, or those named (`--rust`, …). One part's failure doesn't stop the others.
pub fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) =
        args.iter().find(|a| !PARTS.iter().any(|(name, _)| a.strip_prefix("--") == Some(name)))
    {
        bail!("unknown part {unknown}");
    }
    let wanted = |name: &str| args.is_empty() || args.iter().any(|a| a.strip_prefix("--") == Some(name));
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let mut summary = Vec::new();
    for (name, part) in PARTS.into_iter().filter(|(name, _)| wanted(name)) {
        sh::say(format!("── {name}"));
        let started = Instant::now();
        let line = match part() {
            Ok(Outcome::Passed(what)) => {
                passed += 1;
                format!("passed   {what}")
            }
            Ok(Outcome::Skipped(why)) => {
                skipped += 1;
                format!("SKIPPED  {why}")
            }
            Err(problem) => {
                failed += 1;
                sh::say(format!("{problem:#}"));
                format!("FAILED   {}", problem.to_string().lines().next().unwrap_or_default())
            }
        };
        summary.push(format!("{name:<8} {:>5} s  {line}", started.elapsed().as_secs()));
    }
    sh::say(format!("\n{}\n{passed} passed, {failed} failed, {skipped} skipped", summary.join("\n")));
    if failed > 0 {
        bail!("{failed} part(s) failed")
    }
    Ok(())
}
