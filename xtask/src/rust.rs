//! Formatting, clippy, all Rust tests, and pyxform as the reference for the forms.

use crate::{
    build::{self, ALL_BUT_GENERATOR},
    install,
    sh::{self, Outcome},
};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

pub fn test() -> Result<Outcome> {
    install::build_tools()?;
    let root = sh::root();
    cargo(&root, &["fmt", "--all", "--check"], &[])?;
    cargo(&root, &["clippy", "--quiet", "--all-targets"], &["--", "-D", "warnings"])?;
    let hub = build::all()?;
    let mut tests = sh::command("cargo", &["test"], &root);
    tests.args(ALL_BUT_GENERATOR).env("VANGGIA_HUB", hub);
    let printed = sh::watch("rust-tests", tests)?;
    let (passed, ignored) = counts(&printed);
    let forms = pyxform(&root)?;
    Ok(Outcome::Passed(format!("{passed} tests, {ignored} ignored; pyxform agrees on {forms} forms")))
}

fn cargo(root: &Path, args: &[&str], after: &[&str]) -> Result<()> {
    sh::say(format!("cargo {}", args.join(" ")));
    let mut command = sh::command("cargo", args, root);
    if args[0] != "fmt" {
        command.args(ALL_BUT_GENERATOR);
    }
    command.args(after);
    sh::run(command)
}

/// Sums of cargo's closing lines, `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
fn counts(printed: &str) -> (u32, u32) {
    let number = |line: &str, word: &str| -> u32 {
        let parts: Vec<&str> = line.split([' ', ';', '.']).collect();
        parts.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
    };
    let results = printed.lines().filter(|line| line.starts_with("test result:"));
    results.fold((0, 0), |(passed, ignored), line| {
        (passed + number(line, "passed"), ignored + number(line, "ignored"))
    })
}

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

/// Compares the catalogue's XForms with those of pyxform; returns how many forms agree.
fn pyxform(root: &Path) -> Result<usize> {
    let python = python(root)?;
    sh::run(sh::command(
        "cargo",
        &["build", "--quiet", "--package", "casework", "--example", "xform"],
        root,
    ))?;
    let xform = sh::target().join("debug/examples/xform");
    let printed = sh::output(sh::command(
        &python.to_string_lossy(),
        &["tests/pyxform/compare.py", &xform.to_string_lossy()],
        root,
    ))
    .context("the catalogue's forms differ from pyxform's")?;
    sh::say(printed.trim_end());
    Ok(printed.lines().filter(|line| line.contains("0 differing lines")).count())
}

#[cfg(test)]
mod tests {
    #[test]
    fn adds_up_the_closing_lines() {
        let printed = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured\n\
                       test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured";
        assert_eq!(super::counts(printed), (42, 1));
    }
}
