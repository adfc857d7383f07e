//! Provinces and communes.

use model::Place;
use rulebook::Rulebook;

#[test]
fn a_code_names_its_unit_and_its_province() {
    let rulebook = Rulebook::built_in().unwrap();
    let units = &rulebook.units;
    assert_eq!(units.name("00070"), "Phường Hoàn Kiếm");
    assert_eq!(units.province_of("00070"), Some("01"));
    assert_eq!(units.name("01"), "Thành phố Hà Nội");
    assert_eq!(units.name("99999"), "99999");
    assert_eq!((units.provinces().count(), units.all().len() - units.provinces().count()), (34, 3321));
    assert!(units.communes_of("01").any(|unit| unit.code == "00070"));
    assert_eq!(units.communes_of("00070").count(), 0);
}

#[test]
fn a_province_covers_its_own_communes_only() {
    let rulebook = Rulebook::built_in().unwrap();
    let covers = |place: &str, commune| rulebook.units.covers(&place.parse::<Place>().unwrap(), commune);
    assert!(covers("province:01", "00070"));
    assert!(!covers("province:15", "00070"));
    assert!(covers("commune:00070", "00070"));
    assert!(!covers("commune:00073", "00070"));
    assert!(covers("all", "00070"));
    assert!(!covers("province:01", "99999"));
}

/// A commune that became a ward keeps its code; what it was on a day is asked with the day.
#[test]
fn a_unit_is_asked_on_a_day() {
    let rulebook = Rulebook::built_in().unwrap();
    let called = |code, on: &str| {
        let unit = rulebook.units.on(code, on.parse().unwrap()).unwrap();
        (unit.kind.as_str(), unit.name.as_str())
    };
    assert_eq!(called("26485", "2026-04-29"), ("xã", "Xã Nhơn Trạch"));
    assert_eq!(called("26485", "2026-04-30"), ("phường", "Phường Nhơn Trạch"));
    assert_eq!(called("22", "2026-08-31"), ("tỉnh", "Quảng Ninh"));
    assert_eq!(called("22", "2026-09-01"), ("thành phố trung ương", "Thành phố Quảng Ninh"));
    assert_eq!(called("07294", "2026-09-19").0, "xã");
    assert_eq!(called("07294", "2026-09-20").0, "phường");
    assert_eq!(called("00070", "2026-09-20").0, "phường", "one that never changed");
    assert_eq!(rulebook.units.name("22"), "Thành phố Quảng Ninh", "as it is called last");
    let cities = rulebook.units.provinces().filter(|unit| unit.kind == "thành phố trung ương").count();
    assert_eq!((cities, rulebook.units.provinces().count() - cities), (9, 25));
}
