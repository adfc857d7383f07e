//! A pack as a workbook, a sheet a table: exported, edited in a spreadsheet, and read back.
//!
//! `kinds.csv` is the sheet `kinds`, `forms/vang_gia/survey.csv` the sheet `vang_gia.survey`. A sheet `sheets` names the
//! files of those that could not be called so. The page of a print has a row for each line.

use rulebook::{Pack, Problem, typed_cell};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, BTreeSet};
use xlsform::Sheet;

/// Of a sheet's name, as spreadsheets have it.
const MAX_NAME: usize = 31;
/// Letters of a column that is wide enough to be read.
const WIDEST: usize = 60;
/// The sheet that says what file a sheet is, where its name doesn't.
const INDEX: &str = "sheets";
/// Stands above the lines of a page.
const LINES: &str = "html";

/// How the sheet of a file is called; the path itself for one that has another name.
pub fn sheet_of(path: &str) -> String {
    name_of(path).unwrap_or_else(|| path.to_owned())
}

fn name_of(path: &str) -> Option<String> {
    let table = path.strip_suffix(".csv")?;
    let name = match Pack::form_file(path) {
        Some((form, _)) => format!("{form}.{}", table.rsplit('/').next()?),
        None => table.to_owned(),
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let fits = name.len() <= MAX_NAME && name.chars().all(plain);
    (fits && name != INDEX && path_of(&name) == path).then_some(name)
}

fn path_of(sheet: &str) -> String {
    match sheet.rsplit_once('.') {
        Some((form, file)) => Pack::form_path(form, &format!("{file}.csv")),
        None => format!("{sheet}.csv"),
    }
}

/// A problem of a workbook, or of one of its files.
fn problem(file: &str, code: &str, vi: impl Into<String>, en: impl Into<String>) -> Problem {
    let (row, column) = (None, None);
    Problem { file: file.to_owned(), row, column, code: code.to_owned(), vi: vi.into(), en: en.into() }
}

/// The `.xlsx` of a pack: the same pack gives the same bytes.
///
/// # Errors
/// A file of it that is no table, or that no sheet can hold.
pub fn write(pack: &Pack) -> Result<Vec<u8>, Box<Problem>> {
    let failed = |error: XlsxError| {
        let (vi, en) = ("không ghi được bảng tính", format!("it can't be written: {error}"));
        Box::new(problem("xlsx", "workbook.unwritten", vi, en))
    };
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let mut index = vec![vec!["sheet".to_owned(), "file".to_owned()]];
    let mut taken = BTreeSet::new();
    for (path, bytes) in in_order(pack) {
        let rows = rows(path, bytes)?;
        // Spreadsheets don't tell A from a.
        let name = name_of(path).filter(|name| taken.insert(name.to_lowercase())).unwrap_or_else(|| {
            let name = format!("sheet-{}", index.len());
            index.push(vec![name.clone(), path.to_owned()]);
            name
        });
        fill(workbook.add_worksheet(), &name, &rows).map_err(|error| {
            let (vi, en) = ("bảng tính không chứa được tệp này", "a spreadsheet can't hold the file");
            Box::new(problem(path, "workbook.unwritten", vi, format!("{en}: {error}")))
        })?;
    }
    if index.len() > 1 {
        fill(workbook.add_worksheet(), INDEX, &index).map_err(failed)?;
    }
    workbook.save_to_buffer().map_err(failed)
}

/// The tables first, as people read them; then the forms.
fn in_order(pack: &Pack) -> impl Iterator<Item = (&str, &[u8])> {
    let tables: Vec<&str> = Pack::tables().collect();
    let place = move |path: &str| tables.iter().position(|table| *table == path).unwrap_or(tables.len());
    let mut files: Vec<_> = pack.files().collect();
    files.sort_by_key(|(path, _)| place(path));
    files.into_iter()
}

fn rows(path: &str, bytes: &[u8]) -> Result<Vec<Vec<String>>, Box<Problem>> {
    let no_table = || {
        let (vi, en) = ("tệp không phải là bảng CSV", "the file is no table in CSV");
        Box::new(problem(path, "workbook.no-table", vi, en))
    };
    if Pack::is_page(path) {
        let text = std::str::from_utf8(bytes).map_err(|_| no_table())?;
        return Ok([LINES].into_iter().chain(text.lines()).map(|line| vec![line.to_owned()]).collect());
    }
    if !path.ends_with(".csv") {
        return Err(no_table());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let cells = |row: csv::Result<csv::StringRecord>| {
        row.map(|row| row.iter().map(str::to_owned).collect()).map_err(|_| no_table())
    };
    reader.into_records().map(cells).collect()
}

/// All cells are text, so that `01` stays `01` and nothing is a formula.
fn fill(sheet: &mut Worksheet, name: &str, rows: &[Vec<String>]) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@");
    let header = text.clone().set_bold();
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    let mut widths: BTreeMap<u16, usize> = BTreeMap::new();
    for (number, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(
                number,
                column,
                cell,
                if number == 0 { &header } else { &text },
            )?;
            let width = widths.entry(column).or_default();
            *width = (*width).max(cell.chars().count()).min(WIDEST);
        }
    }
    for (column, width) in widths {
        // What is typed into new rows is text too.
        sheet.set_column_format(column, &text)?.set_column_width(column, width as f64 + 2.0)?;
    }
    Ok(())
}

