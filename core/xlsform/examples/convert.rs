//! Converts workbooks. `convert FILE` prints the XForm; errors and warnings go to standard error, and a bad form is
//! exit status 1. Without a file it reads paths from standard input, a line each, and prints a JSON line for each:
//! `{"path", "xform" (null if refused), "itemsets", "problems": [{"code", "severity", "sheet", "row", "column",
//! "message", "hint"}]}`.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it speaks to a terminal

use serde_json::{Value, json};
use std::{io::BufRead, path::Path, process::ExitCode};
use xlsform::{Options, Problem, Problems, Severity, convert, read};

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            println!("{}", object(&line));
        }
        return ExitCode::SUCCESS;
    };
    let (status, problems) = match converted(&file) {
        Ok(form) => {
            println!("{}", form.xml);
            (ExitCode::SUCCESS, form.warnings)
        }
        Err(problems) => (ExitCode::FAILURE, all(problems)),
    };
    for problem in problems {
        let what = if problem.severity == Severity::Error { "error" } else { "warning" };
        eprintln!("{what}: {problem}");
    }
    status
}

fn converted(file: &str) -> Result<xlsform::Converted, Problems> {
    convert(&read(Path::new(file))?, &Options::default())
}

fn all(problems: Problems) -> Vec<Problem> {
    [problems.errors, problems.warnings].concat()
}

fn object(file: &str) -> Value {
    let list = |problems: &[Problem]| problems.iter().map(problem).collect::<Vec<_>>();
    match converted(file) {
        Ok(form) => json!({
            "path": file, "xform": form.xml, "itemsets": form.itemsets, "problems": list(&form.warnings),
        }),
        Err(problems) => json!({
            "path": file, "xform": null, "itemsets": null, "problems": list(&all(problems)),
        }),
    }
}

fn problem(problem: &Problem) -> Value {
    json!({
        "code": problem.code,
        "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
        "sheet": problem.sheet, "row": problem.row, "column": problem.column,
        "message": problem.message, "hint": problem.hint,
    })
}
