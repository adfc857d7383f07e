//! Two phones at one household.

use journeys::{
    synthetic::{self, COMMUNES},
    world::{self, World},
};

#[test]
fn what_one_phone_changed_the_other_sees_and_a_disagreement_is_shown_to_both() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[0].0).unwrap();
    let (first, second) = (world.phone("mai").unwrap(), world.phone("son").unwrap());
    let household = synthetic::household(11, 0);
    let name = household.people[0].name.clone();
    let id = world::visit(&first, None, &household, vec![]).unwrap().household_id.unwrap();
    first.sync().unwrap();
    let received = second.sync().unwrap().changes_received;
    assert!(received > 0);
    let seen = second.app.households().view(id.clone()).unwrap();
    assert_eq!(seen.members.len(), household.people.len());
    assert_eq!((seen.name.as_str(), seen.count("visit")), (name.as_str(), 1));
    assert!(seen.conflicts.is_empty(), "{:?}", seen.conflicts);

    // Both visit it again without a network and find it moved, each to another place.
    let mut moved = household.clone();
    moved.address = "Số 5, đầu thôn".into();
    world::visit(&first, Some(&id), &moved, vec![]).unwrap();
    moved.address = "Số 77, cuối thôn".into();
    world::visit(&second, Some(&id), &moved, vec![]).unwrap();
    first.sync().unwrap();
    second.sync().unwrap();
    first.sync().unwrap();
    let views = [&first, &second].map(|phone| phone.app.households().view(id.clone()).unwrap());
    for view in &views {
        assert_eq!(view.count("visit"), 3);
        assert_eq!(view.members.len(), household.people.len());
        assert!(!view.conflicts.is_empty());
        let address = view.conflicts.iter().find(|conflict| conflict.field == "address").unwrap();
        assert_eq!(address.reference, format!("household:{id}"));
        assert!(address.text.contains("Số 5") && address.text.contains("Số 77"), "{}", address.text);
        assert_eq!(address.values.len(), 2, "{:?}", address.values);
    }
    assert_eq!(views[0].address, views[1].address);
    // One of them decides; the other phone takes it over, and nobody is asked again.
    let reference = format!("household:{id}");
    let page = second.app.records().view(reference.clone()).unwrap();
    let address = page.conflicts.iter().find(|conflict| conflict.field == "address").unwrap();
    let own = address.values.iter().find(|value| value.text == "Số 77, cuối thôn").unwrap();
    assert_eq!(own.by, "Bạn, trên máy này");
    let other = address.values.iter().find(|value| value.text == "Số 5, đầu thôn").unwrap();
    assert_eq!(other.by, "Một đồng nghiệp");
    let settled =
        second.app.records().settle(reference.clone(), "address".into(), other.change.clone()).unwrap();
    assert!(settled.conflicts.is_empty(), "{:?}", settled.conflicts);
    let again = second.app.records().settle(reference.clone(), "address".into(), other.change.clone());
    assert_eq!(again.unwrap_err().code(), "app.no-conflict");
    second.sync().unwrap();
    first.sync().unwrap();
    for phone in [&first, &second] {
        let page = phone.app.records().view(reference.clone()).unwrap();
        assert!(page.conflicts.is_empty() && page.badges.is_empty(), "{:?}", page.conflicts);
        assert_eq!(phone.app.households().view(id.clone()).unwrap().address, "Số 5, đầu thôn");
    }
    assert_eq!(first.app.households().list(String::new(), 0, 10).unwrap().total, 1);
}