/// The pack that a workbook (`.xlsx`, `.xls` or `.ods`) holds; its tables' rows are counted as the sheets count them.
///
/// # Errors
/// What keeps it from being read: damaged, too large, cells where nobody looks for them.
pub fn read(bytes: &[u8]) -> Result<Pack, Vec<Problem>> {
    let workbook = xlsform::read_bytes(bytes, "xlsx").map_err(|wrong| {
        let hint = wrong.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        let vi = "không đọc được bảng tính: tệp hỏng, có mật khẩu hoặc quá lớn";
        vec![problem("xlsx", wrong.code, vi, format!("{}{hint}", wrong.message))]
    })?;
    let named = index(&workbook.sheets);
    let mut pack = Pack::default();
    let mut problems = Vec::new();
    for sheet in workbook.sheets.iter().filter(|sheet| sheet.name != INDEX) {
        let path =
            named.get(sheet.name.as_str()).map_or_else(|| path_of(&sheet.name), |path| (*path).to_owned());
        if let Some((row, column)) = sheet.unread {
            let vi =
                "ô này không có tên cột ở dòng 1, hoặc cách các dòng trên quá xa; hãy chuyển hoặc xóa nó";
            let en =
                "no column is named above it in row 1, or too much is empty before it: move or delete it";
            let place = Some(letters(column));
            problems.push(Problem {
                row: Some(row),
                column: place,
                ..problem(&path, "workbook.unread", vi, en)
            });
        }
        if sheet.header.is_empty() && sheet.unread.is_none() {
            continue;
        }
        if pack.file(&path).is_some() {
            problems.push(problem(
                &path,
                "workbook.twice",
                "có hai trang tính cho tệp này",
                "two sheets are this file",
            ));
        }
        if Pack::is_page(&path) {
            pack.add(&path, lines(sheet).into_bytes());
            continue;
        }
        match csv_of(sheet, &path) {
            Ok(bytes) => pack.add(&path, bytes),
            Err(error) => {
                let (vi, en) = ("không ghi lại được bảng này", "the table can't be written");
                problems.push(problem(&path, "workbook.unwritten", vi, format!("{en}: {error}")));
            }
        }
    }
    if problems.is_empty() { Ok(pack) } else { Err(problems) }
}

/// The files of sheets whose names don't say them.
fn index(sheets: &[Sheet]) -> BTreeMap<&str, &str> {
    let index = sheets.iter().filter(|sheet| sheet.name == INDEX).flat_map(|sheet| &sheet.rows);
    let cell =
        |cells: &'_ [(usize, String)], wanted: usize| cells.iter().position(|(column, _)| *column == wanted);
    index
        .filter_map(|row| {
            let (sheet, file) = (cell(&row.cells, 0)?, cell(&row.cells, 1)?);
            Some((row.cells[sheet].1.as_str(), row.cells[file].1.as_str()))
        })
        .collect()
}

/// A column as spreadsheets call it: `A`, `B` … `AA`.
fn letters(column: usize) -> String {
    let (before, last) = (column / 26, (b'A' + (column % 26) as u8) as char);
    if before == 0 { last.to_string() } else { letters(before - 1) + &last.to_string() }
}

/// The first column, a line a row.
fn lines(sheet: &Sheet) -> String {
    let line =
        |row: &xlsform::Row| row.cells.iter().find(|(column, _)| *column == 0).map(|(_, text)| text.clone());
    sheet.rows.iter().map(|row| line(row).unwrap_or_default() + "\n").collect()
}

fn csv_of(sheet: &Sheet, path: &str) -> csv::Result<Vec<u8>> {
    let columns: Vec<(usize, &str)> =
        sheet.header.iter().enumerate().filter_map(|(i, name)| Some((i, name.as_deref()?))).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(_, name)| name))?;
    for row in &sheet.rows {
        let cell = |(wanted, name): &(usize, &str)| {
            let cell = row.cells.iter().find(|(column, _)| column == wanted);
            cell.map(|(_, text)| typed_cell(path, name, text).into_owned()).unwrap_or_default()
        };
        writer.write_record(columns.iter().map(cell))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
