//! A home visit, end to end.

use crate::{build, sh};
use anyhow::Result;

/// Builds hub and demo and runs it; options go through.
pub fn run(args: &[String]) -> Result<()> {
    let hub = build::all()?;
    let demo = sh::target().join("debug/demo");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut command = sh::command(&demo.to_string_lossy(), &args, &sh::root());
    command.env("VANGGIA_HUB", hub).stdin(std::process::Stdio::inherit());
    sh::run(command)
}
