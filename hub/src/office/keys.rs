//! The office's key: what it signs, how it hands over to the next one, and how the recovery key replaces one that is
//! lost or stolen.
//!
//! The key is read where something is signed, in the same transaction: the command line changes it beside a running
//! hub, and either all of a change is there or nothing.

use crate::{
    Hub, HubError,
    db::{
        Read, Tx, audit, devices,
        office_keys::{self, Key},
        orders, packs, roles,
    },
    recovery,
};
use model::{DeviceKey, PublicKey};
use ring::rand::SystemRandom;
use std::path::Path;
use wire::{
    keys::{Follows, KeyChange, KeyReplacement, RecoverySigner, Step},
    signed::{BadStatement, Signed, Statement},
};
use zeroize::Zeroizing;

const DAMAGED: HubError = HubError::Internal("the office's key can't be read");

/// The key in use.
pub fn signing(read: &Read) -> Result<DeviceKey, HubError> {
    DeviceKey::from_pkcs8(&office_keys::signing(read)?).map_err(|_| DAMAGED)
}

/// The first of those that handed over to the one in use: a hub that was put back to before a change of keys must know
/// its receipts.
pub fn for_receipts(read: &Read) -> Result<DeviceKey, HubError> {
    DeviceKey::from_pkcs8(&office_keys::receipts(read)?).map_err(|_| DAMAGED)
}

/// What this office said with the key in use, or with one that handed over to it: phones keep what those signed. What
/// was replaced counts for nothing.
pub fn said<T: Statement>(read: &Read, signed: &Signed<T>) -> Result<Option<T>, HubError> {
    let keys = office_keys::all(read)?;
    Ok(standing(&keys).iter().rev().find_map(|key| signed.verify(&key.key).ok()))
}

/// Those since the last replacement.
fn standing(keys: &[Key]) -> &[Key] {
    let first = keys.iter().rposition(|key| matches!(key.step, Some(Step::Replaced(_))));
    keys.get(first.unwrap_or_default()..).unwrap_or_default()
}

/// What a phone hasn't heard of the keys, in the order to take it in. Of one that follows a key that is not known here
/// (a thief's, or one that this hub has forgotten): what leads on from any.
pub fn news(read: &Read, follows: &Follows) -> Result<Vec<Step>, HubError> {
    let keys = office_keys::all(read)?;
    let recovery = |key: &Key| key.recovery.clone().filter(|_| !follows.recovery).map(Step::Recovery);
    let Some(here) = keys.iter().position(|key| key.key == follows.key) else {
        let replaced = matches!(standing(&keys).first(), Some(Key { step: Some(_), .. }));
        let steps = standing(&keys).iter().filter(|_| replaced);
        return Ok(steps.filter_map(|key| key.step.clone()).collect());
    };
    let (before, after) = keys.split_at(here + 1);
    // A replacement is believed by who knows who signs it: told by the key that they follow, else by the newest.
    let mut news: Vec<Step> = before.last().and_then(recovery).into_iter().collect();
    let told = !news.is_empty();
    news.extend(after.iter().filter_map(|key| key.step.clone()));
    news.extend(after.last().filter(|_| !told).and_then(recovery));
    Ok(news)
}

/// At each start: what an older program didn't keep.
pub fn prepare(hub: &Hub) -> Result<(), HubError> {
    let lies_here = recovery::lies_in(&hub.folder);
    let is_lacking = hub.read_now(|_, read| {
        let unknown = lies_here && office_keys::recovery_signer(read)?.is_none();
        Ok(unknown || office_keys::all(read)?.is_empty())
    })?;
    if !is_lacking {
        return Ok(());
    }
    let signer = match lies_here.then(|| signer_of(hub, &hub.folder.join(recovery::FILE))).transpose() {
        Ok(signer) => signer,
        Err(error) => {
            tracing::warn!(code = error.code(), "recovery.key in the folder is not this office's");
            None
        }
    };
    hub.write_now(move |hub, tx| {
        if office_keys::all(tx)?.is_empty() {
            let key = signing(tx)?.public();
            office_keys::add(tx, &Key { serial: 0, key, step: None, recovery: None, since: tx.now() })?;
        }
        signer.map_or(Ok(()), |signer| know(hub, tx, &signer.public()))
    })
}

