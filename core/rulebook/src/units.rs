//! Provinces and communes by code (`admin_units.csv`, two levels since 01/07/2025). A unit that became another (a commune
//! a ward) keeps its code and has a row for each.

use crate::{Lang, dated::Days, schema::UNITS, table::Tables};
use chrono::NaiveDate;
use model::Place;
use serde::Deserialize;
use std::collections::HashMap;

/// A province or a commune, as it was called on some days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Unit {
    pub code: String,
    pub name: String,
    /// Such as `phường`, `xã`, `đặc khu`, `tỉnh`.
    pub kind: String,
    /// The province's code; `None` for a province.
    pub parent: Option<String>,
    days: Days,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    parent_code: Option<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl From<Row> for Unit {
    fn from(row: Row) -> Self {
        let days = Days { from: row.from, to: row.to, ..Days::default() };
        Self { code: row.code, name: row.name, kind: row.kind, parent: row.parent_code, days }
    }
}

#[derive(Debug)]
pub struct Units {
    /// As they are called last.
    all: Vec<Unit>,
    /// As some were called before.
    former: Vec<Unit>,
    by_code: HashMap<String, usize>,
}

impl Units {
    pub(crate) fn read(tables: &mut Tables) -> Self {
        let (mut all, mut former, mut by_code) = (Vec::<Unit>::new(), Vec::new(), HashMap::new());
        for unit in tables.rows::<Unit>(UNITS) {
            match by_code.get(&unit.code).copied().and_then(|i: usize| all.get_mut(i)) {
                None => {
                    by_code.insert(unit.code.clone(), all.len());
                    all.push(unit);
                }
                Some(last) if last.days.from < unit.days.from => former.push(std::mem::replace(last, unit)),
                Some(_) => former.push(unit),
            }
        }
        Self { all, former, by_code }
    }

    /// All of them, provinces and communes, as they are called last.
    pub fn all(&self) -> &[Unit] {
        &self.all
    }

    /// A unit by its code (two digits: province, five: commune).
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).and_then(|i| self.all.get(*i))
    }

    /// What it was on a day: a commune that became a ward was still a commune before. `None`: there was none.
    pub fn on(&self, code: &str, day: NaiveDate) -> Option<&Unit> {
        let last = self.get(code).filter(|unit| unit.days.hold(day));
        last.or_else(|| self.former.iter().find(|unit| unit.code == code && unit.days.hold(day)))
    }

    /// The unit's name, or the code itself where it is not known.
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.get(code).map_or(code, |unit| &unit.name)
    }

    /// In the order of the table.
    pub fn provinces(&self) -> impl Iterator<Item = &Unit> {
        self.all.iter().filter(|unit| unit.parent.is_none())
    }

    /// All communes of a province.
    pub fn communes_of<'a>(&'a self, province: &'a str) -> impl Iterator<Item = &'a Unit> {
        self.all.iter().filter(move |unit| unit.parent.as_deref() == Some(province))
    }

    /// The code of the province that a commune belongs to.
    pub fn province_of(&self, commune: &str) -> Option<&str> {
        self.get(commune)?.parent.as_deref()
    }

    /// Whether somebody who works at `place` works for this commune.
    pub fn covers(&self, place: &Place, commune: &str) -> bool {
        match place {
            Place::All => true,
            Place::Commune(code) => code == commune,
            Place::Province(code) => self.province_of(commune) == Some(code),
            Place::Facility(_) | Place::Desk(_) | Place::Other(_) => false,
        }
    }

    /// The place's name for people, or its text where it is not known.
    pub fn place_name(&self, place: &Place, lang: Lang) -> String {
        match place {
            Place::All => lang.pick("Cả nước", "Whole country").to_owned(),
            Place::Commune(code) | Place::Province(code) => self.name(code).to_owned(),
            Place::Facility(id) => format!("{} {id}", lang.pick("Cơ sở", "Facility")),
            Place::Desk(id) => format!("{} {id}", lang.pick("Bàn trực", "Desk")),
            Place::Other(text) => text.clone(),
        }
    }
}
