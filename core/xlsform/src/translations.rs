//! Languages: which columns lack one that others have, and whether a client can tell what language it is.

use crate::{Problem, problem::Report, table::Table};

/// Texts without a language in their header are in this one, whatever the settings say.
const UNMARKED: &str = "default";

const SURVEY: [(&str, &str); 9] = [
    ("label", "label"),
    ("hint", "hint"),
    ("guidance_hint", "guidance_hint"),
    ("image", "image"),
    ("big-image", "big-image"),
    ("audio", "audio"),
    ("video", "video"),
    ("jr:constraintMsg", "constraint_message"),
    ("jr:requiredMsg", "required_message"),
];
const CHOICES: [(&str, &str); 5] = [
    ("label", "label"),
    ("image", "image"),
    ("big-image", "big-image"),
    ("audio", "audio"),
    ("video", "video"),
];

/// The languages of a sheet, each with the columns that it has, in the order of the sheet.
#[derive(Debug, Default)]
pub(crate) struct Languages<'a> {
    seen: Vec<(&'a str, Vec<&'static str>)>,
    columns: Vec<&'static str>,
}

impl<'a> Languages<'a> {
    pub fn of_survey(table: &'a Table) -> Self {
        Self::of(table, &SURVEY)
    }

    pub fn of_choices(table: &'a Table) -> Self {
        Self::of(table, &CHOICES)
    }

    fn of(table: &'a Table, translatable: &[(&'static str, &'static str)]) -> Self {
        let mut languages = Self::default();
        for column in &table.columns {
            let path = match column.path.as_slice() {
                [group, rest @ ..] if !rest.is_empty() && matches!(group.as_str(), "media" | "bind") => rest,
                path => path,
            };
            let Some((first, language)) = path.split_first() else { continue };
            let Some((_, name)) = translatable.iter().find(|(key, _)| key == first) else { continue };
            match language {
                [] => languages.add(UNMARKED, name),
                [language] => languages.add(language, name),
                _ => {}
            }
            if !languages.columns.contains(name) {
                languages.columns.push(name);
            }
        }
        languages
    }

    fn add(&mut self, language: &'a str, column: &'static str) {
        match self.seen.iter_mut().find(|(known, _)| *known == language) {
            Some((_, columns)) => columns.push(column),
            None => self.seen.push((language, vec![column])),
        }
    }

    /// Whether no header names a language.
    pub fn are_unmarked(&self) -> bool {
        self.seen.iter().all(|(language, _)| *language == UNMARKED)
    }

    /// Warns of every language that lacks a column which another has.
    pub fn report_missing(&self, sheet: &'static str, report: &mut Report) {
        if self.are_unmarked() {
            return;
        }
        let mut languages: Vec<_> = self.seen.iter().collect();
        languages.sort();
        for (language, has) in languages {
            let mut missing: Vec<&str> =
                self.columns.iter().filter(|column| !has.contains(*column)).copied().collect();
            if missing.is_empty() {
                continue;
            }
            missing.sort_unstable();
            let missing = missing.join(", ");
            let problem = if *language == UNMARKED {
                let message =
                    format!("only some columns name their language: {missing} without one is missing");
                Problem::warning("xlsform.missing-translation", message)
            } else {
                let message = format!("the language `{language}` lacks: {missing}");
                Problem::warning("xlsform.missing-translation", message)
            };
            report.push(problem.sheet(sheet).row(1).hint("where a text is missing, clients show `-`"));
        }
    }
}

/// Warns of languages whose name has no code in brackets, such as `Tiếng Việt (vi)`.
pub(crate) fn report_codes<'a>(languages: impl IntoIterator<Item = &'a str>, report: &mut Report) {
    let unclear: Vec<&str> = languages.into_iter().filter(|language| !has_code(language)).collect();
    if !unclear.is_empty() {
        report.push(
            Problem::warning(
                "xlsform.language-code",
                format!("no code tells a device what language this is: {}", unclear.join(", ")),
            )
            .hint("write the code in brackets after the name: `Tiếng Việt (vi)`"),
        );
    }
}

/// Names of one or two letters are left alone, as is the unmarked language.
fn has_code(language: &str) -> bool {
    if language == UNMARKED || language.chars().count() < 3 {
        return true;
    }
    let Some((_, code)) = language.strip_suffix(')').and_then(|name| name.split_once('(')) else {
        return false;
    };
    is_code(code)
}

/// The shortest code of the language in ISO 639, as in BCP 47: `vi`, not `vie`.
fn is_code(code: &str) -> bool {
    let short = isolang::Language::from_639_1(code);
    let long = isolang::Language::from_639_3(code).filter(|language| language.to_639_1().is_none());
    short.or(long).is_some()
}
