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

/// By list and code: where it stands in its list, and what it is called.
#[derive(Debug)]
pub(crate) struct Codes(HashMap<String, HashMap<String, (usize, Phrase)>>);

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
        let mut lists: HashMap<String, HashMap<String, (usize, Phrase)>> = HashMap::new();
        let mut add = |list: &str, code: String, label: Phrase| {
            let list = lists.entry(list.to_owned()).or_default();
            let place = list.len();
            list.insert(code, (place, label));
        };
        let mut rows: Vec<Row> = tables.rows("codes.csv");
        for (list, table) in TABLES {
            rows.extend(tables.rows(table).into_iter().map(|row: Row| Row { list: list.into(), ..row }));
        }
        for row in rows {
            add(&row.list, row.code, Phrase::new(row.label_vi, row.label_en));
        }
        for unit in units.all() {
            let list = if unit.parent.is_some() { "commune" } else { "province" };
            add(list, unit.code.clone(), Phrase::new(&unit.name, &unit.name));
        }
        Self(lists)
    }
}

impl Rulebook {
    /// What a code of a list is called; `None` for one that the list doesn't have.
    pub fn code(&self, list: &str, code: &str, lang: Lang) -> Option<&str> {
        self.codes.0.get(list)?.get(code).map(|(_, label)| label.get(lang))
    }

    /// How many codes a list has.
    pub fn code_count(&self, list: &str) -> usize {
        self.codes.0.get(list).map_or(0, HashMap::len)
    }

    /// All codes of a list with what they are called, in its order.
    pub fn codes(&self, list: &str, lang: Lang) -> Vec<(&str, &str)> {
        let mut all: Vec<_> = self.codes.0.get(list).into_iter().flatten().collect();
        all.sort_by_key(|(_, (place, _))| *place);
        all.into_iter().map(|(code, (_, label))| (code.as_str(), label.get(lang))).collect()
    }

    /// What a role is called; of one that is not known, its code.
    pub fn role<'a>(&'a self, role: &'a str, lang: Lang) -> &'a str {
        self.code("role", role, lang).unwrap_or(role)
    }
}
