//! Everything a form must pass before a phone gets it: the same engine that phones run, and the record table.

use super::{
    FormError, FormProblem, FormSource,
    compile::{compile, row_of},
};
use casework::FormRules;
use std::{collections::BTreeMap, sync::Arc};
use xforms::{Definition, ParseProblem};

/// A form that may be published.
pub struct CheckedForm {
    pub id: String,
    pub version: String,
    pub title: String,
    /// `form.xml`, `records.csv` and lists.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What is doubtful but runs.
    pub warnings: Vec<FormProblem>,
    pub definition: Arc<Definition>,
}

/// All problems at once, each with its place in the sheets and its expression.
pub fn check(source: &FormSource) -> Result<CheckedForm, FormError> {
    let (xml, mut problems) = compile(source);
    let Some(xml) = xml else { return Err(FormError::Problems(problems)) };
    let survey = &source.workbook.survey;
    let located = |problem: &ParseProblem| FormProblem {
        code: problem.code.to_owned(),
        row: problem.node.as_deref().and_then(|node| row_of(survey, node)),
        sheet: Some("survey".to_owned()),
        column: problem.attribute.clone(),
        node: problem.node.clone(),
        expression: problem.expression.clone(),
        position: problem.position,
        message: problem.message.clone(),
        hint: None,
    };
    let definition = match Definition::parse_with(&xml, &|name| source.media.get(name).cloned()) {
        Ok(definition) => definition,
        Err(errors) => {
            problems.extend(errors.problems.iter().map(located));
            return Err(FormError::Problems(problems));
        }
    };
    let version = definition.version().unwrap_or_default().trim().to_owned();
    if version.is_empty() {
        problems.push(FormProblem {
            code: "form.no-version".into(),
            sheet: Some("settings".into()),
            column: Some("version".into()),
            message: "the settings give no version".into(),
            ..FormProblem::default()
        });
    }
    for name in [definition.form_id(), &version] {
        // Both stand in paths.
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) || name.len() > 64 {
            problems.push(FormProblem {
                code: "form.bad-name".into(),
                sheet: Some("settings".into()),
                message: format!("`{name}` may hold letters, digits, `_`, `-` and `.` only"),
                ..FormProblem::default()
            });
        }
    }
    let mut files = source.media.clone();
    match &source.records {
        Some(records) => {
            problems.extend(check_records(records, &definition));
            files.insert("records.csv".into(), records.clone());
        }
        None => problems.push(FormProblem {
            code: "form.no-records".into(),
            sheet: Some("records".into()),
            message: "there is no record table: what does a finished form change?".into(),
            ..FormProblem::default()
        }),
    }
    if !problems.is_empty() {
        return Err(FormError::Problems(problems));
    }
    files.insert("form.xml".into(), xml.into_bytes());
    Ok(CheckedForm {
        id: definition.form_id().to_owned(),
        version,
        title: definition.title().to_owned(),
        files,
        warnings: definition.warnings().iter().map(located).collect(),
        definition,
    })
}

fn check_records(records: &[u8], definition: &Definition) -> Vec<FormProblem> {
    let Ok(text) = std::str::from_utf8(records) else {
        return vec![FormProblem {
            code: "form.records-not-utf8".into(),
            sheet: Some("records".into()),
            message: "the record table is not UTF-8".into(),
            ..FormProblem::default()
        }];
    };
    let errors = match FormRules::parse(text, definition) {
        Ok(_) => return Vec::new(),
        Err(errors) => errors,
    };
    let problem = |problem: casework::MappingProblem| FormProblem {
        code: problem.code.to_owned(),
        sheet: Some("records".into()),
        row: Some(problem.row),
        column: Some(problem.column.to_owned()),
        message: problem.en,
        ..FormProblem::default()
    };
    errors.problems.into_iter().map(problem).collect()
}
