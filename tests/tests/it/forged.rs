//! Batches that are not what their device signed, at a real hub.

use journeys::{
    synthetic::COMMUNES,
    wire_phone::{WirePhone, code},
    world::World,
};
use model::{
    OfficeId,
    batch::{Body, Chain, Device, Json},
    encoding::Bytes,
};

#[test]
fn a_forged_batch_is_refused_and_nothing_of_it_is_kept() {
    let commune = COMMUNES[0].0;
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", commune).unwrap();
    world.worker("son", "Hoàng Văn Sơn", commune).unwrap();
    let mut phone = WirePhone::enrol(&world.hub, "mai").unwrap();
    let other = WirePhone::enrol(&world.hub, "son").unwrap();
    let sound = phone.batch(phone.chain().unwrap(), commune).unwrap();

    let mut wrong_signature = sound.batch().clone();
    wrong_signature.signature = Bytes([7; 64]);
    let mut wrong_value = sound.batch().clone();
    let Body::Whole { changes, .. } = &mut wrong_value.body else { panic!("all of it is seen") };
    let name = changes[0].fields.iter_mut().find(|field| &*field.name == "name").unwrap();
    name.value = Json::new("\"Một người khác\"").unwrap();
    let of_another = other.batch(other.chain().unwrap(), commune).unwrap().batch().clone();
    let author = other.enrolled.worker.user;
    let under_another_name =
        phone.batch_as(Device { author, ..phone.device() }, phone.chain().unwrap(), commune).unwrap();
    let office = OfficeId::new();
    let of_another_office =
        phone.batch_as(Device { office, ..phone.device() }, phone.chain().unwrap(), commune).unwrap();

    for (forged, expected) in [
        (wrong_signature, "batch.wrong-signature"),
        (wrong_value, "batch.wrong-signature"),
        (of_another, "batch.wrong-device"),
        (under_another_name.batch().clone(), "batch.wrong-author"),
        (of_another_office.batch().clone(), "batch.wrong-office"),
    ] {
        let answer = phone.push(vec![forged.rebuild().unwrap()]).unwrap();
        assert_eq!(answer.received_through, 0);
        assert_eq!(code(&answer.results[0].outcome), expected);
        assert_eq!(world.hub.count("changes").unwrap(), 0, "{expected}");
        assert_eq!(world.hub.records("household").unwrap(), 0, "{expected}");
    }

    // The honest one is taken; after it a gap and a broken chain are refused, and again nothing is lost.
    let answer = phone.push(vec![sound.clone().into()]).unwrap();
    assert_eq!((answer.received_through, answer.results), (1, vec![]));
    let after = Chain::after(sound.statement());
    let third = phone.batch(Chain { next_seq: 3, ..after.clone() }, commune).unwrap();
    assert_eq!(code(&phone.push(vec![third.into()]).unwrap().results[0].outcome), "batch.gap");
    let unchained = phone.batch(Chain { next_seq: 2, ..phone.chain().unwrap() }, commune).unwrap();
    assert_eq!(code(&phone.push(vec![unchained.into()]).unwrap().results[0].outcome), "batch.broken-chain");
    let second = phone.batch(after, commune).unwrap();
    let answer = phone.push(vec![sound.into(), second.into()]).unwrap();
    let codes: Vec<&str> = answer.results.iter().map(|result| code(&result.outcome)).collect();
    assert_eq!((answer.received_through, codes), (2, vec!["known"]));
    assert_eq!(world.hub.records("household").unwrap(), 2);
}

#[test]
fn a_household_of_another_commune_waits_and_reaches_nobody() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[1].0).unwrap();
    let mut phone = WirePhone::enrol(&world.hub, "mai").unwrap();
    let foreign = phone.batch(phone.chain().unwrap(), COMMUNES[1].0).unwrap();
    let own = phone.batch(Chain::after(foreign.statement()), COMMUNES[0].0).unwrap();
    let answer = phone.push(vec![foreign.into(), own.into()]).unwrap();
    let codes: Vec<&str> = answer.results.iter().map(|result| code(&result.outcome)).collect();
    assert_eq!(codes, ["admission.scope"]);
    assert_eq!((answer.received_through, world.hub.count("waiting").unwrap()), (2, 1));
    let there = world.phone("son").unwrap();
    assert_eq!(there.app.households().list(String::new(), 0, 10).unwrap().total, 0);
}
