//! Feeds going down: pages, cursors, epochs.

use crate::world::{COMMUNE, NEIGHBOUR, Office};
use model::{Feed, kind};
use testkit::records::{household, under};

#[test]
fn pages_of_any_size_bring_the_same() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    for commune in [COMMUNE, NEIGHBOUR, COMMUNE] {
        let home = household(commune);
        let members = (0..5).map(|_| under(kind::PERSON, &home.record)).collect::<Vec<_>>();
        phone.write([home].into_iter().chain(members).collect());
    }
    let whole = phone.pull(2_000);
    assert_eq!(whole.len(), 18);
    for size in [1, 5, 7] {
        phone.cursors.clear();
        assert_eq!(phone.pull(size), whole, "pages of {size}");
    }
    assert!(phone.pull(10).is_empty());
}

#[test]
fn a_phone_is_granted_its_communes_and_no_others() {
    let office = Office::open();
    let mut all = office.phone("tinh", "all");
    all.write(vec![household(COMMUNE)]);
    all.write(vec![household(NEIGHBOUR)]);
    let mut phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let page = phone.pull_page(10);
    assert_eq!(page.granted, [Feed::Commune(COMMUNE.into())]);
    assert_eq!(phone.pull(10).len(), 1);
    // Its own commune is granted before anything is in it.
    let empty = office.phone("lan", "commune:00004");
    assert_eq!(empty.pull_page(10).granted, [Feed::Commune("00004".into())]);
    // Moved to another commune: the old feed is to be forgotten.
    office.set_place(phone.user, &format!("commune:{NEIGHBOUR}"));
    assert_eq!(phone.pull_page(10).granted, [Feed::Commune(NEIGHBOUR.into())]);
    assert_eq!(phone.pull_page(10).worker.places[0].to_string(), format!("commune:{NEIGHBOUR}"));
}

#[test]
fn the_office_sees_when_a_phone_last_had_everything() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    phone.write(vec![household(COMMUNE), household(COMMUNE)]);
    let last_sync =
        || office.hub.read_now(|_, read| Ok(hub::db::devices::all(read)?)).unwrap()[0].last_sync_at;
    assert_eq!(last_sync(), None);
    phone.pull_page(1);
    phone.push(&[]);
    assert_eq!(last_sync(), None, "there is more");
    phone.pull(10);
    // The note is not waited for: the next durable write comes after it.
    phone.push(&[]);
    assert!(last_sync().is_some());
}
