//! What can go wrong, each with a stable code.

use std::fmt;

/// One thing that is wrong (or, as a warning, doubtful) in a form definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseProblem {
    /// Stable, kebab-case, for example `xforms.unknown-function`.
    pub code: &'static str,
    /// Path of the node that it concerns, for example `/data/member/age`.
    pub node: Option<String>,
    /// The attribute or element that holds the expression: `relevant`, `calculate`, `nodeset` …
    pub attribute: Option<String>,
    /// The whole text of the expression.
    pub expression: Option<String>,
    /// Byte offset in `expression`, or in the document when there is no expression.
    pub position: Option<usize>,
    pub message: String,
}

impl ParseProblem {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        ParseProblem {
            code,
            node: None,
            attribute: None,
            expression: None,
            position: None,
            message: message.into(),
        }
    }

    pub(crate) fn at_node(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    pub(crate) fn attribute(mut self, attribute: impl Into<String>) -> Self {
        self.attribute = Some(attribute.into());
        self
    }

    pub(crate) fn position(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }
}

impl fmt::Display for ParseProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if let Some(node) = &self.node {
            write!(f, " — {node}")?;
        }
        if let Some(attribute) = &self.attribute {
            write!(f, " [{attribute}]")?;
        }
        if let Some(expression) = &self.expression {
            write!(f, " `{expression}`")?;
        }
        if let Some(position) = self.position {
            write!(f, " at byte {position}")?;
        }
        Ok(())
    }
}

/// All the problems of a form, found in one go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ParseErrors {
    pub problems: Vec<ParseProblem>,
    pub warnings: Vec<ParseProblem>,
}

impl ParseErrors {
    pub fn code(&self) -> &'static str {
        "xforms.invalid-form"
    }
}

impl fmt::Display for ParseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the form has {} problem(s)", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n{problem}")?;
        }
        Ok(())
    }
}

/// An answer, or a change of a repeat, that the session did not accept; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No such node now: draw the page again.
    #[error("no node at {path}")]
    UnknownPath { path: String },
    /// The node has no control in the form's body.
    #[error("{path} is not a question")]
    NotAQuestion { path: String },
    #[error("{path} is read-only")]
    ReadOnly { path: String },
    /// The question isn't asked in the present state: draw the page again.
    #[error("{path} is not relevant")]
    NotRelevant { path: String },
    /// The answer is of another type than the question, or out of the type's range.
    #[error("{path} takes {expected}")]
    WrongType { path: String, expected: &'static str },
    /// A select was answered with a value that is not among its present choices.
    #[error("the answer to {path} is not among its choices")]
    NotAChoice { path: String },
    /// The repeat's number is fixed by the form, or the limit is reached.
    #[error("{path} can't grow or shrink here")]
    RepeatIsFixed { path: String },
}

impl AnswerError {
    pub fn code(&self) -> &'static str {
        match self {
            AnswerError::UnknownPath { .. } => "xforms.unknown-path",
            AnswerError::NotAQuestion { .. } => "xforms.not-a-question",
            AnswerError::ReadOnly { .. } => "xforms.read-only",
            AnswerError::NotRelevant { .. } => "xforms.not-relevant",
            AnswerError::WrongType { .. } => "xforms.wrong-type",
            AnswerError::NotAChoice { .. } => "xforms.not-a-choice",
            AnswerError::RepeatIsFixed { .. } => "xforms.repeat-is-fixed",
        }
    }
}

/// A saved or submitted instance that can't be read with this definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("the instance is not well-formed XML: {detail}")]
    NotXml { detail: String },
    #[error("the instance is nested too deeply")]
    TooDeep,
    #[error("the instance is too large")]
    TooLarge,
    /// The root element, or its `id`, is another form's.
    #[error("the instance belongs to another form ({found})")]
    OtherForm { found: String },
    #[error("a repeat has more instances than the engine takes")]
    TooManyInstances,
}

impl LoadError {
    pub fn code(&self) -> &'static str {
        match self {
            LoadError::NotXml { .. } => "xforms.not-xml",
            LoadError::TooDeep => "xforms.too-deep",
            LoadError::TooLarge => "xforms.too-large",
            LoadError::OtherForm { .. } => "xforms.other-form",
            LoadError::TooManyInstances => "xforms.too-many-instances",
        }
    }
}

/// What a session had to leave undone: a fault of the form that only answers bring to light.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionWarning {
    pub code: &'static str,
    /// Instance path of the node that it concerns.
    pub path: String,
    pub message: &'static str,
}

/// A page, a language or the like that the definition doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NavigationError {
    #[error("no such page")]
    NoSuchPage,
    #[error("the form has no language {language}")]
    NoSuchLanguage { language: String },
}

impl NavigationError {
    pub fn code(&self) -> &'static str {
        match self {
            NavigationError::NoSuchPage => "xforms.no-such-page",
            NavigationError::NoSuchLanguage { .. } => "xforms.no-such-language",
        }
    }
}
