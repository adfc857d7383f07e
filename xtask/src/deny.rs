//! `cargo xtask deny`: whether dependencies keep to `deny.toml`. Its tool takes minutes to build, so no part of
//! `cargo xtask test`.

use crate::sh;
use anyhow::{Result, bail};
use std::path::PathBuf;

const VERSION: &str = "0.20.2";

pub fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args.first() {
        bail!("unknown argument {unknown}");
    }
    let root = sh::root();
    let deny = installed()?;
    let deny = deny.to_string_lossy();
    let check = |what: &[&str]| {
        let mut all = vec!["--workspace", "check", "--hide-inclusion-graph"];
        all.extend(what);
        sh::run(sh::command(&deny, &all, &root))
    };
    check(&["bans", "licenses", "sources"])?;
    if let Err(problem) = sh::run_quietly("deny-fetch", sh::command(&deny, &["fetch", "db"], &root)) {
        sh::say(format!(
            "NOT CHECKED: known faults (advisories); their database can't be fetched: {problem}"
        ));
        return Ok(());
    }
    check(&["--disable-fetch", "advisories"])
}

/// cargo-deny, built into the target folder where it is missing.
fn installed() -> Result<PathBuf> {
    let folder = sh::target().join("tools");
    let program = folder.join("bin/cargo-deny");
    let is_there = program.is_file()
        && sh::output(sh::command(&program.to_string_lossy(), &["--version"], &sh::root()))?
            .contains(VERSION);
    if !is_there {
        sh::say("building cargo-deny (some minutes, once)");
        let (package, to) = (format!("cargo-deny@{VERSION}"), folder.to_string_lossy());
        let args = ["install", "--quiet", "--locked", "--root", &to, &package];
        sh::run_quietly("deny-install", sh::command("cargo", &args, &sh::root()))?;
    }
    Ok(program)
}
