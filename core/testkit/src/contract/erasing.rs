//! Values that the office ordered to be erased.

use super::{COMMUNE, Hub, NEIGHBOUR, phone};
use crate::{
    Client,
    records::{household, under},
};
use model::{ChangeId, OrderId, RecordEdit, kind};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    pull::{Entry, PullResponse},
    push::Outcome,
};

const SECRET: &str = "Nông Thị Bị Xóa";

/// A household whose name was written twice, and a member beside it: three batches.
fn write(phone: &mut Client) -> RecordEdit {
    let home = household(COMMUNE).set("name", SECRET);
    phone.write(vec![home.clone(), under(kind::PERSON, &home.record).set("name", "Nông Văn Còn")]);
    phone.write(vec![RecordEdit::new(home.record.clone()).set("name", format!("{SECRET} hai"))]);
    phone.write(vec![under(kind::VISIT, &home.record).set("facts", "nhà gỗ")]);
    home
}

/// All names that an answer shows.
fn names(page: &PullResponse) -> Vec<String> {
    let entries = page.feeds.iter().flat_map(|feed| &feed.entries);
    let mut found = Vec::new();
    for entry in entries {
        let Entry::Put(batch) = &entry.entry else { continue };
        let certificates = page.certificates.iter().map(|one| one.reopen().unwrap().signer().unwrap());
        let signer =
            certificates.into_iter().find(|signer| signer.device == batch.statement().device).unwrap();
        let batch = batch.as_ref().clone().verify(&signer).unwrap();
        let values = batch.changes().flatten().filter_map(|change| change.value("name").cloned());
        found.extend(values.map(|value| value.text().to_owned()));
    }
    found
}

pub fn what_was_erased_comes_down_erased_with_its_order(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    let home = write(&mut hoa);
    lan.pull(10);
    assert_eq!(lan.pull_page(10).feeds.len(), 0);
    hub.erase(&home.record, "name");

    // Who had it hears of both batches again; who comes new never sees it.
    let news = lan.pull_page(10);
    assert_eq!(news.feeds[0].entries.len(), 2);
    assert_eq!(names(&news), ["\"Nông Văn Còn\""]);
    let new = phone(hub, "moi", "all");
    let all = new.pull_page(10);
    assert_eq!(all.feeds[0].entries.len(), 5);
    assert_eq!(names(&all), ["\"Nông Văn Còn\"", "\"Nông Văn Còn\""]);
    for page in [&news, &all] {
        assert_eq!(page.orders.len(), 1);
        let order = page.orders[0].verify(&lan.enrolled.office_key).unwrap();
        assert_eq!(order.values.len(), 2, "the value and the one that it replaced");
        let first = hoa.batches[0].ids()[0].unwrap();
        assert_eq!(order.values[&first], BTreeSet::from(["name".to_owned()]));
    }
    // Its author gets them whole again too: by number they would stay as they are there.
    let own = hoa.pull_page(10);
    assert_eq!(names(&own).len(), 2);
}

pub fn what_moved_away_does_not_come_back_by_an_order(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut here = phone(hub, "lan", &super::in_commune());
    let home = write(&mut hoa);
    hoa.write(vec![RecordEdit::new(home.record.clone()).set("commune", NEIGHBOUR)]);
    assert!(here.pull(100).iter().any(|line| line.contains(" leave ")));
    hub.erase(&home.record, "name");
    assert_eq!(here.pull(100), [""; 0], "it is no longer theirs");
    let mut there = phone(hub, "mai", &format!("commune:{NEIGHBOUR}"));
    assert!(there.pull(100).iter().any(|line| line.contains(" put household:")));
}

pub fn no_old_backup_and_no_stale_phone_brings_it_back(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    hub.back_up();
    let home = write(&mut hoa);
    hub.erase(&home.record, "name");
    lan.pull(10);
    let order = lan.orders.clone();
    assert_eq!(order.len(), 1);
    hub.restore();
    (hoa.link, lan.link) = (hub.link(), hub.link());
    // Lan has heard of the order and has something to send; Hoa has not, and sends all she ever made.
    let note = lan.change(household(COMMUNE));
    assert_eq!(lan.push_with(&order, &[note]).results, []);
    assert_eq!(hoa.outcomes(&hoa.batches), [Outcome::Admitted, Outcome::Admitted, Outcome::Admitted]);
    let all = phone(hub, "moi", "all").pull_page(10);
    let text = format!("{:?}", names(&all));
    assert!(!text.contains(SECRET) && text.contains("Nông Văn Còn"), "{text}");
}

pub fn a_claim_without_its_order_is_not_believed(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let batch = hoa.change(household(COMMUNE));
    let claimed = batch.erase(OrderId(uuid::Uuid::now_v7()), |_, name| name == "name").unwrap();
    // It counts as half a batch: the value is still to come.
    assert_eq!(hoa.outcomes(&[&claimed]), [Outcome::Staged]);
    assert_eq!((hoa.ask().received_through, hoa.ask().staged), (0, 0));
    assert_eq!(hoa.outcomes(&[&batch]), [Outcome::Admitted]);
    assert_eq!(names(&hoa.pull_page(10)), ["\"Nguyễn Văn Thử\""]);
    // Nor is one that somebody else signed.
    let mut by_nobody = hoa.clone();
    let second = by_nobody.change(household(COMMUNE));
    let values: BTreeMap<ChangeId, _> =
        [(second.ids()[0].unwrap(), BTreeSet::from(["name".to_owned()]))].into();
    let order = wire::erasure::ErasureOrder {
        v: wire::VERSION,
        id: OrderId(uuid::Uuid::now_v7()),
        office: hoa.office,
        issued_at: 0,
        values,
    };
    let signed = wire::erasure::Order::issue(&order, &hoa.key()).unwrap();
    let claimed = second.erase(order.id, |_, name| name == "name").unwrap();
    assert_eq!(by_nobody.push_with(&[signed], &[claimed]).results[0].outcome, Outcome::Staged);
}
