//! Tables as they lie in a pack: cells with their places, and typed rows.

use crate::{Pack, Problem, dated::Days, problem::of_file, schema};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use std::collections::{BTreeMap, HashMap};

/// One table of packs that lie over each other.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub file: String,
    /// The lowest pack's first; of one that hasn't the table there is none.
    parts: Vec<Part>,
    /// The rows that count, by part and place. One that an upper pack's stands for is none of them.
    counting: Vec<(usize, usize)>,
    /// The pack that is looked at, above all others.
    top: usize,
}

/// A table as it lies in one pack: a header and rows of as many cells.
#[derive(Debug)]
struct Part {
    layer: usize,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

/// A row with its number as the spreadsheet counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub number: usize,
    /// Of its pack among those that lie over each other: 0 is the lowest.
    pub layer: usize,
    header: &'a csv::StringRecord,
    cells: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// What stands in a column; empty where there is none.
    pub fn cell(self, column: &str) -> &'a str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|i| self.cells.get(i)).unwrap_or_default()
    }

    /// What stands in several columns.
    pub fn key(self, columns: &[&str]) -> Vec<&'a str> {
        columns.iter().map(|column| self.cell(column)).collect()
    }

    /// The columns in which something stands, and what.
    pub fn filled(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.header.iter().zip(self.cells).filter(|(_, cell)| !cell.is_empty())
    }

    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        self.cells.iter()
    }

    /// A cell of several words between bars.
    pub fn words(self, column: &str) -> impl Iterator<Item = &'a str> {
        self.cell(column).split('|').filter(|word| !word.is_empty())
    }

    /// The days that it is for. A cell that is no day is told where cells are checked.
    pub fn days(self) -> Days {
        let day = |column| Some(self.cell(column)).filter(|cell| !cell.is_empty())?.parse().ok();
        Days { from: day("from"), to: day("to"), in_force: day("in_force"), layer: self.layer }
    }
}

impl Part {
    /// A table, and what keeps parts of it from being read.
    fn read(file: &str, bytes: &[u8], layer: usize) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut part = Self { layer, header: csv::StringRecord::new(), rows: Vec::new() };
        let Ok(text) = std::str::from_utf8(bytes) else {
            let (vi, en) = ("bảng không phải là UTF-8", "the table is not UTF-8");
            return (part, vec![of_file(file, "table.not-utf8", vi.into(), en.into())]);
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        part.header = reader.headers().cloned().unwrap_or_default();
        for (number, record) in (2..).zip(reader.into_records().map_while(Result::ok)) {
            if record.len() != part.header.len() {
                let (has, needs) = (record.len(), part.header.len());
                let vi = format!("dòng có {has} ô, bảng có {needs} cột");
                let en = format!("the row has {has} cells, the table {needs} columns");
                problems.push(Problem { row: Some(number), ..of_file(file, "table.cells", vi, en) });
            }
            part.rows.push(record);
        }
        (part, problems)
    }

    fn row(&self, place: usize) -> Row<'_> {
        Row { number: place + 2, layer: self.layer, header: &self.header, cells: &self.rows[place] }
    }

    /// Rows of as many cells as the header. An empty one says nothing.
    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let whole = |row: &Row<'_>| row.cells.len() == self.header.len() && row.filled().next().is_some();
        (0..self.rows.len()).map(|i| self.row(i)).filter(whole)
    }
}

impl Sheet {
    fn new(file: &str, parts: Vec<Part>, top: usize) -> Self {
        let places =
            |(i, part): (usize, &Part)| part.rows().map(|row| (i, row.number - 2)).collect::<Vec<_>>();
        let mut counting: Vec<_> = parts.iter().enumerate().flat_map(places).collect();
        let stands_for = schema::table(file).and_then(schema::Table::stands_for);
        if let Some(columns) = stands_for.filter(|_| parts.len() > 1) {
            let key = |(part, row): (usize, usize)| parts[part].row(row).key(columns);
            // In the place of what it stands for.
            let mut first: HashMap<Vec<&str>, (usize, usize)> = HashMap::new();
            for (place, at) in counting.iter().enumerate() {
                first.entry(key(*at)).or_insert((place, 0)).1 = at.0;
            }
            counting.retain(|at| first[&key(*at)].1 == at.0);
            counting.sort_by_key(|at| first[&key(*at)].0);
        }
        Self { file: file.to_owned(), parts, counting, top }
    }

