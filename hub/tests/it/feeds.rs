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
        for edit in [home].into_iter().chain(members) {
            phone.write(vec![edit]);
        }
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
    phone.write(vec![household(COMMUNE)]);
    phone.write(vec![household(COMMUNE)]);
    let last_sync =
        || office.hub.read_now(|_, read| Ok(hub::db::devices::all(read)?)).unwrap()[0].last_sync_at;
    assert_eq!(last_sync(), None);
    phone.pull_page(1);
    phone.ask();
    assert_eq!(last_sync(), None, "there is more");
    phone.pull(10);
    // The note is not waited for: the next durable write comes after it.
    phone.ask();
    assert!(last_sync().is_some());
}

/// What one phone reads and another: the same entries, in the same order, whether they were packed before or not.
#[test]
fn what_was_packed_for_one_is_whole_for_all() {
    let office = Office::open();
    let mut author = office.phone("hoa", "all");
    for _ in 0..5 {
        let home = household(COMMUNE);
        let members = (0..29).map(|_| under(kind::PERSON, &home.record)).collect::<Vec<_>>();
        for edit in [home].into_iter().chain(members) {
            author.write(vec![edit]);
        }
    }
    let mut readers: Vec<_> =
        ["lan", "mai", "son"].map(|login| office.phone(login, &format!("commune:{COMMUNE}"))).into();
    let whole = readers[0].pull(2_000);
    assert_eq!(whole.len(), 150);
    // From another's place; by pages that end within what was packed; one entry at a time.
    assert_eq!(readers[1].pull(100), whole);
    assert_eq!(readers[2].pull(1), whole);
    // A record that leaves has entries after what was packed, and is in that no more.
    let home = author.batches[0].changes().flatten().next().unwrap().head.record.clone();
    author.write(vec![model::RecordEdit::new(home).set("commune", NEIGHBOUR)]);
    let left = readers[0].pull(2_000);
    assert_eq!(left.len(), 30, "{left:?}");
    assert!(left.iter().all(|line| line.contains(" leave ")), "{left:?}");
    readers[1].cursors.clear();
    let again = readers[1].pull(2_000);
    assert!(again[..30].iter().all(|line| line.contains(" leave ")), "{again:?}");
    assert_eq!(again[30..], [&whole[30..], &left].concat());
}

/// From each device's cursor the office knows who still keeps what left.
#[test]
fn who_has_been_told_that_a_record_left_is_known() {
    let office = Office::open();
    let here = format!("commune:{COMMUNE}");
    let mut author = office.phone("hoa", "all");
    let [mut first, mut second, late] = ["lan", "mai", "son"].map(|login| office.phone(login, &here));
    let home = household(COMMUNE);
    let id = home.record.clone();
    author.write(vec![household(COMMUNE)]);
    late.pull_page(1);
    author.write(vec![home]);
    first.pull(10);
    // Sent, and nobody knows whether it came.
    second.pull_page(10);
    author.write(vec![model::RecordEdit::new(id.clone()).set("commune", NEIGHBOUR)]);
    let known = || {
        // Notes are not waited for: the next durable write comes after them.
        author.ask();
        let id = id.clone();
        let departures =
            office.hub.read_now(move |_, read| hub::office::records::departures(read, &id)).unwrap();
        assert_eq!(departures.len(), 1);
        let readers = departures[0].1.iter();
        readers.map(|reader| format!("{} {}", reader.user, reader.told)).collect::<Vec<_>>()
    };
    assert_eq!(known(), ["Người dùng lan false", "Người dùng mai false"]);
    first.pull(10);
    second.pull_page(10);
    assert_eq!(known(), ["Người dùng mai false", "Người dùng lan true"]);
    second.pull(10);
    assert_eq!(known(), ["Người dùng lan true", "Người dùng mai true"]);
}

/// Who holds their own changes hears of them by number, also where others get them packed.
#[test]
fn own_changes_come_by_number_between_those_of_others() {
    let office = Office::open();
    let (mut author, mut other) = (office.phone("hoa", "all"), office.phone("lan", "all"));
    for phone in [&mut author, &mut other] {
        (0..150).for_each(|_| phone.write(vec![household(COMMUNE)]));
    }
    assert_eq!(office.phone("mai", "all").pull(2_000).len(), 300);
    let last = author.batches.last().unwrap().statement().hash();
    let mut request = author.pull_request(2_000);
    request.holds = Some(wire::pull::Holds { first: 1, last: 150, statement: last });
    let pulled = author.post(wire::paths::PULL, &request).pulled();
    let entries = pulled.feeds.into_iter().flat_map(|page| page.entries);
    let (own, others): (Vec<_>, Vec<_>) =
        entries.map(|entry| entry.entry).partition(|entry| matches!(entry, wire::pull::Entry::Own(_)));
    assert_eq!((own.len(), others.len()), (150, 150));
    assert!(others.iter().all(|entry| matches!(entry, wire::pull::Entry::Put(_))));
}
