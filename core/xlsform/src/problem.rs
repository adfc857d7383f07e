//! What is wrong, or doubtful, in a workbook: where, what, and what was probably meant.

use std::fmt;

/// Problems beyond this many are not kept: the first ones tell enough.
const MAX_PROBLEMS: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// No form comes of this workbook.
    Error,
    /// The form is made, but something in it is probably not what was meant.
    Warning,
}

/// One thing to say about a workbook. It never holds answers: only what the author wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable, such as `xlsform.unknown-type`.
    pub code: &'static str,
    pub severity: Severity,
    /// The form's sheet, such as `survey`.
    pub sheet: Option<&'static str>,
    /// As the spreadsheet counts: the header is row 1.
    pub row: Option<u32>,
    /// The column's header.
    pub column: Option<String>,
    pub message: String,
    /// What to do, or what was probably meant.
    pub hint: Option<String>,
}

impl Problem {
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    fn new(code: &'static str, severity: Severity, message: String) -> Self {
        Self { code, severity, sheet: None, row: None, column: None, message, hint: None }
    }

    pub fn sheet(mut self, sheet: &'static str) -> Self {
        self.sheet = Some(sheet);
        self
    }

    pub fn row(mut self, row: usize) -> Self {
        self.row = u32::try_from(row).ok();
        self
    }

    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.sheet {
            write!(f, "{sheet}")?;
            if let Some(row) = self.row {
                write!(f, ":{row}")?;
            }
            if let Some(column) = &self.column {
                write!(f, " [{column}]")?;
            }
            write!(f, " ")?;
        }
        write!(f, "{}: {}", self.code, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Why no form came of a workbook: every error found, in the order of the sheets, and the warnings met on the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .errors.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems {
    pub errors: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { errors: vec![problem], warnings: Vec::new() }
    }
}

/// Gathers problems, so that one mistake does not hide the next.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Report {
    pub fn push(&mut self, problem: Problem) {
        let kept = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if kept.len() < MAX_PROBLEMS {
            kept.push(problem);
        }
    }

    /// No more errors are kept: there is no use in looking for them.
    pub fn is_full(&self) -> bool {
        self.errors.len() >= MAX_PROBLEMS
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    pub fn into_problems(self) -> Problems {
        Problems { errors: self.errors, warnings: self.warnings }
    }

    pub fn into_warnings(self) -> Vec<Problem> {
        self.warnings
    }
}
