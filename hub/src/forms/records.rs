//! The table of records that a form is published with: the author's, what the form's entities say, or, of a form of
//! another project that has neither, that it is kept as it was answered.

use super::{
    FormProblem, FormSource,
    entities::{self, Origin},
};
use casework::{COLUMNS, FormRules, LATER, MappingProblem};
use rulebook::{FieldType, Kind, Rulebook};
use std::{collections::BTreeSet, str::from_utf8};
use xforms::{DataType, Definition};

/// A row, and where it comes from.
pub struct Line {
    pub cells: [String; COLUMNS.len()],
    pub origin: Origin,
}

impl Line {
    pub fn new(origin: Origin, cells: &[(&str, &str)]) -> Self {
        let cell = |column: &str| cells.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text);
        Self { cells: COLUMNS.map(|column| cell(column).to_owned()), origin }
    }

    pub fn get(&self, column: &str) -> &str {
        COLUMNS.iter().position(|name| *name == column).map_or("", |place| self.cells[place].as_str())
    }

    fn is_form(&self) -> bool {
        self.get("record") == "form" && self.get("field").is_empty()
    }
}

/// The table, checked; or all that is wrong with it, where its author wrote it.
pub fn table(
    rulebook: &Rulebook,
    source: &FormSource,
    definition: &Definition,
) -> Result<Vec<u8>, Vec<FormProblem>> {
    let written = source.records.as_deref().map(from_utf8).transpose().map_err(|_| vec![not_utf8()])?;
    let declared = definition.entities();
    let (text, origins) = match written {
        // As it came: what was published once is published again.
        Some(text) if declared.is_empty() => (text.to_owned(), None),
        _ => {
            let written = written.map(lines).transpose()?.unwrap_or_default();
            let derived = entities::lines(rulebook, source, &declared, &written)?;
            let mut all = together(written, derived);
            if source.records.is_none() {
                all.extend(photos(rulebook, definition, &all));
            }
            let text = csv(&all).ok_or_else(|| vec![not_utf8()])?;
            (text, Some(all.into_iter().map(|line| line.origin).collect::<Vec<_>>()))
        }
    };
    let Err(errors) = FormRules::check(rulebook, &text, definition) else { return Ok(text.into_bytes()) };
    let placed = |problem: MappingProblem| {
        let origin =
            origins.as_ref().map(|origins| problem.row.checked_sub(2).and_then(|row| origins.get(row)));
        match origin {
            None => Origin::Records(problem.row).problem(problem),
            Some(origin) => origin.cloned().unwrap_or(Origin::Form).problem(problem),
        }
    };
    Err(errors.problems.into_iter().map(placed).collect())
}

/// What the entities say stands between what the author says of the form and what they say below the entities.
fn together(written: Vec<Line>, derived: Vec<Line>) -> Vec<Line> {
    let mut names: BTreeSet<String> = derived.iter().map(|line| line.get("record").to_owned()).collect();
    let (mut all, mut after) = (Vec::new(), Vec::new());
    for line in written {
        let of_entities = names.contains(line.get("record")) || names.contains(line.get("parent"));
        if of_entities && !line.is_form() {
            names.insert(line.get("record").to_owned());
            after.push(line);
        } else {
            all.push(line);
        }
    }
    let has_form = all.iter().any(Line::is_form);
    all.extend(derived.into_iter().filter(|line| !(has_form && line.is_form())));
    all.extend(after);
    if !all.iter().any(Line::is_form) {
        all.insert(0, Line::new(Origin::Form, &[("record", "form")]));
    }
    all
}

/// The kind of records that a form of another project is about: what a phone lists first.
pub fn listed(rulebook: &Rulebook) -> Option<&Kind> {
    rulebook.kinds().iter().find(|kind| kind.listed)
}

/// A record for each picture that no other record keeps: a photo travels as a record's.
fn photos(rulebook: &Rulebook, definition: &Definition, lines: &[Line]) -> Vec<Line> {
    let keeps = |kind: &&Kind| kind.is_anywhere && kind.field_of(&FieldType::Photo).is_some();
    let Some(kind) = rulebook.kinds().iter().find(keeps) else { return Vec::new() };
    let field = kind.field_of(&FieldType::Photo).map_or("", |field| field.name.as_str());
    let nodes: Vec<_> = definition.nodes().collect();
    let is_kept = |path: &str| lines.iter().any(|line| line.get("from") == path);
    let pictures = nodes.iter().filter(|node| node.data_type == DataType::Binary && node.is_question);
    let mut found = Vec::new();
    for (place, node) in pictures.filter(|node| !is_kept(&node.path)).enumerate() {
        let around = nodes.iter().filter(|around| around.is_repeat && is_in(&node.path, &around.path));
        let around = around.map(|around| &around.path).max_by_key(|path| path.len());
        let root = nodes.first().map(|root| &root.path);
        let path = around.or(root).map_or("", String::as_str);
        let name = format!("{}_{}", kind.name, place + 1);
        let parent = about(lines);
        found.push(Line::new(
            Origin::Form,
            &[
                ("record", &name),
                ("kind", &kind.name),
                ("parent", parent),
                ("path", path),
                ("when", &node.path),
            ],
        ));
        found.push(Line::new(
            Origin::Form,
            &[
                ("record", &name),
                ("field", field),
                ("from", &node.path),
                ("type", FieldType::Photo.in_forms()),
            ],
        ));
    }
    found
}

/// What the table calls the record that the form is about: the first, if it stands at the top.
fn about(lines: &[Line]) -> &str {
    lines.iter().find(|line| entities::stands_at_top(line)).map_or(entities::ABOUT, |line| line.get("record"))
}

pub fn is_in(path: &str, group: &str) -> bool {
    path.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'))
}

fn lines(text: &str) -> Result<Vec<Line>, Vec<FormProblem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> =
        reader.headers().map_err(|_| vec![not_utf8()])?.iter().map(|name| name.trim().to_owned()).collect();
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| vec![not_utf8()])?;
        let number = record.position().map_or(lines.len() + 2, |position| position.line() as usize);
        let cells: Vec<_> = header.iter().map(String::as_str).zip(record.iter().map(str::trim)).collect();
        lines.push(Line::new(Origin::Records(number), &cells));
    }
    Ok(lines)
}

fn csv(lines: &[Line]) -> Option<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Only where they are used: a program of before knows them not.
    let is_used =
        |column: &&str| !LATER.contains(column) || lines.iter().any(|line| !line.get(column).is_empty());
    let columns: Vec<&str> = COLUMNS.into_iter().filter(is_used).collect();
    writer.write_record(&columns).ok()?;
    for line in lines {
        writer.write_record(columns.iter().map(|column| line.get(column))).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

fn not_utf8() -> FormProblem {
    FormProblem {
        code: "form.records-not-utf8".into(),
        sheet: Some("records".into()),
        message: "the record table is no CSV in UTF-8".into(),
        vi: Some("bảng records không phải là CSV UTF-8".into()),
        ..FormProblem::default()
    }
}
