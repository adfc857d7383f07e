//! Values that the office ordered to be erased, across a real hub and its phones: gone everywhere, and they stay so.

use journeys::{
    hub::{HubProcess, command},
    phone::Phone,
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::{self, World, alone},
};
use model::{ChangeId, DeviceKey, HouseholdId, OrderId, batch::Chain};
use serde_json::json;
use std::{fs, path::Path};
use uuid::Uuid;
use wire::erasure::{ErasureOrder, Order};

const SECRET: &str = "Nông Thị Bị Xóa";
const STAYS: &str = "Hà Thị Còn Lại";
const COMMUNE: &str = COMMUNES[0].0;

/// All that the hub's folder holds: its files, and every cell of its database, unpacked where it is packed.
fn all_of(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            found.push(fs::read(path).unwrap());
        }
    }
    let database = rusqlite::Connection::open(folder.join("hub.db")).unwrap();
    let mut unpacker = packing::Unpacker::new().unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
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
    found
}

fn holds(found: &[Vec<u8>], text: &str) -> bool {
    let folded = model::fold(text);
    [text, &folded].iter().any(|text| {
        found.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    })
}

fn names(phone: &Phone) -> Vec<String> {
    phone.app.households().list(String::new(), 0, 10).unwrap().rows.into_iter().map(|row| row.name).collect()
}

/// Of a household of one: both records say the name.
fn erase(world: &World, phone: &Phone, household: &str) {
    let member = phone.app.households().view(household.to_owned()).unwrap().members[0].id.clone();
    for record in [format!("household:{household}"), format!("person:{member}")] {
        let said = world.hub.command(&["erase", "--record", &record, "--field", "name"]).unwrap();
        assert!(said.starts_with("order "), "{said}");
    }
}

#[test]
fn after_an_order_nothing_of_it_is_at_the_hub_on_the_phones_or_in_a_new_backup() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNE).unwrap();
    world.worker("lan", "Lò Thị Lan", COMMUNE).unwrap();
    let (author, reader) = (world.phone("mai").unwrap(), world.phone("son").unwrap());
    let finished = world::visit(&author, None, &alone(SECRET, COMMUNE), vec![]).unwrap();
    let household = finished.household_id.unwrap();
    world::visit(&author, None, &alone(STAYS, COMMUNE), vec![]).unwrap();
    author.sync().unwrap();
    reader.sync().unwrap();
    let old = world.path("before.file");
    world.hub.command(&["backup", "--to", &old.to_string_lossy()]).unwrap();
    assert!(holds(&all_of(world.hub.folder()), SECRET), "it is searched where it lies");
    let changes = world.hub.count("changes").unwrap();

    erase(&world, &author, &household);
    let left = all_of(world.hub.folder());
    assert!(!holds(&left, SECRET) && holds(&left, STAYS));
    assert_eq!((world.hub.count("changes").unwrap(), world.hub.count("waiting").unwrap()), (changes, 0));
    let new = world.path("after.file");
    world.hub.command(&["backup", "--to", &new.to_string_lossy()]).unwrap();
    let restored = world.path("of-after");
    command(&restored, &["restore", "--from", &new.to_string_lossy()]).unwrap();
    assert!(!holds(&all_of(&restored), SECRET));

    // One who was there, one who comes new, and the author.
    let late = world.phone("lan").unwrap();
    for phone in [&reader, &late, &author] {
        assert_eq!(phone.sync().unwrap().code, "ok");
        assert_eq!(names(phone).iter().filter(|name| *name == STAYS).count(), 1, "{:?}", names(phone));
        assert!(!names(phone).contains(&SECRET.to_owned()));
        assert_eq!(phone.app.households().list("nong thi".into(), 0, 10).unwrap().total, 0);
    }
    // Work goes on: the name is written again, by who knows it.
    let view = reader.app.households().view(household.clone()).unwrap();
    assert!(view.conflicts.is_empty(), "{:?}", view.conflicts);

    // The office goes back to a backup from before: the first phone that comes brings the order.
    let address = world.hub.url.trim_start_matches("https://").to_owned();
    world.hub.kill().unwrap();
    let again = world.path("hub-again");
    command(&again, &["restore", "--from", &old.to_string_lossy()]).unwrap();
    assert!(holds(&all_of(&again), SECRET));
    let hub = HubProcess::serve_with(&again, &["--listen", &address]).unwrap();
    // It hears of the hub's new beginning at the first run, and tells it at the next.
    for _ in 0..2 {
        assert_eq!(reader.sync().unwrap().code, "ok");
    }
    assert!(!holds(&all_of(&again), SECRET), "what the backup had is erased again");
    for phone in [&author, &reader] {
        phone.sync().unwrap();
        assert!(!names(phone).contains(&SECRET.to_owned()));
    }
    hub.stop().unwrap();
}

