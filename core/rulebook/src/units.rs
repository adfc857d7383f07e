//! Provinces and communes by code (`admin_units.csv`, two levels since 01/07/2025).

use crate::{Lang, table::Reader};
use model::Place;
use serde::Deserialize;
use std::collections::HashMap;

/// A province or a commune.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Unit {
    pub code: String,
    pub name: String,
    /// Such as `phường`, `xã`, `đặc khu`, `tỉnh`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The province's code; `None` for a province.
    #[serde(rename = "parent_code")]
    pub parent: Option<String>,
}

#[derive(Debug)]
pub struct Units {
    all: Vec<Unit>,
    by_code: HashMap<String, usize>,
}

impl Units {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let all: Vec<Unit> = reader.rows("admin_units.csv");
        let by_code: HashMap<_, _> = all.iter().enumerate().map(|(i, unit)| (unit.code.clone(), i)).collect();
        if by_code.len() < all.len() {
            reader.problem("admin_units.csv", "code", "a code stands twice");
        }
        Self { all, by_code }
    }

    /// All of them, provinces and communes.
    pub fn all(&self) -> &[Unit] {
        &self.all
    }

    /// A unit by its code (two digits: province, five: commune).
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).and_then(|i| self.all.get(*i))
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
            Place::Other(_) => false,
        }
    }

    /// The place's name for people, or its text where it is not known.
    pub fn place_name(&self, place: &Place, lang: Lang) -> String {
        match place {
            Place::All => lang.pick("Cả nước", "Whole country").to_owned(),
            Place::Commune(code) | Place::Province(code) => self.name(code).to_owned(),
            Place::Other(text) => text.clone(),
        }
    }
}
