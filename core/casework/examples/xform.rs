//! Writes the XForm of a form folder (XLSForm sheets as CSV) to stdout, by way of `rxform`.

use std::{io::Write, path::Path};

#[path = "../tests/common/sheets.rs"]
mod sheets;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: xform FOLDER")?;
    std::io::stdout().write_all(sheets::xform(Path::new(&folder))?.as_bytes())?;
    Ok(())
}
