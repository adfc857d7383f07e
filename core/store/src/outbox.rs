//! This device's own changes: kept until the hub has them, and 90 days more for a hub restored from a backup.

use crate::{Store, StoreError, device::Device, sealing::Vault};
use model::{ChangeId, Header, RecordRef, SignedChange};
use rusqlite::{Connection, OptionalExtension, Transaction};
use wire::{
    pull::Holds,
    push::{ChangeResult, Outcome},
};

/// How much the hub does not have yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub changes: u64,
    /// Photos, not blobs.
    pub photos: u64,
    pub photo_bytes: u64,
}

/// A change that the hub keeps apart or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    pub change: ChangeId,
    pub record: RecordRef,
    /// The submission it came from.
    pub cause: Option<RecordRef>,
    /// `Waiting` or `Refused`, with its code.
    pub outcome: Outcome,
}

impl Store {
    /// Own changes after `seq` in their order, also acknowledged ones, at least one if any. Ends before a change of
    /// a restricted case while these are locked.
    pub fn own_changes_after(
        &self,
        seq: u64,
        max_changes: usize,
        max_bytes: usize,
    ) -> Result<Vec<SignedChange>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT change, restricted, body FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )?;
            let limit = i64::try_from(max_changes).unwrap_or(i64::MAX);
            let mut rows = select.query((seq.cast_signed(), limit))?;
            let (mut changes, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let (change, restricted): (String, bool) = (row.get(0)?, row.get(1)?);
                if restricted && self.vault.is_locked() {
                    break;
                }
                let body = self.vault.open(restricted, &context(&change), row.get(2)?)?;
                bytes += body.len();
                if bytes > max_bytes && !changes.is_empty() {
                    break;
                }
                changes.push(serde_json::from_slice(&body)?);
            }
            Ok(changes)
        })
    }

    /// The hub has all own changes up to this one.
    pub fn acknowledged_through(&self) -> Result<u64, StoreError> {
        self.read(|db| Ok(Device::load(db)?.acknowledged))
    }

    /// Of the newest own change; 0 if there is none.
    pub fn last_seq(&self) -> Result<u64, StoreError> {
        self.read(|db| Ok(Device::load(db)?.seq))
    }

    /// The acknowledged changes that are kept here; none while the last of them can't be read.
    pub fn holds(&self) -> Result<Option<Holds>, StoreError> {
        self.read(|db| {
            let device = Device::load(db)?;
            let last = device.acknowledged;
            // What the hub holds back stays for longer than its neighbours: the others have no gap.
            let mut first =
                db.prepare_cached("SELECT seq FROM outbox WHERE held IS NULL ORDER BY seq LIMIT 1")?;
            let first: Option<i64> = first.query_row([], |row| row.get(0)).optional()?;
            let Some(first) = first.map(i64::cast_unsigned).filter(|first| *first <= last) else {
                return Ok(None);
            };
            let digest = if last == device.seq {
                device.previous
            } else {
                match change(db, &self.vault, last) {
                    Err(StoreError::RestrictedLocked) => None,
                    kept => kept?.map(|change| change.digest()),
                }
            };
            Ok(digest.map(|digest| Holds { first, last, digest }))
        })
    }

    /// Takes a push's answer as it is: `received_through` may be lower than before (a restored hub).
    pub fn acknowledge(&self, received_through: u64, results: &[ChangeResult]) -> Result<(), StoreError> {
        let now = self.clock.now_ms().cast_signed();
        self.write(|tx| {
            let mut device = Device::load(tx)?;
            if received_through > device.seq {
                return Err(StoreError::Rewound);
            }
            device.acknowledged = received_through;
            device.save(tx)?;
            let through = received_through.cast_signed();
            tx.execute(
                "UPDATE outbox SET acknowledged_at = ?2 WHERE seq <= ?1 AND acknowledged_at IS NULL",
                (through, now),
            )?;
            tx.execute(
                "UPDATE outbox SET acknowledged_at = NULL WHERE seq > ?1 AND acknowledged_at IS NOT NULL",
                [through],
            )?;
            take_results(tx, results)
        })
    }

    pub fn held_back(&self) -> Result<Vec<HeldBack>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT change, record, cause, held, code FROM outbox WHERE held IS NOT NULL ORDER BY seq",
            )?;
            let mut rows = select.query([])?;
            let mut held = Vec::new();
            while let Some(row) = rows.next()? {
                let change: String = row.get(0)?;
                let record: String = row.get(1)?;
                let cause: Option<String> = row.get(2)?;
                let (kind, code): (String, String) = (row.get(3)?, row.get(4)?);
                held.push(HeldBack {
                    change: change.parse().map_err(|_| StoreError::Unreadable)?,
                    record: record.parse().map_err(|_| StoreError::Unreadable)?,
                    cause: cause.map(|c| c.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
                    outcome: if kind == REFUSED {
                        Outcome::Refused { code }
                    } else {
                        Outcome::Waiting { code }
                    },
                });
            }
            Ok(held)
        })
    }

    pub fn waiting(&self) -> Result<Waiting, StoreError> {
        self.read(|db| {
            let waiting = db.query_row(
                "SELECT (SELECT count(*) FROM outbox WHERE acknowledged_at IS NULL),
                 count(DISTINCT record), coalesce(sum(size), 0) FROM blob WHERE uploaded = 0",
                [],
                |row| {
                    let [changes, photos, photo_bytes] =
                        [row.get(0)?, row.get(1)?, row.get(2)?].map(i64::cast_unsigned);
                    Ok(Waiting { changes, photos, photo_bytes })
                },
            );
            Ok(waiting?)
        })
    }
}

