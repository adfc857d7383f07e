use crate::{
    erasure::Order,
    lines::{Bad, Packer},
    pull::{self, Entry, FeedEntry, FeedPage, PullResponse, Writer, pack},
    push::{self, BatchResult, Came, DeniedPart, Outcome, PushReader, PushRequest},
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
        let came = reader.read(bytes)?;
        all.orders.extend(came.orders);
        all.batches.extend(came.batches);
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
        // By a clock that was set back; of some it is told when their device came before.
        let (received_at, since) = (1_795_507_740_000 - n * n, n.is_multiple_of(3).then_some(n));
        FeedEntry { position: n, since: since.filter(|_| matches!(entry, Entry::Put(_))), entry, received_at }
    };
    let entries: Vec<FeedEntry> = (1..).zip(&batches).map(entry).collect();
    let told = |page: &FeedPage| {
        let shown = |entry: &FeedEntry| match &entry.entry {
            Entry::Put(batch) => format!("put {:?}", batch.statement()),
            other => format!("{other:?}"),
        };
        let entry = |entry: &FeedEntry| (entry.position, entry.received_at, entry.since, shown(entry));
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

/// As somebody's program writes them, of about so many bytes; one that can't be read among them.
fn orders(count: usize, bytes: usize) -> Vec<Order> {
    let order = |n| match n {
        1 => "5".to_owned(),
        n => format!(r#"{{"statement":  {{"n": {n}, "x":"{}"}},"signature" :1.0}}"#, "0".repeat(bytes)),
    };
    (0..count).map(|n| serde_json::from_str(&order(n)).unwrap()).collect()
}

fn texts(orders: &[Order]) -> Vec<String> {
    orders.iter().map(|order| serde_json::to_string(order).unwrap()).collect()
}

#[test]
fn orders_travel_byte_by_byte_and_are_more_than_a_line_holds() {
    let sent = orders(push::MAX_ORDERS, 2_000);
    let push = PushRequest { v: crate::VERSION, receipt: None, orders: sent.clone(), batches: batches(50) };
    let body = push.write(Packer::new(true).unwrap()).unwrap();
    let (came, whole) = read(&body, 1_000).unwrap();
    assert_eq!((texts(&came.orders), came.batches.len(), whole), (texts(&sent), 50, true));
    for zstd in [true, false] {
        let answer = PullResponse { orders: sent.clone(), ..empty() };
        let body = answer.write(Packer::new(zstd).unwrap()).unwrap();
        let (came, whole) = PullResponse::read(zstd, &body).unwrap().unwrap();
        assert_eq!((texts(&came.orders), whole), (texts(&sent), true));
    }
}

#[test]
fn orders_that_came_before_a_cut_came_before_what_they_are_for() {
    let sent = orders(100, 40);
    let push = PushRequest { v: crate::VERSION, receipt: None, orders: sent.clone(), batches: batches(2) };
    let body = push.write(Packer::new(false).unwrap()).unwrap();
    let mut counts = Vec::new();
    for end in 0..=body.len() {
        let mut reader = PushReader::new(false).unwrap();
        let came = reader.read(&body[..end]).unwrap();
        assert_eq!(texts(&came.orders), texts(&sent[..came.orders.len()]));
        assert!(came.batches.is_empty() || came.orders.len() == 100);
        assert_eq!(reader.is_whole(), end == body.len());
        counts.push(came.orders.len());
    }
    counts.dedup();
    assert_eq!(counts, (0..=100).collect::<Vec<_>>());
}

#[test]
fn more_orders_than_one_message_may_have_are_refused() {
    let push = |count| {
        let orders = orders(count, 1);
        let push = PushRequest { v: crate::VERSION, receipt: None, orders, batches: Vec::new() };
        read(&push.write(Packer::new(true).unwrap()).unwrap(), 100).map(|(came, _)| came.orders.len())
    };
    assert_eq!(push(push::MAX_ORDERS), Ok(push::MAX_ORDERS));
    assert_eq!(push(push::MAX_ORDERS + 1), Err(Bad::TooLarge));
    let pull = |count| {
        let body = PullResponse { orders: orders(count, 1), ..empty() }.write(Packer::new(true).unwrap());
        PullResponse::read(true, &body.unwrap()).map(|read| read.unwrap().0.orders.len())
    };
    assert_eq!(pull(pull::MAX_ORDERS), Ok(pull::MAX_ORDERS));
    assert_eq!(pull(pull::MAX_ORDERS + 1), Err(Bad::TooLarge));
}

#[test]
fn results_are_more_than_a_line_holds_and_bounded() {
    let part = |seq| DeniedPart { seq, field: Some("commune".to_owned()) };
    let result = |parts| {
        let outcome =
            Outcome::Denied { code: "permission.move".to_owned(), parts: (1..=parts).map(part).collect() };
        BatchResult { first_seq: 1, outcome }
    };
    let pull = |own: Vec<BatchResult>| {
        let body = PullResponse { own, ..empty() }.write(Packer::new(true).unwrap()).unwrap();
        PullResponse::read(true, &body).map(|read| read.unwrap().0.own)
    };
    let many = vec![result(100); 500];
    assert_eq!(pull(many.clone()), Ok(many));
    assert_eq!(pull(vec![result(0); pull::MAX_RESULTS + 1]), Err(Bad::TooLarge));
}

/// The body with this line behind each of its lines; blocks have none.
fn between(body: &[u8], line: &str) -> Vec<u8> {
    let (mut left, mut made) = (body, Vec::new());
    while !left.is_empty() {
        let end = left.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let (first, rest) = left.split_at(end);
        let says: serde_json::Value = serde_json::from_slice(first).unwrap();
        let block = says["page"].as_u64().or(says["puts"]["bytes"].as_u64()).unwrap_or_default();
        let (block, rest) = rest.split_at(block as usize);
        made.extend([first, block].concat());
        if !rest.is_empty() {
            made.extend(format!("{line}\n").into_bytes());
        }
        left = rest;
    }
    made
}

#[test]
fn a_line_of_another_kind_is_passed_over_and_nothing_else_is() {
    let put = |(position, batch): (u64, Rebuilt)| FeedEntry {
        position,
        entry: Entry::Put(Box::new(batch)),
        received_at: 1,
        since: None,
    };
    let entries = (1..).zip(batches(30)).map(put).collect();
    let feeds =
        vec![FeedPage { feed: Feed::Commune("00070".into()), entries, head: 30, mark: Some(Bytes([7; 16])) }];
    let answer = PullResponse { orders: orders(3, 9), feeds, ..empty() };
    let answer = answer.write(Packer::new(false).unwrap()).unwrap();
    let batches = batches(30);
    let push = PushRequest { v: crate::VERSION, receipt: None, orders: orders(3, 9), batches };
    let push = push.write(Packer::new(false).unwrap()).unwrap();
    let pushed = |line| {
        let mut reader = PushReader::new(false).unwrap();
        let came = reader.read(&between(&push, line))?;
        Ok((came.orders.len(), came.batches.len(), reader.is_whole()))
    };
    let pulled = |line| {
        let (came, whole) = PullResponse::read(false, &between(&answer, line))?.unwrap();
        Ok((came.orders.len(), came.feeds[0].entries.len(), whole && came.feeds[0].mark.is_some()))
    };
    let whole = Ok((3, 30, true));
    for line in [r#"{"hint":{"of":[2030]}}"#, r#"{"pages":1}"#, r#"{"":null}"#] {
        assert_eq!([pushed(line), pulled(line)], [whole, whole], "{line}");
    }
    let known = [r#"{"page":"1"}"#, r#"{"entry":{"own":1}}"#, r#"{"order":1,"hint":2}"#];
    let none = ["", "[]", "\"hint\"", "{}", r#"{"hint":1,"cold":2}"#, r#"{"hint":"#, r#"{"end":null}"#];
    for line in none {
        assert_eq!([pushed(line), pulled(line)], [Err(Bad::Shape), Err(Bad::Shape)], "{line}");
    }
    assert_eq!((pushed(known[0]), pulled(known[1])), (Err(Bad::Shape), Err(Bad::Shape)));
    assert_eq!((pushed(known[2]), pulled(known[2])), (Err(Bad::Shape), Err(Bad::Shape)));
    let behind = [answer.as_slice(), b"{\"hint\":1}\n"].concat();
    assert_eq!(PullResponse::read(false, &behind).err(), Some(Bad::Shape), "nothing follows the end");
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
        keys: Vec::new(),
        certificates: Vec::new(),
        orders: Vec::new(),
        own: Vec::new(),
        roles: Vec::new(),
        worker: serde_json::from_str(
            r#"{"user":"01a20ebc-b519-762d-840c-a552c1ebd379","name":"Thử","role":"collaborator","places":[],"duty_managers":[]}"#,
        )
        .unwrap(),
        forms: Bytes([0; 32]),
        packs: None,
        receipt: None,
        server_time: 0,
    }
}
