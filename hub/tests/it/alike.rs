//! Phone and hub place and list the same records alike, whatever hangs on whatever and in whatever order it comes.

use crate::world::{COMMUNE, NEIGHBOUR, Office};
use hub::db::{listing, records};
use model::{Feed, RecordEdit, RecordRef, encoding::Bytes};
use rulebook::{Query, Rulebook};
use std::sync::Arc;
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Store, WorkerFolder};
use testkit::{Client, records::new_ref};

struct NoHardware;

impl HardwareKey for NoHardware {
    fn renew(&self) -> Result<(), HardwareKeyError> {
        Err(HardwareKeyError::Unavailable)
    }

    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        Ok(bytes.to_vec())
    }
}

/// Numbers that look like chance, the same for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// The encrypted store of an enrolled phone.
fn store_of(client: &Client, office: &Office, folder: &std::path::Path, rules: &Arc<Rulebook>) -> Store {
    let enrolled = &client.enrolled;
    let identity = Identity {
        hub: enrolled.hub,
        hub_url: office.url.clone(),
        ca_pin: None,
        office: enrolled.office,
        office_key: enrolled.office_key,
        office_past: Default::default(),
        device: enrolled.device,
        user: enrolled.worker.user,
        token: enrolled.token.clone(),
        certificate: enrolled.certificate.clone(),
        worker: enrolled.worker.clone(),
    };
    let signing_key = client.phone.signing_key.clone().into();
    let enrolment = Enrolment { identity, signing_key, recovery_key: Bytes([9; 32]) };
    let clock = office.clock.clone();
    WorkerFolder::create(folder, "135790", &NoHardware, enrolment, clock, rules.clone()).unwrap().2
}

const NAMES: [&str; 6] = ["Nguyễn Thị Hoà", "Hoa Thị Nguyên", "Đỗ Đình Ướt", "Vàng A Páo", "Lò Văn An", ""];
const QUERIES: [&str; 7] = ["", "nguyen thi hoa", "hoa", "an", "ban", "do dinh uot", "ng thi"];

/// Something that a worker might do: a new record somewhere, or another word on one that is there.
fn act(dice: &mut Dice, known: &mut Vec<RecordRef>, members: &[String]) -> Vec<RecordEdit> {
    let new = known.is_empty() || dice.below(3) > 0;
    let kind =
        dice.pick(&["household", "household", "person", "person", "visit", "case", "goal", "organisation"]);
    let record = if new { new_ref(kind) } else { known[dice.below(known.len())].clone() };
    let mut edit = RecordEdit::new(record.clone()).set("name", dice.pick(&NAMES));
    let kind = record.kind.to_string();
    if kind == "household" || dice.below(4) == 0 {
        edit = edit
            .set("commune", dice.pick(&[COMMUNE, COMMUNE, NEIGHBOUR]))
            .set("village", dice.pick(&["Bản Mới", "Bản Pho"]));
        edit = edit.set("next_visit", dice.pick(&["2026-12-01", "2026-12-24"]));
    } else if !known.is_empty() {
        edit = edit.under(known[dice.below(known.len())].clone());
    }
    if kind == "visit" {
        edit = edit.set("date", dice.pick(&["2026-11-02", "2026-12-01"]));
    }
    if dice.below(12) == 0 {
        edit = edit.set("removed", "moved");
    }
    let mut edits = Vec::new();
    if kind == "case" {
        // Of a workflow that has no steps: its field says how it stands.
        edit = edit.set("state", dice.pick(&["open", "done"])).set("workflow", "goal");
        if dice.below(2) == 0 {
            // A restricted case lies under nothing.
            edit.parent = None;
            edit = edit.set("restricted", true).set("parent", serde_json::Value::Null);
            let member = |user: &String| {
                RecordEdit::new(new_ref("case_member")).under(record.clone()).set("user", user.as_str())
            };
            edits.extend(members.iter().map(member));
        }
    }
    edits.insert(0, edit);
    if new {
        known.push(record);
    }
    edits
}

