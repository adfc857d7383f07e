//! XPath 1.0 with ODK's functions: parse once, resolve against the form, evaluate often.

pub(crate) mod ast;
mod axes;
mod compare;
pub(crate) mod compile;
pub(crate) mod eval;
pub(crate) mod function;
mod lexer;
mod library;
pub(crate) use library::whole_match as library_pattern;
mod nodes;
mod order;
pub(crate) mod parser;
pub(crate) mod value;

/// A nested call or parenthesis costs a few hundred bytes of stack; real forms stay below 60.
pub(crate) const MAX_NESTING: usize = 128;

#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub code: &'static str,
    pub at: usize,
    pub message: String,
}

impl SyntaxError {
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        SyntaxError::coded("xforms.wrong-expression", at, message)
    }

    pub fn coded(code: &'static str, at: usize, message: impl Into<String>) -> Self {
        SyntaxError { code, at, message: message.into() }
    }
}
