//! A record on paper: a pack's page (`prints/ID.html`, Jinja with values escaped), filled from a record and what lies
//! around it, or blank, to be filled by hand.
//!
//! Pure. A page knows:
//!
//! - `of.FIELD`, `label.FIELD`: what the record says, and what the field is called; where it says nothing there is a line
//!   to write on.
//! - `title`, `state`: what the record is called, and where it stands.
//! - `above.KIND`: the record above of that kind, `below.KIND`: those below, each again with `of`, `label`, `title`, `state`.
//! - `heading`: the office beside the national heading; `office`, `day.day`, `day.month`, `day.year`; `line`.
//! - `blank`: nothing is filled in. `t("…", "…")`: what it says in Vietnamese, and in English.
//!
//! Whoever shows a page runs no script of it and fetches nothing for it: [`POLICY`].

#![forbid(unsafe_code)]

mod check;
mod page;

pub use check::{Problem, check};

use casework::{Labels, page::Kept};
use chrono::{Datelike, NaiveDate};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use rulebook::{Lang, Print, Rulebook};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};
use thiserror::Error;

/// The Content Security Policy of a page: nothing from elsewhere, no script.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                          form-action 'none'; frame-ancestors 'none'; sandbox allow-modals";

/// Steps of a page: those of a household with hundreds of records are a tenth of it.
const MOST_STEPS: u64 = 400_000;
/// Bytes of a page.
const MOST_BYTES: usize = 4 << 20;
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

/// A record with what lies around it.
pub struct Subject<'a> {
    pub record: Kept<'a>,
    pub above: Vec<Kept<'a>>,
    pub below: Vec<Kept<'a>>,
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
        let body = render(page, self.lang, self.values(print, subject, &line))?;
        Ok(page::document(self, print, subject, &body))
    }

    /// `unsaid`: what stands where the record says nothing.
    fn values(&self, print: &Print, subject: Option<&Subject<'_>>, unsaid: &dyn Fn() -> Value) -> Values {
        let record = subject.map(|subject| subject.record);
        let below = subject.map(|subject| subject.below.as_slice());
        let mut values = self.record(&print.kind, record, below.unwrap_or_default(), unsaid);
        let (mut above, mut lists) = (Values::new(), Values::new());
        for kind in self.rulebook.kinds() {
            let name = kind.name.as_str();
            let of_kind = |(reference, _): &&Kept<'_>| reference.kind.as_str() == name;
            let parent = subject.and_then(|subject| subject.above.iter().rev().find(of_kind).copied());
            above.insert(name.into(), self.record(name, parent, &[], unsaid).into());
            let rows: Vec<Value> = match below {
                Some(below) => {
                    let standing = below.iter().filter(of_kind).filter(|(_, state)| !state.is_removed());
                    standing.map(|kept| self.record(name, Some(*kept), &[], unsaid).into()).collect()
                }
                None => (0..BLANK_ROWS).map(|_| self.record(name, None, &[], unsaid).into()).collect(),
            };
            lists.insert(name.into(), rows.into());
        }
        let number = |name: &str, number: u32| (name.to_owned(), Value::from(format!("{number:02}")));
        let (day, month) = (number("day", self.day.day()), number("month", self.day.month()));
        let year = ("year".to_owned(), Value::from(self.day.year()));
        let day: Values = [day, month, year].into_iter().collect();
        values.insert("above".into(), above.into());
        values.insert("below".into(), lists.into());
        values.insert("day".into(), day.into());
        values.insert("office".into(), self.office.into());
        values.insert("heading".into(), Value::from_safe_string(page::heading(self.office, self.lang)));
        values.insert("line".into(), line());
        values.insert("blank".into(), subject.is_none().into());
        values
    }

    /// What a record says; `None`: one to be filled by hand.
    fn record(
        &self,
        kind: &str,
        record: Option<Kept<'_>>,
        below: &[Kept<'_>],
        unsaid: &dyn Fn() -> Value,
    ) -> Values {
        let (mut said, mut called) = (Values::new(), Values::new());
        for field in self.rulebook.kind(kind).map_or(&[][..], |kind| &kind.fields) {
            let text = record.map(|(_, state)| self.labels.said(kind, state, &field.name, self.lang));
            let value = text.filter(|text| !text.is_empty()).map_or_else(unsaid, Value::from);
            said.insert(field.name.as_str().into(), value);
            called.insert(field.name.as_str().into(), field.label.get(self.lang).into());
        }
        let title = record.map(|(reference, state)| {
            let title = self.rulebook.title(reference, state, below.iter().copied(), self.lang);
            self.rulebook.called(kind, &title, self.lang)
        });
        let state = record.map(|(_, state)| self.rulebook.state_label(kind, state, self.lang).to_owned());
        let or_unsaid =
            |text: Option<String>| text.filter(|text| !text.is_empty()).map_or_else(unsaid, Value::from);
        let mut values = Values::new();
        values.insert("of".into(), said.into());
        values.insert("label".into(), called.into());
        values.insert("title".into(), or_unsaid(title));
        values.insert("state".into(), or_unsaid(state));
        values
    }
}

type Values = BTreeMap<String, Value>;

/// What is written on by hand.
fn line() -> Value {
    Value::from_safe_string("<span class=\"line\"></span>".into())
}

/// A page's environment: few filters, nothing that reads elsewhere or takes values for markup.
fn environment(lang: Lang) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("join", minijinja::filters::join);
    environment.add_function("t", move |vi: String, en: String| lang.pick(vi, en));
    environment.add_function("rows", |count: usize| (1..=count.min(100)).collect::<Vec<_>>());
    environment
}

fn render(page: &str, lang: Lang, values: Values) -> Result<String, PrintError> {
    let environment = environment(lang);
    let template = environment.template_from_named_str("page.html", page).map_err(|error| of(&error))?;
    let mut out = Bounded(Vec::new());
    match template.render_captured_to(Value::from(values), &mut out) {
        Ok(_) => Ok(String::from_utf8_lossy(&out.0).into_owned()),
        Err(error) if error.kind() == ErrorKind::WriteFailure => Err(PrintError::TooLarge),
        Err(error) => Err(of(&error)),
    }
}

/// What the library says names the page's own words, never a value.
fn of(error: &minijinja::Error) -> PrintError {
    let kind = error.kind().to_string();
    let message = error.detail().map_or(kind.clone(), |detail| format!("{kind}: {detail}"));
    PrintError::Page { line: error.line(), message }
}

struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::Error::other("the page is too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
