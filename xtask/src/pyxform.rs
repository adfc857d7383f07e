//! pyxform as the reference for our compiler of XLSForms.

use crate::{install, python, sh};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Python with pyxform, in an environment of its own; returns the interpreter.
pub fn python(root: &Path) -> Result<PathBuf> {
    let requirements = std::fs::read_to_string(root.join("tests/pyxform/requirements.txt"))?;
    Ok(python::environment("python", &requirements)?.join("python"))
}

/// Compares our XForms with those of pyxform, and lets ODK Validate judge them; returns the line with the counts.
pub fn compare() -> Result<String> {
    let root = &sh::root();
    let python = python(root)?;
    install::programs(&[("java", "default-jdk-headless")])?;
    let build = ["build", "--quiet", "--package", "xlsform", "--example", "convert"];
    sh::run(sh::command("cargo", &build, root))?;
    let convert = sh::target().join("debug/examples/convert");
    let arguments = ["tests/pyxform/compare.py", &convert.to_string_lossy()];
    let printed = sh::watch("pyxform", sh::command(&python.to_string_lossy(), &arguments, root))
        .context("our XForms differ from pyxform's")?;
    Ok(printed.lines().last().unwrap_or_default().to_owned())
}
