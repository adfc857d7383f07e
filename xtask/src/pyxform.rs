//! pyxform as the reference for our compiler of XLSForms.

use crate::{install, sh};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Python with pyxform, in an environment of its own; returns the interpreter.
pub fn python(root: &Path) -> Result<PathBuf> {
    install::programs(&[("python3", "python3")])?;
    let wanted = std::fs::read_to_string(root.join("tests/pyxform/requirements.txt"))?;
    let environment = sh::cache()?.join("python");
    let stamp = environment.join("installed.txt");
    if std::fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        let folder = environment.to_string_lossy();
        if sh::run_quietly("venv", sh::command("python3", &["-m", "venv", &folder], root)).is_err() {
            install::packages(&["python3-venv"])?;
            sh::run_quietly("venv", sh::command("python3", &["-m", "venv", &folder], root))?;
        }
        let pip = environment.join("bin/pip");
        let args =
            ["install", "--quiet", "--disable-pip-version-check", "-r", "tests/pyxform/requirements.txt"];
        sh::run_quietly("pip", sh::command(&pip.to_string_lossy(), &args, root))?;
        std::fs::write(&stamp, &wanted)?;
    }
    Ok(environment.join("bin/python"))
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
