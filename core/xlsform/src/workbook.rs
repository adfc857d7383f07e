//! A workbook as its author sees it: sheets of cells, each with its place.

/// How the workbook was written. Spreadsheets refuse two columns of one name; text formats let the last one win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.xlsx`, `.xls`, `.ods`, or a folder with a CSV file for each sheet.
    Spreadsheet,
    /// One CSV file, the sheet's name in the first column.
    Csv,
    /// Tables in Markdown, the sheet's name in the first column.
    Markdown,
}

#[derive(Clone, Debug)]
pub struct Workbook {
    pub format: Format,
    /// The file's name without its extension: the form's id if the settings give none.
    pub name: Option<String>,
    /// In the file's order, those that a form does not use included.
    pub sheets: Vec<Sheet>,
}

#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// As the author wrote it; a form's sheets are found whatever their case.
    pub name: String,
    /// Row 1. `None`: a column without a header.
    pub header: Vec<Option<String>>,
    pub rows: Vec<Row>,
    /// The first cell that says something and was not read, as no header is above it or too much is empty before it: its
    /// row as the spreadsheet counts, its column from 0. A form has its notes there.
    pub unread: Option<(usize, usize)>,
}

/// A row below the header; it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet counts: the first below the header is 2.
    pub number: usize,
    /// Column (from 0) and text, in the order of columns; no empty ones.
    pub cells: Vec<(usize, String)>,
}

impl Workbook {
    pub fn new(format: Format) -> Self {
        Self { format, name: None, sheets: Vec::new() }
    }

    /// The sheet of this (lower-case) name. A workbook of one sheet is a survey, whatever it is called.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        let found = self.sheets.iter().find(|sheet| sheet.name.to_lowercase() == name);
        match self.sheets.as_slice() {
            [only] if name == "survey" && !is_form_sheet(&only.name.to_lowercase()) => Some(only),
            _ => found,
        }
    }
}

/// Whether a sheet of this (lower-case) name is part of a form.
pub fn is_form_sheet(name: &str) -> bool {
    matches!(name, "survey" | "choices" | "settings" | "external_choices" | "osm" | "entities")
}
