//! The whole way from a workbook to a form.

use crate::{
    Problem, Problems, Sheet, Workbook,
    choices::Choices,
    columns::{self, Columns},
    entities::Entities,
    form::Form,
    output,
    problem::Report,
    references,
    settings::Settings,
    sheet_names::similar,
    survey::{self, Sheets, Survey, Tags},
    table::{Reading, Table},
    translations::Languages,
};
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The root node's name, if the settings give none. `None`: `data`.
    pub form_name: Option<String>,
    /// The language of columns that name none, if the settings don't say. `None`: `default`.
    pub default_language: Option<String>,
    /// The form's version, in place of what the settings say.
    pub version: Option<String>,
}

/// A form made from a workbook.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The XForm.
    pub xml: String,
    pub warnings: Vec<Problem>,
    /// `itemsets.csv`, if a question chooses from the sheet `external_choices`.
    pub itemsets: Option<String>,
    /// Files beside the form that it reads, such as `communes.csv`.
    pub media: Vec<String>,
    /// Rows of the survey sheet, by the path of the node that each made.
    pub rows: HashMap<String, usize>,
    /// Headers of the survey sheet, by the attribute or element that each makes: `calculation` by `calculate`.
    pub columns: HashMap<String, String>,
}

/// Makes a form, or says everything that is wrong with the workbook.
pub fn convert(workbook: &Workbook, options: &Options) -> Result<Converted, Problems> {
    let mut report = Report::default();
    let converted = run(workbook, options, &mut report);
    match converted {
        Some(converted) if !report.has_errors() => {
            Ok(Converted { warnings: report.into_warnings(), ..converted })
        }
        _ => Err(report.into_problems()),
    }
}

fn run(workbook: &Workbook, options: &Options, report: &mut Report) -> Option<Converted> {
    let Some(survey_sheet) = workbook.sheet("survey") else {
        let problem = Problem::error("xlsform.no-survey", "the workbook has no sheet `survey`");
        report.push(match similar(workbook, "survey").as_slice() {
            [] => problem,
            near => problem.hint(format!("is it the sheet `{}`?", near.join("`, `"))),
        });
        return None;
    };
    report_misspelt(workbook, report);
    let mut settings = Settings::read(workbook, options, report);
    let reading = Reading {
        format: workbook.format,
        default_language: &settings.default_language.clone(),
        clean_spaces: settings.yes_no("clean_text_values") != Some(false),
    };
    let plain = Reading { clean_spaces: false, ..reading };
    let table = |name: &'static str, known: &Columns, reading: &Reading, report: &mut Report| {
        workbook.sheet(name).map(|sheet| (Table::read(name, sheet, known, reading, report), sheet))
    };
    let external = table("external_choices", &columns::CHOICES, &plain, report);
    let choices_table = table("choices", &columns::CHOICES, &plain, report);
    let mut choices = choices_table.as_ref().map_or_else(Choices::default, |(table, _)| {
        require(table, "name", report);
        let duplicates = settings.yes_no("allow_choice_duplicates") == Some(true);
        Choices::read(table, duplicates, report)
    });
    let entities = table("entities", &columns::ENTITIES, &plain, report)
        .map_or_else(Entities::default, |(table, _)| Entities::read(&table, report));
    let mut survey_table = Table::read("survey", survey_sheet, &columns::SURVEY, &reading, report);
    require(&survey_table, "type", report);
    if report.has_errors() && !survey_table.has_column("type") {
        return None;
    }
    let languages = Languages::of_survey(&survey_table);
    let choice_languages =
        choices_table.as_ref().map_or_else(Languages::default, |(table, _)| Languages::of_choices(table));
    languages.report_missing("survey", report);
    choice_languages.report_missing("choices", report);
    let osm = table("osm", &columns::CHOICES, &plain, report);
    let sheets = Sheets {
        workbook,
        settings: &settings,
        choices: &mut choices,
        external: external.iter().flat_map(|(table, _)| list_names(table)).collect::<HashSet<_>>(),
        osm: osm.map(|(table, _)| osm_tags(&table)).unwrap_or_default(),
        entities,
        translated: !languages.are_unmarked() || !choice_languages.are_unmarked(),
    };
    let Survey { root, counts, settings: own, uses_external, entity_version } =
        survey::read(&mut survey_table, sheets, report);
    check_references(workbook, &survey_table, survey_sheet, choices_table.as_ref(), &counts, report);
    if report.has_errors() {
        return None;
    }
    for (name, value) in own {
        match name {
            "title" => settings.title = value,
            "id_string" => settings.id = value,
            name => settings.fields.set(name, value),
        }
    }
    choices.settle();
    let mut form = Form::new(root, settings, choices, report);
    form.entity_version = entity_version;
    let xml = output::write(&mut form, report);
    let rows = form.nodes.iter().filter(|node| node.element.row > 0);
    Some(Converted {
        xml,
        warnings: Vec::new(),
        itemsets: external.filter(|_| uses_external).map(|(_, sheet)| itemsets(sheet)),
        media: output::media(&form),
        rows: rows.map(|node| (node.path.clone(), node.element.row)).collect(),
        columns: attribute_columns(&survey_table),
    })
}

