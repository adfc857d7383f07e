//! This device's own batches: kept until the hub has them, and 90 days more for a hub restored from a backup.

use crate::{Store, StoreError, blobs::STAYS, device::Device, former, sealing::Vault, search};
use model::{
    ChangeId, Digest, Rebuilt, RecordRef, Verified,
    batch::{
        Shown, ShownField,
        codec::{self, Packing},
    },
    encoding::Bytes,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use std::collections::HashSet;
use wire::{
    enrol::{Kept, MAX_KEPT},
    error::code,
    pull::Holds,
    push::{BatchResult, DeniedPart, FOLLOWS, Outcome},
    receipt::Receipt,
};

/// How much the hub does not have yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub changes: u64,
    /// Photos, not blobs.
    pub photos: u64,
    pub photo_bytes: u64,
    /// Of the changes, those that can't go up now: the first is of a restricted case, and these are locked.
    pub locked_changes: u64,
}

/// A change of a batch that the hub keeps apart or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    pub record: RecordRef,
    /// The submission it came from.
    pub cause: Option<RecordRef>,
    /// `Waiting`, `Denied` or `Refused`, with its code.
    pub outcome: Outcome,
}

impl Store {
    /// Own batches after `seq` in their order, also acknowledged ones, of about `max_bytes` and at least one if any. Of
    /// the first, if it is larger or `staged` of its changes are at the hub, a view of the next ones. Ends before a
    /// restricted one while these are locked.
    pub fn own_batches_after(
        &self,
        seq: u64,
        staged: u32,
        max_bytes: usize,
    ) -> Result<Vec<Rebuilt>, StoreError> {
        self.read(|db| {
            let mut select =
                db.prepare_cached(&format!("{BATCHES} WHERE first_seq > ?1 ORDER BY first_seq"))?;
            let mut rows = select.query([seq.cast_signed()])?;
            let (mut batches, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let batch = match read(row, &self.vault) {
                    Err(StoreError::RestrictedLocked) => break,
                    batch => batch?.batch,
                };
                bytes += batch.weight();
                if batches.is_empty() && (staged > 0 || bytes > max_bytes) {
                    return Ok(vec![part(&batch, staged, max_bytes)?.into()]);
                }
                if bytes > max_bytes {
                    break;
                }
                batches.push(batch.into());
            }
            Ok(batches)
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

    /// The acknowledged batches that are kept here.
    pub fn holds(&self) -> Result<Option<Holds>, StoreError> {
        self.read(|db| {
            let device = Device::load(db)?;
            let last = device.acknowledged;
            let Some(first) = first_of_run(db)?.filter(|first| *first <= last) else { return Ok(None) };
            let mut select = db.prepare_cached("SELECT statement FROM outbox WHERE first_seq <= ?1 AND last_seq = ?1 ORDER BY first_seq DESC LIMIT 1")?;
            let kept = select.query_row([last.cast_signed()], |row| row.get(0)).optional()?;
            Ok(kept.map(|statement| Holds { first, last, statement: Bytes(statement) }))
        })
    }

    /// The hub's newest receipt: it shows whether the hub was rewound since.
    pub fn receipt(&self) -> Result<Option<Receipt>, StoreError> {
        self.read(|db| {
            let body: Option<Vec<u8>> = db.query_row("SELECT receipt FROM device", [], |row| row.get(0))?;
            Ok(body.map(|body| serde_json::from_slice(&body)).transpose()?)
        })
    }

    /// Instead of the one before.
    pub fn keep_receipt(&self, receipt: &Receipt) -> Result<(), StoreError> {
        self.write(|tx| keep_receipt(tx, receipt))
    }

    /// Takes a push's answer as it is: `received_through` may be lower than before (a restored hub).
    pub fn acknowledge(&self, received_through: u64, results: &[BatchResult]) -> Result<(), StoreError> {
        let now = self.clock.now_ms().cast_signed();
        self.write_lists(|tx| {
            let mut device = Device::load(tx)?;
            if received_through > device.seq {
                return Err(StoreError::Rewound);
            }
            take_results(tx, results)?;
            if is_forked(tx)? {
                // Those numbers are of other changes than ours.
                return Ok(((), search::Shown::default()));
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
            Ok(((), self.settle_denied(tx)?))
        })
    }

    /// Change by change, without those of restricted cases while these are locked.
    pub fn held_back(&self) -> Result<Vec<HeldBack>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT record, cause, outcome, code, seq, parts
                 FROM held JOIN outbox USING (first_seq) JOIN outbox_change USING (first_seq)
                 WHERE (settled = 0 OR code <> ?1) AND (restricted = 0 OR ?2) ORDER BY seq",
            )?;
            // Nothing of those was forbidden: there is nothing to tell.
            let mut rows = select.query((FOLLOWS, !self.vault.is_locked()))?;
            let mut held = Vec::new();
            while let Some(row) = rows.next()? {
                let record: String = row.get(0)?;
                let cause: Option<String> = row.get(1)?;
                let (kind, code): (String, String) = (row.get(2)?, row.get(3)?);
                let parts: Vec<DeniedPart> = serde_json::from_str(&row.get::<_, String>(5)?)?;
                let (seq, is_denied) = (row.get::<_, i64>(4)?.cast_unsigned(), kind == DENIED);
                // The rest was made anew.
                if is_denied && !parts.iter().any(|part| part.seq == seq) {
                    continue;
                }
                held.push(HeldBack {
                    record: record.parse().map_err(|_| StoreError::Unreadable)?,
                    cause: cause.map(|c| c.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
                    outcome: match kind.as_str() {
                        REFUSED => Outcome::Refused { code },
                        DENIED => Outcome::Denied { code, parts },
                        _ => Outcome::Waiting { code },
                    },
                });
            }
            Ok(held)
        })
    }

    pub fn waiting(&self) -> Result<Waiting, StoreError> {
        self.read(|db| {
            let waiting = db.query_row(
                "SELECT (SELECT count(*) FROM outbox_change WHERE seq > ?1),
                 count(DISTINCT record), coalesce(sum(size), 0),
                 (SELECT count(*) FROM outbox_change WHERE ?2 AND seq > ?1 AND first_seq >=
                     (SELECT min(first_seq) FROM outbox WHERE last_seq > ?1 AND restricted = 1))
                 FROM blob WHERE uploaded = 0",
                (Device::load(db)?.acknowledged.cast_signed(), self.vault.is_locked()),
                |row| {
                    let [changes, photos, photo_bytes, locked_changes] =
                        [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?].map(i64::cast_unsigned);
                    Ok(Waiting { changes, photos, photo_bytes, locked_changes })
                },
            );
            Ok(waiting?)
        })
    }
}

const WAITING: &str = "waiting";
const REFUSED: &str = "refused";
const DENIED: &str = "denied";

fn context(first_seq: i64) -> String {
    format!("outbox {first_seq}")
}

const BATCHES: &str =
    "SELECT first_seq, statement, restricted, body FROM outbox JOIN outbox_body USING (first_seq)";

/// A batch of this device.
pub(crate) struct Own {
    pub batch: Verified,
    pub restricted: bool,
}

pub(crate) fn read(row: &Row<'_>, vault: &Vault) -> Result<Own, StoreError> {
    let (first_seq, restricted): (i64, bool) = (row.get(0)?, row.get(2)?);
    let body = vault.open(
        restricted,
        &context(first_seq),
        row.get_ref(3)?.as_blob().map_err(|_| StoreError::Unreadable)?,
    )?;
    let batch =
        codec::decode(&body).ok().and_then(|mut batches| batches.pop()).ok_or(StoreError::Unreadable)?;
    let statement: Digest = Bytes(row.get(1)?);
    Ok(Own { batch: batch.reopen(&statement).map_err(|_| StoreError::Unreadable)?, restricted })
}

pub(crate) fn write(vault: &Vault, Own { batch, restricted }: &Own) -> Result<Vec<u8>, StoreError> {
    let page = codec::encode(&[batch], Packing::Plain)?;
    vault.close(*restricted, &context(batch.statement().first_seq.cast_signed()), &page)
}

/// From the change `first` on as many as fit, at least one.
fn part(batch: &Verified, first: u32, max_bytes: usize) -> Result<Verified, StoreError> {
    let mut wanted: HashSet<ChangeId> = HashSet::new();
    let mut bytes = 0;
    for change in batch.changes().skip(first as usize).flatten() {
        bytes += weight(&change);
        if bytes > max_bytes && !wanted.is_empty() {
            break;
        }
        wanted.insert(change.id);
    }
    Ok(batch.only(|id| wanted.contains(&id))?)
}

/// About the bytes of a change in a page.
fn weight(change: &Shown<'_>) -> usize {
    let field = |field: &ShownField<'_>| match field {
        ShownField::Value(field) => 24 + field.value.text().len() + 17 * field.replaces.len(),
        ShownField::Withheld | ShownField::Erased(_) => 70,
    };
    100 + change.fields.iter().map(field).sum::<usize>()
}

