//! Misspelt English in code, comments and docs; `typos.toml` names what may look so.

use crate::{
    python,
    sh::{self, Outcome},
};
use anyhow::Result;

/// Its dictionary grows with each release: a newer one may find more.
const TYPOS: &str = "typos==1.52.0\n";

pub fn test() -> Result<Outcome> {
    let root = sh::root();
    let typos = python::environment("spelling", TYPOS)?.join("typos");
    let typos = typos.to_string_lossy();
    let files = sh::output(sh::command(&typos, &["--files"], &root))?.lines().count();
    sh::run(sh::command(&typos, &["--format", "brief"], &root))?;
    Ok(Outcome::Passed(format!("{files} files")))
}
