//! One line, read.

use crate::PlayError;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use model::clock::VIETNAM;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) enum Command {
    Now(Now),
    As(As),
    Open(Open),
    Act(Box<Act>),
    Fact(Fact),
    Add(Add),
    Interest(Interest),
    List(List),
    Child(Child),
}

/// Each command by the word that it is known by.
const WORDS: &str = "now, as, open, act, fact, add, interest, list, child";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Now {
    pub now: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct As {
    #[serde(rename = "as")]
    pub who: Person,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub role: String,
    pub name: String,
    pub device: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Open {
    /// A form, or a kind of record.
    pub open: String,
    #[serde(default)]
    pub answers: Map<String, Value>,
    pub workflow: Option<String>,
    #[serde(default)]
    pub fields: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    pub act: String,
    #[serde(default)]
    pub answers: Map<String, Value>,
    #[serde(default)]
    pub reason: String,
    /// Written whether it may be done or not.
    #[serde(default)]
    pub force: bool,
    /// The last step that the author's phone knew; `open`: none.
    pub after: Option<String>,
    pub chosen: Option<String>,
    /// What the author's clock says; by default what it is.
    pub clock: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fact {
    pub fact: Map<String, Value>,
    /// Said without having seen what stands.
    #[serde(default)]
    pub beside: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Add {
    /// A kind of record.
    pub add: String,
    #[serde(default)]
    pub fields: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interest {
    /// How they are involved.
    pub interest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub list: Listed,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Listed {
    State,
    Clocks,
    Actions,
    Refusals,
    Approvals,
    Timeline,
    Records,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Child {
    pub child: Birth,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Birth {
    pub birth_date: Option<String>,
    pub birth_year: Option<i32>,
    pub seen: Option<String>,
}

/// `None` for an empty line and for a comment.
pub(crate) fn read(line: &str) -> Option<Result<Command, PlayError>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    Some(command(line))
}

fn command(line: &str) -> Result<Command, PlayError> {
    let said: Map<String, Value> =
        serde_json::from_str(line).map_err(|wrong| PlayError::NotJson(wrong.to_string()))?;
    let word = WORDS.split(", ").find(|word| said.contains_key(*word));
    let said = Value::Object(said);
    let read = match word {
        Some("now") => serde_json::from_value(said).map(Command::Now),
        Some("as") => serde_json::from_value(said).map(Command::As),
        Some("open") => serde_json::from_value(said).map(Command::Open),
        Some("act") => serde_json::from_value(said).map(Box::new).map(Command::Act),
        Some("fact") => serde_json::from_value(said).map(Command::Fact),
        Some("add") => serde_json::from_value(said).map(Command::Add),
        Some("interest") => serde_json::from_value(said).map(Command::Interest),
        Some("list") => serde_json::from_value(said).map(Command::List),
        Some("child") => serde_json::from_value(said).map(Command::Child),
        _ => return Err(PlayError::UnknownCommand(WORDS)),
    };
    read.map_err(|wrong| PlayError::Usage(wrong.to_string()))
}

/// `28/11/2026 22:40`, by Vietnam's time.
pub(crate) fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let wall = NaiveDateTime::parse_from_str(text, "%d/%m/%Y %H:%M").ok()?;
    VIETNAM.from_local_datetime(&wall).single()
}

/// `29/11/2026`.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").ok()
}
