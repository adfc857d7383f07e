//! Published packs: what an office works by (kinds, law, rights, forms), as statements that its key signed and files that
//! they name by their hash.
//!
//! A phone asks for the list when a pull tells that it changed, verifies each statement, fetches the files that it lacks
//! by their hashes, and works by the packs that are [`in_force`].

use crate::{
    forms::FormEntry,
    signed::{Signed, Statement},
};
use chrono::NaiveDate;
use model::{Digest, OfficeId, encoding::Bytes};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// The most packs in a list, the most bytes of one statement.
pub const MAX_PACKS: usize = 64;
pub const MAX_MANIFEST: usize = 512 * 1024;

pub type SignedPack = Signed<Manifest>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PackList {
    pub v: u16,
    /// Those that are in force or will be, and those that stand behind them if a phone can't take the newer.
    #[serde(deserialize_with = "crate::open::readable")]
    pub packs: Vec<SignedPack>,
}

/// One publication of a pack. Never changed: what replaces it is another publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub v: u16,
    pub office: OfficeId,
    /// Of all publications of this office, growing (a hub that was restored leaves some out): an older one never replaces a
    /// newer of the same id.
    pub serial: u64,
    /// Such as `quoc_gia`.
    pub id: String,
    pub version: String,
    /// The id of the pack that it lies over; `None` for a national one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Features that a program must have to work by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// From this day on, in Viet Nam.
    pub from: NaiveDate,
    pub title_vi: String,
    pub title_en: String,
    /// Its tables, by path.
    pub files: Vec<PackFile>,
    /// Its forms as they were published with it; they travel as forms do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<FormEntry>,
    /// Who made it and who agreed: user ids, or `operator` for the command line.
    pub by: String,
    pub approved_by: String,
    /// Milliseconds since 1970.
    pub issued_at: u64,
}

impl Statement for Manifest {
    const CONTEXT: &[u8] = b"vanggia pack 1\n";
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackFile {
    /// Such as `kinds.csv`.
    pub path: String,
    pub sha256: Digest,
    pub size: u64,
}

/// The hash that a file is asked for by.
pub fn hash(bytes: &[u8]) -> Digest {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Bytes(hash)
}

/// The packs that count on a day, each before those that lie over it: of each id the publication with the highest serial
/// among those that have begun and that `usable` allows (this program has what they need, their files are here).
pub fn in_force(packs: &[Manifest], day: NaiveDate, usable: impl Fn(&Manifest) -> bool) -> Vec<&Manifest> {
    let mut counting: Vec<&Manifest> = Vec::new();
    for pack in packs.iter().filter(|pack| pack.from <= day && usable(pack)) {
        match counting.iter_mut().find(|other| other.id == pack.id) {
            Some(other) if other.serial < pack.serial => *other = pack,
            Some(_) => {}
            None => counting.push(pack),
        }
    }
    // Bases first; among equals by id, so that everybody lays them in the same order.
    counting.sort_by(|a, b| (a.base.is_some(), &a.id).cmp(&(b.base.is_some(), &b.id)));
    counting
}

/// What is published, in short: a phone that has the same need not ask for the list.
pub fn standing<'a>(packs: impl IntoIterator<Item = &'a Manifest>) -> Digest {
    let mut serials: Vec<u64> = packs.into_iter().map(|pack| pack.serial).collect();
    serials.sort_unstable();
    let text: String = serials.iter().map(|serial| format!("{serial}\n")).collect();
    hash(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(serial: u64, id: &str, base: Option<&str>, from: &str) -> Manifest {
        Manifest {
            v: crate::VERSION,
            office: OfficeId::new(),
            serial,
            id: id.into(),
            version: serial.to_string(),
            base: base.map(str::to_owned),
            needs: Vec::new(),
            from: from.parse().unwrap(),
            title_vi: String::new(),
            title_en: String::new(),
            files: Vec::new(),
            forms: Vec::new(),
            by: "operator".into(),
            approved_by: "operator".into(),
            issued_at: 0,
        }
    }

    #[test]
    fn the_newest_that_has_begun_counts_and_a_base_comes_first() {
        let packs = [
            pack(2, "lang_son", Some("quoc_gia"), "2026-12-01"),
            pack(4, "lang_son", Some("quoc_gia"), "2027-01-01"),
            pack(3, "quoc_gia", None, "2026-11-01"),
            pack(1, "quoc_gia", None, "2026-11-01"),
        ];
        let on = |day: &str, usable: fn(&Manifest) -> bool| {
            let counting = in_force(&packs, day.parse().unwrap(), usable);
            counting.iter().map(|pack| pack.serial).collect::<Vec<_>>()
        };
        assert_eq!(on("2026-10-31", |_| true), Vec::<u64>::new());
        assert_eq!(on("2026-11-30", |_| true), [3]);
        assert_eq!(on("2026-12-31", |_| true), [3, 2]);
        assert_eq!(on("2027-01-01", |_| true), [3, 4]);
        assert_eq!(on("2027-01-01", |pack| pack.serial != 4), [3, 2], "the one before stays");
    }
}