/// From where on the own batches are kept to the newest without a gap: what the hub held back stays for longer than its
/// neighbours, also once it is taken.
fn first_of_run(db: &Connection) -> Result<Option<u64>, StoreError> {
    let mut select = db.prepare_cached("SELECT first_seq, last_seq FROM outbox ORDER BY first_seq DESC")?;
    let mut rows = select.query([])?;
    let mut first: Option<i64> = None;
    while let Some(row) = rows.next()? {
        let (this, last): (i64, i64) = (row.get(0)?, row.get(1)?);
        if first.is_some_and(|first| last + 1 != first) {
            break;
        }
        first = Some(this);
    }
    Ok(first.map(i64::cast_unsigned))
}

/// The own batch that begins with this change, if it is kept.
pub(crate) fn find(db: &Connection, vault: &Vault, first_seq: u64) -> Result<Option<Own>, StoreError> {
    let mut select = db.prepare_cached(&format!("{BATCHES} WHERE first_seq = ?1"))?;
    let mut rows = select.query([first_seq.cast_signed()])?;
    rows.next()?.map(|row| read(row, vault)).transpose()
}

/// What all of an own batch came from.
pub(crate) fn cause(db: &Connection, first_seq: u64) -> Result<Option<RecordRef>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT cause FROM outbox_change WHERE first_seq = ?1 AND cause IS NOT NULL ORDER BY seq LIMIT 1",
    )?;
    let cause: Option<String> = select.query_row([first_seq.cast_signed()], |row| row.get(0)).optional()?;
    cause.map(|cause| cause.parse()).transpose().map_err(|_| StoreError::Unreadable)
}

