//! Orders to erase, when they are many or large.

use crate::world::{COMMUNE, Office};
use hub::{db::Tx, office::erasure};
use model::{ChangeId, OrderId};
use std::collections::BTreeSet;
use testkit::{Client, Request, records::household};
use uuid::Uuid;
use wire::{
    erasure::{ErasureOrder, Order},
    error::code,
    paths,
    pull::PullRequest,
    push::MAX_ORDERS,
};

/// An order of the change's name and of so many others that nobody has.
fn order(office: &Office, change: ChangeId, others: usize) -> Order {
    let changes = std::iter::once(change).chain((0..others).map(|_| ChangeId(Uuid::now_v7())));
    let order = ErasureOrder {
        v: wire::VERSION,
        id: OrderId(Uuid::now_v7()),
        office: office.hub.identity.office,
        issued_at: 0,
        values: changes.map(|change| (change, BTreeSet::from(["name".to_owned()]))).collect(),
    };
    Order::issue(&order, &office.key()).unwrap()
}

fn nothing(office: &Office) -> Order {
    order(office, ChangeId(Uuid::now_v7()), 0)
}

fn kept(office: &Office) -> u32 {
    let database = rusqlite::Connection::open(office.folder.join("hub.db")).unwrap();
    database.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
}

/// Bytes of the orders of each answer with entries, pulled to the end by so many bytes at once.
fn pull(phone: &mut Client, max_bytes: u64) -> Vec<usize> {
    let mut answers = Vec::new();
    loop {
        let question = PullRequest { max_bytes, ..phone.pull_request(1_000) };
        let answer = phone.post(paths::PULL, &question).pulled();
        if answer.feeds.is_empty() {
            return answers;
        }
        answers.push(answer.orders.iter().map(Order::bytes).sum());
        let named: BTreeSet<OrderId> = answer.orders.iter().map(|order| order.reopen().unwrap().id).collect();
        let wanted = answer.feeds[0].entries.iter().flat_map(|entry| match &entry.entry {
            wire::pull::Entry::Put(batch) => batch.orders().collect::<Vec<_>>(),
            _ => Vec::new(),
        });
        assert_eq!(wanted.collect::<BTreeSet<_>>(), named);
        phone.orders.extend(answer.orders);
        let page = &answer.feeds[0];
        phone.cursors = vec![wire::pull::Cursor {
            feed: page.feed.clone(),
            epoch: answer.epoch,
            position: page.entries.last().unwrap().position,
            mark: page.mark,
        }];
    }
}

#[test]
fn an_answer_has_fewer_entries_where_they_name_many_orders() {
    let office = Office::open();
    let mut author = office.phone("hoa", "all");
    let written: Vec<_> = (0..400).map(|_| author.change(household(COMMUNE))).collect();
    author.push(&written);
    // 20 KB each, so that those of one piece of the feed are more than an answer may have.
    let orders: Vec<Order> =
        written.iter().map(|batch| order(&office, batch.ids()[0].unwrap(), 400)).collect();
    let largest = orders.iter().map(Order::bytes).max().unwrap();
    for orders in orders.chunks(100) {
        author.push_with(orders, &written[..0]);
    }
    for max_bytes in [1, 100_000, u64::MAX] {
        let mut reader = office.phone_of("hoa");
        let answers = pull(&mut reader, max_bytes);
        let ids: BTreeSet<String> =
            reader.orders.iter().map(|order| serde_json::to_string(order).unwrap()).collect();
        assert_eq!(ids, orders.iter().map(|order| serde_json::to_string(order).unwrap()).collect());
        let most = usize::try_from(max_bytes.min(2 << 20)).unwrap() * 3 / 2 + largest;
        assert!(answers.iter().all(|bytes| *bytes <= most), "{max_bytes}: {answers:?}");
    }
}

#[test]
fn what_is_too_much_for_one_order_is_ordered_by_several() {
    let office = Office::open();
    let mut author = office.phone("hoa", "all");
    let name = |n: usize| format!("{n:\u{1}>95}");
    let home = (0..900).fold(household(COMMUNE), |home, n| home.set(name(n), n));
    let record = home.record.clone();
    author.write(vec![home]);
    let fields: BTreeSet<String> = (0..900).map(name).collect();
    let wanted = fields.clone();
    let erase = move |hub: &hub::Hub, tx: &Tx| erasure::erase(hub, tx, &record, &fields);
    let orders = office.hub.write_now(erase).unwrap();
    assert!(orders.iter().all(|order| order.bytes() < 257 * 1024) && orders.len() > 1, "{}", orders.len());
    let values = |orders: &[Order]| -> BTreeSet<String> {
        orders.iter().flat_map(|order| order.reopen().unwrap().values.into_values().flatten()).collect()
    };
    assert_eq!(values(&orders), wanted);
    let mut reader = office.phone_of("hoa");
    reader.pull(100);
    assert_eq!((reader.orders.len(), values(&reader.orders)), (orders.len(), wanted));
}

#[test]
fn orders_that_came_before_a_cut_are_kept() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    let orders: Vec<Order> = (0..200).map(|_| nothing(&office)).collect();
    let push = Request::push_with(&orders, &phone.batches);
    let half = push.body[..push.body.len() / 2].to_vec();
    let cut = phone.send(Request { body: half, ..push.clone() });
    assert_eq!(cut.refusal(), (400, code::BAD_MESSAGE.into()));
    let came = kept(&office);
    assert!((60..=120).contains(&came), "{came}");
    assert_eq!(phone.send(push).status, 200);
    assert_eq!(kept(&office), 200);
}

#[test]
fn a_push_brings_so_many_orders_and_no_more() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    let orders: Vec<Order> = (0..=MAX_ORDERS).map(|_| nothing(&office)).collect();
    let push = phone.send(Request::push_with(&orders, &phone.batches));
    assert_eq!((push.refusal(), kept(&office)), ((413, code::TOO_LARGE.into()), 0));
    phone.push_with(&orders[1..], &phone.batches);
    assert_eq!(kept(&office), u32::try_from(MAX_ORDERS).unwrap());
}