/// What the recovery key in this file signs with, if it is this office's.
fn signer_of(hub: &Hub, file: &Path) -> Result<DeviceKey, HubError> {
    let (public, signer) = recovery::signer(file)?;
    if public == hub.identity.recovery { Ok(signer) } else { Err(HubError::OtherRecoveryKey) }
}

/// Phones are told from now on who signs replacements.
fn know(hub: &Hub, tx: &Tx, signer: &PublicKey) -> Result<(), HubError> {
    office_keys::set_recovery_signer(tx, signer)?;
    let keys = office_keys::all(tx)?;
    let last = keys.last().ok_or(DAMAGED)?;
    let recovery = certified(hub, *signer, replaced_at(&keys), &signing(tx)?)?;
    Ok(office_keys::set_recovery(tx, last.serial, &recovery)?)
}

/// When the key was last replaced; 0: never.
fn replaced_at(keys: &[Key]) -> u64 {
    standing(keys).first().filter(|key| key.step.is_some()).map_or(0, |key| key.since)
}

fn certified(
    hub: &Hub,
    key: PublicKey,
    replaced_at: u64,
    by: &DeviceKey,
) -> Result<Signed<RecoverySigner>, HubError> {
    let statement = RecoverySigner { v: wire::VERSION, office: hub.identity.office, key, replaced_at };
    Ok(Signed::issue(&statement, by)?)
}

/// Tells phones who signs replacements, by the recovery key in this file: for an office that put it away before its hub
/// knew.
///
/// # Errors
/// [`HubError::NoRecoveryKey`], [`HubError::OtherRecoveryKey`]
pub fn learn_recovery(hub: &Hub, file: &Path) -> Result<(), HubError> {
    let signer = signer_of(hub, file)?.public();
    hub.write_now(move |hub, tx| {
        know(hub, tx, &signer)?;
        Ok(audit::add(tx, None, "office-key.recovery", &hub.identity.office)?)
    })
}

/// The key hands over to a new one, which signs anew all that stands; its number.
pub fn rotate(hub: &Hub, tx: &Tx) -> Result<u64, HubError> {
    let (before, next) = (signing(tx)?, Next::make(tx)?);
    let change = KeyChange {
        v: wire::VERSION,
        office: hub.identity.office,
        serial: next.serial,
        from: before.public(),
        to: next.key.public(),
        at: next.at,
    };
    let step = Step::Changed(Signed::issue(&change, &before)?);
    audit::add(tx, None, "office-key.rotate", &hub.identity.office)?;
    next.take_over(hub, tx, step)
}

/// A new key takes the place of one that is lost or stolen, by the recovery key in this file; its number. Whatever the
/// keys before sign counts for nothing on phones that heard of it; devices that the hub holds end, as their keys lay
/// beside it.
///
/// # Errors
/// [`HubError::NoRecoveryKey`], [`HubError::OtherRecoveryKey`]
pub fn replace(hub: &Hub, file: &Path) -> Result<u64, HubError> {
    let signer = signer_of(hub, file)?;
    hub.write_now(move |hub, tx| {
        let next = Next::make(tx)?;
        let replacement = KeyReplacement {
            v: wire::VERSION,
            office: hub.identity.office,
            serial: next.serial,
            to: next.key.public(),
            at: next.at,
        };
        let step = Step::Replaced(Signed::issue(&replacement, &signer)?);
        office_keys::set_recovery_signer(tx, &signer.public())?;
        devices::end_held(tx)?;
        audit::add(tx, None, "office-key.replace", &hub.identity.office)?;
        next.take_over(hub, tx, step)
    })
}

/// A key that is about to be the office's.
struct Next {
    pkcs8: Zeroizing<Vec<u8>>,
    key: DeviceKey,
    serial: u64,
    at: u64,
}

