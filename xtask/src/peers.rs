//! Other programs of the field as references: their own tests, or their answers to our questions.

use crate::{
    install, kotlin, pyxform,
    sh::{self, Outcome},
};
use anyhow::{Context, Result, bail};

type Peer = (&'static str, fn() -> Result<String>);

const PEERS: [Peer; 3] = [("XPath", xpath), ("JavaRosa", javarosa), ("XLSForm", pyxform::compare)];

/// One peer's differences don't keep the others from being asked.
pub fn test() -> Result<Outcome> {
    let (mut agree, mut differ) = (Vec::new(), Vec::new());
    for (name, compare) in PEERS {
        match compare() {
            Ok(counts) => agree.push(format!("{name}: {counts}")),
            Err(problem) => {
                sh::say(format!("{problem:#}"));
                differ.push(name);
            }
        }
    }
    if !differ.is_empty() {
        bail!("we differ from the peers in {}", differ.join(", "));
    }
    Ok(Outcome::Passed(agree.join("; ")))
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

/// Forms and scripts, written and generated, on our engine and on JavaRosa.
fn javarosa() -> Result<String> {
    let root = sh::root();
    kotlin::maven("javarosa", &root.join("tests/javarosa"), &["compile"])?;
    let made = sh::target().join("javarosa");
    let libraries = std::fs::read_to_string(made.join("classpath")).context("Maven left no class path")?;
    sh::run(sh::command("cargo", &["build", "--quiet", "--package", "peers"], &root))?;
    let driver = sh::target().join("debug/javarosa");
    let mut compare = sh::command(&driver.to_string_lossy(), &["--seeds", "2000"], &root);
    compare.env("VANGGIA_JAVAROSA", format!("{}:{}", made.join("classes").display(), libraries.trim()));
    let printed = sh::watch("javarosa", compare).context("our forms behave otherwise than JavaRosa's")?;
    Ok(printed.lines().collect::<Vec<_>>().join(", "))
}
