//! What ODK's entities say of records (sheet `entities`, column `save_to`), as rows of the table of records.
//!
//! | of the entity | is |
//! |---|---|
//! | `list_name` | the kind of record, and its name in the table |
//! | `save_to` | the field; its type comes from the kind |
//! | `label`, if it is one question | the field that is the kind's title |
//! | `entity_id` | `id_from`; alone, no new record is made |
//! | `create_if` `${x} != ''` | `when` |
//! | `create_if` `${id} = ''`, `update_if` `${id} != ''` | the record of that id, or a new one |
//! | the entity around it | the parent; else the record that the form is about |
//!
//! What the form is about is said in the table, else it follows from the kind of the outermost entity: itself, if it
//! stands at the top, or the only kind that it lies under.

use super::{
    FormProblem, FormSource,
    records::{Line, is_in, listed},
    source::SourceForm,
};
use casework::MappingProblem;
use rulebook::{Kind, Rulebook};
use xforms::{Calculation, EntityInfo};

pub const ABOUT: &str = "@about";

/// Where a row of the table comes from.
#[derive(Clone)]
pub enum Origin {
    /// A row of the author's table.
    Records(usize),
    /// A row of the sheet `entities`; 0 where there is no such sheet.
    Entity(usize),
    /// The question whose answer is saved.
    Question(String),
    /// The form as a whole.
    Form,
}

impl Origin {
    pub fn problem(self, problem: MappingProblem) -> FormProblem {
        let column = Some(problem.column.to_owned());
        let placed = match self {
            Self::Records(row) => FormProblem {
                sheet: Some("records".into()),
                row: Some(row),
                column,
                ..FormProblem::default()
            },
            Self::Entity(0) | Self::Form => FormProblem::default(),
            Self::Entity(row) => {
                FormProblem { sheet: Some("entities".into()), row: Some(row), ..FormProblem::default() }
            }
            Self::Question(path) => FormProblem { node: Some(path), ..FormProblem::default() },
        };
        FormProblem { code: problem.code.to_owned(), message: problem.en, vi: Some(problem.vi), ..placed }
    }
}

/// An entity with its kind and where it is declared.
struct Entity<'a> {
    info: &'a EntityInfo,
    kind: &'a Kind,
    origin: Origin,
}

impl Entity<'_> {
    /// The element that it is of.
    fn node(&self) -> &str {
        node(self.info)
    }
}

fn node(entity: &EntityInfo) -> &str {
    entity.path.strip_suffix("/meta/entity").unwrap_or(&entity.path)
}

/// Rows for what the form declares; `written` is the author's own table. Of a form without entities and without a table:
/// that it is about what phones list first.
pub fn lines(
    rulebook: &Rulebook,
    source: &FormSource,
    declared: &[EntityInfo],
    written: &[Line],
) -> Result<Vec<Line>, Vec<FormProblem>> {
    let said = written.iter().find(|line| line.get("record") == "form" && line.get("field").is_empty());
    if declared.is_empty() {
        let about = listed(rulebook).map_or("", |kind| kind.name.as_str());
        return Ok(vec![Line::new(Origin::Form, &[("record", "form"), ("kind", about)])]);
    }
    let mut problems = Vec::new();
    let mut entities = Vec::new();
    for info in declared {
        let origin = Origin::Entity(row(source, &info.dataset));
        match rulebook.kind(&info.dataset) {
            Some(kind) => entities.push(Entity { info, kind, origin }),
            None => {
                let vi = format!("không có loại bản ghi {:?}", info.dataset);
                let en = format!("there is no kind {:?}", info.dataset);
                problems.push(problem(origin, "mapping.unknown-kind", vi, en));
            }
        }
    }
    // Outer ones first: a parent stands before its children.
    entities.sort_by_key(|entity| entity.node().split('/').count());
    let (about, restricted) = match said {
        Some(said) => about_said(said),
        None => (entities.first().and_then(|first| about_of(first, &mut problems)), false),
    };
    let mut top = written.iter().find(|line| stands_at_top(line)).map(|line| line.get("record").to_owned());
    let mut names: Vec<String> = Vec::new();
    let mut lines =
        vec![Line::new(Origin::Form, &[("record", "form"), ("kind", about.as_deref().unwrap_or_default())])];
    for (place, entity) in entities.iter().enumerate() {
        let around = entities[..place].iter().rposition(|outer| is_in(entity.node(), outer.node()));
        let is_about = about.as_ref() == Some(&entity.kind.name);
        let is_top =
            place == 0 && top.is_none() && entity.kind.is_root && (is_about || about.is_none() || restricted);
        let name = if is_about && !is_top && around.is_none() { ABOUT } else { entity.kind.name.as_str() };
        if is_top {
            top = Some(name.to_owned());
        }
        let parent = match around {
            _ if is_top || name == ABOUT => "",
            Some(around) => names[around].as_str(),
            None => top.as_deref().unwrap_or(ABOUT),
        };
        record(entity, name, parent, &mut lines, &mut problems);
        names.push(name.to_owned());
    }
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
}

