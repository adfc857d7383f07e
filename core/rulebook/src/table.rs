//! Reading tables: every row that can't be read is told, none is dropped.

use crate::{RulebookErrors, TableProblem};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// Reads the tables of one rulebook and gathers what is wrong with them.
pub(crate) struct Reader<'a> {
    tables: &'a [(&'a str, &'a str)],
    problems: Vec<TableProblem>,
}

impl<'a> Reader<'a> {
    pub fn new(tables: &'a [(&'a str, &'a str)]) -> Self {
        Self { tables, problems: Vec::new() }
    }

    pub fn rows<T: DeserializeOwned>(&mut self, name: &str) -> Vec<T> {
        let Some((_, text)) = self.tables.iter().find(|(known, _)| *known == name) else {
            self.problem(name, "1", "the table is missing");
            return Vec::new();
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for row in reader.deserialize() {
            match row {
                Ok(row) => rows.push(row),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    self.problem(name, &format!("line {line}"), &error.to_string());
                }
            }
        }
        rows
    }

    pub fn problem(&mut self, table: &str, row: &str, what: &str) {
        self.problems.push(TableProblem { table: table.into(), row: row.into(), what: what.into() });
    }

    pub fn finish<T>(self, read: T) -> Result<T, RulebookErrors> {
        if self.problems.is_empty() { Ok(read) } else { Err(RulebookErrors { problems: self.problems }) }
    }
}

/// `yes` is true; anything else but `no` and nothing is a mistake.
pub(crate) fn yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "yes" => Ok(true),
        "no" | "" => Ok(false),
        other => Err(serde::de::Error::custom(format!("{other:?} is neither yes nor no"))),
    }
}

/// Whether a source was checked word by word.
pub(crate) fn certain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "high" => Ok(true),
        "medium" | "low" => Ok(false),
        other => Err(serde::de::Error::custom(format!("{other:?} is no certainty: high, medium, low"))),
    }
}

/// The days from … to, both included, either open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Days {
    pub fn hold(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}
