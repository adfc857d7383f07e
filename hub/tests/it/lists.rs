//! Lists are looked through in memory: they follow the database, whoever writes it.

use crate::world::{COMMUNE, NEIGHBOUR, Office};
use hub::{
    Hub,
    db::{listing::Page, users::User},
    office::records,
};
use model::{RecordEdit, RecordRef, kind};
use testkit::{
    TestClock,
    records::{household, under},
};

/// Households that the user finds, and how many there are; `size` on a page.
fn found(hub: &Hub, user: &User, query: &str, (number, size): (u32, u32)) -> (Vec<RecordRef>, u32) {
    let page = Page { number, size };
    let (rows, total) =
        hub.read_now(|hub, read| records::list(hub, read, user, kind::HOUSEHOLD, query, &page)).unwrap();
    (rows.into_iter().map(|row| row.reference).collect(), total)
}

fn named(name: &str) -> RecordEdit {
    household(COMMUNE).set("name", name)
}

const ALL: (u32, u32) = (0, 50);

#[test]
fn what_moves_or_goes_is_found_where_it_is() {
    let office = Office::open();
    let here = office.user("xa-nay", &format!("commune:{COMMUNE}"));
    let there = office.user("xa-kia", &format!("commune:{NEIGHBOUR}"));
    let mut phone = office.phone("hoa", "all");
    let home = named("Lò Văn An");
    let id = home.record.clone();
    phone.write(vec![home]);
    assert_eq!(found(&office.hub, &here, "lo van", ALL), (vec![id.clone()], 1));
    assert_eq!(found(&office.hub, &there, "lo van", ALL), (vec![], 0));
    let person = under(kind::PERSON, &id).set("name", "Vàng Thị Mỷ");
    phone.write(vec![RecordEdit::new(id.clone()).set("commune", NEIGHBOUR), person]);
    assert_eq!(found(&office.hub, &here, "lo van", ALL), (vec![], 0));
    assert_eq!(found(&office.hub, &there, "vang thi my", ALL), (vec![id.clone()], 1));
    phone.write(vec![RecordEdit::new(id.clone()).set("name", "Giàng A Páo")]);
    assert_eq!(found(&office.hub, &there, "lo van", ALL), (vec![], 0));
    assert_eq!(found(&office.hub, &there, "giang", ALL), (vec![id.clone()], 1));
    phone.write(vec![RecordEdit::new(id.clone()).set("removed", "moved")]);
    assert_eq!(found(&office.hub, &there, "", ALL), (vec![], 0));
    phone.write(vec![RecordEdit::new(id.clone()).set("removed", serde_json::Value::Null)]);
    assert_eq!(found(&office.hub, &there, "giang", ALL), (vec![id], 1));
}

#[test]
fn pages_follow_each_other_in_the_order_of_titles() {
    let office = Office::open();
    let user = office.user("xa-nay", &format!("commune:{COMMUNE}"));
    let mut phone = office.phone("hoa", "all");
    let homes: Vec<_> = ["Đỗ Văn Ba", "An Thị Đỗ", "Bàn Văn Đỗ"].map(named).into();
    let [third, first, second] = [0, 1, 2].map(|n: usize| homes[n].record.clone());
    phone.write(homes);
    // Without words: by title; with them: titles that begin so come first.
    assert_eq!(found(&office.hub, &user, "", (0, 2)), (vec![first.clone(), second.clone()], 3));
    assert_eq!(found(&office.hub, &user, "", (1, 2)), (vec![third.clone()], 3));
    assert_eq!(found(&office.hub, &user, "", (2, 2)), (vec![], 3));
    assert_eq!(found(&office.hub, &user, "do", ALL), (vec![third, first, second], 3));
}

#[test]
fn what_another_process_writes_is_found() {
    let office = Office::open();
    let user = office.user("xa-nay", &format!("commune:{COMMUNE}"));
    let mut phone = office.phone("hoa", "all");
    let other = Hub::open(&office.folder, TestClock::at(1_795_500_000_000)).unwrap();
    assert_eq!(found(&other, &user, "lo", ALL), (vec![], 0));
    let home = named("Lò Văn An");
    let id = home.record.clone();
    phone.write(vec![home]);
    assert_eq!(found(&other, &user, "lo", ALL), (vec![id.clone()], 1));
    phone.write(vec![RecordEdit::new(id.clone()).set("name", "Giàng A Páo")]);
    assert_eq!(found(&other, &user, "lo", ALL), (vec![], 0));
    assert_eq!(found(&other, &user, "giang", ALL), (vec![id], 1));
}
