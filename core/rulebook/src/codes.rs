//! Lists of codes with their labels: ethnic groups, relations, roles and the like.

use crate::{Lang, Phrase, Rulebook, Units, table::Reader};
use serde::Deserialize;
use std::collections::HashMap;

/// Lists that have a table of their own, as they say more of each code than its label.
const TABLES: [(&str, &str); 5] = [
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
    pub fn read(reader: &mut Reader<'_>, units: &Units) -> Self {
        let mut lists: HashMap<String, HashMap<String, Phrase>> = HashMap::new();
        let mut rows: Vec<Row> = reader.rows("codes.csv");
        for (list, table) in TABLES {
            rows.extend(reader.rows(table).into_iter().map(|row: Row| Row { list: list.into(), ..row }));
        }
        for row in rows {
            let place = format!("{} {}", row.list, row.code);
            let label = Phrase::new(row.label_vi, row.label_en);
            if lists.entry(row.list).or_default().insert(row.code, label).is_some() {
                reader.problem("codes.csv", &place, "the code stands twice");
            }
        }
        for unit in units.all() {
            let list = if unit.parent.is_some() { "commune" } else { "province" };
            let name = Phrase::new(&unit.name, &unit.name);
            lists.entry(list.into()).or_default().insert(unit.code.clone(), name);
        }
        Self(lists)
    }

    pub fn has_list(&self, list: &str) -> bool {
        self.0.contains_key(list)
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
