//! What docs/architecture.md says of the hub and no other test shows.

use crate::world::Office;
use hub::db::records;
use model::{RecordEdit, RecordRef, RecordState, Verified};
use testkit::records::{household, under};
use wire::pull::Entry;

const COMMUNE: &str = "00070";

/// The hub's own file, as somebody with the server's disk reads it.
fn database(office: &Office) -> rusqlite::Connection {
    rusqlite::Connection::open(office.folder.join("hub.db")).unwrap()
}

/// The first column of each table's key.
#[test]
fn every_table_begins_with_its_office() {
    let office = Office::open();
    let database = database(&office);
    let sql = "SELECT m.name, (SELECT c.name FROM pragma_table_info(m.name) c WHERE c.pk = 1)
               FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT GLOB 'sqlite_*'";
    let mut select = database.prepare(sql).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let keys: Vec<(String, Option<String>)> = rows.collect::<Result<_, _>>().unwrap();
    assert!(keys.len() > 10, "{keys:?}");
    for (table, first) in keys {
        assert_eq!(first.as_deref(), Some("office"), "{table}");
    }
}

/// All rows are the office's: an index that is passed over for its first column alone means that all are read.
#[test]
fn each_index_is_used_for_what_it_is_for() {
    let office = Office::open();
    let database = database(&office);
    let sql = "SELECT m.name, i.name, coalesce(substr(s.sql, nullif(instr(s.sql, 'WHERE'), 0) + 6), '1'),
                   (SELECT group_concat(c.name || ' = 1', ' AND ') FROM pragma_index_info(i.name) c WHERE c.seqno < 2),
                   (SELECT c.name FROM pragma_index_info(i.name) c WHERE c.seqno = 1)
               FROM sqlite_master m, pragma_index_list(m.name) i
                   LEFT JOIN sqlite_master s ON s.name = i.name AND s.sql IS NOT NULL
               WHERE m.type = 'table'";
    let mut select = database.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    let indexes: Vec<(String, String, String, String, Option<String>)> =
        select.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(indexes.len() > 20);
    for (table, index, only, columns, second) in indexes {
        let Some(second) = second else { continue };
        let query = format!("EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {columns} AND {only}");
        let plan: String = database.query_row(&query, [], |row| row.get(3)).unwrap();
        assert!(plan.contains(&format!("(office=? AND {second}=?")), "{index}: {plan}");
    }
}

/// An order erases; it lets nobody write where they may not.
#[test]
fn an_order_to_erase_admits_nothing_that_waits() {
    let office = Office::open();
    let mut author = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let mut stranger = office.phone("lan", "commune:00073");
    let home = household(COMMUNE);
    let record = home.record.clone();
    author.write(vec![home]);
    let edit = RecordEdit::new(record.clone()).set("name", "Tên Lạ").set("phone", "0912 000 999");
    let waits = stranger.change(edit);
    let scope = wire::push::Outcome::Waiting { code: "admission.scope".into() };
    assert_eq!(stranger.outcomes(&[&waits]), [scope]);
    let (erased, fields) = (record.clone(), ["name".to_owned()].into());
    let erase =
        move |hub: &hub::Hub, tx: &hub::db::Tx| hub::office::erasure::erase(hub, tx, &erased, &fields);
    let orders = office.hub.write_now(erase).unwrap();
    let order = orders[0].reopen().unwrap();
    assert_eq!(order.values.len(), 2, "what waits is erased, too");
    let found = office.hub.read_now(|_, read| Ok(records::find(read, &record)?)).unwrap().unwrap();
    assert_eq!(found.state.value("phone"), None);
    assert_eq!((found.state.value("name"), found.state.fields["name"].heads.len()), (None, 1));
    assert_eq!(office.stats().waiting, 1);
}

#[test]
fn kinds_and_fields_that_the_hub_does_not_know_pass_untouched() {
    let office = Office::open();
    let place = format!("commune:{COMMUNE}");
    let (mut newer, mut older) = (office.phone("hoa", &place), office.phone("lan", &place));
    let home = household(COMMUNE).set("flood_level", 3);
    let grant =
        under("sponsorship_of_2030", &home.record).set("terms", serde_json::json!({"months": [1, 2]}));
    let below = under("payment_of_2030", &grant.record).set("paid", true);
    let references = [home.record.clone(), grant.record.clone(), below.record.clone()];
    newer.write(vec![home, grant, below]);

    let puts = |entry: Entry| match entry {
        Entry::Put(batch) => Some(batch),
        _ => None,
    };
    let page = older.pull_page(10);
    let signer = page.certificates[0].verify(&older.enrolled.office_key).unwrap().signer().unwrap();
    let came: Vec<Verified> = page
        .feeds
        .into_iter()
        .flat_map(|page| page.entries)
        .filter_map(|entry| puts(entry.entry))
        .map(|batch| batch.verify(&signer).unwrap())
        .collect();
    assert_eq!(came[0].batch(), newer.batches[0].batch(), "the bytes that were signed");
    // An older phone edits what it doesn't know, and the rest of the record stays.
    older.learn(&came);
    older.write(vec![RecordEdit::new(references[1].clone()).set("note", "gọi lại")]);
    let state = |reference: &RecordRef| -> RecordState {
        let found = office.hub.read_now(|_, read| Ok(records::find(read, reference)?));
        found.unwrap().unwrap().state
    };
    assert_eq!(state(&references[0]).value("flood_level"), Some(&3.into()));
    assert_eq!(state(&references[1]).value("terms"), Some(&serde_json::json!({"months": [1, 2]})));
    assert_eq!(state(&references[1]).text("note"), Some("gọi lại"));
    assert_eq!(state(&references[2]).value("paid"), Some(&true.into()));
}