/// The first column of each attribute.
fn attribute_columns(survey: &Table) -> HashMap<String, String> {
    let mut columns = HashMap::new();
    for column in &survey.columns {
        let attribute = match column.path.as_slice() {
            [group, attribute, ..] if matches!(group.as_str(), "bind" | "control" | "instance" | "media") => {
                attribute
            }
            [filter] if filter == "choice_filter" => "nodeset",
            [first, ..] => first,
            [] => continue,
        };
        columns.entry(attribute.to_owned()).or_insert_with(|| column.header.clone());
    }
    columns
}

/// Warns of sheets that are called almost like one that is missing, or empty.
fn report_misspelt(workbook: &Workbook, report: &mut Report) {
    for name in ["settings", "entities"] {
        if workbook.sheet(name).is_some_and(|sheet| !sheet.rows.is_empty()) {
            continue;
        }
        let near = similar(workbook, name);
        if !near.is_empty() {
            let message = format!("no sheet `{name}` is read: is `{}` meant to be that?", near.join("`, `"));
            let problem = Problem::warning("xlsform.sheet-name", message);
            report.push(problem.hint("a name that begins with `_` says that the sheet is not of the form"));
        }
    }
}

/// Refuses a sheet without a column that it needs.
fn require(table: &Table, column: &str, report: &mut Report) {
    let needed = table.sheet == "survey" || !table.records.is_empty();
    if needed && !table.has_column(column) {
        let message = format!("the sheet {} has no column `{column}`", table.sheet);
        report.push(Problem::error("xlsform.no-column", message).sheet(table.sheet).row(1));
    }
}

fn list_names(table: &Table) -> Vec<String> {
    table.records.iter().filter_map(|record| record.fields.text("list name").map(str::to_owned)).collect()
}

fn osm_tags(table: &Table) -> HashMap<String, Tags> {
    let mut tags: HashMap<_, Vec<_>> = HashMap::new();
    for record in &table.records {
        let (Some(list), Some(name)) = (record.fields.text("list name"), record.fields.text("name")) else {
            continue;
        };
        let tag = (name.to_owned(), record.fields.get("label").cloned());
        tags.entry(list.to_owned()).or_default().push(tag);
    }
    tags.into_iter().map(|(list, tags)| (list, tags.into())).collect()
}

fn check_references(
    workbook: &Workbook,
    survey: &Table,
    survey_sheet: &Sheet,
    choices: Option<&(Table, &Sheet)>,
    counts: &HashMap<String, usize>,
    report: &mut Report,
) {
    let reading = Reading { format: workbook.format, default_language: "default", clean_spaces: false };
    for (name, known) in [("settings", &columns::SETTINGS), ("entities", &columns::ENTITIES)] {
        let Some(sheet) = workbook.sheet(name) else { continue };
        // Headers only: their problems were reported when the sheet was read.
        let headers = Sheet { rows: Vec::new(), ..sheet.clone() };
        let table = Table::read(name, &headers, known, &reading, &mut Report::default());
        let included =
            |path: &[String]| name == "settings" || !matches!(path[0].as_str(), "dataset" | "repeat");
        references::check(&table, sheet, counts, &included, report);
    }
    let included = |path: &[String]| !matches!(path[0].as_str(), "type" | "name" | "trigger");
    references::check(survey, survey_sheet, counts, &included, report);
    if let Some((table, sheet)) = choices {
        // Other columns of choices are data.
        let included = |path: &[String]| {
            matches!(path[0].as_str(), "label" | "media" | "image" | "big-image" | "audio" | "video")
        };
        references::check(table, sheet, counts, &included, report);
    }
}

/// The sheet `external_choices` as CSV, every value in quotation marks.
fn itemsets(sheet: &Sheet) -> String {
    let mut out = String::new();
    let mut line = |cells: Vec<&str>| {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        }
        out.push_str("\r\n");
    };
    line(sheet.header.iter().flatten().map(String::as_str).collect());
    for row in &sheet.rows {
        // A value stays below its header, whatever is missing before it.
        let last = row.cells.last().map_or(0, |(column, _)| column + 1);
        let columns = (0..last).filter(|column| sheet.header.get(*column).is_some_and(Option::is_some));
        let mut cells = row.cells.iter().peekable();
        line(
            columns
                .map(|column| cells.next_if(|(at, _)| *at == column).map_or("", |(_, text)| text))
                .collect(),
        );
    }
    out
}
