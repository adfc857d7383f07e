//! The settings sheet.

use crate::{
    Format, Options, Problem, Workbook, columns,
    fields::{Fields, Value},
    names,
    problem::Report,
    table::{Reading, Table},
};

#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The root node's name.
    pub name: String,
    pub title: String,
    pub id: String,
    pub default_language: String,
    /// Everything the sheet says, by column.
    pub fields: Fields,
}

impl Settings {
    pub fn read(workbook: &Workbook, options: &Options, report: &mut Report) -> Self {
        let mut fields = fields(workbook, report);
        if let Some(version) = &options.version {
            fields.set("version", version.as_str());
        }
        let text = |name: &str| fields.text(name).map(str::to_owned);
        let form_name = options.form_name.clone().unwrap_or_else(|| "data".to_owned());
        if !names::is_tag(&form_name) {
            report.push(bad_name(&form_name));
        }
        let name = match text("name") {
            Some(name) => {
                if !names::is_tag(&name) {
                    report.push(bad_name(&name).sheet("settings").row(2).column("name"));
                }
                name
            }
            None => form_name,
        };
        let id = text("id_string").or_else(|| workbook.name.clone()).unwrap_or_else(|| "data".to_owned());
        let default_language = text("default_language")
            .or_else(|| options.default_language.clone())
            .unwrap_or_else(|| "default".to_owned());
        Self { name, title: text("title").unwrap_or_else(|| id.clone()), id, default_language, fields }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.text(name)
    }

    /// `None`: not set, or neither yes nor no.
    pub fn yes_no(&self, name: &str) -> Option<bool> {
        yes_no(self.text(name)?)
    }
}

/// How authors write yes and no.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => Some(false),
        _ => None,
    }
}

pub(crate) fn bad_name(name: &str) -> Problem {
    Problem::error("xlsform.bad-name", format!("`{name}` can't name a node"))
        .hint("a name begins with a letter or `_`, then come letters, digits, `_`, `-` and `.`")
}

fn fields(workbook: &Workbook, report: &mut Report) -> Fields {
    let Some(sheet) = workbook.sheet("settings") else { return Fields::default() };
    let mut sheet = sheet.clone();
    let both = ["form_id", "id_string"];
    if both.iter().all(|name| sheet.header.iter().flatten().any(|header| header == name)) {
        report.push(
            Problem::warning(
                "xlsform.two-ids",
                "`form_id` and `id_string` are the same setting; `form_id` is taken",
            )
            .sheet("settings")
            .row(1)
            .column("id_string"),
        );
        for header in &mut sheet.header {
            if header.as_deref() == Some("id_string") {
                *header = None;
            }
        }
        let format = Format::Spreadsheet;
        return first_row(&sheet, format, report);
    }
    first_row(&sheet, workbook.format, report)
}

fn first_row(sheet: &crate::Sheet, format: Format, report: &mut Report) -> Fields {
    let reading = Reading { format, default_language: "default", clean_spaces: false };
    let table = Table::read("settings", sheet, &columns::SETTINGS, &reading, report);
    let mut fields = table.records.into_iter().next().map(|record| record.fields).unwrap_or_default();
    // The form's own nodes are made from the survey sheet only.
    fields
        .0
        .retain(|(name, value)| !matches!((name.as_str(), value), ("choices", _) | ("type", Value::Text(_))));
    fields
}
