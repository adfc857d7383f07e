//! What is wrong with a page: it is drawn blank and filled in, and read for what no paper needs.

use crate::{
    PrintError, Prints,
    environment::{environment, render},
    said::Writer,
};
use casework::Labels;
use chrono::NaiveDate;
use rulebook::{Lang, Print, Rulebook};
use std::sync::Arc;

pub struct Problem {
    /// As an editor counts.
    pub line: Option<usize>,
    pub code: &'static str,
    pub vi: String,
    pub en: String,
}

const SAMPLE: &str = "Một câu trả lời dài như người ta hay viết khi kể lại chuyện trong nhà.";

/// Markup that fetches, runs or sends something, and what takes values for markup. [`crate::POLICY`] is what keeps a page
/// from it; here its author is told.
const FORBIDDEN: [&str; 22] = [
    "<script",
    "<iframe",
    "<object",
    "<embed",
    "<link",
    "<meta",
    "<base",
    "<form",
    "<input",
    "<button",
    "<audio",
    "<video",
    "<img",
    "<a ",
    "javascript:",
    "http:",
    "https:",
    "url(",
    "@import",
    "autoescape",
    "|safe",
    "srcdoc",
];

/// All that is wrong with the page of a print; nothing for one that isn't there: the pack's own check tells that.
pub fn check(rulebook: &Arc<Rulebook>, print: &Print) -> Vec<Problem> {
    let Some(page) = rulebook.template(&print.id) else { return Vec::new() };
    let mut problems = forbidden(page);
    problems.extend(unknown(rulebook, print, page));
    let labels = Labels::of(rulebook, Vec::new());
    let day = NaiveDate::default();
    for lang in [Lang::Vi, Lang::En] {
        let prints = Prints { rulebook, labels: &labels, lang, office: "Văn phòng", day };
        for writer in [Writer::new(&prints), Writer::of_samples(&prints, SAMPLE)] {
            let (mut values, around) = prints.values(print, None, &writer);
            values.insert("blank".into(), writer.is_blank().into());
            if let Err(error) = render(page, &prints, values, around) {
                problems.push(drawn(&error));
            }
        }
    }
    problems.sort_by(|a, b| (a.line, &a.en).cmp(&(b.line, &b.en)));
    problems.dedup_by(|a, b| (a.line, &a.en) == (b.line, &b.en));
    problems
}

fn drawn(error: &PrintError) -> Problem {
    let line = match error {
        PrintError::Page { line, .. } => *line,
        _ => None,
    };
    let (code, en) = (error.code(), error.to_string());
    Problem { line, code, vi: format!("không vẽ được bản in: {en}"), en }
}

fn forbidden(page: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, text) in (1..).zip(page.lines()) {
        let text = text.to_lowercase().replace("| safe", "|safe");
        let found = FORBIDDEN.iter().find(|word| text.contains(**word)).map(|word| (*word).to_owned());
        if let Some(found) = found.or_else(|| handler(&text)) {
            problems.push(Problem {
                line: Some(number),
                code: "print.forbidden",
                vi: format!("bản in không được có {found}"),
                en: format!("a print must not have {found}"),
            });
        }
    }
    problems
}

/// ` onclick=`.
fn handler(text: &str) -> Option<String> {
    let words = text.split([' ', '\t', '/', '"', '\'']);
    let name = |word: &str| Some(word.split_once('=')?.0.trim().to_owned());
    words.filter_map(name).find(|name| {
        name.strip_prefix("on")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase()))
    })
}

/// Fields and kinds that a page names outside of loops, where drawing might not come by.
fn unknown(rulebook: &Rulebook, print: &Print, page: &str) -> Vec<Problem> {
    let environment = environment(Lang::Vi);
    // That it can't be read is told as it is drawn.
    let Ok(template) = environment.template_from_named_str("page.html", page) else { return Vec::new() };
    let mut named: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    named.sort();
    let is_known = |name: &String| match name.split('.').collect::<Vec<_>>().as_slice() {
        ["of" | "label" | "code" | "has" | "options", field, ..] => {
            rulebook.field(print.kind(), field).is_some()
        }
        ["above", kind, "of" | "label" | "code" | "has" | "options", field, ..] => {
            rulebook.field(kind, field).is_some()
        }
        ["above" | "below", kind, ..] => rulebook.kind(kind).is_some(),
        _ => true,
    };
    let problem = |name: &String| Problem {
        line: page.lines().position(|line| line.contains(name.as_str())).map(|at| at + 1),
        code: "print.field",
        vi: format!("không có {name}"),
        en: format!("there is no {name}"),
    };
    named.iter().filter(|name| !is_known(name)).map(problem).collect()
}
