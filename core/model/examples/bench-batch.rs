//! What the records of a commune take as pages of batches, and how long they take to make, read and check.
//!
//! `cargo run --release -p model --example bench-batch`

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use model::{
    DeviceId, DeviceKey, HouseholdId, OfficeId, PersonId, RecordRef, Stamp, SubmissionId, UserId,
    batch::{
        Chain, Device, Draft, Json, Maker, Signer, Verified, VerifyingKey,
        codec::{self, Packing},
    },
    kind,
};
use ring::rand::SystemRandom;
use std::{collections::BTreeMap, time::Instant};
use uuid::Uuid;

const HOUSEHOLDS: usize = 5_000;
const PHONES: usize = 10;

const SURNAMES: [&str; 12] =
    ["Hoàng", "Nông", "Lý", "Lương", "Vi", "Hà", "Triệu", "Đặng", "Bàn", "Nguyễn", "Chu", "Lộc"];
const GIVEN: [&str; 12] = [
    "Thị Hoà",
    "Thị Mai",
    "Thị Lan",
    "Văn Sơn",
    "Văn Đức",
    "Minh Quân",
    "Văn Páo",
    "Thị Đào",
    "Thị Ngần",
    "Quốc Huy",
    "Đình Lượng",
    "Thị Yến",
];
const VILLAGES: [&str; 6] = ["Nà Pò", "Bản Chu", "Khuổi Nà", "Pác Luống", "Nà Lốc", "Cốc Phát"];

/// A repeatable source (xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.roll(from.len())]
    }
}

fn draft(at: u64, record: RecordRef, cause: &RecordRef, fields: &[(&str, serde_json::Value)]) -> Draft {
    let field = |(name, value): &(&str, serde_json::Value)| {
        ((*name).to_owned(), (Json::new(value.to_string()).unwrap(), Default::default()))
    };
    Draft { at: Stamp(at, 0), record, cause: Some(cause.clone()), fields: fields.iter().map(field).collect() }
}

/// A household, its people, the visit and a need: 6 or 7 records.
fn visit(n: usize, dice: &mut Dice) -> Vec<Draft> {
    let at = 1_795_000_000_000 + n as u64 * 1_700_000 + dice.roll(900_000) as u64;
    let cause = RecordRef::new(kind::SUBMISSION, SubmissionId::new().0);
    let root = RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0);
    let surname = dice.pick(&SURNAMES);
    let parent = ("parent", root.to_string().into());
    let household = [
        ("province", "20".into()),
        ("commune", "06040".into()),
        ("village", dice.pick(&VILLAGES).into()),
        ("address", format!("Số {}, cạnh suối, đi bộ từ nhà văn hoá thôn", 1 + dice.roll(90)).into()),
        ("name", format!("{surname} {}", dice.pick(&GIVEN)).into()),
        ("area", "rural".into()),
        ("wall", dice.pick(&["solid", "weak"]).into()),
        ("water", dice.pick(&["protected_spring", "unsafe", "borehole", "tap"]).into()),
        ("toilet", dice.pick(&["unsafe", "double_vault", "pour_flush", "none"]).into()),
    ];
    let mut drafts = vec![draft(at, root.clone(), &cause, &household)];
    for person in 0..if n.is_multiple_of(5) { 4 } else { 3 } {
        let year = if person < 2 { 1948 + dice.roll(46) } else { 1990 + dice.roll(35) };
        let fields = [
            parent.clone(),
            ("name", format!("{surname} {}", dice.pick(&GIVEN)).into()),
            ("sex", dice.pick(&["male", "female"]).into()),
            ("relation", ["head", "spouse", "child", "child"][person].into()),
            ("residence", "present".into()),
            ("birth_known", "year".into()),
            ("birth_date", serde_json::Value::Null),
            ("birth_year", year.into()),
            ("ethnicity", dice.pick(&["02", "07", "09", "01"]).into()),
        ];
        drafts.push(draft(at, RecordRef::new(kind::PERSON, PersonId::new().0), &cause, &fields));
    }
    let day = format!("2026-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28));
    let fields = [parent.clone(), ("date", day.into()), ("purpose", "survey".into()), ("met", true.into())];
    drafts.push(draft(at, RecordRef::new(kind::VISIT, Uuid::now_v7()), &cause, &fields));
    let fields = [
        parent,
        ("area", dice.pick(&["housing", "water", "health", "school"]).into()),
        ("urgency", dice.pick(&["low", "middle", "high"]).into()),
    ];
    drafts.push(draft(at, RecordRef::new(kind::NEED, Uuid::now_v7()), &cause, &fields));
    drafts
}

