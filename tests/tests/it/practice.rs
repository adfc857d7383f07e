//! What is for practice never leaves the phone: not a byte of it is in what goes over the line, or in the hub's folder.

use journeys::{
    headless::Headless,
    recorded::{Exchange, Recorder},
    synthetic::COMMUNES,
    world::World,
};
use model::{Rebuilt, RecordEdit, RecordRef, batch::Body, kind, record::field};
use std::fs;
use sync::Retry;
use uuid::Uuid;
use wire::push::PushReader;

const NAME: &str = "Hộ Chỉ Để Tập";

fn new(kind: &'static str) -> RecordEdit {
    RecordEdit::new(RecordRef::new(kind, Uuid::now_v7()))
}

/// The records that the pushes of a run named.
fn pushed(heard: &[Exchange]) -> Vec<RecordRef> {
    let pushes = heard.iter().filter(|exchange| exchange.path == wire::paths::PUSH);
    let batches = pushes.flat_map(|push| PushReader::new(true).unwrap().read(&push.body).unwrap().batches);
    let records = |batch: &Rebuilt| match &batch.batch().body {
        Body::Whole { changes, .. } => changes.iter().map(|change| change.head.record.clone()).collect(),
        other => panic!("{other:?}"),
    };
    batches.flat_map(|batch| -> Vec<RecordRef> { records(&batch) }).collect()
}

#[test]
fn nothing_of_a_practice_household_goes_over_the_line() {
    let mut world = World::open().unwrap();
    world.worker("hoa", "Hoàng Thị Hoa", COMMUNES[0].0).unwrap();
    let invitation = world.hub.invite("hoa", None).unwrap();
    let phone = Headless::enrol(&invitation, &world.path("hoa"), "Máy một").unwrap();
    let home =
        new(kind::HOUSEHOLD).set("name", NAME).set(field::PRACTICE, true).set(field::COMMUNE, COMMUNES[0].0);
    let member = new(kind::PERSON).under(home.record.clone()).set("name", NAME);
    let photo = phone.photo(&home.record, &[7; 40_000], &[8; 2_000]).unwrap();
    let practised = [&home, &member, &photo].map(|edit| edit.record.clone());
    let real = new(kind::HOUSEHOLD).set("name", "Hộ Thật").set(field::COMMUNE, COMMUNES[0].0);
    let sent = real.record.clone();
    phone.store.commit(vec![home, member, photo]).unwrap();
    phone.store.commit(vec![real]).unwrap();
    let mut heard = Vec::new();
    for _ in 0..2 {
        let over = phone.transport(None).unwrap();
        let report = phone.sync(&mut Recorder { over, heard: &mut heard }, Retry::default(), &mut |_| {});
        assert_eq!(report.problem, None);
    }
    assert_eq!(pushed(&heard), [sent]);
    assert!(!heard.iter().any(|exchange| exchange.path.starts_with(wire::paths::PHOTOS)), "nor a photo");
    assert_eq!(
        [world.hub.records(kind::HOUSEHOLD).unwrap(), world.hub.records(kind::PERSON).unwrap()],
        [1, 0]
    );
    let here =
        |record: &RecordRef| phone.store.record(record).unwrap().is_some_and(|record| record.stays_here);
    assert!(practised.iter().all(here));
    for entry in fs::read_dir(world.hub.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        for record in &practised {
            let is_there = bytes.windows(16).any(|window| window == record.id.as_bytes());
            assert!(!is_there, "{}", path.display());
        }
    }
}
