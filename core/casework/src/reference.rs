//! Small dated tables: case states, roles, ethnic groups, relations, hotlines, poverty norms.

use crate::{Lang, Phrase};
use chrono::NaiveDate;
use model::Role;

pub fn role(role: Role, lang: Lang) -> &'static str {
    let _ = (role, lang);
    ""
}

pub fn case_state(workflow: &str, code: &str, lang: Lang) -> Option<&'static str> {
    let _ = (workflow, code, lang);
    None
}

pub fn ethnic_group(code: &str, lang: Lang) -> Option<&'static str> {
    let _ = (code, lang);
    None
}

pub fn relation(code: &str, lang: Lang) -> Option<&'static str> {
    let _ = (code, lang);
    None
}

/// A number to call.
#[derive(Clone, Debug, PartialEq)]
pub struct Hotline {
    pub number: String,
    pub name: Phrase,
    pub ground: String,
}

/// The national numbers that held on that day.
pub fn hotlines(day: NaiveDate) -> Vec<&'static Hotline> {
    let _ = day;
    Vec::new()
}
