//! A record on paper: a pack's page (`prints/ID.html`, Jinja with values escaped), filled from a record and what lies
//! around it, or blank, to be filled by hand.
//!
//! Pure. A page knows:
//!
//! - `of.FIELD`, `label.FIELD`: what the record says, and what the field is called; where it says nothing there is a line
//!   to write on. `code.FIELD`: the word or words that it says, `""` where it says nothing; `has.FIELD`: whether it says
//!   something; `options.FIELD`: what a field of codes may say, each with `code`, `label`, `chosen`.
//! - `title`, `state`: what the record is called, and where it stands. `this`: all of these at once.
//! - `above.KIND`: the record above of that kind, `below.KIND`: those below, each again with `of`, `label`, …
//! - `one("person[role=child]")`, `all("activity")`: the last record that fits, or all, looked for from the record outwards:
//!   below it, then beside it, then beside what it lies under. `approved("plan")`: what a step about the record approved,
//!   as it was.
//! - `row("…", of.name)`: a line with its label. `years(code.birth_year, code.at)`: how many lie between.
//! - `facts(this, ["name", …])`, `boxes(this, "risk")`, `tally([code.harm, …], "high")`: fields with their labels, a box for
//!   each option, how many of these say the word.
//! - `head(committee, "Số: …")`: an office beside the national heading; `heading`: the same for the office itself;
//!   `placed(code.date)`: place and day, `placed()`: today; `sign("…", of.signer)`: who signs.
//! - `office`, `committee`, `day.day`, `day.month`, `day.year`; `line`.
//! - `blank`: nothing is filled in. `t("…", "…")`: what it says in Vietnamese, and in English.
//!
//! Whoever shows a page runs no script of it and fetches nothing for it: [`POLICY`].

#![forbid(unsafe_code)]

mod around;
mod check;
mod environment;
mod page;
mod said;

pub use check::{Problem, check};

use around::Around;
use casework::{Labels, page::Kept};
use chrono::{Datelike, NaiveDate};
use environment::render;
use minijinja::Value;
use model::record::field;
use rulebook::{Lang, Print, Rulebook};
use said::{Values, Writer};
use std::collections::BTreeMap;
use thiserror::Error;

/// The Content Security Policy of a page: nothing from elsewhere, no script.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                          form-action 'none'; frame-ancestors 'none'; sandbox allow-modals";

/// Rows of a list that is to be filled by hand.
const BLANK_ROWS: usize = 4;

#[derive(Debug, Error)]
pub enum PrintError {
    #[error("the pack has no page for this print")]
    NoPage,
    /// With the line of the page, where it is known.
    #[error("the page can't be drawn: {message}")]
    Page { line: Option<usize>, message: String },
    #[error("the page is too large")]
    TooLarge,
}

impl PrintError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoPage => "print.no-page",
            Self::Page { .. } => "print.page",
            Self::TooLarge => "print.too-large",
        }
    }
}

/// A record with what lies around it, as far as whoever prints may see it.
pub struct Subject<'a> {
    pub record: Kept<'a>,
    /// The top first.
    pub above: Vec<Kept<'a>>,
    pub below: Vec<Kept<'a>>,
    /// What else lies under the record at the top, in the order it was made.
    pub beside: Vec<Kept<'a>>,
}

impl Subject<'_> {
    /// Where the record lies: its commune's office has the paper. Empty where nothing says so.
    pub fn commune(&self, rulebook: &Rulebook) -> String {
        let mut from_below = std::iter::once(&self.record).chain(self.above.iter().rev());
        let code = from_below.find_map(|(_, state)| state.text(field::COMMUNE));
        code.map(|code| rulebook.units.name(code).to_owned()).unwrap_or_default()
    }
}

/// Paper for somebody: in their language, on a day.
pub struct Prints<'r> {
    pub rulebook: &'r Rulebook,
    pub labels: &'r Labels,
    pub lang: Lang,
    /// What the office is called.
    pub office: &'r str,
    pub day: NaiveDate,
}

impl Prints<'_> {
    /// A document of its own, with all that it needs.
    ///
    /// # Errors
    /// [`PrintError`]
    pub fn filled(&self, print: &Print, subject: &Subject<'_>) -> Result<String, PrintError> {
        self.draw(print, Some(subject))
    }

    /// The same without a record.
    ///
    /// # Errors
    /// [`PrintError`]
    pub fn blank(&self, print: &Print) -> Result<String, PrintError> {
        self.draw(print, None)
    }

    fn draw(&self, print: &Print, subject: Option<&Subject<'_>>) -> Result<String, PrintError> {
        let page = self.rulebook.template(&print.id).ok_or(PrintError::NoPage)?;
        let writer = Writer::new(self);
        let (values, around) = self.values(print, subject, &writer);
        let body = render(page, self, values, around)?;
        Ok(page::document(self, print, subject, &body))
    }

    fn values(&self, print: &Print, subject: Option<&Subject<'_>>, writer: &Writer<'_>) -> (Values, Around) {
        let below = subject.map(|subject| subject.below.as_slice());
        let record = |kept: &Kept<'_>| writer.record(*kept, &[]);
        let mut values = match subject {
            Some(subject) => writer.record(subject.record, below.unwrap_or_default()),
            None => writer.blank(print.kind()),
        };
        let (mut above, mut lists) = (Values::new(), Values::new());
        for kind in self.rulebook.kinds() {
            let name = kind.name.as_str();
            let of_kind = |(reference, _): &&Kept<'_>| reference.kind.as_str() == name;
            let parent = subject.and_then(|subject| subject.above.iter().rev().find(of_kind));
            let blank = Value::from(writer.blank(name));
            above.insert(name.into(), parent.map_or_else(|| blank.clone(), |kept| record(kept).into()));
            let rows: Vec<Value> = match below {
                Some(below) => {
                    let standing = below.iter().filter(of_kind).filter(|(_, state)| !state.is_removed());
                    standing.map(|kept| record(kept).into()).collect()
                }
                None => vec![blank; BLANK_ROWS],
            };
            lists.insert(name.into(), rows.into());
        }
        let around = Around::of(self, subject, writer);
        let number = |name: &str, number: u32| (name.to_owned(), Value::from(format!("{number:02}")));
        let (day, month) = (number("day", self.day.day()), number("month", self.day.month()));
        let year = ("year".to_owned(), Value::from(self.day.year()));
        let day: Values = [day, month, year].into_iter().collect();
        values.insert("this".into(), Value::from(values.clone()));
        values.insert("above".into(), above.into());
        values.insert("below".into(), lists.into());
        values.insert("day".into(), day.into());
        values.insert("office".into(), self.office.into());
        values.insert("committee".into(), page::committee(self).into());
        values.insert("heading".into(), Value::from_safe_string(page::heading(self.office, "", self.lang)));
        values.insert("line".into(), said::line());
        values.insert("blank".into(), subject.is_none().into());
        (values, around)
    }
}

/// By name, in order.
type Named<T> = BTreeMap<String, T>;
