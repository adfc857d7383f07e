//! Reading the tables of `data/`, which are part of the program.

use crate::Phrase;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// The rows of a table of `data/`, read once.
macro_rules! table {
    ($(#[$doc:meta])* $vis:vis fn $name:ident() -> [$row:ty] = $file:literal;) => {
        $(#[$doc])*
        $vis fn $name() -> &'static [$row] {
            static ROWS: std::sync::OnceLock<Vec<$row>> = std::sync::OnceLock::new();
            ROWS.get_or_init(|| $crate::table::rows(include_str!(concat!("../../../data/", $file))))
        }
    };
}
pub(crate) use table;

/// A row that can't be read is left out; the tests count them all.
pub(crate) fn rows<T: DeserializeOwned>(csv: &str) -> Vec<T> {
    ::csv::Reader::from_reader(csv.as_bytes()).into_deserialize().flatten().collect()
}

/// `yes` is true.
pub(crate) fn yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(String::deserialize(deserializer)? == "yes")
}

/// Whether what is dated from … to (both included, either open) held on a day.
pub(crate) fn held(from: Option<NaiveDate>, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

/// A code with its label: the shape of most tables.
#[derive(Debug, Deserialize)]
#[serde(from = "Labelled")]
pub(crate) struct Code {
    pub code: String,
    pub label: Phrase,
}

#[derive(Deserialize)]
struct Labelled {
    code: String,
    label_vi: String,
    label_en: String,
}

impl From<Labelled> for Code {
    fn from(row: Labelled) -> Self {
        Self { code: row.code, label: Phrase::new(row.label_vi, row.label_en) }
    }
}

pub(crate) fn label(codes: &'static [Code], code: &str, lang: crate::Lang) -> Option<&'static str> {
    codes.iter().find(|row| row.code == code).map(|row| row.label.get(lang))
}

#[cfg(test)]
mod tests {
    use super::rows;
    use std::collections::BTreeMap;

    /// Every row of every table is read: a typing error in one fails here.
    #[test]
    fn every_row_is_read() {
        let text = |rows: &str| csv::Reader::from_reader(rows.as_bytes()).records().count();
        macro_rules! whole {
            ($($read:expr => $file:literal),* $(,)?) => {$(
                assert_eq!($read.len(), text(include_str!(concat!("../../../data/", $file))), $file);
            )*};
        }
        whole! {
            crate::units::units() => "admin_units.csv",
            crate::reference::states() => "case_states.csv",
            crate::reference::indicators() => "deprivation_indicators.csv",
            crate::reference::ethnic_groups() => "ethnic_groups.csv",
            crate::reference::hotline_rows() => "hotlines.csv",
            crate::reference::needs_groups() => "needs_groups.csv",
            crate::reference::norms() => "poverty_norms.csv",
            crate::reference::relations() => "relations.csv",
            crate::reference::roles() => "roles.csv",
            crate::reference::terms() => "terms.csv",
            crate::clocks::clocks() => "legal_clocks.csv",
            crate::clocks::holidays() => "holidays.csv",
        }
        let states: Vec<BTreeMap<String, String>> = rows(include_str!("../../../data/case_states.csv"));
        for clock in crate::clocks::clocks() {
            let known = |code: &str| {
                states.iter().any(|state| state["code"] == code && state["workflow"] == clock.workflow)
            };
            assert!(clock.met_at.is_empty() || known(&clock.met_at), "{}", clock.code);
        }
    }
}
