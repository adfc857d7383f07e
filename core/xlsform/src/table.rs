//! Sheets as tables: headers understood, cells grouped by them.

use crate::{Format, Problem, Sheet, columns::Columns, fields::Fields, problem::Report};
use std::collections::HashMap;

/// Of one sheet. Languages multiply columns, but not like this.
const MAX_COLUMNS: usize = 2000;

/// A sheet with its headers understood.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The sheet's name in the form, such as `survey`.
    pub sheet: &'static str,
    pub columns: Vec<Column>,
    pub records: Vec<SheetRow>,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub header: String,
    /// Such as `["label", "English (en)"]` or `["bind", "relevant"]`.
    pub path: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct SheetRow {
    /// As the spreadsheet counts.
    pub row: usize,
    pub fields: Fields,
}

pub(crate) struct Reading<'a> {
    pub format: Format,
    pub default_language: &'a str,
    /// Runs of spaces become one.
    pub clean_spaces: bool,
}

impl Table {
    /// Whether there is a column for this.
    pub fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.path.first().is_some_and(|first| first == name))
    }

    /// The header as the author wrote it, of the column whose path begins (or, for a group, ends) with `name`.
    pub fn header(&self, name: &str) -> String {
        let is = |path: &[String]| path.iter().take(2).any(|part| part == name);
        let column = self.columns.iter().find(|column| is(&column.path));
        column.map_or_else(|| name.to_owned(), |column| column.header.clone())
    }

    pub fn read(
        name: &'static str,
        sheet: &Sheet,
        known: &Columns,
        reading: &Reading,
        report: &mut Report,
    ) -> Self {
        if sheet.header.len() > MAX_COLUMNS {
            let message = format!("the sheet has more than {MAX_COLUMNS} columns");
            report.push(Problem::error("xlsform.too-large", message).sheet(name).row(1));
            return Self { sheet: name, ..Self::default() };
        }
        let columns = columns(name, sheet, known, reading.format, report);
        let mut table =
            Self { sheet: name, columns: Vec::new(), records: Vec::with_capacity(sheet.rows.len()) };
        let mut blank_reported = false;
        for row in &sheet.rows {
            let mut fields = Fields::default();
            for (index, text) in &row.cells {
                let Some(column) = columns.get(*index).and_then(Option::as_ref) else {
                    if reading.format != Format::Spreadsheet && !blank_reported {
                        blank_reported = true;
                        report.push(
                            Problem::error(
                                "xlsform.no-header",
                                "a value stands in a column without a header",
                            )
                            .sheet(name)
                            .row(row.number)
                            .hint("is the header row missing?"),
                        );
                    }
                    continue;
                };
                let mut text = clean(text, reading.clean_spaces);
                if text.contains(is_no_character) {
                    text = text.replace(is_no_character, " ").into();
                    report.push(
                        Problem::warning(
                            "xlsform.bad-character",
                            "the text holds a character that no form can: a space is put there",
                        )
                        .sheet(name)
                        .row(row.number)
                        .column(&column.header),
                    );
                }
                match column.path.as_slice() {
                    [only] => fields.set(only, text.as_ref()),
                    path => fields.merge(path, &text, reading.default_language),
                }
            }
            table.records.push(SheetRow { row: row.number, fields });
        }
        table.columns = columns.into_iter().flatten().collect();
        table
    }
}

/// Control characters, which slip in by copying from other programs, and the like: XML has no way to write them.
fn is_no_character(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Curly quotes are never meant in expressions.
fn clean(text: &str, spaces: bool) -> std::borrow::Cow<'_, str> {
    const QUOTES: [char; 4] = ['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];
    let spaced = spaces && text.contains("  ");
    if !spaced && !text.contains(QUOTES) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' if spaces && out.ends_with(' ') => {}
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            c => out.push(c),
        }
    }
    out.into()
}

fn collapse(text: &str) -> String {
    clean(text.trim(), true).into_owned()
}

