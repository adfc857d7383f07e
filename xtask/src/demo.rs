//! A home visit, end to end.

use crate::{install, sh};
use anyhow::Result;

/// Builds hub and demo and runs it; options go through.
pub fn run(args: &[String]) -> Result<()> {
    install::build_tools()?;
    let root = sh::root();
    sh::say("cargo build --package hub --package journeys");
    sh::run(sh::command("cargo", &["build", "--package", "hub", "--package", "journeys", "--bins"], &root))?;
    let demo = sh::target().join("debug/demo");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut command = sh::command(&demo.to_string_lossy(), &args, &root);
    command.stdin(std::process::Stdio::inherit());
    sh::run(command)
}
