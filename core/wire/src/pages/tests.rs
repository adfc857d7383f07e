use crate::{
    lines::{Bad, Packer},
    pull::{Entry, FeedEntry, FeedPage, PullResponse, Writer, pack},
    push::{Came, PushReader, PushRequest},
};
use model::{
    DeviceId, DeviceKey, Feed, HouseholdId, HubId, OfficeId, Rebuilt, Stamp, UserId,
    batch::{Chain, Device, Draft, Json, Maker},
    encoding::Bytes,
};
use ring::rand::SystemRandom;
use std::collections::{BTreeMap, BTreeSet};

/// Batches of a household each, with notes that pack badly.
fn batches(count: usize) -> Vec<Rebuilt> {
    let random = SystemRandom::new();
    let key = DeviceKey::from_pkcs8(&DeviceKey::generate(&random).unwrap()).unwrap();
    let device = Device { office: OfficeId::new(), device: DeviceId::new(), author: UserId::new() };
    let mut chain = Chain::first(b"certificate");
    let mut dice = 1u64;
    let mut letter = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + (dice >> 59) as u8 % 26)
    };
    let batch = |n| {
        let note: String = (0..700).map(|_| letter()).collect();
        let value = (Json::new(format!("\"{note}\"")).unwrap(), BTreeSet::new());
        let mut maker = Maker::new(device, chain.clone(), &random).unwrap();
        let record = HouseholdId::new().reference();
        let fields = BTreeMap::from([("note".to_owned(), value)]);
        maker.add(Draft { at: Stamp(1_795_507_740_000 + n as u64, 0), record, cause: None, fields }).unwrap();
        let made = maker.sign(&key).unwrap();
        chain = Chain::after(made.statement());
        made.into()
    };
    (0..count).map(batch).collect()
}

fn same(one: &Rebuilt, other: &Rebuilt) -> bool {
    one.batch() == other.batch()
}

fn read(body: &[u8], step: usize) -> Result<(Came, bool), Bad> {
    let mut reader = PushReader::new(true)?;
    let mut all = Came::default();
    for bytes in body.chunks(step) {
        all.batches.extend(reader.read(bytes)?.batches);
    }
    Ok((all, reader.is_whole()))
}

#[test]
fn a_push_that_is_cut_gives_its_first_batches() {
    let batches = batches(200);
    let push = PushRequest { v: crate::VERSION, receipt: None, orders: Vec::new(), batches };
    let body = push.write(Packer::new(true).unwrap()).unwrap();
    let mut before = 0;
    for tenth in 0..=10 {
        let (came, whole) = read(&body[..body.len() * tenth / 10], 1_000).unwrap();
        let came = came.batches;
        assert!(came.iter().zip(&push.batches).all(|(came, sent)| same(came, sent)));
        // What a cut costs is a page, some 40 of these.
        assert!(
            came.len() >= before && came.len() + 50 >= 200 * tenth / 10,
            "{} of {tenth} tenths",
            came.len()
        );
        assert_eq!(whole, tenth == 10);
        before = came.len();
    }
    assert_eq!(before, 200);
}

#[test]
fn entries_keep_their_positions_and_times_packed_before_or_not() {
    let batches = batches(70);
    let entry = |(n, batch): (u64, &Rebuilt)| {
        let entry = match n {
            5 => Entry::Own(9),
            // One behind the other, and the last.
            20 | 21 | 70 => Entry::Leave(HouseholdId::new().reference()),
            _ => Entry::Put(Box::new(batch.clone())),
        };
        // By a clock that was set back.
        FeedEntry { position: n, entry, received_at: 1_795_507_740_000 - n * n }
    };
    let entries: Vec<FeedEntry> = (1..).zip(&batches).map(entry).collect();
    let told = |page: &FeedPage| {
        let shown = |entry: &FeedEntry| match &entry.entry {
            Entry::Put(batch) => format!("put {:?}", batch.statement()),
            other => format!("{other:?}"),
        };
        let entry = |entry: &FeedEntry| (entry.position, entry.received_at, shown(entry));
        page.entries.iter().map(entry).collect::<Vec<_>>()
    };
    let feed = Feed::Commune("00070".into());
    let head = PullResponse {
        feeds: vec![FeedPage {
            feed: feed.clone(),
            entries: entries.clone(),
            head: 70,
            mark: Some(Bytes([7; 16])),
        }],
        ..empty()
    };
    let whole = |zstd, bytes: &[u8]| {
        let (answer, whole) = PullResponse::read(zstd, bytes).unwrap().unwrap();
        assert!(whole);
        answer
    };
    for zstd in [true, false] {
        let body = head.write(Packer::new(zstd).unwrap()).unwrap();
        let page = &whole(zstd, &body).feeds[0];
        assert_eq!((told(page), page.mark), (told(&head.feeds[0]), head.feeds[0].mark));
    }
    let mut writer: Writer<Vec<u8>> = Writer::new(Packer::new(true).unwrap(), &head).unwrap();
    writer.feed(&feed, 70).unwrap();
    writer.entries(&entries[..3]).unwrap();
    writer.packed(pack(&entries[3..40]).unwrap(), 37).unwrap();
    writer.entries(&entries[40..]).unwrap();
    writer.mark(Bytes([7; 16])).unwrap();
    let parts = writer.finish().unwrap();
    let body = parts.concat();
    assert_eq!(told(&whole(true, &body).feeds[0]), told(&head.feeds[0]));
    // What came of a packed part before a cut is of use.
    let cut = parts[0].len() + parts[1].len() * 9 / 10;
    let (answer, whole) = PullResponse::read(true, &body[..cut]).unwrap().unwrap();
    let came = told(&answer.feeds[0]);
    assert_eq!(answer.feeds[0].mark, None, "of another entry than the last that came");
    assert!(!whole && came.len() > 3 && came[..] == told(&head.feeds[0])[..came.len()], "{}", came.len());
}

fn empty() -> PullResponse {
    PullResponse {
        v: crate::VERSION,
        hub: HubId::new(),
        epoch: "e1".into(),
        feeds: Vec::new(),
        more: false,
        anew: Vec::new(),
        granted: Vec::new(),
        certificates: Vec::new(),
        orders: Vec::new(),
        own: Vec::new(),
        worker: serde_json::from_str(
            r#"{"user":"01a20ebc-b519-762d-840c-a552c1ebd379","name":"Thử","role":"collaborator","places":[],"duty_managers":[]}"#,
        )
        .unwrap(),
        forms: Bytes([0; 32]),
        receipt: None,
        server_time: 0,
    }
}
