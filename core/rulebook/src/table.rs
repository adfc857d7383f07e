//! Tables as they lie in a pack: cells with their places, and typed rows.

use crate::{Pack, Problem, problem::of_file, schema};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use std::collections::BTreeMap;

/// One table: a header and rows of as many cells.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub file: String,
    pub header: csv::StringRecord,
    pub rows: Vec<csv::StringRecord>,
}

/// A row with its number as the spreadsheet counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub number: usize,
    sheet: &'a Sheet,
    cells: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// What stands in a column; empty where there is none.
    pub fn cell(self, column: &str) -> &'a str {
        let place = self.sheet.header.iter().position(|name| name == column);
        place.and_then(|i| self.cells.get(i)).unwrap_or_default()
    }

    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        self.cells.iter()
    }

    /// A cell of several words between bars.
    pub fn words(self, column: &str) -> impl Iterator<Item = &'a str> {
        self.cell(column).split('|').filter(|word| !word.is_empty())
    }
}

impl Sheet {
    /// A table, and what keeps parts of it from being read.
    pub fn read(file: &str, bytes: &[u8]) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut sheet = Self { file: file.to_owned(), header: csv::StringRecord::new(), rows: Vec::new() };
        let Ok(text) = std::str::from_utf8(bytes) else {
            let (vi, en) = ("bảng không phải là UTF-8", "the table is not UTF-8");
            return (sheet, vec![of_file(file, "table.not-utf8", vi.into(), en.into())]);
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        sheet.header = reader.headers().cloned().unwrap_or_default();
        for (number, record) in (2..).zip(reader.into_records().map_while(Result::ok)) {
            if record.len() != sheet.header.len() {
                let (has, needs) = (record.len(), sheet.header.len());
                let vi = format!("dòng có {has} ô, bảng có {needs} cột");
                let en = format!("the row has {has} cells, the table {needs} columns");
                problems.push(Problem { row: Some(number), ..of_file(file, "table.cells", vi, en) });
            }
            sheet.rows.push(record);
        }
        (sheet, problems)
    }

    /// Rows of as many cells as the header.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let rows = (2..).zip(&self.rows).filter(|(_, cells)| cells.len() == self.header.len());
        rows.map(|(number, cells)| Row { number, sheet: self, cells })
    }

    pub fn problem(&self, row: Row<'_>, column: &str, code: &str, vi: String, en: String) -> Problem {
        let (row, column) = (Some(row.number), Some(column.to_owned()));
        Problem { row, column, ..of_file(&self.file, code, vi, en) }
    }
}

/// All tables of a pack.
#[derive(Debug)]
pub(crate) struct Tables {
    sheets: BTreeMap<String, Sheet>,
    /// What is no table, and what is no row of one.
    pub broken: Vec<Problem>,
    /// Rows that say what their readers don't take.
    pub unreadable: Vec<Problem>,
    /// Stands for a table that isn't there.
    none: Sheet,
}

impl Tables {
    /// The tables that this program knows, and those of the pack's forms that say what becomes of an answer.
    pub fn read(pack: &Pack) -> Self {
        let (mut sheets, mut broken) = (BTreeMap::new(), Vec::new());
        let known = |path: &str| schema::table(path).is_some() || schema::is_records(path);
        for (path, bytes) in pack.files().filter(|(path, _)| known(path)) {
            let (sheet, wrong) = Sheet::read(path, bytes);
            // Those of a form are told where it is checked.
            broken.extend(wrong.into_iter().filter(|_| schema::table(path).is_some()));
            sheets.insert(path.to_owned(), sheet);
        }
        let none = Sheet { file: String::new(), header: csv::StringRecord::new(), rows: Vec::new() };
        Self { sheets, broken, unreadable: Vec::new(), none }
    }

    pub fn has(&self, file: &str) -> bool {
        self.sheets.contains_key(file)
    }

    pub fn sheet(&self, file: &str) -> &Sheet {
        self.sheets.get(file).unwrap_or(&self.none)
    }

    pub fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.values()
    }

    /// The rows of a table, without those that can't be read.
    pub fn rows<T: DeserializeOwned>(&mut self, file: &str) -> Vec<T> {
        let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
        let sheet = self.sheet(file);
        for row in sheet.rows() {
            match row.cells.deserialize(Some(&sheet.header)) {
                Ok(read) => rows.push(read),
                Err(error) => {
                    let (vi, en) =
                        ("không đọc được dòng này".to_owned(), format!("the row can't be read: {error}"));
                    let problem = of_file(file, "row.unreadable", vi, en);
                    unreadable.push(Problem { row: Some(row.number), ..problem });
                }
            }
        }
        self.unreadable.extend(unreadable);
        rows
    }
}

/// `yes` is true; anything else but `no` and nothing is a mistake.
pub(crate) fn yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "yes" => Ok(true),
        "no" | "" => Ok(false),
        other => Err(serde::de::Error::custom(format!("{other:?} is neither yes nor no"))),
    }
}
