//! Lists of codes with their labels: ethnic groups, relations, roles and the like.

use crate::{Lang, Phrase, Rulebook, Units, table::Tables};
use serde::Deserialize;
use std::collections::HashMap;

/// Lists that have a table of their own, as they say more of each code than its label.
pub(crate) const TABLES: [(&str, &str); 5] = [
    ("role", "roles.csv"),
    ("ethnic_group", "ethnic_groups.csv"),
    ("relation", "relations.csv"),
    ("needs_group", "needs_groups.csv"),
    ("deprivation", "deprivation_indicators.csv"),
];

#[derive(Debug)]
pub(crate) struct Codes(HashMap<String, HashMap<String, Phrase>>);

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    list: String,
    code: String,
    label_vi: String,
    label_en: String,
}

impl Codes {
    pub fn read(tables: &mut Tables, units: &Units) -> Self {
        let mut lists: HashMap<String, HashMap<String, Phrase>> = HashMap::new();
        let mut rows: Vec<Row> = tables.rows("codes.csv");
        for (list, table) in TABLES {
            rows.extend(tables.rows(table).into_iter().map(|row: Row| Row { list: list.into(), ..row }));
        }
        for row in rows {
            let label = Phrase::new(row.label_vi, row.label_en);
            lists.entry(row.list).or_default().insert(row.code, label);
        }
        for unit in units.all() {
            let list = if unit.parent.is_some() { "commune" } else { "province" };
            let name = Phrase::new(&unit.name, &unit.name);
            lists.entry(list.into()).or_default().insert(unit.code.clone(), name);
        }
        Self(lists)
    }
}

impl Rulebook {
    /// What a code of a list is called; `None` for one that the list doesn't have.
    pub fn code(&self, list: &str, code: &str, lang: Lang) -> Option<&str> {
        self.codes.0.get(list)?.get(code).map(|label| label.get(lang))
    }

    /// What a role is called; of one that is not known, its code.
    pub fn role<'a>(&'a self, role: &'a str, lang: Lang) -> &'a str {
        self.code("role", role, lang).unwrap_or(role)
    }
}
