//! What a command can't do, each with a stable code.

use xforms::{AnswerError, LoadError, NavigationError, ParseErrors, Problems};

/// Nothing changed; the next command goes on.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error("there is no command {0}; `help` lists them")]
    UnknownCommand(String),
    /// With how the command is written.
    #[error("write it as: {0}")]
    Usage(&'static str),
    #[error("no node {0} now")]
    UnknownPath(String),
    /// The name or path fits several node instances.
    #[error("{path} fits several nodes: {}", candidates.join(", "))]
    Ambiguous { path: String, candidates: Vec<String> },
    #[error("no page shows {0} now")]
    NotShown(String),
    #[error("{0}")]
    Answer(#[from] AnswerError),
    #[error("{0}")]
    Navigation(#[from] NavigationError),
    /// Boxed: far larger than the others.
    #[error("{0}")]
    Problems(Box<Problems>),
    #[error("{0}")]
    Expression(#[from] ParseErrors),
    #[error("{0}")]
    Load(#[from] LoadError),
}

impl From<Problems> for PlayError {
    fn from(problems: Problems) -> Self {
        PlayError::Problems(Box::new(problems))
    }
}

impl PlayError {
    pub fn code(&self) -> &'static str {
        match self {
            PlayError::UnknownCommand(_) => "play.unknown-command",
            PlayError::Usage(_) => "play.usage",
            PlayError::UnknownPath(_) => "xforms.unknown-path",
            PlayError::Ambiguous { .. } => "play.ambiguous-path",
            PlayError::NotShown(_) => "xforms.no-such-page",
            PlayError::Answer(error) => error.code(),
            PlayError::Navigation(error) => error.code(),
            PlayError::Problems(error) => error.code(),
            PlayError::Expression(_) => "xforms.wrong-expression",
            PlayError::Load(error) => error.code(),
        }
    }
}
