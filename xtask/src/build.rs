//! One build for everything that runs on this machine: with one set of features nothing is compiled twice.

use crate::{install, sh};
use anyhow::Result;
use std::path::PathBuf;

/// The generator is built apart: its features must never reach the library.
pub const ALL_BUT_GENERATOR: [&str; 3] = ["--workspace", "--exclude", "bindgen"];

/// Hub, demo and native library in debug. Returns the hub's program.
pub fn all() -> Result<PathBuf> {
    install::build_tools()?;
    let mut build = sh::command("cargo", &["build", "--quiet", "--lib", "--bins"], &sh::root());
    // Not itself: the program that runs can't be replaced everywhere.
    build.args(ALL_BUT_GENERATOR).args(["--exclude", "xtask"]);
    sh::say("cargo build");
    sh::run(build)?;
    Ok(sh::target().join("debug/vanggia-hub"))
}
