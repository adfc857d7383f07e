//! The survey sheet, row by row, to a tree of elements.

mod containers;
mod finish;
mod loops;
mod names;
mod parameters;
mod questions;
mod range;
mod select;
pub(crate) mod types;

use crate::{
    Problem, Workbook,
    choices::Choices,
    element::{Action, Element, Event, Kind},
    entities::{self, Entities},
    fields::{Fields, Value},
    lexer,
    names::{is_tag, nearest},
    problem::Report,
    question_types::{COMMON, canonical, question_type},
    references,
    settings::{Settings, bad_name, yes_no},
    table::{SheetRow, Table},
};
use containers::Open;
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};
use types::{Container, RowType};

/// Groups inside of groups.
const MAX_DEPTH: usize = 100;
/// A longer name is a mistake.
const MAX_NAME: usize = 1000;

/// Name and label of each.
pub(crate) type Tags = Rc<[(String, Option<Value>)]>;

/// What the other sheets give to the survey.
pub(crate) struct Sheets<'a> {
    pub workbook: &'a Workbook,
    pub settings: &'a Settings,
    pub choices: &'a mut Choices,
    /// Lists of the sheet `external_choices`.
    pub external: HashSet<String>,
    /// Tags to edit in OpenStreetMap, by list.
    pub osm: HashMap<String, Tags>,
    pub entities: Entities,
    /// Whether a sheet has languages.
    pub translated: bool,
}

