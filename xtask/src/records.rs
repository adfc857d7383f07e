//! `cargo xtask records`: the page of kinds and fields, printed from their tables.

use crate::sh;
use anyhow::Result;

pub fn print() -> Result<()> {
    let print = ["run", "--quiet", "--package", "rulebook", "--example", "records"];
    let page = sh::output(sh::command("cargo", &print, &sh::root()))?;
    std::fs::write(sh::root().join("docs/records.md"), format!("{}\n", page.trim_end()))?;
    Ok(())
}