/// What the author's row `form` says: the kind that the form is about, and whether it is restricted.
fn about_said(form: &Line) -> (Option<String>, bool) {
    const RESTRICTED: &str = "restricted-case";
    let kind = Some(form.get("kind")).filter(|kind| !kind.is_empty() && *kind != RESTRICTED);
    (kind.map(str::to_owned), [form.get("kind"), form.get("parent")].contains(&RESTRICTED))
}

/// A row of a record that is not there yet and lies under nothing.
pub fn stands_at_top(line: &Line) -> bool {
    let name = line.get("record");
    let is_record = !name.is_empty() && name != "form" && !name.starts_with('@');
    is_record && line.get("field").is_empty() && line.get("parent").is_empty()
}

/// What a form is about whose outermost entity is this one.
fn about_of(entity: &Entity<'_>, problems: &mut Vec<FormProblem>) -> Option<String> {
    match entity.kind.parents.as_slice() {
        _ if entity.kind.is_root => Some(entity.kind.name.clone()),
        [only] if !entity.kind.is_anywhere => Some(only.clone()),
        _ => {
            let kind = &entity.kind.name;
            let vi = format!("{kind} có thể nằm dưới nhiều loại bản ghi: ghi form,<loại> trong bảng records");
            let en = format!("a {kind} may lie under several kinds: say form,<kind> in a table of records");
            problems.push(problem(entity.origin.clone(), "entity.about", vi, en));
            None
        }
    }
}

fn record(
    entity: &Entity<'_>,
    name: &str,
    parent: &str,
    lines: &mut Vec<Line>,
    problems: &mut Vec<FormProblem>,
) {
    let (info, kind) = (entity.info, entity.kind);
    let (id_from, when) = match ids(info) {
        Ok(found) => found,
        Err((code, vi, en)) => {
            problems.push(problem(entity.origin.clone(), code, vi.to_owned(), en.to_owned()));
            (String::new(), String::new())
        }
    };
    // What is there already is there whatever is answered.
    let when = if name == ABOUT { String::new() } else { when };
    let cells = [
        ("record", name),
        ("kind", kind.name.as_str()),
        ("parent", parent),
        ("path", entity.node()),
        ("id_from", id_from.as_str()),
        ("when", when.as_str()),
    ];
    lines.push(Line::new(entity.origin.clone(), &cells));
    let titled = match (&info.label, kind.titled_by()) {
        (Calculation::Value(path), Some(field)) => Some((field.to_owned(), path.clone())),
        _ => None,
    };
    let titled = titled.filter(|(field, _)| info.properties.iter().all(|(property, _)| property != field));
    for (field, path) in titled.iter().chain(&info.properties) {
        let origin = Origin::Question(path.clone());
        let Some(declared) = kind.field(field) else {
            let vi = format!("{} không có trường {field}", kind.name);
            let en = format!("a {} has no field {field}", kind.name);
            problems.push(problem(origin, "entity.unknown-field", vi, en));
            continue;
        };
        let cells = [
            ("record", name),
            ("field", field.as_str()),
            ("from", path.as_str()),
            ("type", declared.kind.in_forms()),
        ];
        lines.push(Line::new(origin, &cells));
    }
}

type Refused = (&'static str, &'static str, &'static str);

/// `id_from` and `when`.
fn ids(entity: &EntityInfo) -> Result<(String, String), Refused> {
    const CONDITION: Refused = (
        "entity.condition",
        "điều kiện chỉ có thể là ${câu hỏi} != '': dùng một phép tính để trống khi không tạo bản ghi",
        "a condition can only be ${question} != '': use a calculation that is empty where no record is made",
    );
    let nothing = String::new;
    let is = |id: &str, path: &str| id == path;
    match &entity.id {
        Calculation::Fixed => match &entity.create {
            Calculation::Fixed => Ok((nothing(), nothing())),
            Calculation::Answered(path) => Ok((nothing(), path.clone())),
            _ => Err(CONDITION),
        },
        Calculation::Value(id) => match (&entity.create, &entity.update) {
            // It is updated alone.
            (Calculation::Fixed, Calculation::Fixed) if !entity.creates => Ok((id.clone(), id.clone())),
            (Calculation::Fixed, Calculation::Answered(path)) if !entity.creates && is(id, path) => {
                Ok((id.clone(), id.clone()))
            }
            (Calculation::Empty(new), Calculation::Answered(known)) if is(id, new) && is(id, known) => {
                Ok((id.clone(), nothing()))
            }
            _ => Err(CONDITION),
        },
        _ => Err((
            "entity.id",
            "entity_id phải là một câu hỏi, như ${member_id}",
            "entity_id must be one question, such as ${member_id}",
        )),
    }
}

/// The row of the sheet `entities` that declares a list.
fn row(source: &FormSource, list: &str) -> usize {
    let SourceForm::Sheets(workbook) = &source.form else { return 0 };
    let rows = workbook.sheet("entities").into_iter().flat_map(|sheet| &sheet.rows);
    let names = |row: &&xlsform::Row| row.cells.iter().any(|(_, text)| text.trim() == list);
    rows.into_iter().find(names).map_or(0, |row| row.number)
}

fn problem(origin: Origin, code: &'static str, vi: String, en: String) -> FormProblem {
    origin.problem(MappingProblem { row: 0, column: "", code, vi, en })
}