const WAITING: &str = "waiting";
const REFUSED: &str = "refused";

fn context(change: &str) -> String {
    format!("outbox {change}")
}

/// The own change of this `seq`, if it is kept.
pub(crate) fn change(db: &Connection, vault: &Vault, seq: u64) -> Result<Option<SignedChange>, StoreError> {
    let mut select = db.prepare_cached("SELECT change, restricted, body FROM outbox WHERE seq = ?1")?;
    let mut rows = select.query([seq.cast_signed()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let change: String = row.get(0)?;
    let body = vault.open(row.get(1)?, &context(&change), row.get(2)?)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

/// Keeps a change made here for the hub.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    vault: &Vault,
    header: &Header,
    signed: &SignedChange,
    restricted: bool,
) -> Result<(), StoreError> {
    let id = header.id.to_string();
    let body = vault.close(restricted, &context(&id), serde_json::to_vec(signed)?)?;
    tx.prepare_cached(
        "INSERT INTO outbox (seq, change, record, cause, restricted, made_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        header.seq.cast_signed(),
        id,
        header.record.to_string(),
        header.cause.as_ref().map(ToString::to_string),
        restricted,
        header.at.0.cast_signed(),
        body,
    ))?;
    Ok(())
}

/// A record became restricted: so do the changes of it that are kept here.
pub(crate) fn restrict(tx: &Transaction<'_>, vault: &Vault, record: &str) -> Result<(), StoreError> {
    let mut select =
        tx.prepare_cached("SELECT seq, change, body FROM outbox WHERE record = ?1 AND restricted = 0")?;
    let open = select.query_map([record], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let open: Vec<(i64, String, Vec<u8>)> = open.collect::<Result<_, _>>()?;
    for (seq, change, body) in open {
        let sealed = vault.close(true, &context(&change), body)?;
        tx.execute("UPDATE outbox SET restricted = 1, body = ?2 WHERE seq = ?1", (seq, sealed))?;
    }
    Ok(())
}

/// What became of own changes at the hub.
pub(crate) fn take_results(tx: &Transaction<'_>, results: &[ChangeResult]) -> Result<(), StoreError> {
    let mut update = tx.prepare_cached("UPDATE outbox SET held = ?2, code = ?3 WHERE change = ?1")?;
    for result in results {
        let (held, code) = match &result.outcome {
            Outcome::Admitted => (None, None),
            // Says that it was received before, not whether it was admitted since.
            Outcome::Known => continue,
            Outcome::Waiting { code } => (Some(WAITING), Some(code)),
            Outcome::Refused { code } => (Some(REFUSED), Some(code)),
        };
        update.execute((result.id.to_string(), held, code))?;
    }
    Ok(())
}

/// The hub begins anew from a backup: all that is kept is offered again.
pub(crate) fn offer_again(tx: &Transaction<'_>, device: &mut Device) -> Result<(), StoreError> {
    let first: Option<i64> = tx.query_row("SELECT min(seq) FROM outbox", [], |row| row.get(0))?;
    device.acknowledged = first.map_or(device.seq, |first| (first - 1).cast_unsigned());
    tx.execute("UPDATE outbox SET acknowledged_at = NULL", [])?;
    tx.execute("UPDATE blob SET uploaded = 0", [])?;
    Ok(())
}
