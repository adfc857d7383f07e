//! A form folder (XLSForm sheets as CSV) as XForm XML, by way of `rxform`.

use rxform::xls::{Sheet, Workbook, sheet_from_rows};
use std::{error::Error, fs, path::Path};

pub fn xform(folder: &Path) -> Result<String, Box<dyn Error>> {
    let workbook = Workbook {
        survey: sheet(folder, "survey")?,
        choices: sheet(folder, "choices")?,
        settings: sheet(folder, "settings")?,
        ..Workbook::default()
    };
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("data");
    Ok(rxform::convert_workbook(&workbook, name).map_err(|e| e.to_string())?)
}

fn sheet(folder: &Path, name: &str) -> Result<Sheet, Box<dyn Error>> {
    let text = fs::read(folder.join(format!("{name}.csv")))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|r| r.map(|r| r.iter().map(str::to_owned).collect()))
        .collect::<Result<_, _>>()?;
    Ok(sheet_from_rows(rows))
}
