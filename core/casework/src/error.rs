//! What can be wrong with a form's `records.csv`, and with applying it.

use rulebook::Lang;
use std::fmt;

/// One thing that is wrong with `records.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingProblem {
    /// Line of the table as a spreadsheet numbers it: the header is 1.
    pub row: usize,
    /// Name of the column.
    pub column: &'static str,
    pub code: &'static str,
    pub vi: String,
    pub en: String,
}

impl MappingProblem {
    /// Where and what, in one sentence.
    pub fn message(&self, lang: Lang) -> String {
        let (row, column) = (self.row, self.column);
        match lang {
            Lang::Vi => format!("records.csv, dòng {row}, cột {column}: {}", self.vi),
            Lang::En => format!("records.csv, row {row}, column {column}: {}", self.en),
        }
    }
}

/// All that is wrong with `records.csv`: put these right and publish again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct MappingErrors {
    /// In the order of the rows; never empty.
    pub problems: Vec<MappingProblem>,
}

impl MappingErrors {
    pub fn code(&self) -> &'static str {
        "casework.mapping"
    }
}

impl fmt::Display for MappingErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.problems.iter().map(|p| p.message(Lang::En)).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Why a finished form can't become records. The draft stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseworkError {
    /// The hidden field that names a record holds something else.
    #[error("{path} holds no id of a record")]
    NotAnId { path: String },
    /// The answer names a photo that was not handed in.
    #[error("the photo of {path} is not at hand")]
    PhotoMissing { path: String },
    /// The submission is empty or of another form.
    #[error("the submission has none of the form's answers")]
    OtherForm,
    /// A record that the form is about is not there: it was started at nothing, or at another place.
    #[error("the form was not started at a record that it is about")]
    StartedElsewhere,
}

impl CaseworkError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnId { .. } => "casework.not-an-id",
            Self::PhotoMissing { .. } => "casework.photo-missing",
            Self::OtherForm => "casework.other-form",
            Self::StartedElsewhere => "casework.started-elsewhere",
        }
    }
}
