//! A person as lists show them: of a household, of a case.

use crate::{
    speaker::Speaker,
    texts::{dates, joined},
};
use chrono::Datelike;
use serde_json::Value;
use store::Record;

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MemberRow {
    pub id: String,
    /// `kind:uuid`.
    pub reference: String,
    pub name: String,
    /// Such as `con · nữ · sinh 2017 · Tày`.
    pub about: String,
}

pub fn member(speaker: &Speaker, person: &Record) -> MemberRow {
    let state = &person.state;
    let say = |field: &str| speaker.value(person.reference.kind.as_str(), state, field);
    let born = state
        .value("birth_year")
        .and_then(Value::as_i64)
        .or_else(|| state.text("birth_date").and_then(dates::parse).map(|day| i64::from(day.year())));
    let born = born.map(|year| format!("{} {year}", speaker.lang.pick("sinh", "born"))).unwrap_or_default();
    let role = match say("role") {
        none if none.is_empty() => say("relation"),
        role => role,
    };
    let role = role.to_lowercase();
    let sex = say("sex").to_lowercase();
    // Where somebody lives is said only if it is not here.
    let away = match state.text("residence") {
        None | Some("present") => String::new(),
        Some(_) => say("residence").to_lowercase(),
    };
    MemberRow {
        id: person.reference.id.to_string(),
        reference: person.reference.to_string(),
        name: state.text("name").unwrap_or_default().to_owned(),
        about: joined([role.as_str(), &sex, &born, &say("ethnicity"), &away], " · "),
    }
}
