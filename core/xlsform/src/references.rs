//! `${name}` and `${last-saved#name}` in cells.

use crate::{
    Problem,
    lexer::reference_length,
    names::{name_length, nearest},
    problem::Report,
    table::Table,
};
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    pub name: &'a str,
    pub last_saved: bool,
}

/// `${` without a name and a brace after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The references in `text`, in order.
pub(crate) fn parse(text: &str) -> Result<Vec<Reference<'_>>, Malformed> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let inner = &rest[at + 2..];
        let Some(end) = inner.find('}') else { return Err(Malformed) };
        if end == 0 {
            // `${}` is text.
            rest = &inner[1..];
            continue;
        }
        found.push(reference(&inner[..end]).ok_or(Malformed)?);
        rest = &inner[end + 1..];
    }
    Ok(found)
}

fn reference(inner: &str) -> Option<Reference<'_>> {
    let name = inner.strip_prefix("last-saved#");
    let last_saved = name.is_some();
    let name = name.unwrap_or(inner);
    (!name.is_empty() && name_length(name) == name.len()).then_some(Reference { name, last_saved })
}

/// Whether `text` has at least one reference, and begins with none that is malformed.
pub(crate) fn has(text: &str) -> bool {
    let Some(at) = text.match_indices("${").find(|(at, _)| !text[at + 2..].starts_with('}')) else {
        return false;
    };
    reference_length(&text[at.0..]) > 0
}

/// The name, if `text` is a reference and nothing else.
pub(crate) fn only(text: &str) -> Option<Reference<'_>> {
    reference(text.strip_prefix("${")?.strip_suffix('}')?)
}

pub(crate) fn has_last_saved(text: &str) -> bool {
    text.contains("${last-saved#")
        && parse(text).is_ok_and(|found| found.iter().any(|found| found.last_saved))
}

/// Checks every reference of a table: it must be well-formed, and name one element of the survey.
pub(crate) fn check(
    table: &Table,
    sheet: &crate::Sheet,
    counts: &HashMap<String, usize>,
    included: &dyn Fn(&[String]) -> bool,
    report: &mut Report,
) {
    // Columns are looked up by their place in the sheet; those without a header have no place in the table.
    let mut headers = table.columns.iter();
    let columns: Vec<Option<&crate::table::Column>> =
        sheet.header.iter().map(|header| header.as_ref().and_then(|_| headers.next())).collect();
    for row in &sheet.rows {
        if report.is_full() {
            return;
        }
        for (index, text) in row.cells.iter().filter(|(_, text)| text.contains("${")) {
            let Some(column) = columns.get(*index).copied().flatten() else { continue };
            if text.len() <= 2 || !included(&column.path) {
                continue;
            }
            let at = |problem: Problem| problem.sheet(table.sheet).row(row.number).column(&column.header);
            let Ok(found) = parse(text) else {
                report.push(at(malformed()));
                continue;
            };
            for reference in found {
                match counts.get(reference.name) {
                    Some(1) => {}
                    Some(_) => report.push(at(ambiguous(reference.name))),
                    None => report.push(at(unknown(reference.name, counts.keys().map(String::as_str)))),
                }
            }
        }
    }
}

pub(crate) fn malformed() -> Problem {
    Problem::error("xlsform.bad-reference", "a reference is not written as `${name}`")
        .hint("a question is referred to by `${`, its name and `}`")
}

pub(crate) fn ambiguous(name: &str) -> Problem {
    Problem::error(
        "xlsform.ambiguous-reference",
        format!("`${{{name}}}` may mean several questions: the name is used more than once"),
    )
    .hint("give each question a name of its own")
}

pub(crate) fn unknown<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Problem {
    let problem =
        Problem::error("xlsform.unknown-reference", format!("`${{{name}}}` names no question of the survey"));
    match nearest(name, names) {
        Some(near) => problem.hint(format!("did you mean `${{{near}}}`?")),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found() {
        let found = parse("${a} + ${last-saved#b}").unwrap();
        assert_eq!(found[0], Reference { name: "a", last_saved: false });
        assert_eq!(found[1], Reference { name: "b", last_saved: true });
        assert_eq!(parse("${a"), Err(Malformed));
        assert_eq!(parse("${ a }"), Err(Malformed));
        assert!(parse("no").unwrap().is_empty());
        assert_eq!(only("${a}").unwrap().name, "a");
        assert!(only("${a} + 1").is_none());
    }
}
