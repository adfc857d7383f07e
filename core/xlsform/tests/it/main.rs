//! Workbooks to forms, through the public face.

// Helpers of tests are tests too: a failed step should panic where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod converting;
mod hostile;
mod reading;
mod refusing;

use xlsform::{Converted, Options, Problem, Problems, convert, read_bytes};

/// A form from tables in Markdown.
fn form(markdown: &str) -> Converted {
    result(markdown).unwrap()
}

fn result(markdown: &str) -> Result<Converted, Problems> {
    convert(&read_bytes(markdown.as_bytes(), "md")?, &Options::default())
}

/// Code, sheet, row and column of every error.
fn errors(markdown: &str) -> Vec<Problem> {
    match result(markdown) {
        Err(problems) => problems.errors,
        Ok(_) => panic!("it was converted"),
    }
}
