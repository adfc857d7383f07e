//! Changes that are not what their device signed, at a real hub.

use crate::wire_phone::{WirePhone, code};
use journeys::{synthetic::COMMUNES, world::World};
use model::encoding::Bytes;

#[test]
fn a_forged_change_is_refused_and_nothing_of_it_is_kept() {
    let commune = COMMUNES[0].0;
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", commune).unwrap();
    world.worker("son", "Hoàng Văn Sơn", commune).unwrap();
    let mut phone = WirePhone::enrol(&world.hub, "mai");
    let other = WirePhone::enrol(&world.hub, "son");
    let sound = phone.sign(phone.change(1, None, commune));

    let mut wrong_signature = sound.clone();
    wrong_signature.signature = Bytes([7; 64]);
    let mut wrong_value = sound.clone();
    let name = wrong_value.values.get_mut("name").unwrap();
    name.value = serde_json::value::to_raw_value("Một người khác").unwrap();
    let of_another = other.sign(other.change(1, None, commune));
    let mut under_another_name = phone.change(1, None, commune);
    under_another_name.author = other.enrolled.worker.user;
    let under_another_name = phone.sign(under_another_name);

    for (forged, expected) in [
        (wrong_signature, Some("change.wrong-signature")),
        (wrong_value, Some("change.wrong-value")),
        (of_another, None),
        (under_another_name, None),
    ] {
        let answer = phone.push(vec![forged]);
        assert_eq!(answer.received_through, 0);
        let told = code(&answer.results[0].outcome).to_owned();
        match expected {
            Some(expected) => assert_eq!(told, expected),
            None => assert!(told.starts_with("push.") || told.starts_with("change."), "{told}"),
        }
        assert_eq!(world.hub.count("changes").unwrap(), 0, "{told}");
        assert_eq!(world.hub.records("household").unwrap(), 0, "{told}");
    }

    // The honest one is taken; after it a gap and a broken chain are refused, and again nothing is lost.
    let answer = phone.push(vec![sound.clone()]);
    assert_eq!((answer.received_through, answer.results), (1, vec![]));
    let third = phone.sign(phone.change(3, Some(&sound), commune));
    assert_eq!(code(&phone.push(vec![third]).results[0].outcome), "push.gap");
    let unchained = phone.sign(phone.change(2, None, commune));
    assert_eq!(code(&phone.push(vec![unchained]).results[0].outcome), "push.chain");
    let second = phone.sign(phone.change(2, Some(&sound), commune));
    let answer = phone.push(vec![sound, second]);
    let codes: Vec<&str> = answer.results.iter().map(|result| code(&result.outcome)).collect();
    assert_eq!((answer.received_through, codes), (2, vec!["known"]));
    assert_eq!(world.hub.records("household").unwrap(), 2);
}

#[test]
fn a_change_for_another_commune_waits_and_reaches_nobody() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[1].0).unwrap();
    let mut phone = WirePhone::enrol(&world.hub, "mai");
    let foreign = phone.sign(phone.change(1, None, COMMUNES[1].0));
    let own = phone.sign(phone.change(2, Some(&foreign), COMMUNES[0].0));
    let answer = phone.push(vec![foreign, own]);
    let codes: Vec<&str> = answer.results.iter().map(|result| code(&result.outcome)).collect();
    assert_eq!(codes, ["admission.scope"]);
    assert_eq!((answer.received_through, world.hub.count("waiting").unwrap()), (2, 1));
    let there = world.phone("son").unwrap();
    assert_eq!(there.app.households().list(String::new(), 0, 10).unwrap().total, 0);
}
