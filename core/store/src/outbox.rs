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
                "SELECT change, restricted, body FROM outbox JOIN outbox_body USING (seq)
                 WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )?;
            let limit = i64::try_from(max_changes).unwrap_or(i64::MAX);
            let mut rows = select.query((seq.cast_signed(), limit))?;
            let (mut changes, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let (change, restricted): (String, bool) = (row.get(0)?, row.get(1)?);
                if restricted && self.vault.is_locked() {
                    break;
                }
                let body = self.vault.open(restricted, &context(&change), &row.get::<_, Vec<u8>>(2)?)?;
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
            let Some(first) = first_of_run(db)?.filter(|first| *first <= last) else { return Ok(None) };
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
            // Those up to it were acknowledged when they were, all after it are not any more.
            tx.execute(
                "INSERT OR IGNORE INTO acknowledgement (through, at) VALUES (?1, coalesce(
                     (SELECT at FROM acknowledgement WHERE through > ?1 ORDER BY through LIMIT 1), ?2))",
                (received_through.cast_signed(), now),
            )?;
            tx.execute("DELETE FROM acknowledgement WHERE through > ?1", [received_through.cast_signed()])?;
            take_results(tx, results)
        })
    }

    pub fn held_back(&self) -> Result<Vec<HeldBack>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT change, record, cause, outcome, code FROM held JOIN outbox USING (seq) ORDER BY seq",
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
                "SELECT (SELECT count(*) FROM outbox WHERE seq > ?1),
                 count(DISTINCT record), coalesce(sum(size), 0) FROM blob WHERE uploaded = 0",
                [Device::load(db)?.acknowledged.cast_signed()],
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

/// From where on the own changes are kept to the newest without a gap: what the hub held back stays for longer than its
/// neighbours, also once it is taken.
fn first_of_run(db: &Connection) -> Result<Option<u64>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT seq FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE seq = o.seq - 1)
         ORDER BY seq DESC LIMIT 1",
    )?;
    let first: Option<i64> = select.query_row([], |row| row.get(0)).optional()?;
    Ok(first.map(i64::cast_unsigned))
}

/// The own change of this `seq`, if it is kept.
pub(crate) fn change(db: &Connection, vault: &Vault, seq: u64) -> Result<Option<SignedChange>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT change, restricted, body FROM outbox JOIN outbox_body USING (seq) WHERE seq = ?1",
    )?;
    let mut rows = select.query([seq.cast_signed()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let change: String = row.get(0)?;
    let body = vault.open(row.get(1)?, &context(&change), &row.get::<_, Vec<u8>>(2)?)?;
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
    let body = vault.close(restricted, &context(&id), &serde_json::to_vec(signed)?)?;
    tx.prepare_cached(
        "INSERT INTO outbox (seq, change, record, cause, restricted) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        header.seq.cast_signed(),
        id,
        header.record.to_string(),
        header.cause.as_ref().map(ToString::to_string),
        restricted,
    ))?;
    tx.prepare_cached("INSERT INTO outbox_body (seq, body) VALUES (?1, ?2)")?
        .execute((header.seq.cast_signed(), body))?;
    Ok(())
}

/// A record became restricted: so do the changes of it that are kept here.
pub(crate) fn restrict(tx: &Transaction<'_>, vault: &Vault, record: &str) -> Result<(), StoreError> {
    let mut select = tx.prepare_cached(
        "SELECT seq, change, body FROM outbox JOIN outbox_body USING (seq) WHERE record = ?1 AND restricted = 0",
    )?;
    let open = select.query_map([record], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let open: Vec<(i64, String, Vec<u8>)> = open.collect::<Result<_, _>>()?;
    for (seq, change, body) in open {
        let sealed = vault.reclose(false, true, &context(&change), &body)?;
        tx.execute("UPDATE outbox SET restricted = 1 WHERE seq = ?1", [seq])?;
        tx.execute("UPDATE outbox_body SET body = ?2 WHERE seq = ?1", (seq, sealed))?;
    }
    Ok(())
}

/// What became of own changes at the hub.
pub(crate) fn take_results(tx: &Transaction<'_>, results: &[ChangeResult]) -> Result<(), StoreError> {
    let mut hold = tx.prepare_cached(
        "INSERT OR REPLACE INTO held (seq, outcome, code) SELECT seq, ?2, ?3 FROM outbox WHERE change = ?1",
    )?;
    let mut release =
        tx.prepare_cached("DELETE FROM held WHERE seq = (SELECT seq FROM outbox WHERE change = ?1)")?;
    for result in results {
        let id = result.id.to_string();
        match &result.outcome {
            Outcome::Admitted => release.execute([id])?,
            // The one says that it was received before, the other nothing: neither that it was admitted since.
            Outcome::Known | Outcome::Unknown => continue,
            Outcome::Waiting { code } => hold.execute((id, WAITING, code))?,
            Outcome::Refused { code } => hold.execute((id, REFUSED, code))?,
        };
    }
    Ok(())
}

/// Drops what the hub acknowledged before `before` and doesn't hold back.
pub(crate) fn prune(tx: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    let through: Option<i64> =
        tx.query_row("SELECT max(through) FROM acknowledgement WHERE at < ?1", [before], |row| row.get(0))?;
    let Some(through) = through else { return Ok(()) };
    tx.execute("DELETE FROM outbox WHERE seq <= ?1 AND seq NOT IN (SELECT seq FROM held)", [through])?;
    // The newest of them still says when those were acknowledged that are held back.
    tx.execute("DELETE FROM acknowledgement WHERE through < ?1", [through])?;
    Ok(())
}

/// The hub begins anew from a backup: all that is kept without a gap is offered again.
pub(crate) fn offer_again(tx: &Transaction<'_>, device: &mut Device) -> Result<(), StoreError> {
    device.acknowledged = first_of_run(tx)?.map_or(device.seq, |first| first - 1);
    tx.execute("DELETE FROM acknowledgement", [])?;
    tx.execute("UPDATE blob SET uploaded = 0", [])?;
    Ok(())
}
