//! By which packs the office works: what is published and has begun, as far as this program can take it.

use super::{kept, national};
use crate::{
    Hub, HubError,
    db::{Read, Tx, offices, packs},
    office::{forms, listing, progress, sync::admission},
    packs::PackError,
};
use chrono::NaiveDate;
use model::{Clock, Digest};
use rulebook::{Pack, Rulebook};
use std::{
    cmp::Ordering,
    sync::{Arc, PoisonError},
};
use wire::{
    forms::compare_versions,
    packs::{Manifest, in_force, standing},
};

/// What the office works by.
pub struct InForce {
    pub rulebook: Arc<Rulebook>,
    /// The publications that make it, each over those before; none: what is built in, alone.
    pub serials: Vec<u64>,
    /// Those that would count and can't be worked by: the ones before them go on.
    pub aside: Vec<Aside>,
    /// Those that phones are told of.
    pub told: Vec<u64>,
    /// Of these, in short; `None` before the first publication.
    pub standing: Option<Digest>,
    made: Made,
}

pub struct Aside {
    pub serial: u64,
    pub why: PackError,
}

/// After which publication, and for which day: then another may count.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Made {
    newest: u64,
    day: NaiveDate,
}

impl InForce {
    /// What is built in, before anything is read.
    ///
    /// # Errors
    /// What can't be read of it.
    pub fn built_in(clock: &dyn Clock) -> Result<Self, HubError> {
        Ok(Self {
            rulebook: Rulebook::built_in()?,
            serials: Vec::new(),
            aside: Vec::new(),
            told: Vec::new(),
            standing: None,
            made: Made { newest: 0, day: clock.now().date_naive() },
        })
    }

    /// # Errors
    /// What can't be read of what is built in or kept.
    pub fn read(hub: &Hub, read: &Read) -> Result<Self, HubError> {
        let published = published(read)?;
        let day = hub.today();
        let mut aside: Vec<Aside> = Vec::new();
        let (rulebook, serials) = loop {
            let counting = counting(&published, day, &aside)?;
            match work_by(read, &counting)? {
                Ok(rulebook) => break (rulebook, counting.iter().map(|pack| pack.serial).collect()),
                Err((pack, why)) => {
                    tracing::error!(serial = pack.serial, code = why.code(), "a published pack is put aside");
                    aside.push(Aside { serial: pack.serial, why });
                }
            }
        };
        let told = told(&published, day);
        let standing = (!published.is_empty()).then(|| standing(told.iter().copied()));
        let told = told.iter().map(|pack| pack.serial).collect();
        Ok(Self { rulebook, serials, aside, told, standing, made: made(hub, read)? })
    }
}

fn made(hub: &Hub, read: &Read) -> Result<Made, HubError> {
    Ok(Made { newest: packs::newest(read)?, day: hub.today() })
}

/// What every publication says; the first one first. One that can't be read is told and left out.
pub(super) fn published(read: &Read) -> Result<Vec<Manifest>, HubError> {
    let manifests = packs::manifests(read)?;
    let read: Vec<Manifest> = manifests.iter().filter_map(|signed| signed.reopen().ok()).collect();
    if read.len() < manifests.len() {
        tracing::error!(unreadable = manifests.len() - read.len(), "published packs can't be read");
    }
    Ok(read)
}

/// Those that count on a day. What is built in goes before a national one that is not newer.
fn counting<'a>(
    published: &'a [Manifest],
    day: NaiveDate,
    aside: &[Aside],
) -> Result<Vec<&'a Manifest>, HubError> {
    let (_, about) = national()?;
    Ok(in_force(published, day, |pack| {
        let is_newer = || compare_versions(&pack.version, &about.version) == Ordering::Greater;
        aside.iter().all(|other| other.serial != pack.serial) && (pack.base.is_some() || is_newer())
    }))
}

/// The rulebook of these, or the first that can't be taken, and why.
fn work_by<'a>(
    read: &Read,
    counting: &[&'a Manifest],
) -> Result<Result<Arc<Rulebook>, (&'a Manifest, PackError)>, HubError> {
    if counting.is_empty() {
        return Ok(Ok(Rulebook::built_in()?));
    }
    let mut stack = stack(counting)?;
    for manifest in counting {
        match of_serial(read, manifest.serial) {
            Ok(pack) if pack.lacks().is_empty() => stack.push(pack),
            Ok(pack) => return Ok(Err((manifest, PackError::Needs(pack.lacks())))),
            Err(HubError::Publishing(why)) => return Ok(Err((manifest, why))),
            Err(error) => return Err(error),
        }
    }
    let below = stack.len() - counting.len();
    match Rulebook::layered(&stack) {
        Ok(rulebook) => Ok(Ok(Arc::new(rulebook))),
        Err(error) => {
            let fails = |at: &usize| Rulebook::layered(&stack[..=below + at]).is_err();
            let at = (0..counting.len()).find(fails).unwrap_or_default();
            Ok(Err((counting[at], PackError::Problems(error.problems))))
        }
    }
}