/// What comes of the survey sheet.
pub(crate) struct Survey {
    pub root: Element,
    /// How often a name stands in the sheet; `instanceID` counts too.
    pub counts: HashMap<String, usize>,
    /// The form's title and id, if rows set them (an old way).
    pub settings: Vec<(&'static str, String)>,
    /// Whether a question chooses from the sheet `external_choices`.
    pub uses_external: bool,
    /// The version of ODK Entities that the form needs; `None`: it has no entities.
    pub entity_version: Option<&'static str>,
}

pub(crate) fn read(table: &mut Table, sheets: Sheets, report: &mut Report) -> Survey {
    let root_name = sheets.settings.name.clone();
    let mut reader = Reader {
        headers: Headers::of(table),
        sheets,
        report,
        stack: vec![Open::new(Element::new(Kind::Survey, root_name, 0), Container::Group)],
        table_list: TableList::No,
        meta: Vec::new(),
        counts: HashMap::new(),
        questions: HashSet::new(),
        triggers: Vec::new(),
        geometries: Vec::new(),
        secondary: HashSet::new(),
        repeats: HashSet::new(),
        or_other: false,
        settings: Vec::new(),
        uses_external: false,
        with_none: HashSet::new(),
    };
    for record in std::mem::take(&mut table.records) {
        if reader.report.is_full() {
            break;
        }
        if let Err(problem) = reader.row(record) {
            reader.report.push(problem);
        }
    }
    reader.finish()
}

/// Headers as the author wrote them, to say where a problem is.
struct Headers(HashMap<&'static str, String>);

impl Headers {
    fn of(table: &Table) -> Self {
        const NAMED: [&str; 10] = [
            "type",
            "name",
            "label",
            "parameters",
            "trigger",
            "default",
            "choice_filter",
            "calculate",
            "appearance",
            "entities:saveto",
        ];
        Self(NAMED.iter().map(|name| (*name, table.header(name))).collect())
    }

    fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

/// Whether a group shows its selects as the rows of a table, and with which list.
enum TableList {
    No,
    Waiting,
    List(String),
}

struct Reader<'a> {
    headers: Headers,
    sheets: Sheets<'a>,
    report: &'a mut Report,
    /// The survey, and the groups that are open.
    stack: Vec<Open>,
    table_list: TableList,
    /// Of the node `meta`.
    meta: Vec<Element>,
    counts: HashMap<String, usize>,
    questions: HashSet<String>,
    /// Question and row.
    triggers: Vec<(String, usize)>,
    /// Place to choose from, and row.
    geometries: Vec<(String, usize)>,
    /// Lists that become instances of their own.
    secondary: HashSet<String>,
    repeats: HashSet<String>,
    or_other: bool,
    settings: Vec<(&'static str, String)>,
    uses_external: bool,
    /// Lists that the choice "none" was added to.
    with_none: HashSet<String>,
}

/// A row that becomes a question or a group.
struct RowContext {
    row: usize,
    fields: Fields,
    type_text: String,
    name: String,
    parameters: parameters::Parameters,
    trigger: Vec<String>,
    dynamic_default: bool,
}

impl Reader<'_> {
    fn at(&self, problem: Problem, row: usize, column: &str) -> Problem {
        problem.sheet("survey").row(row).column(self.headers.get(column))
    }

    fn row(&mut self, mut record: SheetRow) -> Result<(), Problem> {
        let row = record.row;
        if let Some(disabled) = record.fields.take("disabled") {
            self.report.push(
                Problem::warning(
                    "xlsform.disabled-column",
                    "`disabled` is no column of the current standard",
                )
                .sheet("survey")
                .row(row)
                .column("disabled")
                .hint("use `relevant` instead"),
            );
            if disabled.text().and_then(yes_no) == Some(true) {
                return Ok(());
            }
        }
        if record.fields.is_empty() {
            return Ok(());
        }
        let Some(type_text) = record.fields.text("type").map(|text| canonical(text).to_owned()) else {
            if record.fields.has("name") || record.fields.has("label") {
                return Err(self.at(
                    Problem::error("xlsform.no-type", "the question has no type"),
                    row,
                    "type",
                ));
            }
            self.report.push(
                Problem::warning("xlsform.row-skipped", "the row has no type, name or label: it is left out")
                    .sheet("survey")
                    .row(row),
            );
            return Ok(());
        };
        let mut context = RowContext {
            row,
            type_text,
            name: String::new(),
            parameters: Vec::new(),
            trigger: Vec::new(),
            dynamic_default: false,
            fields: record.fields,
        };
        // A row with one mistake is still looked at for the others, and its name is known to references.
        let checked = self.prepare(&mut context);
        let type_text = context.type_text.clone();
        match (type_text.as_str(), types::parse(&type_text)) {
            ("audit", _) => checked.and_then(|()| self.audit(context)),
            ("form_title" | "set_form_title", _) => self.setting("title", &context),
            ("form_id" | "set_form_id", _) => self.setting("id_string", &context),
            ("prefix", _) => self.setting("prefix", &context),
            (_, RowType::End(container)) => {
                checked?;
                self.end(container, context)
            }
            (_, row_type) => {
                let named = self.name(&mut context);
                self.meet_entities(&mut context, matches!(row_type, RowType::Begin { .. }));
                if let RowType::Begin { container, list } = row_type {
                    // The group is opened whatever is wrong with it, so that its end fits.
                    self.keep(checked);
                    self.keep(named);
                    return self.begin(container, list, context);
                }
                self.questions.insert(context.name.clone());
                named?;
                checked?;
                self.question(row_type, context)
            }
        }
    }

    fn keep(&mut self, result: Result<(), Problem>) {
        if let Err(problem) = result {
            self.report.push(problem);
        }
    }

    fn setting(&mut self, name: &'static str, context: &RowContext) -> Result<(), Problem> {
        let value = context.fields.text("name").unwrap_or("None");
        self.settings.push((name, value.to_owned()));
        Ok(())
    }

    /// Trigger, default and parameters.
    fn prepare(&mut self, context: &mut RowContext) -> Result<(), Problem> {
        let row = context.row;
        if let Some(trigger) = context.fields.text("trigger") {
            context.trigger = trigger_names(trigger).map_err(|problem| self.at(problem, row, "trigger"))?;
            self.triggers.extend(context.trigger.iter().map(|name| (name.clone(), row)));
        }
        let default = context.fields.text("default");
        context.dynamic_default = default.is_some_and(|text| lexer::is_dynamic(text, &context.type_text));
        let text = context.fields.text("parameters").unwrap_or_default();
        context.parameters =
            parameters::parse(text).map_err(|problem| self.at(problem, row, "parameters"))?;
        let calculated = context.fields.group("bind").is_some_and(|bind| bind.has("calculate"));
        if context.type_text == "calculate" && !calculated && !context.dynamic_default {
            let problem = Problem::error("xlsform.no-calculation", "the calculation is missing");
            return Err(self.at(problem, row, "calculate"));
        }
        if matches!(context.type_text.as_str(), "subscriberid" | "simserial") {
            let message = format!("most devices do not tell `{}` any more", context.type_text);
            let problem = Problem::warning("xlsform.old-metadata", message);
            self.report.push(self.at(problem, row, "type"));
        }
        Ok(())
    }

    /// The row's name, checked against its siblings.
    fn name(&mut self, context: &mut RowContext) -> Result<(), Problem> {
        let row = context.row;
        context.name = match context.fields.get("name") {
            Some(Value::Text(name)) => name.clone(),
            None if context.type_text == "note" => format!("generated_note_name_{row}"),
            _ => {
                let problem = Problem::error("xlsform.no-name", "the question or group has no name");
                return Err(self.at(problem, row, "name"));
            }
        };
        if !is_tag(&context.name) || context.name.len() > MAX_NAME {
            return Err(self.at(bad_name(&context.name), row, "name"));
        }
        *self.counts.entry(context.name.clone()).or_default() += 1;
        let result = match self.stack.last_mut() {
            Some(open) => open.names.add(&context.name, row, self.report),
            None => Ok(()),
        };
        result.map_err(|problem| self.at(problem, row, "name"))
    }

    /// Entities may be made of the row's answer.
    fn meet_entities(&mut self, context: &mut RowContext, is_section: bool) {
        let path: entities::Path = self.stack.iter().skip(1).map(Open::as_container).collect();
        let name = Some(context.name.as_str()).filter(|name| !name.is_empty());
        self.sheets.entities.meet(&path, context.row, name, is_section, &mut context.fields, self.report);
    }

    fn question(&mut self, row_type: RowType, context: RowContext) -> Result<(), Problem> {
        match row_type {
            RowType::Select { .. } => self.select(row_type, context),
            RowType::Osm(list) => self.osm(list, context),
            RowType::Question("csv-external") => self.external("csv", context),
            RowType::Question("xml-external") => self.external("xml", context),
            // Old forms have groups without an end: empty ones.
            RowType::Question("group" | "loop") => self.push_section(Kind::Group, context),
            RowType::Question("repeat") => self.push_section(Kind::Repeat, context),
            RowType::Question(name) => self.plain(name, context),
            RowType::Begin { .. } | RowType::End(_) => Ok(()),
        }
    }

    fn push_section(&mut self, kind: Kind, context: RowContext) -> Result<(), Problem> {
        let mut element = Element::new(kind, context.name.clone(), context.row);
        self.fill(&mut element, context)?;
        self.push(element);
        Ok(())
    }

    fn external(&mut self, extension: &'static str, context: RowContext) -> Result<(), Problem> {
        self.secondary.insert(stem(&context.name).to_owned());
        self.push(Element::new(Kind::External(extension), context.name, context.row));
        Ok(())
    }

    fn push(&mut self, element: Element) {
        if let Some(open) = self.stack.last_mut() {
            open.element.children.push(element);
        }
    }

    /// An element of the row's type, everything that all types have filled in.
    fn element(&mut self, type_name: &str, context: RowContext) -> Result<Element, Problem> {
        let Some(kind) = question_type(type_name) else {
            return Err(self.at(unknown_type(&context.type_text), context.row, "type"));
        };
        let mut element = Element::question(kind, type_name, context.name.clone(), context.row);
        element.hint = kind.hint.map(Value::from);
        let (dynamic, row, in_repeat) = (context.dynamic_default, context.row, self.in_repeat());
        self.fill(&mut element, context)?;
        if dynamic {
            element.actions.push(Action::new("setvalue", Event::FirstLoad));
            if in_repeat {
                element.actions.push(Action::new("setvalue", Event::NewRepeat));
            }
        }
        if kind.control.is_choice() && element.itemset.is_none() && element.list_name.is_none() {
            // Selects that choose from a list get it before this; a bare type has none.
            return Err(self.at(unknown_type(type_name), row, "type"));
        }
        Ok(element)
    }

    fn in_repeat(&self) -> bool {
        self.stack.iter().skip(1).any(|open| open.container == Container::Repeat)
    }

    /// What every element may have.
    fn fill(&mut self, element: &mut Element, context: RowContext) -> Result<(), Problem> {
        let row = context.row;
        element.trigger = context.trigger;
        let at = |problem: Problem, column: &str| problem.sheet("survey").row(row).column(column);
        for (key, value) in context.fields.0 {
            match (key.as_str(), value) {
                ("label", value) => element.label = Some(value),
                ("hint", value) => element.hint = Some(value),
                // Groups show no guidance.
                ("guidance_hint", value) if element.is_question() => element.guidance_hint = Some(value),
                ("media", Value::Group(media)) => element.media = media,
                // A file of no kind is not shown, but counts as a label.
                ("media", Value::Text(_)) if element.is_question() => {
                    element.label.get_or_insert(Value::from(""));
                }
                ("bind", Value::Group(bind)) => {
                    for (name, value) in bind.0 {
                        let message = matches!(
                            name.as_str(),
                            "jr:constraintMsg" | "jr:requiredMsg" | "jr:noAppErrorString"
                        );
                        if !message && value.group().is_some() {
                            return Err(at(no_languages(), &name));
                        }
                        element.bind_mut().set(&name, value);
                    }
                }
                ("control", Value::Group(control)) => {
                    for (name, value) in control.0 {
                        if value.group().is_some() {
                            return Err(at(no_languages(), &name));
                        }
                        element.control.set(&name, value);
                    }
                }
                ("instance", Value::Group(instance)) => element.instance = instance,
                ("default", Value::Text(text)) => element.default = Some(text),
                ("choice_filter", Value::Text(text)) => element.choice_filter = Some(text),
                ("query", Value::Text(text)) => element.query = Some(text),
                ("itemset", Value::Text(text)) => element.itemset = Some(text),
                ("list_name", Value::Text(text)) => element.list_name = Some(text),
                ("default" | "choice_filter" | "parameters", Value::Group(_)) => {
                    return Err(at(no_languages(), &key));
                }
                _ => {}
            }
        }
        check_nesting(element).map_err(|problem| at(problem, "label"))?;
        // A heading of a table of choices may have no words.
        if element.label.is_none() && element.appearance() == Some("label") {
            element.label = Some(Value::from(" "));
        }
        Ok(())
    }
}

/// Languages stand one below the column, not deeper.
fn check_nesting(element: &Element) -> Result<(), Problem> {
    let texts = [&element.label, &element.hint, &element.guidance_hint];
    for languages in texts.into_iter().flatten().filter_map(Value::group) {
        if languages.iter().any(|(_, value)| value.group().is_some()) {
            return Err(Problem::error(
                "xlsform.bad-column",
                "the column has more than a name and a language",
            ));
        }
    }
    Ok(())
}

fn no_languages() -> Problem {
    Problem::error("xlsform.bad-column", "this column can't have languages")
}

fn unknown_type(type_text: &str) -> Problem {
    let problem = Problem::error("xlsform.unknown-type", format!("`{type_text}` is no question type"));
    let mut words = type_text.split_whitespace();
    let first = words.next().unwrap_or_default();
    if words.next().is_none() && (first.starts_with("select") || first == "rank") {
        return problem.hint(format!("a list is missing after it: `{first} list_name`"));
    }
    let lower = type_text.to_lowercase();
    let near = COMMON.iter().copied().find(|name| *name == lower || name.replace('_', " ") == lower);
    match near
        .or_else(|| nearest(type_text, COMMON.iter().copied()))
        .or_else(|| nearest(first, COMMON.iter().copied()))
    {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// Questions that trigger a calculation, with a comma between them.
fn trigger_names(text: &str) -> Result<Vec<String>, Problem> {
    if text.len() <= 2 || !text.contains("${") {
        return Err(references::malformed());
    }
    let mut names = Vec::new();
    for part in text.split(',') {
        match references::parse(part).map_err(|_| references::malformed())?.as_slice() {
            [] => {}
            [one] => names.push(one.name.to_owned()),
            _ => {
                return Err(Problem::error(
                    "xlsform.bad-reference",
                    "there is no comma between two references",
                )
                .hint("write them as `${a}, ${b}`"));
            }
        }
    }
    Ok(names)
}

/// A file's name without its extension.
pub(crate) fn stem(file: &str) -> &str {
    match file.rfind('.') {
        Some(at) if at > 0 => &file[..at],
        _ => file,
    }
}

/// A file's extension with its dot; empty: none.
pub(crate) fn extension(file: &str) -> &str {
    match file.rfind('.') {
        Some(at) if at > 0 => &file[at..],
        _ => "",
    }
}

/// Whether a list of this name is a file beside the form.
pub(crate) fn is_file(list: &str) -> bool {
    matches!(extension(list), ".csv" | ".xml" | ".geojson")
}