/// What the rule says of each household's row, in its order: those that begin so, those that hold it so, those that
/// hold the words.
fn found_by_rule(rules: &Rulebook, store: &Store, query: &str) -> Vec<RecordRef> {
    let typed: String = model::fold(query).split_whitespace().map(|word| format!(" {word}")).collect();
    let rank = |row: &str| match row.find(&typed) {
        Some(place) => Some(u8::from(place > 0)),
        None => typed.split(' ').skip(1).all(|word| row.contains(&format!(" {word}"))).then_some(2),
    };
    let mut found = Vec::new();
    for home in
        store.records("household").unwrap().iter().filter(|home| home.root.as_ref() == Some(&home.reference))
    {
        let below = store.subtree(&home.reference).unwrap().into_iter();
        let below: Vec<_> = below
            .filter(|record| record.reference != home.reference && !record.restricted)
            .map(|record| (record.reference, record.state))
            .collect();
        let Some(row) = rules.listing(&home.reference, &home.state, &below) else { continue };
        found.extend(rank(&row.words).map(|rank| (rank, row.sort(), home.reference.clone())));
    }
    found.sort_by_key(|(rank, sort, reference)| (*rank, sort.clone(), reference.to_string()));
    found.into_iter().map(|(_, _, reference)| reference).collect()
}

#[test]
fn phone_and_hub_place_and_list_alike() {
    let rules = Rulebook::built_in().unwrap();
    let (mut placed, mut restricted, mut listed) = (0, 0, 0);
    for seed in 0..10 {
        let office = Office::open();
        let (mut author, mut reader) = (office.phone("an", "all"), office.phone("binh", "all"));
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let writing = store_of(&author, &office, folders[0].path(), &rules);
        let reading = store_of(&reader, &office, folders[1].path(), &rules);
        let members = [&author, &reader].map(|client| client.enrolled.worker.user.to_string());
        let (mut dice, mut known) = (Dice(seed), Vec::new());
        for _ in 0..40 {
            writing.commit(act(&mut dice, &mut known, &members)).unwrap();
        }
        author.push(&writing.own_batches_after(0, 0, usize::MAX).unwrap());
        // The author too: what they moved out of a case stays sealed until the hub has let go of it.
        for (client, store) in [(&mut reader, &reading), (&mut author, &writing)] {
            for _ in 0..4 {
                store.apply_pull(&client.pull_page(10_000)).unwrap();
                client.cursors = store.cursors().unwrap().1;
            }
        }
        for record in &known {
            let find =
                |record: &RecordRef| office.hub.read_now(|_, read| Ok(records::find(read, record)?)).unwrap();
            let Some(at_hub) = find(record) else { continue };
            for (who, store) in [("author", &writing), ("reader", &reading)] {
                let here = store
                    .record(record)
                    .unwrap()
                    .unwrap_or_else(|| panic!("{who} lacks {record}, seed {seed}"));
                // What waits at the hub the author alone knows: it may stand elsewhere for them.
                let mut way = Some(record.clone());
                let known_alike = std::iter::from_fn(|| {
                    let here = store.record(&way.take()?).unwrap()?;
                    way = here.state.parent();
                    Some(find(&here.reference).is_some_and(|at_hub| at_hub.state == here.state))
                });
                if !known_alike.take(40).all(|alike| alike) {
                    assert_eq!(who, "author", "seed {seed}");
                    continue;
                }
                assert_eq!(here.root.as_ref(), Some(&at_hub.root), "{who}, {record}, seed {seed}");
                let sealed = matches!(at_hub.feed, Feed::Case(_));
                // The author keeps sealed what was once in a case here and never at the hub: the safer side.
                let alike = here.restricted == sealed || (who == "author" && here.restricted);
                assert!(alike, "{who}, {record}, seed {seed}");
                placed += 1;
            }
            restricted += u32::from(matches!(at_hub.feed, Feed::Case(_)));
        }
        let page = listing::Page { number: 0, size: 1000 };
        for query in QUERIES {
            let asked = Query::parse(query);
            let found = office.hub.read_now(|hub, read| {
                Ok(listing::find(read, &hub.lists, "household", |_| true, &asked, &page)?)
            });
            let (rows, total) = found.unwrap();
            let here = reading.list("household", query, 0, 1000).unwrap();
            let at_hub: Vec<_> = rows.into_iter().map(|row| (row.reference, row.row)).collect();
            let on_phone: Vec<_> = here.rows.into_iter().map(|row| (row.reference, row.row)).collect();
            assert_eq!(on_phone, at_hub, "{query}, seed {seed}");
            assert_eq!(here.total, total);
            assert_eq!(
                found_by_rule(&rules, &reading, query),
                on_phone.iter().map(|(r, _)| r.clone()).collect::<Vec<_>>()
            );
            listed += on_phone.len();
        }
    }
    assert!(
        placed > 200 && restricted > 10 && listed > 100,
        "{placed} placed, {restricted} restricted, {listed} listed"
    );
}
