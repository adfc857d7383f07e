//! Packs that the office published, as it signed them: what this phone keeps of them, and why it leaves one aside.
//!
//! What was once seen of an id is never taken back: an older publication replaces none, and a number stands for what it
//! first said.

use crate::{Identity, Store, StoreError, contents, device::Device, pull::PROGRAM, sealing::Vault};
use chrono::NaiveDate;
use model::Digest;
use rulebook::{About, Pack};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    forms::{MAX_NAME, compare_versions},
    packs::{MAX_MANIFEST, MAX_PACKS, Manifest, PackFile, PackList, SignedPack, hash, standing},
    signed::BadStatement,
};

/// So many publications of an id stay, and what is listed, worked by or named by a draft.
const KEPT: usize = 3;

/// Codes of what is left aside.
pub mod code {
    /// Another key signed it, or its bytes changed on the way.
    pub const NOT_SIGNED: &str = "pack.not-signed";
    pub const OTHER_OFFICE: &str = "pack.other-office";
    /// Of a shape that this program doesn't know.
    pub const UNREADABLE: &str = "pack.unreadable";
    /// Its number stands for another publication here.
    pub const REPLAYED: &str = "pack.replayed";
    /// Newer ones of its id are here.
    pub const ROLLED_BACK: &str = "pack.rolled-back";
    pub const TOO_LARGE: &str = "pack.too-large";
    /// It needs a newer program.
    pub const NEEDS: &str = "pack.needs";
    /// Its tables have faults, or don't lie over those below.
    pub const FAULTY: &str = "pack.faulty";
    pub const MISSING_FILE: &str = "pack.missing-file";
}

/// A publication as a page tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackHere {
    pub id: String,
    pub version: String,
    /// Vietnamese and English; empty where it can't be known.
    pub title: [String; 2],
    pub from: Option<NaiveDate>,
    pub state: PackState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackState {
    /// Worked by.
    Active,
    /// From a day to come on.
    Coming,
    /// Not taken, by [`code`] or that of what kept a file from coming.
    Aside(String),
}

/// A publication and what of its files is still to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPack {
    pub serial: u64,
    /// Each hash once.
    pub files: Vec<PackFile>,
}

/// A publication that is kept.
pub(crate) struct Kept {
    pub manifest: Manifest,
    listed: bool,
    /// Why it can't be worked by, and the program that found this; without one another try may do.
    aside: Option<(String, Option<String>)>,
    /// All its files are here.
    pub is_whole: bool,
}

impl Kept {
    /// Why this program will never take it, whatever comes.
    fn is_refused(&self) -> bool {
        self.aside.as_ref().is_some_and(|(_, program)| program.as_deref() == Some(PROGRAM))
    }

    pub fn is_usable(&self) -> bool {
        self.is_whole && !self.is_refused()
    }
}

impl Store {
    /// [`wire::packs::standing`] of what was listed last; `None` while something of it is to be tried again.
    pub fn packs_standing(&self) -> Result<Option<Digest>, StoreError> {
        let today = self.today();
        self.read(|db| {
            let kept = kept(db)?;
            let refused: bool =
                db.query_row("SELECT EXISTS (SELECT 1 FROM pack_refused)", [], |row| row.get(0))?;
            if refused || wanted(&kept, today).iter().any(|kept| !kept.is_whole) {
                return Ok(None);
            }
            let listed = kept.iter().filter(|kept| kept.listed).map(|kept| &kept.manifest);
            Ok(Some(standing(listed)))
        })
    }

