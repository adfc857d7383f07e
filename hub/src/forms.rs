//! Forms: from an author's sheets to what can be published, and back from a published version to a definition that
//! submissions are checked with.

mod cache;
mod check;
mod compile;
mod entities;
mod records;
mod source;

pub use cache::FormCache;
pub use check::{CheckedForm, Inspection, check, check_numbered, inspect};
pub use compile::{Compiled, Refused, compile};
pub use source::FormSource;

use std::fmt;

/// Why a form is not published. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// No form folder, or no workbook.
    #[error("{0}")]
    Unreadable(String),
    #[error("{}", lines(.0))]
    Problems(Vec<FormProblem>),
    /// The version was published with other content: give the sheet a new one.
    #[error("form {id} version {version} is published already, with other content; give it a new version")]
    VersionTaken { id: String, version: String },
    #[error("form {id} version {version} was withdrawn; give it a new version to bring the form back")]
    Withdrawn { id: String, version: String },
    #[error("no form {0} is in use: nothing to withdraw")]
    NotPublished(String),
}

impl FormError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "form.unreadable",
            Self::Problems(_) => "form.problems",
            Self::VersionTaken { .. } => "form.version-taken",
            Self::Withdrawn { .. } => "form.withdrawn",
            Self::NotPublished(_) => "form.not-published",
        }
    }

    pub fn problems(&self) -> &[FormProblem] {
        match self {
            Self::Problems(problems) => problems,
            _ => &[],
        }
    }
}

fn lines(problems: &[FormProblem]) -> String {
    problems.iter().map(FormProblem::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that is wrong in a form: where in the sheets, where in the form, and what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormProblem {
    /// Stable, such as `xforms.unknown-function`.
    pub code: String,
    pub sheet: Option<String>,
    /// As the spreadsheet counts: the header is row 1.
    pub row: Option<usize>,
    pub column: Option<String>,
    /// Path, such as `/data/member/age`.
    pub node: Option<String>,
    pub expression: Option<String>,
    /// Byte in the expression.
    pub position: Option<usize>,
    /// In English.
    pub message: String,
    /// The message in Vietnamese, where there is one.
    pub vi: Option<String>,
    pub hint: Option<String>,
}

impl fmt::Display for FormProblem {
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
        if let Some(node) = &self.node {
            write!(f, " — {node}")?;
        }
        if let Some(expression) = &self.expression {
            write!(f, " `{expression}`")?;
        }
        if let Some(position) = self.position {
            write!(f, " at byte {position}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}
