//! Writes a camera's picture to the file that is named: for the tests of the shells, which have no encoder of their own.

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1).context("which file?")?;
    std::fs::write(path, journeys::picture::twelve_megapixels(3)?)?;
    Ok(())
}
