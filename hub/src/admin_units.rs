//! Provinces and communes (two levels since 1 July 2025): which commune lies in which province.

use model::Place;
use std::{collections::HashMap, sync::LazyLock};

pub struct Unit {
    pub name: &'static str,
    /// A commune's province.
    pub province: Option<&'static str>,
}

static UNITS: LazyLock<HashMap<&'static str, Unit>> = LazyLock::new(|| {
    // code,level,type,name,parent_code; no field of this file is quoted.
    let lines = include_str!("../../data/admin_units.csv").lines().skip(1);
    let unit = |line: &'static str| {
        let mut fields = line.split(',');
        let code = fields.next()?;
        let (name, parent) = (fields.nth(2)?, fields.next()?);
        Some((code, Unit { name, province: (!parent.is_empty()).then_some(parent) }))
    };
    lines.filter_map(unit).collect()
});

pub fn unit(code: &str) -> Option<&'static Unit> {
    UNITS.get(code)
}

/// Codes of a province's communes.
pub fn communes(province: &str) -> impl Iterator<Item = &'static str> + '_ {
    UNITS.iter().filter(move |(_, unit)| unit.province == Some(province)).map(|(code, _)| *code)
}

/// Whether `place` holds for a commune.
pub fn covers(place: &Place, commune: &str) -> bool {
    match place {
        Place::All => true,
        Place::Commune(code) => code == commune,
        Place::Province(code) => unit(commune).and_then(|unit| unit.province) == Some(code.as_str()),
    }
}

/// Whether two places have a commune in common.
pub fn overlap(a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::All, _) | (_, Place::All) => true,
        (Place::Province(a), Place::Province(b)) => a == b,
        (Place::Commune(commune), other) | (other, Place::Commune(commune)) => covers(other, commune),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_holds_for_its_communes_only() {
        let hanoi = Place::Province("01".into());
        assert!(covers(&hanoi, "00070"));
        assert!(!covers(&Place::Province("15".into()), "00070"));
        assert!(!covers(&hanoi, "01"), "a province is no commune");
        assert!(covers(&Place::All, "99999"));
        assert!(overlap(&Place::Commune("00070".into()), &hanoi));
        assert!(!overlap(&Place::Commune("00070".into()), &Place::Commune("00073".into())));
        assert_eq!(unit("00070").map(|u| u.name), Some("Phường Hoàn Kiếm"));
    }
}
