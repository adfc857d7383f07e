//! A form of the catalogue as published: XForm, records, lists.

use rxform::xls::{Sheet, Workbook, sheet_from_rows};
use std::{fs, path::Path};

/// File name and bytes.
pub fn publish(id: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms").join(id);
    let workbook = Workbook {
        survey: sheet(&folder, "survey"),
        choices: sheet(&folder, "choices"),
        settings: sheet(&folder, "settings"),
        ..Workbook::default()
    };
    let xml = rxform::convert_workbook(&workbook, id).unwrap();
    let file = |name: &str| (name.to_owned(), fs::read(folder.join(name)).unwrap());
    vec![("form.xml".to_owned(), xml.into_bytes()), file("records.csv"), file("communes.csv")]
}

fn sheet(folder: &Path, name: &str) -> Sheet {
    let text = fs::read(folder.join(format!("{name}.csv"))).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    sheet_from_rows(rows)
}