fn columns(
    sheet_name: &'static str,
    sheet: &Sheet,
    known: &Columns,
    format: Format,
    report: &mut Report,
) -> Vec<Option<Column>> {
    let double = sheet.header.iter().flatten().any(|header| header.contains("::"));
    // Path and raw header, to tell one column given twice from two names of one column.
    let mut seen: HashMap<Vec<String>, String> = HashMap::new();
    let mut columns = Vec::with_capacity(sheet.header.len());
    for header in &sheet.header {
        let Some(header) = header else {
            columns.push(None);
            continue;
        };
        let header = header.replace(is_no_character, " ");
        let header = if format == Format::Spreadsheet { collapse(&header) } else { header };
        let (renamed, path) = path_of(&header, double, known);
        match seen.get(&path) {
            Some(other) if *other == header && format == Format::Spreadsheet => {
                report.push(
                    Problem::error("xlsform.column-twice", format!("the column `{header}` is there twice"))
                        .sheet(sheet_name)
                        .row(1)
                        .column(&header),
                );
            }
            Some(other) if renamed && *other != header => {
                let message = format!("`{other}` and `{header}` are two names of one column");
                report.push(
                    Problem::error("xlsform.column-twice", message)
                        .sheet(sheet_name)
                        .row(1)
                        .column(&header)
                        .hint("keep one of them"),
                );
            }
            _ => {}
        }
        seen.insert(path.clone(), header.clone());
        columns.push(Some(Column { header, path }));
    }
    columns
}

/// The column's path, and whether that differs from what is written.
fn path_of(header: &str, double: bool, known: &Columns) -> (bool, Vec<String>) {
    if known.is_known(header) {
        return (false, vec![header.to_owned()]);
    }
    let snake = snake_case(header);
    if known.is_known(&snake) {
        return (snake != header, vec![snake]);
    }
    let mut parts: Vec<String> = if double || header.contains("::") {
        header.split("::").map(|part| part.trim().to_owned()).collect()
    } else {
        // Single colons are the old separator; they also stand in prefixed names such as `jr:count`.
        let mut parts: Vec<String> = header.split(':').map(|part| part.trim().to_owned()).collect();
        if let Some(at) = parts.iter().position(|part| part == "jr")
            && at + 1 < parts.len()
        {
            let local = parts.remove(at + 1);
            parts[at] = format!("jr:{local}");
        }
        parts
    };
    let first = snake_case(&parts[0]);
    if let Some(alias) = known.alias(&first) {
        let mut path: Vec<String> = alias.iter().map(|part| (*part).to_owned()).collect();
        path.extend(parts.drain(1..));
        // A plain alias renames the column to a text that may be the header itself, such as `prefix`.
        let renamed = alias.len() > 1 || alias[0] != header;
        return (renamed, path);
    }
    if known.known.contains(&first.as_str()) {
        let renamed = first != header;
        parts[0] = first;
        return (renamed, parts);
    }
    // Unknown columns keep their spelling: filters may use them.
    (false, parts)
}

fn snake_case(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::{CHOICES, SURVEY};

    fn path(header: &str) -> Vec<String> {
        path_of(header, false, &SURVEY).1
    }

    #[test]
    fn headers_are_understood() {
        assert_eq!(path("Label"), ["label"]);
        assert_eq!(path("label::English (en)"), ["label", "English (en)"]);
        assert_eq!(path("label:English"), ["label", "English"]);
        assert_eq!(path("Constraint Message::vi"), ["bind", "jr:constraintMsg", "vi"]);
        assert_eq!(path("bind:jr:constraintMsg:vi"), ["bind", "jr:constraintMsg", "vi"]);
        assert_eq!(path("bind::odk:length"), ["bind", "odk:length"]);
        assert_eq!(path("Notes For Me"), ["Notes For Me"]);
        assert_eq!(path_of("list_name", false, &CHOICES).1, ["list name"]);
        assert_eq!(path_of("list name", false, &CHOICES).1, ["list name"]);
    }
}
