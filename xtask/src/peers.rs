//! Other programs of the field as references: their own tests, or their answers to our questions.

use crate::{
    install, pyxform,
    sh::{self, Outcome},
};
use anyhow::{Context, Result};

pub fn test() -> Result<Outcome> {
    Ok(Outcome::Passed(format!("XPath: {}; XLSForm: {}", xpath()?, pyxform::compare(&sh::root())?)))
}

/// The tests that openrosa-xpath-evaluator ships, with our XPath in the place of its own.
fn xpath() -> Result<String> {
    install::programs(&[("node", "nodejs"), ("npm", "npm")])?;
    let root = sh::root();
    let folder = root.join("tests/xpath");
    sh::run_quietly("npm-xpath", sh::command("npm", &["ci", "--no-audit", "--no-fund"], &folder))?;
    let build = ["build", "--quiet", "--package", "xforms", "--example", "xpath"];
    sh::run(sh::command("cargo", &build, &root))?;
    let driver = sh::target().join("debug/examples/xpath");
    let printed = sh::watch("xpath", sh::command("node", &["run.js", &driver.to_string_lossy()], &folder))
        .context("XPath differs from openrosa-xpath-evaluator's tests")?;
    Ok(printed.lines().last().unwrap_or_default().to_owned())
}
