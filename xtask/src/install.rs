//! What must be on the machine: installed by apt where we may, named where we may not.

use crate::sh;
use anyhow::{Result, bail};
use std::path::Path;

/// Program to look for, and the Debian package that brings it.
const BUILD_TOOLS: &[(&str, &str)] = &[
    ("cc", "gcc"),
    ("c++", "g++"),
    ("perl", "perl"),
    ("make", "make"),
    ("cmake", "cmake"),
    ("nasm", "nasm"),
];

/// Compiler, perl, make, cmake, nasm: for SQLCipher, OpenSSL and libjpeg-turbo.
pub fn build_tools() -> Result<()> {
    programs(BUILD_TOOLS)
}

/// Installs the packages of the programs that are missing.
pub fn programs(wanted: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> =
        wanted.iter().filter(|(program, _)| !sh::has(program)).map(|(_, package)| *package).collect();
    packages(&missing)
}

/// Installs Debian packages; says what to install where apt or the right to use it is missing.
pub fn packages(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !sh::has("apt-get") || !is_root() {
        bail!("missing on this machine: {list}. Install them, for example: sudo apt-get install {list}");
    }
    sh::say(format!("installing {list}"));
    let here = Path::new(".");
    sh::run_quietly("apt-update", sh::command("apt-get", &["update", "-q"], here))?;
    let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
    args.extend(packages);
    let mut install = sh::command("apt-get", &args, here);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    sh::run_quietly("apt-install", install)
}

/// Whether this process may install packages and mount.
pub fn is_root() -> bool {
    sh::output(sh::command("id", &["-u"], Path::new("."))).is_ok_and(|id| id.trim() == "0")
}