/// What these lie over if none of them is the national one.
fn stack(counting: &[&Manifest]) -> Result<Vec<Pack>, HubError> {
    let is_whole = counting.first().is_some_and(|pack| pack.base.is_none());
    Ok(if is_whole { Vec::new() } else { vec![national()?.0] })
}

/// What lies below a pack of this id and over it, on a day; `None` for `base`: nothing lies below.
pub(super) fn beside(
    read: &Read,
    day: NaiveDate,
    (id, base): (&str, Option<&str>),
) -> Result<(Vec<Pack>, Vec<Pack>), HubError> {
    let published = published(read)?;
    let mut counting = counting(&published, day, &[])?;
    counting.retain(|pack| pack.id != id);
    let mut below = if base.is_none() { Vec::new() } else { stack(&counting)? };
    let mut above = Vec::new();
    for manifest in counting {
        // As `in_force` lays them.
        let is_below = base.is_some() && (manifest.base.is_none() || manifest.id.as_str() < id);
        let pack = of_serial(read, manifest.serial)?;
        // One that this program can't work by is not worked by.
        if pack.lacks().is_empty() {
            if is_below { &mut below } else { &mut above }.push(pack);
        }
    }
    Ok((below, above))
}

pub(super) fn of_serial(read: &Read, serial: u64) -> Result<Pack, HubError> {
    let (number, _) = packs::of_serial(read, serial)?.ok_or(HubError::NotFound)?;
    kept(read, number)
}

/// Those that count or will, and of each id the one before, for phones that can't take the newer.
pub(super) fn told(published: &[Manifest], day: NaiveDate) -> Vec<&Manifest> {
    let mut told = in_force(published, day, |_| true);
    let before = in_force(published, day, |pack| told.iter().all(|newer| newer.serial != pack.serial));
    let is_newer = |pack: &&Manifest| told.iter().all(|now| now.id != pack.id || now.serial < pack.serial);
    let coming: Vec<_> = published.iter().filter(|pack| pack.from > day).filter(is_newer).collect();
    told.extend(before);
    told.extend(coming);
    told.sort_by_key(|pack| pack.serial);
    told
}

/// Whether something was published, here or by another process, or a day began, since it was last asked.
pub fn is_behind(hub: &Hub) -> Result<bool, HubError> {
    hub.read_now(|hub, read| Ok(hub.in_force().made != made(hub, read)?))
}

/// Works by what counts now: lists are made anew, and what waited for other rules is decided again. Blocks.
pub fn follow(hub: &Hub) -> Result<(), HubError> {
    let _one = hub.following.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_behind(hub)? {
        return Ok(());
    }
    let now = hub.read_now(InForce::read)?;
    let is_other = now.rulebook.version() != hub.rulebook().version();
    hub.work_by(now);
    forms::begin(hub).or_else(wait_for_room)?;
    // Another process may have made the lists meanwhile; but this one wrote into them by the rules of before.
    if is_other { hub.write_now(take_over).or_else(wait_for_room) } else { Ok(()) }
}

/// At the start: what the day brought meanwhile, and if other rules made the lists.
pub fn follow_from_before(hub: &Hub) -> Result<(), HubError> {
    forms::begin(hub).or_else(wait_for_room)?;
    let made_by = hub.read_now(|_, read| Ok(offices::rulebook(read)?))?;
    if made_by == hub.rulebook().version() {
        return Ok(());
    }
    hub.write_now(take_over).or_else(wait_for_room)
}

fn take_over(hub: &Hub, tx: &Tx) -> Result<(), HubError> {
    let rulebook = hub.rulebook();
    progress::show_all(tx, &rulebook)?;
    listing::show_all(tx, &rulebook)?;
    admission::decide_by_other_rules(hub, tx)?;
    Ok(offices::set_rulebook(tx, rulebook.version())?)
}

/// No reason to keep an office from its hub: lists stay as they were until there is room.
fn wait_for_room(error: HubError) -> Result<(), HubError> {
    match error {
        HubError::Full => {
            tracing::warn!("the disk is full: lists are made anew at the next start");
            Ok(())
        }
        error => Err(error),
    }
}
