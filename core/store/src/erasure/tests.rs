//! Values that the office ordered to be erased: gone from all that is kept here, and they don't come back.

use crate::{Store, common::*};
use model::{
    ChangeId, Feed, OrderId, RecordEdit, RecordRef, Said, Verified,
    batch::{Body, PartField, Seen},
    kind,
};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    erasure::{ErasureOrder, Order},
    pull::PullResponse,
};

const SECRET: &str = "Sùng Thị Bị Xóa Tên";
const STAYS: &str = "Bản Lũng Vài";

fn order(phone: &Phone, batches: &[&Verified], field: &str) -> Order {
    let mut values: BTreeMap<ChangeId, BTreeSet<String>> = BTreeMap::new();
    for change in batches.iter().flat_map(|batch| batch.changes()).flatten() {
        if change.value(field).is_some_and(|value| value.text().contains(SECRET)) {
            values.insert(change.id, BTreeSet::from([field.to_owned()]));
        }
    }
    let state = phone.office.state();
    let id = OrderId(new_ref("order").id);
    let order = ErasureOrder { v: wire::VERSION, id, office: state.office, issued_at: START_MS, values };
    Order::issue(&order, &state.key).unwrap()
}

/// What this order leaves of a batch.
fn left(batch: &Verified, order: &Order) -> Verified {
    let order = order.reopen().unwrap();
    let covers = |id, name: &str| order.values.get(&id).is_some_and(|names| names.contains(name));
    batch.erase(order.id, covers).unwrap()
}

fn with(mut answer: PullResponse, orders: &[&Order]) -> PullResponse {
    answer.orders = orders.iter().map(|order| (*order).clone()).collect();
    answer
}

/// The seed of a batch, and the salt of its first change's name.
fn secrets(batch: &Verified) -> [[u8; 16]; 2] {
    let Body::Whole { seed, .. } = &batch.batch().body else { panic!("all of it is seen") };
    let singly = batch.erase(OrderId(new_ref("order").id), |_, name| name == "village").unwrap();
    let Body::Parts { changes, .. } = &singly.batch().body else { panic!("something is erased") };
    let Seen::Part(first) = &changes[0] else { panic!("something of it is erased") };
    let salt = first.fields.iter().find_map(|field| match field {
        PartField::Value { salt, field } if &*field.name == "name" => Some(salt),
        _ => None,
    });
    [*seed.bytes(), *salt.unwrap().bytes()]
}

/// All that the database holds once it is decrypted: every cell, unpacked where it is packed, and the pages that they
/// lie in. What was deleted is overwritten, and its log is empty.
fn decrypted(phone: &Phone) -> Vec<Vec<u8>> {
    let plain = phone.root.path().join("plain.db");
    // What is attached is never made anew.
    std::fs::write(&plain, "").unwrap();
    let export = |db: &rusqlite::Connection| {
        let overwrites: i64 = db.query_row("PRAGMA secure_delete", [], |row| row.get(0))?;
        assert_eq!(overwrites, 1);
        db.execute("ATTACH DATABASE ?1 AS plain KEY ''", [plain.to_str().unwrap()])?;
        db.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(()))?;
        Ok(db.execute_batch("DETACH DATABASE plain")?)
    };
    phone.store.read(export).unwrap();
    let mut found = vec![std::fs::read(&plain).unwrap()];
    let database = rusqlite::Connection::open(&plain).unwrap();
    let mut unpacker = packing::Unpacker::new().unwrap();
    let names = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let mut tables = database.prepare(names).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for table in tables.collect::<Result<Vec<_>, _>>().unwrap() {
        let mut select = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let Ok(Some(bytes)) = row.get_ref(column).unwrap().as_bytes_or_null() else { continue };
                found.extend(unpacker.unpack(bytes));
                found.push(bytes.to_vec());
            }
        }
    }
    std::fs::remove_file(plain).unwrap();
    found
}

fn log_length(phone: &Phone) -> u64 {
    std::fs::metadata(phone.folder.path().join("store.db-wal")).unwrap().len()
}