/// Keeps a batch made here for the hub. `cause` is what all of it came from.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    vault: &Vault,
    own: &Own,
    cause: Option<&RecordRef>,
) -> Result<(), StoreError> {
    let statement = own.batch.statement();
    let (first_seq, last_seq) = (statement.first_seq.cast_signed(), statement.next_seq().cast_signed() - 1);
    tx.prepare_cached(
        "INSERT INTO outbox (first_seq, last_seq, statement, restricted) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((first_seq, last_seq, statement.hash().0, own.restricted))?;
    tx.prepare_cached("INSERT INTO outbox_body (first_seq, body) VALUES (?1, ?2)")?
        .execute((first_seq, write(vault, own)?))?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO outbox_change (seq, first_seq, record, cause) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for change in own.batch.changes().flatten() {
        let record = &change.head.record;
        let cause = cause.filter(|cause| *cause != record).map(ToString::to_string);
        insert.execute((change.seq.cast_signed(), first_seq, record.to_string(), cause))?;
    }
    Ok(())
}

/// The same batch, of which something was erased.
pub(crate) fn set_erased(tx: &Transaction<'_>, vault: &Vault, own: &Own) -> Result<(), StoreError> {
    let first_seq = own.batch.statement().first_seq.cast_signed();
    tx.execute("UPDATE outbox_body SET body = ?2 WHERE first_seq = ?1", (first_seq, write(vault, own)?))?;
    Ok(())
}

/// All of them, or those of restricted cases; without these while they are locked.
pub(crate) fn all(db: &Connection, vault: &Vault, only_restricted: bool) -> Result<Vec<u64>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT first_seq FROM outbox WHERE (restricted = 1 OR NOT ?1) AND (restricted = 0 OR ?2) ORDER BY first_seq",
    )?;
    let all = select.query_map((only_restricted, !vault.is_locked()), |row| row.get::<_, i64>(0))?;
    Ok(all.map(|first| Ok(first?.cast_unsigned())).collect::<Result<_, rusqlite::Error>>()?)
}

/// The numbers of the first changes of all that are kept.
pub(crate) fn all_of_them(db: &Connection) -> Result<Vec<u64>, StoreError> {
    let mut select = db.prepare_cached("SELECT first_seq FROM outbox ORDER BY first_seq")?;
    let all = select.query_map([], |row| row.get::<_, i64>(0))?;
    Ok(all.map(|first| Ok(first?.cast_unsigned())).collect::<Result<_, rusqlite::Error>>()?)
}

/// What is kept, by number and name, the newest if it is very much.
pub(crate) fn kept(db: &Connection) -> Result<Vec<Kept>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT last_seq, statement FROM outbox ORDER BY first_seq DESC LIMIT ?1")?;
    let rows = select.query_map([i64::try_from(MAX_KEPT).unwrap_or(i64::MAX)], |row| {
        Ok(Kept::new(row.get::<_, i64>(0)?.cast_unsigned(), &Bytes(row.get(1)?)))
    })?;
    let mut kept = rows.collect::<Result<Vec<_>, _>>()?;
    kept.reverse();
    Ok(kept)
}

