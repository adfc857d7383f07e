//! Invented households, pushed as phones push them.

#![allow(dead_code)] // each measurement uses a part of it

use model::{HouseholdId, RecordEdit, kind};
use rulebook::Rulebook;
use std::time::Instant;
use testkit::{Client, records::under};
use uuid::Uuid;
use wire::push::Outcome;

/// Records of a household: itself, members, visits.
pub const RECORDS: usize = 6;
/// Households in one push.
pub const PUSH: usize = 50;
const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Hoàng", "Lò", "Vàng", "Giàng", "Đỗ"];
const MIDDLE: [&str; 5] = ["Thị", "Văn", "Đình", "A", "Thuý"];
pub const GIVEN: [&str; 9] = ["Hoà", "An", "Bình", "Đức", "Páo", "Mỷ", "Hương", "Ướt", "Sáng"];

/// Codes of communes.
pub fn communes(count: usize) -> Vec<String> {
    let rulebook = Rulebook::built_in().unwrap();
    rulebook.units.communes_of("01").take(count).map(|unit| unit.code.clone()).collect()
}

fn name(n: usize) -> String {
    let pick = |from: &[&'static str], by: usize| from[(n / by + n * 7) % from.len()];
    format!("{} {} {}", pick(&FAMILY, 3), pick(&MIDDLE, 5), pick(&GIVEN, 11))
}

/// The households' ids, and the milliseconds that it took.
pub fn push(phone: &mut Client, first: usize, commune: &str) -> (Vec<Uuid>, f64) {
    let (mut batches, mut homes) = (Vec::new(), Vec::new());
    for n in first..first + PUSH {
        let household = household(n, commune);
        homes.push(household[0].record.id);
        batches.push(phone.batch(household));
    }
    let started = Instant::now();
    let outcomes = phone.outcomes(&batches);
    let time = started.elapsed().as_secs_f64() * 1000.0;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted));
    // A client's own memory is not what is measured.
    phone.batches.clear();
    (homes, time)
}

fn household(n: usize, commune: &str) -> Vec<RecordEdit> {
    let home = RecordEdit::new(HouseholdId(Uuid::now_v7()).reference())
        .set("name", name(n))
        .set("commune", commune)
        .set("village", format!("Bản {}", GIVEN[n % GIVEN.len()]))
        .set("address", format!("Nhà số {}", n % 97));
    let reference = home.record.clone();
    let person =
        |m: usize| under(kind::PERSON, &reference).set("name", name(n + m * 31)).set("sex", "female");
    let visit = |date: &str| under(kind::VISIT, &reference).set("date", date).set("agreed", "thăm lại");
    vec![home, person(1), person(2), person(3), visit("2026-11-02"), visit("2026-11-24")]
}