fn holds(found: &[Vec<u8>], needle: &[u8]) -> bool {
    found.iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

fn said(store: &Store, record: &RecordRef, field: &str) -> Vec<Said> {
    let state = store.record(record).unwrap().unwrap().state;
    state.fields[field].heads.iter().map(|head| head.said.clone()).collect()
}

#[test]
fn after_an_order_neither_value_nor_salt_nor_seed_is_in_the_folder() {
    let phone = Phone::new();
    let mut other = phone.other();
    let mut stranger = phone.other();
    let certificate = phone.office.certificate_of(&other);
    // One household by a colleague, one by this phone, one whose author is not known yet.
    let theirs = other.change(household(SECRET));
    let unknown = stranger.change(household(SECRET));
    let mut answer = phone.answer(&commune(), 1, vec![put(theirs.clone()), put(unknown.clone())]);
    answer.certificates = vec![certificate.clone()];
    assert_eq!(phone.store.apply_pull(&answer).unwrap().aside, ["pull.no-certificate"]);
    let home = household(SECRET);
    let reference = home.record.clone();
    phone.store.commit(vec![home, person("Còn Lại", &reference)]).unwrap();
    let own = phone.own_after(0)[0].clone();
    let whole = decrypted(&phone);
    let gone: Vec<[u8; 16]> = [&theirs, &own, &unknown].into_iter().flat_map(secrets).collect();
    assert!(
        holds(&whole, SECRET.as_bytes()) && holds(&whole, &gone[2]) && holds(&whole, &gone[4]),
        "it is searched where it lies"
    );
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "sung thi bi xoa", 0, 10).unwrap().total, 2);

    let order = order(&phone, &[&theirs, &own, &unknown], "name");
    let mut erased = phone.answer(&commune(), 3, vec![put(left(&theirs, &order)), put(left(&own, &order))]);
    erased.certificates = vec![certificate];
    let pulled = phone.store.apply_pull(&with(erased, &[&order])).unwrap();
    assert_eq!((pulled.aside.len(), pulled.conflicts.len()), (0, 0));
    assert_eq!(log_length(&phone), 0);
    let found = decrypted(&phone);
    assert!(!holds(&found, SECRET.as_bytes()) && !holds(&found, "sung thi bi xoa".as_bytes()));
    for secret in &gone {
        assert!(!holds(&found, secret));
    }
    assert!(holds(&found, STAYS.as_bytes()));
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "sung", 0, 10).unwrap().total, 0);
    let id = order.reopen().unwrap().id;
    assert!(said(&phone.store, &reference, "name") == [Said::Erased(id)]);
    phone.store.check().unwrap();

    // What goes up proves the same, without the value, with the order; the sibling is still there.
    let up = phone.own_after(0)[0].clone();
    assert_eq!(up.statement(), own.statement());
    assert_eq!(up.orders().collect::<Vec<_>>(), [id]);
    let (orders, more) = phone.store.orders_with(&[up.clone().into()], &BTreeSet::new(), 1).unwrap();
    assert_eq!((orders[0].0, orders.len(), more), (id, 1, false));
    let siblings =
        up.changes().flatten().filter_map(|change| change.value("name").map(|name| name.text().to_owned()));
    assert_eq!(siblings.collect::<Vec<_>>(), ["\"Còn Lại\""]);
    // The hub is asked again for what had been put aside.
    assert_eq!(phone.store.cursors().unwrap().1[0].position, 1);
}

#[test]
fn a_stale_hub_and_an_old_folder_bring_nothing_back() {
    let mut phone = Phone::new();
    let mut other = phone.other();
    let certificate = phone.office.certificate_of(&other);
    let home = household(SECRET);
    let reference = home.record.clone();
    let theirs = other.change(home);
    let whole = |phone: &Phone| {
        let mut answer = phone.answer(&commune(), 1, vec![put(theirs.clone())]);
        answer.certificates = vec![certificate.clone()];
        answer
    };
    phone.store.apply_pull(&whole(&phone)).unwrap();
    let order = order(&phone, &[&theirs], "name");
    phone.store.apply_pull(&with(phone.answer(&commune(), 2, vec![]), &[&order])).unwrap();
    // A hub that went back to a backup from before the order sends the value once more.
    let mut again = whole(&phone);
    again.epoch = "e2".into();
    phone.store.apply_pull(&again).unwrap();
    let id = order.reopen().unwrap().id;
    assert!(said(&phone.store, &reference, "name") == [Said::Erased(id)]);
    assert!(!holds(&decrypted(&phone), SECRET.as_bytes()));
    phone.reopen();
    assert!(said(&phone.store, &reference, "name") == [Said::Erased(id)]);

    // An old copy of the folder knows neither order nor erasure: the next pull brings both.
    let old = Phone::enrolled(phone.office.clone());
    old.store.apply_pull(&whole(&old)).unwrap();
    let mut news = old.answer(&commune(), 2, vec![put(left(&theirs, &order))]);
    news.certificates = vec![certificate.clone()];
    old.store.apply_pull(&with(news, &[&order])).unwrap();
    assert!(said(&old.store, &reference, "name") == [Said::Erased(id)]);
    assert!(!holds(&decrypted(&old), SECRET.as_bytes()));
}