/// The hub denied it for good, and what of it may stand was made anew here.
pub(crate) fn is_settled(db: &Connection, first_seq: u64) -> Result<bool, StoreError> {
    let settled = "SELECT EXISTS (SELECT 1 FROM held WHERE first_seq = ?1 AND settled = 1)";
    Ok(db.query_row(settled, [first_seq.cast_signed()], |row| row.get(0))?)
}

/// A record became restricted: so do the batches with changes of it that are kept here.
pub(crate) fn restrict(tx: &Transaction<'_>, vault: &Vault, record: &str) -> Result<(), StoreError> {
    let mut select = tx.prepare_cached(
        "SELECT DISTINCT first_seq, body FROM outbox JOIN outbox_body USING (first_seq)
             JOIN outbox_change USING (first_seq)
         WHERE record = ?1 AND restricted = 0",
    )?;
    let open = select.query_map([record], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let open: Vec<(i64, Vec<u8>)> = open.collect::<Result<_, _>>()?;
    for (first_seq, body) in open {
        let sealed = vault.reclose(false, true, &context(first_seq), &body)?;
        tx.execute("UPDATE outbox SET restricted = 1 WHERE first_seq = ?1", [first_seq])?;
        tx.execute("UPDATE outbox_body SET body = ?2 WHERE first_seq = ?1", (first_seq, sealed))?;
    }
    former::restrict(tx, vault, record)
}

pub(crate) fn keep_receipt(tx: &Transaction<'_>, receipt: &Receipt) -> Result<(), StoreError> {
    tx.execute("UPDATE device SET receipt = ?1", [serde_json::to_vec(receipt)?])?;
    Ok(())
}

/// What became of own batches at the hub.
pub(crate) fn take_results(tx: &Transaction<'_>, results: &[BatchResult]) -> Result<(), StoreError> {
    let mut hold = tx.prepare_cached(
        "INSERT OR REPLACE INTO held (first_seq, outcome, code)
         SELECT first_seq, ?2, ?3 FROM outbox WHERE first_seq = ?1",
    )?;
    // Once denied, denied: what it replaced stands again already.
    let mut deny = tx.prepare_cached(
        "INSERT INTO held (first_seq, outcome, code, parts)
         SELECT first_seq, 'denied', ?2, ?3 FROM outbox WHERE first_seq = ?1
         ON CONFLICT (first_seq) DO UPDATE SET outcome = excluded.outcome, code = excluded.code, parts = excluded.parts
         WHERE outcome <> 'denied'",
    )?;
    let mut release = tx.prepare_cached("DELETE FROM held WHERE first_seq = ?1")?;
    for BatchResult { first_seq, outcome } in results {
        let first_seq = first_seq.cast_signed();
        match outcome {
            Outcome::Admitted => release.execute([first_seq])?,
            // Received before, on its way, or a word that says nothing: not that it was admitted since.
            Outcome::Known | Outcome::Staged | Outcome::Unknown => continue,
            Outcome::Waiting { code } => hold.execute((first_seq, WAITING, code))?,
            Outcome::Refused { code } => hold.execute((first_seq, REFUSED, code))?,
            Outcome::Denied { code, parts } => {
                deny.execute((first_seq, code, serde_json::to_string(parts)?))?
            }
        };
    }
    Ok(())
}

/// The hub has other batches under this device's numbers.
fn is_forked(tx: &Transaction<'_>) -> Result<bool, StoreError> {
    let forked = "SELECT EXISTS (SELECT 1 FROM held WHERE outcome = ?1 AND code = ?2)";
    Ok(tx.query_row(forked, [REFUSED, code::FORKED], |row| row.get(0))?)
}

/// Drops what the hub acknowledged before `before` and doesn't hold back.
pub(crate) fn prune(tx: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    let through: Option<i64> =
        tx.query_row("SELECT max(through) FROM acknowledgement WHERE at < ?1", [before], |row| row.get(0))?;
    let Some(through) = through else { return Ok(()) };
    let gone = "DELETE FROM outbox WHERE last_seq <= ?1
                AND first_seq NOT IN (SELECT first_seq FROM held WHERE settled = 0 OR code <> ?2)";
    tx.execute(gone, (through, FOLLOWS))?;
    // The newest of them still says when those were acknowledged that are held back.
    tx.execute("DELETE FROM acknowledgement WHERE through < ?1", [through])?;
    Ok(())
}

/// The hub may lack photos and orders that it had: it is asked.
pub(crate) fn doubt(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("UPDATE blob SET uploaded = 0 WHERE uploaded <> ?1", [STAYS])?;
    tx.execute("UPDATE erasure SET told = 0", [])?;
    Ok(())
}
