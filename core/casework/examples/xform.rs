//! Writes the XForm of a form folder (XLSForm sheets as CSV) to stdout, by way of `rxform`.

use rxform::xls::{Sheet, Workbook, sheet_from_rows};
use std::io::Write;
use std::path::Path;

fn sheet(folder: &Path, name: &str) -> Result<Sheet, Box<dyn std::error::Error>> {
    let text = std::fs::read(folder.join(format!("{name}.csv")))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|r| r.map(|r| r.iter().map(str::to_owned).collect()))
        .collect::<Result<_, _>>()?;
    Ok(sheet_from_rows(rows))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: xform FOLDER")?;
    let folder = Path::new(&folder);
    let workbook = Workbook {
        survey: sheet(folder, "survey")?,
        choices: sheet(folder, "choices")?,
        settings: sheet(folder, "settings")?,
        ..Workbook::default()
    };
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("data");
    let xml = rxform::convert_workbook(&workbook, name).map_err(|e| e.to_string())?;
    std::io::stdout().write_all(xml.as_bytes())?;
    Ok(())
}