#[test]
fn a_hub_of_another_epoch_is_told_of_all_orders_in_parts() {
    let phone = Phone::new();
    let none = BTreeSet::new();
    let orders = [(); 5].map(|()| order(&phone, &[], "name"));
    let ids = BTreeSet::from(orders.each_ref().map(|order| order.reopen().unwrap().id));
    let known = with(phone.answer(&commune(), 1, vec![]), &orders.each_ref());
    phone.store.apply_pull(&known).unwrap();
    let tell = |told: &BTreeSet<OrderId>, bytes| {
        let (orders, more) = phone.store.orders_with(&[], told, bytes).unwrap();
        (orders.into_iter().map(|(id, _)| id).collect::<BTreeSet<OrderId>>(), more)
    };
    assert_eq!(tell(&none, usize::MAX), (none.clone(), false));
    let again = PullResponse { epoch: "e2".into(), ..phone.answer(&commune(), 1, vec![]) };
    phone.store.apply_pull(&again).unwrap();
    assert_eq!(tell(&none, usize::MAX), (ids.clone(), false));
    // At least one; those of this run are not told again, and what the hub has is kept.
    let (first, more) = tell(&none, 1);
    assert_eq!((first.len(), more), (1, true));
    let (next, more) = tell(&first, orders[0].bytes() * 2);
    assert!(next.len() == 2 && more && next.is_disjoint(&first));
    phone.store.orders_told(&next.iter().copied().collect::<Vec<_>>()).unwrap();
    let left: BTreeSet<OrderId> = ids.difference(&next).copied().collect();
    assert_eq!(tell(&none, usize::MAX), (left, false));
}

#[test]
fn a_claim_without_its_order_counts_as_withheld() {
    let phone = Phone::new();
    let mut other = phone.other();
    let certificate = phone.office.certificate_of(&other);
    let home = household(SECRET);
    let reference = home.record.clone();
    let theirs = other.change(home);
    let claimed = theirs.erase(OrderId(new_ref("order").id), |_, name| name == "name").unwrap();
    let mut answer = phone.answer(&commune(), 1, vec![put(claimed)]);
    answer.certificates = vec![certificate.clone()];
    phone.store.apply_pull(&answer).unwrap();
    let state = phone.store.record(&reference).unwrap().unwrap().state;
    assert!(!state.fields.contains_key("name") && state.text("village") == Some(STAYS));
    // Nor does one that another office signed erase anything.
    let foreign = Phone::new();
    let order = order(&foreign, &[&theirs], "name");
    let mut shown = phone.answer(&commune(), 2, vec![put(theirs)]);
    shown.certificates = vec![certificate];
    phone.store.apply_pull(&with(shown, &[&order])).unwrap();
    assert_eq!(phone.store.record(&reference).unwrap().unwrap().state.text("name"), Some(SECRET));
}

#[test]
fn what_was_locked_is_erased_once_it_opens() {
    let phone = Phone::new();
    let case = RecordEdit::new(new_ref(kind::CASE)).set("restricted", true).set("reason", SECRET);
    let reference = case.record.clone();
    phone.store.commit(vec![case]).unwrap();
    let own = phone.own_after(0)[0].clone();
    let order = order(&phone, &[&own], "reason");
    phone.store.close().unwrap();
    let locked = phone.folder.open(&phone.keys.without_restricted(), phone.clock.clone(), rules()).unwrap();
    let nothing = Phone::answer_to(&locked, &commune(), 1, vec![]);
    locked.apply_pull(&with(nothing, &[&order])).unwrap();
    locked.close().unwrap();
    let store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    assert_eq!(store.record(&reference).unwrap().unwrap().state.text("reason"), Some(SECRET));
    let nothing = Phone::answer_to(&store, &commune(), 1, vec![]);
    store.apply_pull(&nothing).unwrap();
    let id = order.reopen().unwrap().id;
    assert!(said(&store, &reference, "reason") == [Said::Erased(id)]);
    assert_eq!(own_after(&store, 0)[0].orders().collect::<Vec<_>>(), [id]);
}

#[test]
fn of_a_view_only_what_it_shows_is_merged() {
    let phone = Phone::new();
    let mut other = phone.other();
    let (one, two) = (household("Hộ Một"), household("Hộ Hai"));
    let (first, second) = (one.record.clone(), two.record.clone());
    let batch = other.batch(vec![one, two]);
    let shown = batch.ids()[1];
    let mut answer = phone.answer(&commune(), 1, vec![put(batch.only(|id| Some(id) == shown).unwrap())]);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.record(&first).unwrap(), None);
    assert_eq!(phone.store.record(&second).unwrap().unwrap().state.text("name"), Some("Hộ Hai"));
    // The other one comes by another feed.
    let there = Feed::Commune("00071".into());
    let rest = batch.ids()[0];
    let mut answer = phone.answer(&there, 1, vec![put(batch.only(|id| Some(id) == rest).unwrap())]);
    answer.granted = vec![commune(), there];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(2));
}