    /// A table by itself, as far as it can be read.
    pub fn alone(file: &str, bytes: &[u8]) -> Self {
        Self::new(file, vec![Part::read(file, bytes, 0).0], 0)
    }

    /// The rows that count.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.counting.iter().map(|(part, row)| self.parts[*part].row(*row))
    }

    /// The rows of the pack that is looked at.
    pub fn own(&self) -> impl Iterator<Item = Row<'_>> {
        self.own_part().into_iter().flat_map(Part::rows)
    }

    /// The rows of the packs below it, those too that others stand for.
    pub fn below(&self) -> impl Iterator<Item = Row<'_>> {
        self.parts.iter().filter(|part| part.layer < self.top).flat_map(Part::rows)
    }

    /// Its columns in the pack that is looked at.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.header().into_iter().flatten()
    }

    /// Rows of that pack with too many or too few cells, as they stand.
    pub fn misshapen(&self) -> impl Iterator<Item = &csv::StringRecord> {
        let part = self.own_part().into_iter();
        part.flat_map(|part| part.rows.iter().filter(|cells| cells.len() != part.header.len()))
    }

    /// The header in the pack that is looked at; `None`: it hasn't the table.
    pub fn header(&self) -> Option<&csv::StringRecord> {
        self.own_part().map(|part| &part.header)
    }

    fn own_part(&self) -> Option<&Part> {
        self.parts.last().filter(|part| part.layer == self.top)
    }

    pub fn problem(&self, row: Row<'_>, column: &str, code: &str, vi: String, en: String) -> Problem {
        let (row, column) = (Some(row.number), Some(column.to_owned()));
        Problem { row, column, ..of_file(&self.file, code, vi, en) }
    }
}

/// All tables of packs that lie over each other.
#[derive(Debug)]
pub(crate) struct Tables {
    sheets: BTreeMap<String, Sheet>,
    /// The place of the pack that is looked at: the last one.
    pub top: usize,
    /// What of that pack is no table, and what is no row of one.
    pub broken: Vec<Problem>,
    /// Rows of that pack that say what their readers don't take.
    pub unreadable: Vec<Problem>,
    /// Stands for a table that isn't there.
    none: Sheet,
}

impl Tables {
    /// The tables that this program knows, and those of the packs' forms that say what becomes of an answer.
    pub fn read(packs: &[Pack]) -> Self {
        let (mut parts, mut broken) = (BTreeMap::<&str, Vec<Part>>::new(), Vec::new());
        let known = |path: &str| schema::table(path).is_some() || schema::is_records(path);
        let top = packs.len().saturating_sub(1);
        for (layer, pack) in packs.iter().enumerate() {
            for (path, bytes) in pack.files().filter(|(path, _)| known(path)) {
                let (part, wrong) = Part::read(path, bytes, layer);
                let of_form = schema::table(path).is_none();
                let parts = parts.entry(path).or_default();
                if of_form {
                    parts.clear();
                }
                parts.push(part);
                // Those of a form are told where it is checked.
                if layer == top && !of_form {
                    broken.extend(wrong);
                }
            }
        }
        let sheets = parts.into_iter().map(|(path, parts)| (path.to_owned(), Sheet::new(path, parts, top)));
        let none = Sheet::new("", Vec::new(), top);
        Self { sheets: sheets.collect(), top, broken, unreadable: Vec::new(), none }
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

    /// The rows of a table that count, without those that can't be read.
    pub fn rows<T: DeserializeOwned>(&mut self, file: &str) -> Vec<T> {
        self.laid(file, |_, _| ())
    }

    /// As [`Tables::rows`]; each is told the layer of its pack.
    pub fn laid<T: DeserializeOwned>(&mut self, file: &str, lies: impl Fn(&mut T, usize)) -> Vec<T> {
        let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
        for row in self.sheet(file).rows() {
            match row.cells.deserialize(Some(row.header)) {
                Ok(mut read) => {
                    lies(&mut read, row.layer);
                    rows.push(read);
                }
                Err(error) if row.layer == self.top => {
                    let (vi, en) =
                        ("không đọc được dòng này".to_owned(), format!("the row can't be read: {error}"));
                    let problem = of_file(file, "row.unreadable", vi, en);
                    unreadable.push(Problem { row: Some(row.number), ..problem });
                }
                // Told where that pack is looked at.
                Err(_) => {}
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
