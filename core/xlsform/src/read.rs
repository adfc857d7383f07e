//! Files to workbooks. Every reader is bounded: a hostile file gives an error, not an exhausted machine.

mod bounds;
mod csv;
mod markdown;
mod spreadsheet;

use crate::{Format, Problem, Sheet, Workbook, workbook::Row};
use std::path::Path;

/// A larger file is no form.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Cells of all sheets together.
const MAX_CELLS: usize = 1_500_000;
/// Text of one cell, in bytes: what a spreadsheet can hold, in letters of three bytes.
const MAX_CELL: usize = 3 * 32_767;
/// Text of all cells together, in bytes.
const MAX_TEXT: usize = 128 * 1024 * 1024;

/// A file `.xlsx`, `.xlsm`, `.xls`, `.ods`, `.csv` or `.md`, or a folder of CSV sheets (`survey.csv` …).
pub fn read(path: &Path) -> Result<Workbook, Problem> {
    let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
    let mut workbook = if path.is_dir() {
        csv::folder(path)?
    } else {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        read_bytes(&file(path)?, extension)?
    };
    workbook.name = name;
    Ok(workbook)
}

/// A folder's CSV sheets in memory, each with its file's name without `.csv`; `name` is the folder's.
pub fn read_sheets<'a>(
    name: &str,
    sheets: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Workbook, Problem> {
    let mut workbook = csv::sheets(sheets)?;
    workbook.name = Some(name.to_owned());
    Ok(workbook)
}

/// A workbook in memory. `extension` is a file name's, such as `xlsx`; with another one the content decides.
pub fn read_bytes(bytes: &[u8], extension: &str) -> Result<Workbook, Problem> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large());
    }
    match extension.to_ascii_lowercase().as_str() {
        "xlsx" | "xlsm" | "xls" | "ods" => spreadsheet::read(bytes),
        "csv" => csv::single(text(bytes)?),
        "md" => markdown::read(text(bytes)?),
        // PK: a zip archive; D0CF: a compound file.
        _ if bytes.starts_with(b"PK") || bytes.starts_with(&[0xD0, 0xCF]) => spreadsheet::read(bytes),
        _ => {
            let text = text(bytes)?;
            if markdown::looks_like(text) { markdown::read(text) } else { csv::single(text) }
        }
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Problem> {
    let size = std::fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if size > MAX_BYTES {
        return Err(too_large());
    }
    std::fs::read(path).map_err(|error| unreadable(&error))
}

fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| {
        Problem::error("xlsform.not-utf8", "the file is no text in UTF-8").hint("save it as UTF-8")
    })
}

fn unreadable(error: &dyn std::error::Error) -> Problem {
    Problem::error("xlsform.unreadable", format!("the file can't be read: {error}"))
}

fn too_large() -> Problem {
    Problem::error("xlsform.too-large", "the workbook is too large for a form")
        .hint("put long lists in a CSV file beside the form and use select_one_from_file")
}

/// Fills sheets cell by cell, counting what a hostile file might make grow.
#[derive(Default)]
struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    fn take(&mut self, text: &str) -> Result<(), Problem> {
        self.cells += 1;
        self.text += text.len();
        if text.len() > MAX_CELL {
            return Err(Problem::error("xlsform.too-large", "a cell holds more text than a spreadsheet can"));
        }
        if self.cells > MAX_CELLS || self.text > MAX_TEXT { Err(too_large()) } else { Ok(()) }
    }
}

/// The rows of a sheet from a grid of texts; row 1 is the header. `None` and blank cells are empty.
fn sheet_of(name: &str, rows: Vec<Vec<Option<String>>>) -> Sheet {
    let mut rows = rows.into_iter();
    let header = rows.next().unwrap_or_default();
    let rows = rows.zip(2..).map(|(cells, number)| Row {
        number,
        cells: cells.into_iter().enumerate().filter_map(|(column, cell)| Some((column, cell?))).collect(),
    });
    Sheet { name: name.to_owned(), header, rows: rows.collect(), unread: None }
}

fn workbook(format: Format, sheets: Vec<Sheet>) -> Workbook {
    Workbook { sheets, ..Workbook::new(format) }
}
