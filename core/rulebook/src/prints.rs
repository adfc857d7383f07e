//! What is put on paper (`prints.csv`): each is a page of HTML beside the table, `prints/ID.html`.

use crate::{Certainty, Pack, Phrase, Rulebook, dated::Days, schema};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
#[serde(from = "Row")]
pub struct Print {
    /// Stable, such as `muc_tieu`.
    pub id: String,
    /// What it is printed of.
    pub kind: String,
    pub label: Phrase,
    /// What the paper follows; empty for a paper of our own.
    pub article: String,
    /// That it is laid out as the law has it.
    pub certainty: Certainty,
    pub days: Days,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    kind: String,
    label_vi: String,
    label_en: String,
    article: String,
    certainty: Certainty,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl From<Row> for Print {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            label: Phrase::new(row.label_vi, row.label_en),
            article: row.article,
            certainty: row.certainty,
            days: Days { from: row.from, to: row.to, in_force: None, layer: 0 },
        }
    }
}

/// Of all packs, by their print's id.
pub(crate) fn templates(packs: &[Pack]) -> HashMap<String, String> {
    let files = packs.iter().flat_map(Pack::files);
    let text = |bytes| std::str::from_utf8(bytes).ok().map(str::to_owned);
    files.filter_map(|(path, bytes)| Some((schema::print_of(path)?.to_owned(), text(bytes)?))).collect()
}

impl Rulebook {
    /// What can be printed on a day, in the order of the table.
    pub fn prints(&self, day: NaiveDate) -> impl Iterator<Item = &Print> {
        self.prints.iter().filter(move |print| print.days.hold(day))
    }

    /// Those of all days.
    pub fn all_prints(&self) -> impl Iterator<Item = &Print> {
        self.prints.iter()
    }

    pub fn print(&self, id: &str, day: NaiveDate) -> Option<&Print> {
        self.prints(day).find(|print| print.id == id)
    }

    /// The page of a print, as its author wrote it.
    pub fn template(&self, id: &str) -> Option<&str> {
        self.templates.get(id).map(String::as_str)
    }
}
