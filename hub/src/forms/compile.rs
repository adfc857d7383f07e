//! Sheets to XForm XML by `rxform`; the one place that knows it.

use super::{FormProblem, FormSource};
use rxform::xls::{Sheet, Workbook};

/// Problems of question types that are looked past to find the next one.
const MAX_PROBLEMS: usize = 50;

/// The XForm's XML, and what is wrong in the sheets. `rxform` stops at its first problem; a question of an unknown
/// type is then read as text, so that the rest is checked too. With problems, the XML is only good to find more.
pub fn compile(source: &FormSource) -> (Option<String>, Vec<FormProblem>) {
    let mut workbook = source.workbook.clone();
    let mut problems = Vec::new();
    loop {
        match rxform::convert_workbook(&workbook, &source.name) {
            Ok(xml) => return (Some(xml), problems),
            Err(error) => {
                let passable = problems.len() < MAX_PROBLEMS && look_past(&mut workbook, &error);
                problems.push(problem(error));
                if !passable {
                    return (None, problems);
                }
            }
        }
    }
}

/// Makes a text question of the row whose type is not known. `false`: the problem is of another sort.
fn look_past(workbook: &mut Workbook, error: &rxform::Error) -> bool {
    let at = &error.location;
    if at.sheet.as_deref() != Some("survey") || at.column.as_deref() != Some("type") {
        return false;
    }
    let row = workbook.survey.rows.iter_mut().find(|(number, _)| Some(*number) == at.row);
    let Some((_, cells)) = row else { return false };
    match cells.get_mut("type") {
        Some(kind) if kind != "text" && !kind.starts_with("begin") && !kind.starts_with("end") => {
            *kind = "text".to_owned();
            true
        }
        _ => false,
    }
}

fn problem(error: rxform::Error) -> FormProblem {
    FormProblem {
        code: "xlsform.sheet".into(),
        sheet: error.location.sheet,
        row: error.location.row,
        column: error.location.column,
        message: error.message,
        hint: error.hint,
        ..FormProblem::default()
    }
}

/// The row of the survey sheet that a node was made from.
pub fn row_of(survey: &Sheet, node: &str) -> Option<usize> {
    let name = node.rsplit('/').next()?.split('[').next()?;
    let named =
        survey.rows.iter().filter(|(_, cells)| cells.get("name").is_some_and(|cell| cell.trim() == name));
    let rows: Vec<usize> = named.map(|(row, _)| *row).collect();
    // A name that stands twice says nothing.
    match rows.as_slice() {
        [row] => Some(*row),
        _ => None,
    }
}
