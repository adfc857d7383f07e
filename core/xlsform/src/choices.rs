//! The choices sheet: lists by name.

use crate::{
    Problem,
    fields::{Fields, Value},
    problem::Report,
    references,
    table::Table,
};
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub row: usize,
    pub name: String,
    pub label: Option<Value>,
    pub media: Fields,
    pub sms_option: Option<String>,
    /// Columns for filters.
    pub extra: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct List {
    pub name: String,
    pub choices: Vec<Choice>,
    /// Labels have languages, media or references: they stand in `itext`.
    pub in_itext: bool,
    /// Searched by `search()`: the choices stand in the body, not in an instance.
    pub searched: bool,
    /// The first choice with a space in its name.
    pub spaced: Option<usize>,
    has_other: bool,
}

/// Lists in the order of the sheet.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    pub lists: Vec<List>,
    by_name: HashMap<String, usize>,
}

impl Choices {
    pub fn read(table: &Table, allow_duplicates: bool, report: &mut Report) -> Self {
        let mut choices = Self::default();
        let invalid = invalid_columns(table, report);
        for record in &table.records {
            let Some(list) = record.fields.text("list name") else { continue };
            if let Some(choice) = choice(record.row, &record.fields, &invalid, report) {
                choices.list_mut(list).add(choice);
            }
        }
        if !allow_duplicates {
            for list in &choices.lists {
                report_duplicates(list, report);
            }
        }
        choices
    }

    fn list_mut(&mut self, name: &str) -> &mut List {
        let next = self.lists.len();
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None => {
                self.by_name.insert(name.to_owned(), next);
                self.lists.push(List {
                    name: name.to_owned(),
                    choices: Vec::new(),
                    in_itext: false,
                    searched: false,
                    spaced: None,
                    has_other: false,
                });
                next
            }
        };
        &mut self.lists[at]
    }

    pub fn get(&self, name: &str) -> Option<&List> {
        self.by_name.get(name).map(|at| &self.lists[*at])
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut List> {
        self.by_name.get(name).map(|at| &mut self.lists[*at])
    }

    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().map(|list| list.name.as_str())
    }

    /// Decides which lists stand in `itext`; no choice is added after this.
    pub fn settle(&mut self) {
        for list in &mut self.lists {
            list.in_itext = list.choices.iter().any(|choice| {
                !choice.media.is_empty()
                    || match &choice.label {
                        Some(Value::Group(_)) => true,
                        Some(Value::Text(text)) => references::has(text),
                        None => false,
                    }
            });
        }
    }
}

impl List {
    fn add(&mut self, choice: Choice) {
        if self.spaced.is_none() && choice.name.contains(' ') {
            self.spaced = Some(self.choices.len());
        }
        self.has_other |= choice.name == "other";
        self.choices.push(choice);
    }

    /// Adds the choice `other`, in every language of the list.
    pub fn add_other(&mut self) {
        if self.has_other {
            return;
        }
        let mut languages = Fields::default();
        for choice in &self.choices {
            for (language, _) in choice.label.iter().filter_map(Value::group).flat_map(Fields::iter) {
                languages.set(language, "Other");
            }
        }
        let label = if languages.is_empty() { Value::from("Other") } else { Value::Group(languages) };
        self.add(Choice {
            row: 0,
            name: "other".to_owned(),
            label: Some(label),
            media: Fields::default(),
            sms_option: None,
            extra: Vec::new(),
        });
    }
}

/// Headers that can't become elements: often notes of the author. They are left out.
fn invalid_columns(table: &Table, report: &mut Report) -> HashSet<String> {
    let mut invalid = HashSet::new();
    for column in &table.columns {
        let Some(first) = column.path.first() else { continue };
        if first != "list name" && (first.is_empty() || first.contains(' ')) {
            report.push(
                Problem::warning(
                    "xlsform.choice-column",
                    "the column's header has a space in it, or is empty: it is left out",
                )
                .sheet("choices")
                .row(1)
                .column(&column.header),
            );
            invalid.insert(first.clone());
        }
    }
    invalid
}

fn choice(row: usize, fields: &Fields, invalid: &HashSet<String>, report: &mut Report) -> Option<Choice> {
    let Some(name) = fields.text("name") else {
        report.push(
            Problem::error("xlsform.choice-name", "the choice has no name")
                .sheet("choices")
                .row(row)
                .column("name"),
        );
        return None;
    };
    let mut choice = Choice {
        row,
        name: name.to_owned(),
        label: None,
        media: Fields::default(),
        sms_option: None,
        extra: Vec::new(),
    };
    for (key, value) in fields.iter().filter(|(key, _)| !invalid.contains(*key)) {
        match (key, value) {
            ("name" | "list name", _) => {}
            ("label", label) => choice.label = Some(label.clone()),
            ("media", Value::Group(media)) => choice.media = media.clone(),
            ("sms_option", Value::Text(text)) => choice.sms_option = Some(text.clone()),
            (key, Value::Text(text)) => choice.extra.push((key.to_owned(), text.clone())),
            (key, Value::Group(_)) => report.push(
                Problem::error("xlsform.choice-column", format!("the column `{key}` can't have languages"))
                    .sheet("choices")
                    .row(row)
                    .column(key),
            ),
        }
    }
    if choice.label.is_none() {
        report.push(
            Problem::warning("xlsform.choice-label", format!("the choice `{name}` has no label"))
                .sheet("choices")
                .row(row)
                .column("label"),
        );
    }
    Some(choice)
}

fn report_duplicates(list: &List, report: &mut Report) {
    let mut seen = HashMap::new();
    for choice in &list.choices {
        if let Some(first) = seen.insert(choice.name.as_str(), choice.row) {
            report.push(
                Problem::error(
                    "xlsform.choice-twice",
                    format!(
                        "the list `{}` has the choice `{}` already, in row {first}",
                        list.name, choice.name
                    ),
                )
                .sheet("choices")
                .row(choice.row)
                .column("name")
                .hint("rename one of them, or set allow_choice_duplicates to yes"),
            );
        }
    }
}
