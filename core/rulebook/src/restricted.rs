//! What only a restricted case may say (`restricted.csv`): its commune must not read it.

use crate::{
    Certainty, Rulebook,
    dated::{Days, held},
};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

/// A word of a field that a record open to its commune may not have.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Restricted {
    pub kind: String,
    pub field: String,
    pub word: String,
    pub article: String,
    pub certainty: Certainty,
    pub days: Days,
}

#[derive(Deserialize)]
struct Row {
    kind: String,
    field: String,
    word: String,
    article: String,
    certainty: Certainty,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
}

impl From<Row> for Restricted {
    fn from(row: Row) -> Self {
        let days = Days { from: row.from, to: row.to, in_force: row.in_force, layer: 0 };
        let Row { kind, field, word, article, certainty, .. } = row;
        Self { kind, field, word, article, certainty, days }
    }
}

impl Rulebook {
    /// Whether what is said of a field keeps its record from being open to its commune.
    pub fn restricts(&self, kind: &str, field: &str, said: &Value, day: NaiveDate) -> bool {
        let one = |word: &Value| {
            let rows = self.restricted.iter().filter(|row| {
                row.kind == kind && row.field == field && word.as_str() == Some(row.word.as_str())
            });
            held(rows, |row| row.days, day, day).row.is_some()
        };
        said.as_array().map_or_else(|| one(said), |words| words.iter().any(one))
    }
}
