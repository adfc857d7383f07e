//! Everything a form must pass before a phone gets it: the same engine that phones run, and the record table.

use super::{
    FormError, FormProblem, FormSource,
    compile::{Refused, compile},
    records,
};
use rulebook::Rulebook;
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use wire::forms::{MAX_NAME, Unfit, is_name};
use xforms::Definition;

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

/// What the compiler and the engine say of a form.
#[derive(Default)]
pub struct Inspection {
    pub errors: Vec<FormProblem>,
    pub warnings: Vec<FormProblem>,
    /// `None`: there are errors.
    pub form: Option<(String, Arc<Definition>)>,
    /// The lists that the form has, those that lie beside it and that it reads included.
    pub media: BTreeMap<String, Vec<u8>>,
    /// The row of the survey that made a node, by its path.
    pub rows: HashMap<String, usize>,
}

/// Compiles a form and opens it with the engine that phones run: every problem, each with its place in the sheets
/// and its expression. A form of another project passes too: nothing is asked of it that only ours have.
pub fn inspect(source: &FormSource) -> Inspection {
    let mut compiled = match compile(source) {
        Ok(compiled) => compiled,
        Err(Refused { errors, warnings }) => return Inspection { errors, warnings, ..Inspection::default() },
    };
    let media = RefCell::new(source.media.clone());
    media
        .borrow_mut()
        .extend(compiled.itemsets.take().map(|list| ("itemsets.csv".to_owned(), list.into_bytes())));
    let read = |name: &str| {
        let known = media.borrow().get(name).cloned();
        known.or_else(|| {
            let file = source.file(name).or_else(|| known_here(name, &compiled.xml))?;
            media.borrow_mut().insert(name.to_owned(), file.clone());
            Some(file)
        })
    };
    let parsed = Definition::parse_with(&compiled.xml, &read);
    let mut inspection = Inspection {
        warnings: std::mem::take(&mut compiled.warnings),
        media: media.take(),
        ..Inspection::default()
    };
    match parsed {
        Ok(definition) => {
            let doubtful = definition.warnings().iter().map(|warning| compiled.located(warning));
            inspection.warnings.extend(doubtful);
            inspection.rows = compiled.rows;
            inspection.form = Some((compiled.xml, definition));
        }
        Err(errors) => {
            inspection.errors.extend(errors.problems.iter().map(|problem| compiled.located(problem)));
        }
    }
    inspection
}

/// The list of the records that a form declares as entities: phones know them by themselves, so it is empty.
fn known_here(file: &str, xml: &str) -> Option<Vec<u8>> {
    let list = file.strip_suffix(".csv")?;
    let is_declared = xml.contains(&format!("dataset=\"{list}\""));
    is_declared.then(|| b"name,label,__version,__trunkVersion,__branchId\n".to_vec())
}

/// As [`check`]; sheets whose settings give no version that phones can use get the one that `number` says for the form's
/// id, as forms of other projects have none, or `1 (2021-05-03 10:00:00)`.
pub fn check_numbered<E: From<FormError>>(
    rulebook: &Rulebook,
    source: &mut FormSource,
    number: impl FnOnce(&str) -> Result<String, E>,
) -> Result<CheckedForm, E> {
    let mut inspection = inspect(source);
    if let Some((_, definition)) = &inspection.form
        && source.is_sheets()
        && !is_name(definition.version().unwrap_or_default().trim())
    {
        let given = number(definition.form_id())?;
        source.number = Some(given.clone());
        inspection = inspect(source);
        inspection.warnings.push(numbered(given));
    }
    Ok(check_inspected(rulebook, source, inspection)?)
}

fn numbered(version: String) -> FormProblem {
    FormProblem {
        code: "form.numbered".into(),
        sheet: Some("settings".into()),
        column: Some("version".into()),
        message: format!("the settings give no version that phones can use: it is published as {version}"),
        vi: Some(format!("trang settings không có số phiên bản dùng được: công bố với số {version}")),
        ..FormProblem::default()
    }
}

/// Whether the form may be published, or all that is wrong with it.
pub fn check(rulebook: &Rulebook, source: &FormSource) -> Result<CheckedForm, FormError> {
    check_inspected(rulebook, source, inspect(source))
}

fn check_inspected(
    rulebook: &Rulebook,
    source: &FormSource,
    inspection: Inspection,
) -> Result<CheckedForm, FormError> {
    let Inspection { errors: mut problems, warnings, form, media: mut files, rows } = inspection;
    let Some((xml, definition)) = form else { return Err(FormError::Problems(problems)) };
    let version = definition.version().unwrap_or_default().trim().to_owned();
    if version.is_empty() {
        problems.push(FormProblem {
            code: "form.no-version".into(),
            sheet: Some("settings".into()),
            column: Some("version".into()),
            message: "the settings give no version".into(),
            vi: Some("trang settings không có số phiên bản".into()),
            ..FormProblem::default()
        });
    }
    match records::table(rulebook, source, &definition) {
        Ok(table) => {
            files.insert("records.csv".into(), table);
        }
        Err(found) => problems.extend(found.into_iter().map(|problem| located(problem, &rows))),
    }
    files.insert("form.xml".into(), xml.into_bytes());
    let sizes = files.iter().map(|(name, body)| (name.as_str(), body.len() as u64));
    let unfit = wire::forms::unfit(definition.form_id(), &version, sizes);
    let was_told = |unfit: &Unfit| *unfit == Unfit::Name(String::new()) && version.is_empty();
    problems.extend(unfit.into_iter().filter(|unfit| !was_told(unfit)).map(not_for_phones));
    if !problems.is_empty() {
        return Err(FormError::Problems(problems));
    }
    Ok(CheckedForm {
        id: definition.form_id().to_owned(),
        version,
        title: definition.title().to_owned(),
        files,
        warnings,
        definition,
    })
}

fn not_for_phones(unfit: Unfit) -> FormProblem {
    let hint = match unfit {
        Unfit::Name(_) => format!(
            "rename it, also where the form names it: up to {MAX_NAME} of the letters a to z, digits, `_`, `-` and `.`, \
             which can't come first"
        ),
        Unfit::Twice(_) => "rename one of them".to_owned(),
        Unfit::File(_) | Unfit::Files | Unfit::Together => {
            "phones take no more: leave out what the form does not need".to_owned()
        }
    };
    FormProblem {
        code: unfit.code().to_owned(),
        message: unfit.to_string(),
        hint: Some(hint),
        ..FormProblem::default()
    }
}

/// A question's problem with its row of the survey.
fn located(problem: FormProblem, rows: &HashMap<String, usize>) -> FormProblem {
    match problem.node.as_ref().and_then(|node| rows.get(node)).copied() {
        Some(row) => FormProblem {
            sheet: Some("survey".into()),
            row: Some(row),
            column: Some("save_to".into()),
            ..problem
        },
        None => problem,
    }
}