fn main() {
    let random = SystemRandom::new();
    let office = OfficeId::new();
    let mut phones: Vec<(Device, Chain, DeviceKey)> = (0..PHONES)
        .map(|n| {
            let device = Device { office, device: DeviceId::new(), author: UserId::new() };
            let key = DeviceKey::from_pkcs8(&DeviceKey::generate(&random).unwrap()).unwrap();
            (device, Chain::first(&[n as u8]), key)
        })
        .collect();
    let signers: BTreeMap<DeviceId, Signer> = phones
        .iter()
        .map(|(Device { office, device, author }, _, key)| {
            let key = VerifyingKey::new(key.public()).unwrap();
            (*device, Signer { office: *office, device: *device, author: *author, key })
        })
        .collect();

    let mut dice = Dice(42);
    let visits: Vec<Vec<Draft>> = (0..HOUSEHOLDS).map(|n| visit(n, &mut dice)).collect();
    let records: usize = visits.iter().map(Vec::len).sum();
    let values: usize = visits
        .iter()
        .flatten()
        .flat_map(|draft| draft.fields.values())
        .map(|(value, _)| value.text().len())
        .sum();

    let started = Instant::now();
    let batches: Vec<Verified> = visits
        .into_iter()
        .enumerate()
        .map(|(n, drafts)| {
            let (device, chain, key) = &mut phones[n % PHONES];
            let mut maker = Maker::new(*device, chain.clone(), &random).unwrap();
            for draft in drafts {
                maker.add(draft).unwrap();
            }
            let batch = maker.sign(key).unwrap();
            *chain = Chain::after(batch.statement());
            batch
        })
        .collect();
    println!("{HOUSEHOLDS} households, {records} records, {} KB of values", values / 1000);
    println!("sign     {:>7.3} s", started.elapsed().as_secs_f64());

    for page in [1, 8, 32, 250, HOUSEHOLDS] {
        let pages: Vec<Vec<&Verified>> = batches.chunks(page).map(|page| page.iter().collect()).collect();
        let plain: usize = pages.iter().map(|page| codec::encode(page, Packing::Plain).unwrap().len()).sum();
        let started = Instant::now();
        let packed: Vec<Vec<u8>> =
            pages.iter().map(|page| codec::encode(page, Packing::Zstd).unwrap()).collect();
        let encoding = started.elapsed().as_secs_f64();
        let bytes: usize = packed.iter().map(Vec::len).sum();
        println!(
            "pages of {page} batches: plain {plain}, packed {bytes} bytes, {} a page",
            bytes / pages.len()
        );
        println!("encode   {encoding:>7.3} s");
        let started = Instant::now();
        let rebuilt: Vec<_> = packed.iter().flat_map(|page| codec::decode(page).unwrap()).collect();
        println!("decode   {:>7.3} s (hashes and roots with it)", started.elapsed().as_secs_f64());
        let started = Instant::now();
        for batch in rebuilt {
            let device = batch.statement().device;
            batch.verify(&signers[&device]).unwrap();
        }
        println!("verify   {:>7.3} s ({HOUSEHOLDS} signatures)", started.elapsed().as_secs_f64());
    }
}
