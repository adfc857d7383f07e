//! Provinces and communes by code (`data/admin_units.csv`, two levels since 01/07/2025).

use crate::{Lang, table::table};
use model::Place;
use serde::Deserialize;
use std::{collections::HashMap, sync::OnceLock};

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

table! {
    /// All of them, provinces and communes.
    pub fn units() -> [Unit] = "admin_units.csv";
}

/// A unit by its code (two digits: province, five: commune).
pub fn unit(code: &str) -> Option<&'static Unit> {
    static BY_CODE: OnceLock<HashMap<&'static str, &'static Unit>> = OnceLock::new();
    let by_code = BY_CODE.get_or_init(|| units().iter().map(|unit| (unit.code.as_str(), unit)).collect());
    by_code.get(code).copied()
}

/// The unit's name, or the code itself where it is not known.
pub fn name(code: &str) -> &str {
    unit(code).map_or(code, |unit| &unit.name)
}

/// In the order of their codes.
pub fn provinces() -> Vec<&'static Unit> {
    units().iter().filter(|unit| unit.parent.is_none()).collect()
}

/// All communes of a province.
pub fn communes_of(province: &str) -> Vec<&'static Unit> {
    units().iter().filter(|unit| unit.parent.as_deref() == Some(province)).collect()
}

/// The code of the province that a commune belongs to.
pub fn province_of(commune: &str) -> Option<&'static str> {
    unit(commune)?.parent.as_deref()
}

/// Whether somebody who works at `place` works for this commune.
pub fn covers(place: &Place, commune: &str) -> bool {
    match place {
        Place::All => true,
        Place::Commune(code) => code == commune,
        Place::Province(code) => province_of(commune) == Some(code),
        Place::Other(_) => false,
    }
}

/// The place's name for people, or its text where it is not known.
pub fn place_name(place: &Place, lang: Lang) -> String {
    match place {
        Place::All => lang.pick("Cả nước", "Whole country").to_owned(),
        Place::Commune(code) | Place::Province(code) => name(code).to_owned(),
        Place::Other(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_unit_and_its_province() {
        assert_eq!(name("00070"), "Phường Hoàn Kiếm");
        assert_eq!(province_of("00070"), Some("01"));
        assert_eq!(name("01"), "Thành phố Hà Nội");
        assert_eq!(name("99999"), "99999");
        assert_eq!((provinces().len(), units().len() - provinces().len()), (34, 3321));
        assert!(communes_of("01").iter().any(|unit| unit.code == "00070"));
        assert!(communes_of("00070").is_empty());
    }

    #[test]
    fn a_province_covers_its_own_communes_only() {
        let place = |text: &str| text.parse::<Place>().unwrap();
        assert!(covers(&place("province:01"), "00070"));
        assert!(!covers(&place("province:15"), "00070"));
        assert!(covers(&place("commune:00070"), "00070"));
        assert!(!covers(&place("commune:00073"), "00070"));
        assert!(covers(&place("all"), "00070"));
        assert!(!covers(&place("province:01"), "99999"));
        assert!(!covers(&place("district:00070"), "00070"));
    }
}