    /// Keeps the statements of a list that are this office's and no older than what is here, and says which of them are
    /// wanted with which files. The rest is noted with its reason.
    pub fn take_pack_list(&self, list: &PackList) -> Result<Vec<WantedPack>, StoreError> {
        let today = self.today();
        self.write(|tx| {
            let identity = Device::load(tx)?.identity;
            let before = newest(&kept(tx)?);
            // What lies below may be another now.
            tx.execute("UPDATE pack SET code = NULL WHERE code = ?1 OR program IS NULL", [code::FAULTY])?;
            tx.execute("UPDATE pack SET listed = 0", [])?;
            tx.execute("DELETE FROM pack_refused", [])?;
            let mut listed: BTreeMap<String, Manifest> = BTreeMap::new();
            for signed in list.packs.iter().take(MAX_PACKS) {
                let manifest = match read(signed, &identity) {
                    Ok(manifest) => manifest,
                    Err(code) => {
                        refuse(tx, signed.reopen().ok().as_ref(), code)?;
                        continue;
                    }
                };
                let is_older = before.get(&manifest.id).is_some_and(|newest| manifest.serial < *newest);
                keep(tx, signed, &manifest, is_older)?;
                match listed.get(&manifest.id) {
                    Some(other) if other.serial > manifest.serial => {}
                    _ => drop(listed.insert(manifest.id.clone(), manifest)),
                }
            }
            for (id, manifest) in &listed {
                if before.get(id).is_some_and(|newest| manifest.serial < *newest) {
                    refuse(tx, Some(manifest), code::ROLLED_BACK)?;
                }
            }
            keep_built_in(tx, &self.vault)?;
            let kept = kept(tx)?;
            let lacking = wanted(&kept, today).into_iter().filter(|kept| !kept.is_whole);
            lacking.map(|kept| wanted_of(tx, &kept.manifest)).collect()
        })
    }

    /// What kept files of these from coming, by serial.
    pub fn packs_failed(&self, failed: &BTreeMap<u64, String>) -> Result<(), StoreError> {
        self.set_aside_packs(failed.iter().map(|(serial, code)| (*serial, code.as_str())), None)
    }

    pub(crate) fn set_aside_packs<'a>(
        &self,
        packs: impl Iterator<Item = (u64, &'a str)>,
        program: Option<&str>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            for (serial, code) in packs {
                let update = "UPDATE pack SET code = ?2, program = ?3 WHERE serial = ?1";
                tx.execute(update, (serial.cast_signed(), code, program))?;
            }
            Ok(())
        })
    }

    /// What is worked by, what is to come and what stays aside, in the order of their publication; what was never a
    /// statement of this office last.
    pub fn packs(&self) -> Result<Vec<PackHere>, StoreError> {
        let (today, active) = (self.today(), self.active_packs());
        self.read(|db| {
            let kept = kept(db)?;
            let newest = newest(&kept);
            let wanted: BTreeSet<u64> =
                wanted(&kept, today).iter().map(|kept| kept.manifest.serial).collect();
            let state = |kept: &Kept| {
                let Manifest { serial, from, id, .. } = &kept.manifest;
                let is_newest = newest.get(id) == Some(serial);
                match &kept.aside {
                    _ if active.contains(serial) => Some(PackState::Active),
                    Some((code, _)) if kept.is_refused() && (is_newest || kept.listed) => {
                        Some(PackState::Aside(code.clone()))
                    }
                    aside if !kept.is_whole && wanted.contains(serial) => {
                        let code = aside.as_ref().map_or(code::MISSING_FILE, |(code, _)| code);
                        Some(PackState::Aside(code.to_owned()))
                    }
                    _ if kept.is_usable() && *from > today => Some(PackState::Coming),
                    _ => None,
                }
            };
            let here = |kept: &Kept| {
                let Manifest { id, version, title_vi, title_en, from, .. } = kept.manifest.clone();
                let state = state(kept)?;
                Some(PackHere { id, version, title: [title_vi, title_en], from: Some(from), state })
            };
            let mut packs: Vec<PackHere> = kept.iter().filter_map(here).collect();
            let mut select = db.prepare("SELECT id, version, title, code FROM pack_refused ORDER BY n")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let title: String = row.get(2)?;
                packs.push(PackHere {
                    id: row.get(0)?,
                    version: row.get(1)?,
                    title: serde_json::from_str(&title)?,
                    from: None,
                    state: PackState::Aside(row.get(3)?),
                });
            }
            Ok(packs)
        })
    }
}

