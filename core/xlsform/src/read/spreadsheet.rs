//! `.xlsx`, `.xls` and `.ods`, through `calamine`.

use super::{Budget, bounds, workbook};
use crate::{Format, Problem, Sheet, Workbook, workbook::Row};
use calamine::{Data, DataRef, ExcelDateTime, Range, Reader, Sheets, Xlsx, open_workbook_auto_from_rs};
use std::io::Cursor;

/// Beyond a gap this long, no more columns or rows are looked for (as other XLSForm tools do).
const MAX_EMPTY_COLUMNS: usize = 20;
const MAX_EMPTY_ROWS: usize = 60;

pub fn read(bytes: &[u8]) -> Result<Workbook, Problem> {
    bounds::check(bytes)?;
    let mut budget = Budget::default();
    let mut sheets = Vec::new();
    let mut file = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    for name in file.sheet_names() {
        let mut grid = Grid::new(&name, &mut budget);
        match &mut file {
            Sheets::Xlsx(xlsx) => cells_of_xlsx(xlsx, &name, &mut grid)?,
            other => {
                let range = other.worksheet_range(&name).map_err(|error| damaged(&error))?;
                cells_of_range(&range, &mut grid)?;
            }
        }
        sheets.push(grid.finish());
    }
    Ok(workbook(Format::Spreadsheet, sheets))
}

/// Cell by cell: a sheet with one cell at its far corner must not take the memory of all between.
fn cells_of_xlsx(xlsx: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, grid: &mut Grid) -> Result<(), Problem> {
    let Ok(mut reader) = xlsx.worksheet_cells_reader(sheet) else {
        // A sheet of charts has no cells.
        return Ok(());
    };
    while let Some(cell) = reader.next_cell().map_err(|error| damaged(&error))? {
        let (row, column) = cell.get_position();
        grid.put(row as usize, column as usize, cell.get_value())?;
    }
    Ok(())
}

fn cells_of_range(range: &Range<Data>, grid: &mut Grid) -> Result<(), Problem> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, cell) in range.used_cells() {
        grid.put(first_row as usize + row, first_column as usize + column, &borrowed(cell))?;
    }
    Ok(())
}

fn borrowed(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// A sheet while its cells come in, row by row.
struct Grid<'a> {
    name: &'a str,
    budget: &'a mut Budget,
    header: Vec<Option<String>>,
    rows: Vec<Row>,
    unread: Option<(usize, usize)>,
    done: bool,
}

impl<'a> Grid<'a> {
    fn new(name: &'a str, budget: &'a mut Budget) -> Self {
        Self { name, budget, header: Vec::new(), rows: Vec::new(), unread: None, done: false }
    }

    fn put(&mut self, row: usize, column: usize, value: &DataRef) -> Result<(), Problem> {
        let Some(text) = text(value) else { return Ok(()) };
        if self.done {
            return Ok(());
        }
        self.budget.take(&text)?;
        if row == 0 {
            if column <= self.header.len() + MAX_EMPTY_COLUMNS {
                self.header.resize(column, None);
                self.header.push(Some(text));
            } else {
                self.leave(row, column);
            }
            return Ok(());
        }
        if column >= self.header.len() || self.header[column].is_none() {
            self.leave(row, column);
            return Ok(());
        }
        // Rows between are there, though empty: their numbers count.
        let last = self.rows.len();
        if row > last {
            if row - last > MAX_EMPTY_ROWS + 1 {
                self.done = true;
                self.leave(row, column);
                return Ok(());
            }
            self.rows.extend((last + 1..=row).map(|number| Row { number: number + 1, cells: Vec::new() }));
        }
        if let Some(row) = self.rows.get_mut(row - 1) {
            row.cells.push((column, text));
        }
        Ok(())
    }

    fn leave(&mut self, row: usize, column: usize) {
        self.unread.get_or_insert((row + 1, column));
    }

    fn finish(self) -> Sheet {
        Sheet { name: self.name.to_owned(), header: self.header, rows: self.rows, unread: self.unread }
    }
}

/// `None`: nothing in the cell.
fn text(value: &DataRef) -> Option<String> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::DateTime(date) => date_text(date),
        DataRef::DateTimeIso(text) => text.replacen('T', " ", 1),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.replace('\u{a0}', " "))
}

/// A whole number is written as one: `1.0` would be no code of a choice. Very small ones are `1e-05`.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    if number.abs() < 1e-4 {
        let text = format!("{number:e}");
        if let Some((digits, exponent)) = text.split_once("e-") {
            return format!("{digits}e-{exponent:0>2}");
        }
    }
    number.to_string()
}

/// `2026-11-24 00:00:00`; a time of day alone is `07:30:00`.
fn date_text(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}000") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    if date.as_f64() < 1.0 { time } else { format!("{year:04}-{month:02}-{day:02} {time}") }
}

pub(super) fn damaged(error: &dyn std::error::Error) -> Problem {
    Problem::error("xlsform.damaged", format!("the workbook can't be read: {error}"))
        .hint("is it an .xlsx, .xls or .ods file, whole and without a password?")
}
