//! Sheets to XForm XML by `xlsform`, and back from a node of the form to the row that made it.

use super::{FormProblem, FormSource, source::SourceForm};
use std::collections::HashMap;
use xforms::ParseProblem;
use xlsform::{Options, Problem, Problems, convert};

/// What comes of a form's sheets; an XForm comes as it is.
#[derive(Default)]
pub struct Compiled {
    pub xml: String,
    pub warnings: Vec<FormProblem>,
    /// `itemsets.csv`, if the form needs it.
    pub itemsets: Option<String>,
    pub rows: HashMap<String, usize>,
    columns: HashMap<String, String>,
}

/// The errors, and the warnings met on the way.
pub struct Refused {
    pub errors: Vec<FormProblem>,
    pub warnings: Vec<FormProblem>,
}

pub fn compile(source: &FormSource) -> Result<Compiled, Refused> {
    let workbook = match &source.form {
        SourceForm::Sheets(workbook) => workbook,
        SourceForm::XForm(xml) => return Ok(Compiled { xml: xml.clone(), ..Compiled::default() }),
    };
    match convert(workbook, &Options { version: source.number.clone(), ..Options::default() }) {
        Ok(form) => Ok(Compiled {
            xml: form.xml,
            warnings: form.warnings.into_iter().map(problem).collect(),
            itemsets: form.itemsets,
            rows: form.rows,
            columns: form.columns,
        }),
        Err(Problems { errors, warnings }) => Err(Refused {
            errors: errors.into_iter().map(problem).collect(),
            warnings: warnings.into_iter().map(problem).collect(),
        }),
    }
}

fn problem(problem: Problem) -> FormProblem {
    FormProblem {
        code: problem.code.to_owned(),
        sheet: problem.sheet.map(str::to_owned),
        row: problem.row.map(|row| row as usize),
        column: problem.column,
        message: problem.message,
        hint: problem.hint,
        ..FormProblem::default()
    }
}

impl Compiled {
    /// A problem of the engine's with its place in the sheets, if it comes from one.
    pub fn located(&self, problem: &ParseProblem) -> FormProblem {
        let row = problem.node.as_deref().and_then(|node| self.rows.get(node)).copied();
        let column = problem.attribute.as_ref().map(|attribute| {
            // Of an XForm, or of what has no column of its own.
            self.columns.get(attribute).unwrap_or(attribute).clone()
        });
        FormProblem {
            code: problem.code.to_owned(),
            sheet: row.map(|_| "survey".to_owned()),
            row,
            column,
            node: problem.node.clone(),
            expression: problem.expression.clone(),
            position: problem.position,
            message: problem.message.clone(),
            vi: None,
            hint: None,
        }
    }
}
