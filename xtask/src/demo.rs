//! A home visit, end to end; with `packs` a kind of record that no program knows, with `cases` ten cases from their first call to their end.

use crate::{build, sh};
use anyhow::Result;

/// Builds hub and demo and runs it; options go through.
pub fn run(args: &[String]) -> Result<()> {
    let hub = build::all()?;
    let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
    let program = match args.first() {
        Some(&"packs") => {
            args.remove(0);
            "debug/demo_packs"
        }
        Some(&"cases") => {
            args.remove(0);
            "debug/demo_cases"
        }
        _ => "debug/demo",
    };
    let demo = sh::target().join(program);
    let mut command = sh::command(&demo.to_string_lossy(), &args, &sh::root());
    command.env("VANGGIA_HUB", hub).stdin(std::process::Stdio::inherit());
    sh::run(command)
}