/// What the office says with it.
fn read(signed: &SignedPack, identity: &Identity) -> Result<Manifest, &'static str> {
    if signed.bytes() > MAX_MANIFEST {
        return Err(code::TOO_LARGE);
    }
    match signed.verify(&identity.office_key) {
        Ok(manifest) if manifest.office == identity.office => Ok(manifest),
        Ok(_) => Err(code::OTHER_OFFICE),
        Err(BadStatement::NotSigned) => Err(code::NOT_SIGNED),
        Err(BadStatement::Unreadable) => Err(code::UNREADABLE),
    }
}

/// A statement that is this office's: noted as listed, kept if it is new.
fn keep(tx: &Connection, signed: &SignedPack, manifest: &Manifest, is_older: bool) -> Result<(), StoreError> {
    let statement = serde_json::to_vec(signed)?;
    let serial = manifest.serial.cast_signed();
    let mut select = tx.prepare_cached("SELECT statement FROM pack WHERE serial = ?1")?;
    let mut rows = select.query([serial])?;
    if let Some(row) = rows.next()? {
        // By another key of the office it says what it said.
        if !serde_json::from_slice::<SignedPack>(&row.get::<_, Vec<u8>>(0)?)?.says_the_same(signed) {
            return refuse(tx, Some(manifest), code::REPLAYED);
        }
        tx.execute("UPDATE pack SET listed = 1 WHERE serial = ?1", [serial])?;
    } else if !is_older {
        let unfit = unfit(manifest);
        tx.execute(
            "INSERT INTO pack (serial, id, statement, listed, code, program) VALUES (?1, ?2, ?3, 1, ?4, ?5)",
            (serial, &manifest.id, statement, unfit, unfit.map(|_| PROGRAM)),
        )?;
    }
    Ok(())
}

/// What its statement tells already of why this program can't take it.
fn unfit(manifest: &Manifest) -> Option<&'static str> {
    if !rulebook::lacking(&manifest.needs).is_empty() {
        return Some(code::NEEDS);
    }
    // There is one for the whole country.
    if manifest.base.is_none() && Pack::built_in().about().is_some_and(|own| own.id != manifest.id) {
        return Some(code::FAULTY);
    }
    let mut pack = Pack::default();
    let mut paths = BTreeSet::new();
    let admitted =
        manifest.files.iter().all(|file| paths.insert(&file.path) && pack.admits(&file.path, file.size));
    let bytes = manifest.files.iter().fold(0u64, |sum, file| sum.saturating_add(file.size));
    let fits = bytes <= rulebook::MAX_PACK && manifest.files.len() <= rulebook::MAX_FILES;
    (!admitted || !fits).then_some(code::TOO_LARGE)
}

/// Names of what nobody vouches for are cut: they are told, no more.
fn refuse(tx: &Connection, manifest: Option<&Manifest>, code: &str) -> Result<(), StoreError> {
    let short = |text: &String| text.chars().take(MAX_NAME).collect::<String>();
    let (id, version) = manifest.map(|said| (short(&said.id), short(&said.version))).unwrap_or_default();
    let title = manifest.map(|said| [short(&said.title_vi), short(&said.title_en)]).unwrap_or_default();
    tx.execute(
        "INSERT INTO pack_refused (id, version, title, code) VALUES (?1, ?2, ?3, ?4)",
        (id, version, serde_json::to_string(&title)?, code),
    )?;
    Ok(())
}

/// By their serials.
pub(crate) fn kept(db: &Connection) -> Result<Vec<Kept>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT statement, listed, code, program FROM pack ORDER BY serial")?;
    let mut rows = select.query([])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let statement: Vec<u8> = row.get(0)?;
        let signed: SignedPack = serde_json::from_slice(&statement)?;
        let manifest = signed.reopen().map_err(|_| StoreError::Unreadable)?;
        let (code, program): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        // Another program's word: this one looks for itself.
        let aside = match (code, program) {
            (Some(code), program) if program.as_deref().is_none_or(|by| by == PROGRAM) => {
                Some((code, program))
            }
            (None, _) => None,
            _ => unfit(&manifest).map(|code| (code.to_owned(), Some(PROGRAM.to_owned()))),
        };
        let mut is_whole = true;
        for file in &manifest.files {
            is_whole = is_whole && contents::is_here(db, &file.sha256)?;
        }
        kept.push(Kept { manifest, listed: row.get(1)?, aside, is_whole });
    }
    Ok(kept)
}

