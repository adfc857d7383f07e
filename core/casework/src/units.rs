//! Provinces and communes by code (`data/admin_units.csv`, two levels since 01/07/2025).

use model::Place;

/// A province or a commune.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub code: String,
    pub name: String,
    /// Such as `phường`, `xã`, `đặc khu`, `tỉnh`.
    pub kind: String,
    /// The province's code; `None` for a province.
    pub parent: Option<String>,
}

/// A unit by its code (two digits: province, five: commune).
pub fn unit(code: &str) -> Option<&'static Unit> {
    let _ = code;
    None
}

/// The unit's name, or the code itself where it is not known.
pub fn name(code: &str) -> &str {
    code
}

pub fn provinces() -> Vec<&'static Unit> {
    Vec::new()
}

/// All communes of a province.
pub fn communes_of(province: &str) -> Vec<&'static Unit> {
    let _ = province;
    Vec::new()
}

/// Whether somebody who works at `place` works for this commune.
pub fn covers(place: &Place, commune: &str) -> bool {
    let _ = (place, commune);
    false
}

/// The place's name for people.
pub fn place_name(place: &Place, lang: crate::Lang) -> String {
    let _ = lang;
    place.to_string()
}