impl Next {
    fn make(tx: &Tx) -> Result<Self, HubError> {
        let made = |_| HubError::Internal("the office's key can't be made");
        let pkcs8 = DeviceKey::generate(&SystemRandom::new()).map_err(made)?;
        let key = DeviceKey::from_pkcs8(&pkcs8).map_err(made)?;
        let keys = office_keys::all(tx)?;
        let last = keys.last().ok_or(DAMAGED)?;
        // Of two replacements the later one counts, whatever the machine's clock did.
        Ok(Self { pkcs8, key, serial: last.serial + 1, at: tx.now().max(last.since + 1) })
    }

    fn take_over(self, hub: &Hub, tx: &Tx, step: Step) -> Result<u64, HubError> {
        let Self { pkcs8, key, serial, at } = self;
        let is_replaced = matches!(step, Step::Replaced(_));
        let since = if is_replaced { at } else { replaced_at(&office_keys::all(tx)?) };
        let signer = office_keys::recovery_signer(tx)?;
        let recovery = signer.map(|signer| certified(hub, signer, since, &key)).transpose()?;
        office_keys::set_signing(tx, &pkcs8, is_replaced)?;
        let public = key.public();
        office_keys::add(tx, &Key { serial, key: public, step: Some(step), recovery, since: at })?;
        sign_anew(tx, &key)?;
        Ok(serial)
    }
}

/// All that stands: certificates, orders to erase, packs, what users are. What they say stays.
fn sign_anew(tx: &Tx, key: &DeviceKey) -> Result<(), HubError> {
    let unreadable = |_: BadStatement| HubError::Internal("what the office signed can't be read");
    for device in devices::all(tx)? {
        let anew = devices::certificate(tx, device.id)?.anew(key).map_err(unreadable)?;
        devices::set_certificate(tx, device.id, &anew)?;
    }
    for order in orders::ids(tx)? {
        let Some(signed) = orders::find(tx, order)? else { continue };
        orders::set_signed(tx, order, &signed.anew(key).map_err(unreadable)?)?;
    }
    for told in roles::after(tx, 0, u32::MAX)? {
        roles::set_signed(tx, told.serial, &told.statement.anew(key).map_err(unreadable)?)?;
    }
    for pack in packs::published(tx)? {
        let Some((number, signed)) =
            pack.serial.map(|serial| packs::of_serial(tx, serial)).transpose()?.flatten()
        else {
            continue;
        };
        packs::set_manifest(tx, number, &signed.anew(key).map_err(unreadable)?)?;
    }
    Ok(())
}

/// How far phones have followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Of the key in use.
    pub serial: u64,
    /// Phones know by whom it can be replaced.
    pub has_recovery: bool,
    /// Phones that follow the key in use.
    pub here: u64,
    /// Those that follow one before.
    pub behind: u64,
    /// Those that said nothing of it: they did not synchronise since, or their program follows none.
    pub silent: u64,
    /// Those that follow one that this hub doesn't know.
    pub strange: u64,
    /// Those that don't know by whom it can be replaced.
    pub without_recovery: u64,
}

pub fn followed(read: &Read) -> Result<Followed, HubError> {
    let keys = office_keys::all(read)?;
    let last = keys.last().ok_or(DAMAGED)?;
    let mut followed =
        Followed { serial: last.serial, has_recovery: last.recovery.is_some(), ..Followed::default() };
    let phones = devices::all(read)?.into_iter().filter(|device| !device.held && device.revoked_at.is_none());
    for phone in phones {
        let follows = phone.condition.office_key;
        followed.without_recovery += u64::from(!follows.as_ref().is_some_and(|follows| follows.recovery));
        let count = match follows {
            None => &mut followed.silent,
            Some(follows) if follows.key == last.key => &mut followed.here,
            Some(follows) if keys.iter().any(|key| key.key == follows.key) => &mut followed.behind,
            Some(_) => &mut followed.strange,
        };
        *count += 1;
    }
    Ok(followed)
}
