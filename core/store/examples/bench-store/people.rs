//! Invented people and what is written of them, and the phone that signs it.

use crate::common::Office;
use model::{RecordEdit, RecordRef, kind};
use uuid::Uuid;
use wire::{pull::Entry, signed::Certificate};

const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Hoàng", "Lò", "Vàng", "Giàng", "Đỗ"];
const MIDDLE: [&str; 5] = ["Thị", "Văn", "Đình", "A", "Thuý"];
const GIVEN: [&str; 9] = ["Hoà", "An", "Bình", "Đức", "Páo", "Mỷ", "Hương", "Ướt", "Sáng"];
const INITIALS: [&str; 16] =
    ["b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "nh", "ph", "t", "th", "v"];
const RHYMES: [&str; 20] = [
    "a", "à", "ang", "anh", "ay", "ăn", "âu", "em", "ê", "i", "iên", "ình", "o", "ong", "ố", "ơi", "ua",
    "ung", "ưa", "ường",
];

pub fn name(n: usize) -> String {
    let pick = |from: &[&'static str], by: usize| from[(n / by + n * 7) % from.len()];
    format!("{} {} {}", pick(&FAMILY, 3), pick(&MIDDLE, 5), pick(&GIVEN, 11))
}

/// As many syllables, each as good as any other: packs less well than what people write.
pub fn narrative(seed: usize, syllables: usize) -> String {
    let mut dice = seed as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut pick = |from: &[&'static str]| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[(dice >> 33) as usize % from.len()]
    };
    (0..syllables).map(|_| format!("{}{} ", pick(&INITIALS), pick(&RHYMES))).collect()
}

/// A household, four members, a visit, and every fifth time a goal.
pub fn household(n: usize) -> Vec<RecordEdit> {
    let new = |kind| RecordEdit::new(RecordRef::new(kind, Uuid::now_v7()));
    let home = new(kind::HOUSEHOLD)
        .set("name", name(n))
        .set("province", "15")
        .set("commune", "00070")
        .set("village", format!("Bản {}", GIVEN[n % GIVEN.len()]))
        .set("address", format!("Nhà số {n}"))
        .set("next_visit", "2027-06-01");
    let below = home.record.clone();
    let mut edits = vec![home];
    for m in 1..5 {
        edits.push(
            new(kind::PERSON)
                .under(below.clone())
                .set("name", name(n + m * 31))
                .set("sex", if m % 2 == 0 { "male" } else { "female" })
                .set("birth_known", "year")
                .set("birth_year", 1940 + (n + m * 13) % 80),
        );
    }
    edits.push(
        new(kind::VISIT)
            .under(below.clone())
            .set("date", "2026-10-20")
            .set("purpose", "first")
            .set("facts", narrative(n, 30))
            .set("agreed", narrative(n + 1, 10)),
    );
    if n.is_multiple_of(5) {
        edits.push(
            new(kind::GOAL)
                .under(below)
                .set("text", narrative(n, 8))
                .set("who", "worker")
                .set("state", "open"),
        );
    }
    edits
}

/// Another worker's phone.
pub struct Author {
    pub certificate: Certificate,
    phone: crate::common::Other,
}

impl Author {
    pub fn of(office: &Office) -> Self {
        let mut phone = crate::common::Other::new();
        Self { certificate: office.certify(&mut phone), phone }
    }

    /// New records, signed as one batch.
    pub fn sign(&mut self, edits: Vec<RecordEdit>) -> Entry {
        let batch = self.phone.batch(edits);
        // What it made is not what is measured.
        self.phone.batches.clear();
        Entry::Put(Box::new(batch.into()))
    }
}
