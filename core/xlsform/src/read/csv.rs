//! CSV: a folder with a file for each sheet, or one file with the sheets below each other.

use super::{Budget, file, sheet_of, text, unreadable, workbook};
use crate::{Format, Problem, Sheet, Workbook, workbook::is_form_sheet};
use std::path::Path;

/// `survey.csv`, `choices.csv`, `settings.csv` …; other files of the folder are not read.
pub fn folder(path: &Path) -> Result<Workbook, Problem> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| unreadable(&error))? {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some(name) = name.strip_suffix(".csv").filter(|name| is_form_sheet(&name.to_lowercase())) else {
            continue;
        };
        files.push((name.to_owned(), file(&path)?));
    }
    sheets(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

/// Those of the sheets, by name, that a form has.
pub fn sheets<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Workbook, Problem> {
    let mut budget = Budget::default();
    let mut sheets = Vec::new();
    for (name, bytes) in files.into_iter().filter(|(name, _)| is_form_sheet(&name.to_lowercase())) {
        sheets.push(sheet(name, text(bytes)?, &mut budget)?);
    }
    if !sheets.iter().any(|sheet| sheet.name.eq_ignore_ascii_case("survey")) {
        return Err(Problem::error("xlsform.no-survey", "the folder has no survey.csv: it is no form"));
    }
    // The folder gives them in any order.
    sheets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(workbook(Format::Spreadsheet, sheets))
}

fn sheet(name: &str, text: &str, budget: &mut Budget) -> Result<Sheet, Problem> {
    let mut rows = Vec::new();
    for record in records(text) {
        let record = record.map_err(|error| unreadable(&error))?;
        let mut row = Vec::with_capacity(record.len());
        for cell in &record {
            let cell = cell.trim();
            budget.take(cell)?;
            row.push((!cell.is_empty()).then(|| cell.replace('\u{a0}', " ")));
        }
        rows.push(row);
    }
    Ok(sheet_of(name, rows))
}

fn records(text: &str) -> csv::StringRecordsIntoIter<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes()).into_records()
}

/// A row that begins with a name opens that sheet; the next one is its header.
pub fn single(text: &str) -> Result<Workbook, Problem> {
    if text.chars().take(5000).filter(|c| *c == ',').count() < 4 {
        let problem = Problem::error("xlsform.no-workbook", "the file holds no sheets of a form");
        return Err(problem.hint("a form is an .xlsx, .xls or .ods workbook, a CSV file or a Markdown table"));
    }
    let mut budget = Budget::default();
    let mut sheets: Vec<(String, Vec<Vec<Option<String>>>)> = Vec::new();
    for record in records(text) {
        let record = record.map_err(|error| unreadable(&error))?;
        let name = record.get(0).unwrap_or_default().trim();
        if !name.is_empty() {
            sheets.push((name.to_owned(), Vec::new()));
        }
        let mut cells = Vec::with_capacity(record.len());
        for cell in record.iter().skip(1) {
            let cell = cell.trim();
            budget.take(cell)?;
            cells.push((!cell.is_empty()).then(|| cell.to_owned()));
        }
        if cells.iter().any(Option::is_some)
            && let Some((_, rows)) = sheets.last_mut()
        {
            rows.push(cells);
        }
    }
    let sheets = sheets.into_iter().map(|(name, rows)| sheet_of(&name, rows)).collect();
    Ok(workbook(Format::Csv, sheets))
}
