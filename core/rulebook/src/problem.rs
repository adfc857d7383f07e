//! What is wrong with a pack.

use std::fmt;

/// One thing that is wrong: where, and what, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path in the pack, such as `fields.csv`.
    pub file: String,
    /// As the spreadsheet counts: the header is row 1. `None`: the file as a whole.
    pub row: Option<usize>,
    pub column: Option<String>,
    /// Stable, such as `reference.kind`.
    pub code: String,
    pub vi: String,
    pub en: String,
}

pub(crate) fn of_file(file: &str, code: &str, vi: String, en: String) -> Problem {
    Problem { file: file.to_owned(), row: None, column: None, code: code.to_owned(), vi, en }
}

impl Problem {
    /// Such as `fields.csv:4 [list]`.
    pub fn place(&self) -> String {
        let row = self.row.map(|row| format!(":{row}")).unwrap_or_default();
        let column = self.column.as_ref().map(|column| format!(" [{column}]")).unwrap_or_default();
        format!("{}{row}{column}", self.file)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.place(), self.code, self.en)
    }
}

/// All that is wrong with a pack: put these right and read it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RulebookErrors {
    /// Never empty.
    pub problems: Vec<Problem>,
}

impl RulebookErrors {
    pub fn code(&self) -> &'static str {
        "rulebook.tables"
    }
}

impl fmt::Display for RulebookErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))
    }
}
