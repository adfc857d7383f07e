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
