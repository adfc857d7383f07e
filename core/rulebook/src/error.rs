//! What is wrong with the tables.

use std::fmt;

/// A row that can't be read, or that another table contradicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProblem {
    /// Such as `fields.csv`.
    pub table: String,
    /// The line as a spreadsheet numbers it, or what the row calls itself.
    pub row: String,
    pub what: String,
}

/// All that is wrong with the tables: put these right and read them again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RulebookErrors {
    /// Never empty.
    pub problems: Vec<TableProblem>,
}

impl RulebookErrors {
    pub fn code(&self) -> &'static str {
        "rulebook.tables"
    }
}

impl fmt::Display for RulebookErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |p: &TableProblem| format!("{}, {}: {}", p.table, p.row, p.what);
        f.write_str(&self.problems.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}
