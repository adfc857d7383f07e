//! Small tables: case states, roles, ethnic groups, relations, hotlines, poverty norms, terms.

use crate::{
    Lang, Phrase,
    table::{Code, held, label, table},
};
use chrono::NaiveDate;
use model::Role;
use serde::Deserialize;

table! { pub(crate) fn roles() -> [Code] = "roles.csv"; }
table! { pub(crate) fn ethnic_groups() -> [Code] = "ethnic_groups.csv"; }
table! { pub(crate) fn relations() -> [Code] = "relations.csv"; }
table! { pub(crate) fn needs_groups() -> [Code] = "needs_groups.csv"; }
table! { pub(crate) fn indicators() -> [Code] = "deprivation_indicators.csv"; }
table! { pub(crate) fn states() -> [State] = "case_states.csv"; }
table! { pub(crate) fn hotline_rows() -> [Hotline] = "hotlines.csv"; }
table! { pub(crate) fn norms() -> [Norm] = "poverty_norms.csv"; }
table! { pub(crate) fn terms() -> [Term] = "terms.csv"; }

/// The role's name for people, or its code where it is not known.
pub fn role(role: &Role, lang: Lang) -> &str {
    label(roles(), role.as_str(), lang).unwrap_or(role.as_str())
}

/// By the codes of Decision 121-TCTK/PPCĐ.
pub fn ethnic_group(code: &str, lang: Lang) -> Option<&'static str> {
    label(ethnic_groups(), code, lang)
}

/// To the head of the household.
pub fn relation(code: &str, lang: Lang) -> Option<&'static str> {
    label(relations(), code, lang)
}

/// One of the 8 groups of Circular 02/2020.
pub fn needs_group(code: &str, lang: Lang) -> Option<&'static str> {
    label(needs_groups(), code, lang)
}

/// One of the 12 indicators of the multidimensional poverty norm.
pub fn deprivation_indicator(code: &str, lang: Lang) -> Option<&'static str> {
    label(indicators(), code, lang)
}

pub fn case_state(workflow: &str, code: &str, lang: Lang) -> Option<&'static str> {
    state(workflow, code).map(|state| lang.pick(state.label_vi.as_str(), &state.label_en))
}

/// A step of a workflow.
#[derive(Debug, Deserialize)]
pub(crate) struct State {
    pub code: String,
    pub workflow: String,
    pub order: u32,
    #[serde(deserialize_with = "crate::table::yes")]
    pub is_open: bool,
    label_vi: String,
    label_en: String,
}

pub(crate) fn state(workflow: &str, code: &str) -> Option<&'static State> {
    states().iter().find(|state| state.workflow == workflow && state.code == code)
}

/// Where a case of this workflow begins.
pub(crate) fn first_state(workflow: &str) -> Option<&'static State> {
    states().iter().filter(|state| state.workflow == workflow).min_by_key(|state| state.order)
}

/// A number to call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "HotlineRow")]
pub struct Hotline {
    pub number: String,
    pub name: Phrase,
    /// The article it comes from, or empty.
    pub ground: String,
    /// The source was checked word by word.
    pub certain: bool,
    national: bool,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct HotlineRow {
    number: String,
    scope: String,
    label_vi: String,
    label_en: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    article: String,
    certainty: String,
}

impl From<HotlineRow> for Hotline {
    fn from(row: HotlineRow) -> Self {
        Self {
            number: row.number,
            name: Phrase::new(row.label_vi, row.label_en),
            ground: row.article,
            certain: row.certainty == "high",
            national: row.scope == "national",
            from: row.from,
            to: row.to,
        }
    }
}

/// The national numbers that held on that day.
pub fn hotlines(day: NaiveDate) -> Vec<&'static Hotline> {
    hotline_rows().iter().filter(|line| line.national && held(line.from, line.to, day)).collect()
}

/// When a household counts as poor. Points are empty where the scoring for these dates is not known yet.
#[derive(Debug, Deserialize)]
pub(crate) struct Norm {
    area: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    pub b1_poor_points: Option<i64>,
    pub b2_poor_points: Option<i64>,
    pub article: String,
    certainty: String,
}

impl Norm {
    pub fn is_certain(&self) -> bool {
        self.certainty == "high"
    }
}

pub(crate) fn norm(area: &str, day: NaiveDate) -> Option<&'static Norm> {
    norms().iter().find(|norm| norm.area == area && held(norm.from, norm.to, day))
}

/// What a field (without a value) or one of its codes is called where no question says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Term {
    kind: String,
    field: String,
    value: String,
    label_vi: String,
    label_en: String,
}

pub(crate) fn term(kind: &str, field: &str, value: &str, lang: Lang) -> Option<&'static str> {
    let found = terms().iter().find(|term| term.kind == kind && term.field == field && term.value == value);
    found.map(|term| lang.pick(term.label_vi.as_str(), &term.label_en))
}
