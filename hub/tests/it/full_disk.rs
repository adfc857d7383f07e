//! A disk that has no room: SQLite's own limit of pages makes the same error, where and when the test wants it.

use crate::world::{COMMUNE, Office};
use model::kind;
use testkit::{
    Request,
    records::{household, under},
};
use wire::{error::code, push::Outcome};

fn limit_pages(office: &Office, spare: Option<u32>) {
    office.hub.write_now(move |_, tx| Ok(tx.limit_growth(spare)?)).unwrap();
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    limit_pages(&office, Some(2));
    let home = household(COMMUNE);
    // Nothing that packing makes small.
    let long = (0..3_000).map(|_| uuid::Uuid::new_v4().to_string()).collect::<String>();
    let note = under(kind::NOTE, &home.record).set("text", long);
    let batch = phone.batch(vec![home, note]);
    assert_eq!(phone.send(Request::push(&[&batch])).refusal(), (507, code::FULL.into()));
    // What was there is served, and what fits is taken.
    assert_eq!(phone.pull(10).len(), 1);
    assert_eq!(phone.ask().received_through, 1);
    assert_eq!(office.stats().changes, 1);
    limit_pages(&office, None);
    assert_eq!(phone.outcomes(&[&batch]), [Outcome::Admitted]);
    assert_eq!(office.stats().waiting, 0);
}