/// The highest serial of each id.
fn newest(kept: &[Kept]) -> BTreeMap<String, u64> {
    let mut newest = BTreeMap::new();
    for Kept { manifest, .. } in kept {
        let serial = newest.entry(manifest.id.clone()).or_insert(manifest.serial);
        *serial = manifest.serial.max(*serial);
    }
    newest
}

/// Those that count today or will: of each id from the newest down to the first that has begun. One that stands behind is
/// fetched once the newer turns out to be of no use.
fn wanted(kept: &[Kept], today: NaiveDate) -> Vec<&Kept> {
    let (mut wanted, mut begun) = (Vec::new(), BTreeSet::new());
    let own = Pack::built_in().about();
    for one in kept.iter().rev().filter(|kept| !kept.is_refused()) {
        let Manifest { id, from, .. } = &one.manifest;
        if begun.contains(id) {
            continue;
        }
        if *from <= today {
            begun.insert(id);
        }
        if (one.listed || one.is_whole) && !is_built_in(own.as_ref(), &one.manifest) {
            wanted.push(one);
        }
    }
    wanted
}

/// The program's own stands for it, or a newer one.
pub(crate) fn is_built_in(own: Option<&About>, manifest: &Manifest) -> bool {
    manifest.base.is_none()
        && own.is_some_and(|own| {
            own.id == manifest.id && compare_versions(&own.version, &manifest.version).is_ge()
        })
}

fn wanted_of(db: &Connection, manifest: &Manifest) -> Result<WantedPack, StoreError> {
    let mut files: BTreeMap<Digest, PackFile> = BTreeMap::new();
    for file in &manifest.files {
        if !contents::is_here(db, &file.sha256)? {
            files.insert(file.sha256, file.clone());
        }
    }
    Ok(WantedPack { serial: manifest.serial, files: files.into_values().collect() })
}

/// What a national pack has in common with the program's own need not be fetched.
fn keep_built_in(tx: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let named: BTreeSet<Digest> = contents(tx)?.into_iter().collect();
    if named.is_empty() {
        return Ok(());
    }
    for (_, bytes) in Pack::built_in().files() {
        let sha256 = hash(bytes);
        if named.contains(&sha256) {
            contents::keep(tx, vault, &sha256, bytes)?;
        }
    }
    Ok(())
}

/// The hashes that the publications here name.
pub(crate) fn contents(db: &Connection) -> Result<Vec<Digest>, StoreError> {
    let named = kept(db)?.into_iter().flat_map(|kept| kept.manifest.files);
    Ok(named.map(|file| file.sha256).collect())
}

/// The pack that a publication is; `None` where a file is not what it was.
pub(crate) fn pack_of(
    db: &Connection,
    vault: &Vault,
    manifest: &Manifest,
) -> Result<Option<Pack>, StoreError> {
    let mut pack = Pack::default();
    for file in &manifest.files {
        match contents::read(db, vault, &file.sha256) {
            Ok(Some(bytes)) if hash(&bytes) == file.sha256 => pack.add(&file.path, bytes),
            Ok(_) | Err(StoreError::Unreadable) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(pack))
}

/// Its files are to come again.
pub(crate) fn drop_contents(tx: &Connection, manifest: &Manifest) -> Result<(), StoreError> {
    for file in &manifest.files {
        tx.execute("DELETE FROM content WHERE sha256 = ?1", [file.sha256.0])?;
    }
    Ok(())
}

/// Drops publications that nobody lists, works by or began a draft under, but for the last of each id.
pub(crate) fn prune(tx: &Connection, used: &BTreeSet<u64>) -> Result<(), StoreError> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for Kept { manifest, listed, .. } in kept(tx)?.iter().rev() {
        let seen = seen.entry(manifest.id.clone()).or_default();
        *seen += 1;
        if *seen > KEPT && !listed && !used.contains(&manifest.serial) {
            tx.execute("DELETE FROM pack WHERE serial = ?1", [manifest.serial.cast_signed()])?;
        }
    }
    Ok(())
}
