//! Python packages in environments of their own, kept between runs.

use crate::{install, sh};
use anyhow::Result;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The environment of that name with what `requirements` names (pip's format); returns its folder of programs.
pub fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    install::programs(&[("python3", "python3")])?;
    let here = Path::new(".");
    let environment = sh::cache()?.join(name);
    let programs = environment.join("bin");
    let stamp = environment.join("installed.txt");
    if fs::read_to_string(&stamp).ok().as_deref() == Some(requirements) {
        return Ok(programs);
    }
    let folder = environment.to_string_lossy();
    if sh::run_quietly("venv", sh::command("python3", &["-m", "venv", &folder], here)).is_err() {
        install::packages(&["python3-venv"])?;
        sh::run_quietly("venv", sh::command("python3", &["-m", "venv", &folder], here))?;
    }
    let wanted = environment.join("wanted.txt");
    fs::write(&wanted, requirements)?;
    let wanted = wanted.to_string_lossy();
    let args = ["install", "--quiet", "--disable-pip-version-check", "-r", &wanted];
    sh::run_quietly("pip", sh::command(&programs.join("pip").to_string_lossy(), &args, here))?;
    fs::write(&stamp, requirements)?;
    Ok(programs)
}