/// More than fit into one message.
const MANY: u32 = 3_000;

/// Households of one wire phone, ten in a batch, all of one name; the changes that wrote them.
fn write_many(phone: &mut WirePhone) -> Vec<ChangeId> {
    let (mut chain, mut batches) = (phone.chain().unwrap(), Vec::new());
    let fields = [("name", json!(SECRET)), ("commune", json!(COMMUNE))];
    for _ in 0..MANY / 10 {
        let changes: Vec<_> = (0..10).map(|_| (HouseholdId::new().reference(), &fields[..])).collect();
        let batch = phone.changes(phone.device(), chain, &changes).unwrap();
        chain = Chain::after(batch.statement());
        batches.push(batch);
    }
    let written = batches.iter().flat_map(|batch| batch.ids().iter().flatten().copied()).collect();
    let answer = phone.push(batches.into_iter().map(Into::into).collect()).unwrap();
    assert_eq!((answer.received_through, answer.results.as_slice()), (MANY.into(), &[][..]));
    written
}

/// One of each change, as the office signs them.
fn orders(world: &World, phone: &WirePhone, changes: &[ChangeId]) -> Vec<Order> {
    let database = rusqlite::Connection::open(world.hub.folder().join("hub.db")).unwrap();
    let key: Vec<u8> = database.query_row("SELECT signing_key FROM office", [], |row| row.get(0)).unwrap();
    let key = DeviceKey::from_pkcs8(&key).unwrap();
    let order = |change: &ChangeId| ErasureOrder {
        v: wire::VERSION,
        id: OrderId(Uuid::now_v7()),
        office: phone.enrolled.office,
        issued_at: 0,
        values: [(*change, ["name".to_owned()].into())].into(),
    };
    changes.iter().map(|change| Order::issue(&order(change), &key).unwrap()).collect()
}

fn kept(hub: &Path) -> u32 {
    let database = rusqlite::Connection::open(hub.join("hub.db")).unwrap();
    database.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
}

#[test]
fn thousands_of_orders_come_down_and_go_up_again() {
    let mut world = World::open().unwrap();
    for login in ["mai", "son", "lan"] {
        world.worker(login, "Lý Thị Mai", COMMUNE).unwrap();
    }
    let (mut author, reader) = (WirePhone::enrol(&world.hub, "mai").unwrap(), world.phone("son").unwrap());
    let changes = write_many(&mut author);
    let old = world.path("before.file");
    world.hub.command(&["backup", "--to", &old.to_string_lossy()]).unwrap();
    for orders in orders(&world, &author, &changes).chunks(1_000) {
        author.push_orders(orders.to_vec()).unwrap();
    }
    assert_eq!(kept(world.hub.folder()), MANY);
    reader.sync().unwrap();
    assert!(names(&reader).iter().all(|name| name != SECRET), "{:?}", names(&reader));

    // A hub that knows none of them hears of all.
    let address = world.hub.url.trim_start_matches("https://").to_owned();
    world.hub.kill().unwrap();
    let again = world.path("hub-again");
    command(&again, &["restore", "--from", &old.to_string_lossy()]).unwrap();
    assert!(kept(&again) == 0 && holds(&all_of(&again), SECRET));
    world.hub = HubProcess::serve_with(&again, &["--listen", &address]).unwrap();
    reader.sync().unwrap();
    assert_eq!(kept(&again), MANY);
    assert!(!holds(&all_of(&again), SECRET));

    // One who comes new hears of each with what it erased.
    let late = world.phone("lan").unwrap();
    assert_eq!(late.app.households().list(String::new(), 0, 1).unwrap().total, MANY);
    assert!(names(&late).iter().all(|name| name != SECRET), "{:?}", names(&late));
}
