//! A form, filled step by step: `case,do,path,value`. What there is to do:
//!
//! - `like`, first of all: what was done in a case above, whose name is the value
//! - `now`: when it is filled
//! - `answer` a question; `add` an instance of a repeat
//! - `is`: the value that a node has in the end; the form can then be finished too

use super::{Row, Sheet};
use crate::forms::CheckedForm;
use rulebook::Problem;
use xforms::{Env, Session};

/// Steps of all cases of a form, each with those of the cases that it is like.
const MOST: usize = 5_000;
const COLUMNS: [&str; 4] = ["case", "do", "path", "value"];

/// A case, and what is done in it, that of the case that it is like included.
struct Case<'s> {
    name: &'s str,
    steps: Vec<Row<'s>>,
    expected: Vec<Row<'s>>,
}

pub(super) fn check(form: &CheckedForm, sheet: &Sheet) -> Result<Vec<Problem>, Box<Problem>> {
    sheet.has(&COLUMNS)?;
    let mut problems = Vec::new();
    for case in cases(sheet)? {
        let Some(first) = case.expected.first() else { continue };
        match filled(form, &case, *first) {
            Ok(mut session) => {
                problems.extend(
                    case.expected
                        .iter()
                        .filter_map(|row| differs(&mut session, *row))
                        .map(|problem| *problem),
                );
            }
            Err(problem) => problems.push(*problem),
        }
    }
    Ok(problems)
}

fn cases(sheet: &Sheet) -> Result<Vec<Case<'_>>, Box<Problem>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut count = 0;
    for row in sheet.rows() {
        let name = row.cell("case");
        let begins = cases.last().is_none_or(|last| last.name != name);
        if begins && cases.iter().any(|case| case.name == name) {
            return Err(row.unread(
                "case",
                "các dòng của một tình huống phải liền nhau",
                "the rows of a case stand together",
            ));
        }
        if begins {
            cases.push(Case { name, steps: Vec::new(), expected: Vec::new() });
        }
        let (above, case) = match cases.split_last_mut() {
            Some((case, above)) => (above, case),
            None => continue,
        };
        match row.cell("do") {
            "like" if begins => {
                let like = above.iter().find(|case| case.name == row.cell("value"));
                let none = || {
                    row.unread(
                        "value",
                        "không có tình huống nào ở trên tên như vậy",
                        "no case above is called so",
                    )
                };
                case.steps.clone_from(&like.ok_or_else(none)?.steps);
                count += case.steps.len();
            }
            "now" | "answer" | "add" => case.steps.push(row),
            "is" => case.expected.push(row),
            _ => {
                return Err(row.unread(
                    "do",
                    "chỉ nhận like (ở dòng đầu), now, answer, add, is",
                    "only like (first of all), now, answer, add, is",
                ));
            }
        }
        count += 1;
        if count > MOST {
            let (vi, en) = (format!("có hơn {MOST} bước"), format!("there are more than {MOST} steps"));
            return Err(row.problem("case", "golden.many", vi, en));
        }
    }
    Ok(cases)
}

/// The form as it stands in the end, when it can be finished.
fn filled(form: &CheckedForm, case: &Case<'_>, first: Row<'_>) -> Result<Session, Box<Problem>> {
    let is_now = |row: &&Row<'_>| row.cell("do") == "now";
    let Some(now) = case.steps.iter().rfind(is_now) else {
        let (vi, en) = ("chưa nói điền lúc nào (now)", "it doesn't say when it is filled (now)");
        return Err(first.unread("do", vi, en));
    };
    let mut session = Session::start(form.definition.clone(), Env::fixed(now.moment("value")?, 1));
    for row in case.steps.iter().filter(|row| !is_now(row)) {
        let (path, value) = (row.cell("path"), row.cell("value"));
        let done = match row.cell("do") {
            "add" => session.add_repeat(path).map(drop),
            _ => session.answer_text(path, value).map(drop),
        };
        done.map_err(|error| row.unread("value", format!("phiếu không nhận: {error}"), error.to_string()))?;
    }
    if let Err(found) = session.finish() {
        let open = found.problems.first().map(|problem| problem.path.clone()).unwrap_or_default();
        let (vi, en) =
            (format!("phiếu chưa điền xong ở {open}"), format!("the form can't be finished: {open}"));
        return Err(first.problem("case", "golden.unfinished", vi, en));
    }
    Ok(session)
}

fn differs(session: &mut Session, row: Row<'_>) -> Option<Box<Problem>> {
    let path = row.cell("path");
    let Some(node) = session.node(path) else {
        return Some(row.unread(
            "path",
            format!("phiếu không có {path:?}"),
            format!("the form has no {path:?}"),
        ));
    };
    let found = node.stored.unwrap_or_default();
    (found != row.cell("value")).then(|| row.wrong("value", &found))
}
