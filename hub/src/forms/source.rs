//! What an author hands in: a folder of CSV sheets, or one workbook.

use super::FormError;
use calamine::{Data, Reader};
use rxform::xls::{Sheet, Workbook, sheet_from_rows};
use std::{collections::BTreeMap, io::Cursor, path::Path};

/// A form file larger than this is a mistake.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The sheets of one form, with the lists beside them.
pub struct FormSource {
    /// The form's id if the settings give none.
    pub name: String,
    pub workbook: Workbook,
    /// `records.csv`: what a finished form changes.
    pub records: Option<Vec<u8>>,
    /// Lists by file name, such as `communes.csv`.
    pub media: BTreeMap<String, Vec<u8>>,
}

impl FormSource {
    /// A folder with `survey.csv` …, or an `.xlsx` file.
    pub fn open(path: &Path) -> Result<Self, FormError> {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or("data").to_owned();
        if path.is_dir() { Self::folder(path, name) } else { Self::xlsx(&read(path)?, name) }
    }

    fn folder(path: &Path, name: String) -> Result<Self, FormError> {
        let unreadable = |_| FormError::Unreadable("the form's folder can't be read".into());
        let mut source = Self { name, workbook: Workbook::default(), records: None, media: BTreeMap::new() };
        let mut has_survey = false;
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Some(stem) = file.strip_suffix(".csv") else { continue };
            let bytes = read(&path)?;
            let workbook = &mut source.workbook;
            let slot = match stem {
                "survey" => &mut workbook.survey,
                "choices" => &mut workbook.choices,
                "settings" => &mut workbook.settings,
                "external_choices" => &mut workbook.external_choices,
                "entities" => &mut workbook.entities,
                "records" => {
                    source.records = Some(bytes);
                    continue;
                }
                _ => {
                    source.media.insert(file.to_owned(), bytes);
                    continue;
                }
            };
            has_survey |= stem == "survey";
            *slot = sheet(&bytes, file)?;
        }
        if has_survey {
            Ok(source)
        } else {
            Err(FormError::Unreadable("the folder has no survey.csv: it is no form".into()))
        }
    }

    /// A workbook as uploaded. A sheet `records` is the record table; a sheet named like `communes.csv` is that list.
    pub fn xlsx(bytes: &[u8], name: String) -> Result<Self, FormError> {
        let workbook = rxform::xls::read_workbook_from_bytes(bytes)
            .map_err(|_| FormError::Unreadable("the file is no .xlsx workbook with a survey sheet".into()))?;
        let unreadable = |_| FormError::Unreadable("a sheet of the workbook can't be read".into());
        let mut sheets = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))
            .map_err(|_| FormError::Unreadable("the file is no .xlsx workbook".into()))?;
        let mut source = Self { name, workbook, records: None, media: BTreeMap::new() };
        for sheet in sheets.sheet_names() {
            let file = sheet.trim().to_lowercase();
            if file == "records" {
                source.records = Some(csv(&sheets.worksheet_range(&sheet).map_err(unreadable)?)?);
            } else if file.ends_with(".csv") {
                source.media.insert(file, csv(&sheets.worksheet_range(&sheet).map_err(unreadable)?)?);
            }
        }
        Ok(source)
    }

    /// Lists that questions choose from (`select_one_from_file communes.csv`) and that are not here.
    pub fn named_lists(&self) -> Vec<String> {
        let types = self.workbook.survey.rows.iter().filter_map(|(_, cells)| cells.get("type"));
        let mut names: Vec<String> = types
            .flat_map(|kind| kind.split_whitespace())
            .filter(|word| word.ends_with(".csv") && !self.media.contains_key(*word))
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FormError> {
    let size = std::fs::metadata(path).map(|file| file.len());
    match size {
        Ok(size) if size <= MAX_BYTES => std::fs::read(path).ok(),
        _ => None,
    }
    .ok_or_else(|| FormError::Unreadable("the form's file can't be read, or is too large".into()))
}

fn sheet(bytes: &[u8], file: &str) -> Result<Sheet, FormError> {
    let mut rows = Vec::new();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for row in csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text).records() {
        let row =
            row.map_err(|error| FormError::Unreadable(format!("{file} is no CSV in UTF-8: {error}")))?;
        rows.push(row.iter().map(str::to_owned).collect());
    }
    Ok(sheet_from_rows(rows))
}

fn csv(range: &calamine::Range<Data>) -> Result<Vec<u8>, FormError> {
    let failed = || FormError::Unreadable("a sheet of the workbook can't be read".into());
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in range.rows() {
        // A whole number is written as one: `1.0` would be no code.
        let cell = |cell: &Data| match cell {
            Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
            other => other.to_string(),
        };
        writer.write_record(row.iter().map(cell)).map_err(|_| failed())?;
    }
    writer.into_inner().map_err(|_| failed())
}
