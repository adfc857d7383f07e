//! What is put on paper (`prints.csv`): each is a page of HTML beside the table, `prints/ID.html`.

use crate::{Certainty, Heads, Pack, Phrase, Rulebook, Selector, dated::Days, schema};
use chrono::NaiveDate;
use model::{RecordRef, RecordState};
use serde::{Deserialize, Deserializer};
use std::collections::HashMap;

/// What a paper is printed of: the column `kind`, such as `assessment[form=initial]` or `plan in case[workflow=adult]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedOf {
    pub record: Selector,
    /// What it lies in says this.
    pub within: Option<Selector>,
}

#[derive(Debug, Deserialize)]
#[serde(from = "Row")]
pub struct Print {
    /// Stable, such as `muc_tieu`.
    pub id: String,
    pub of: PrintedOf,
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
    #[serde(rename = "kind")]
    of: PrintedOf,
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
            of: row.of,
            label: Phrase::new(row.label_vi, row.label_en),
            article: row.article,
            certainty: row.certainty,
            days: Days { from: row.from, to: row.to, in_force: None, layer: 0 },
        }
    }
}

impl Print {
    pub fn kind(&self) -> &str {
        &self.of.record.kind
    }

    /// Whether it is a paper of this record, which lies under `above`; while phones disagree, if one of them says so.
    pub fn fits<'r>(
        &self,
        record: (&RecordRef, &RecordState),
        above: impl IntoIterator<Item = (&'r RecordRef, &'r RecordState)>,
    ) -> bool {
        let says = |of: &Selector, (record, state): (&RecordRef, &RecordState)| {
            record.kind == *of.kind && of.fits(state, Heads::Any)
        };
        let within = self.of.within.as_ref();
        says(&self.of.record, record)
            && within.is_none_or(|within| above.into_iter().any(|above| says(within, above)))
    }
}

impl PrintedOf {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (record, within) = match text.split_once(" in ") {
            Some((record, within)) => (record, Some(Selector::read(within)?)),
            None => (text, None),
        };
        let read = Self { record: Selector::read(record)?, within };
        // No moment is meant.
        let has_no_moment = read.selectors().all(|of| of.at.is_none());
        has_no_moment.then_some(read)
    }

    pub(crate) fn selectors(&self) -> impl Iterator<Item = &Selector> {
        std::iter::once(&self.record).chain(&self.within)
    }
}

impl<'de> Deserialize<'de> for PrintedOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = "KIND[FIELD=WORD|WORD;…] or KIND[…] in KIND[…]";
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(wrong))
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
