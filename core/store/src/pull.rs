//! Feeds coming down: verified, merged and kept, one transaction for each answer.

use crate::{
    Store, StoreError,
    device::Device,
    erasure, office_keys, outbox, roles,
    sealing::Vault,
    search::Shown,
    taking::{LOCKED, SEALED, Taking, UNKNOWN},
    tree::Tree,
    verified::{Checking, KnownKeys},
    witness::user_of,
};
use model::{
    BatchError, DeviceId, Feed, HubId, PublicKey, RecordRef, UserId, batch::Signer, encoding::Bytes,
};
use rusqlite::{Connection, Transaction};
use std::collections::HashMap;
use wire::{
    pull::{Cursor, PullResponse},
    signed::{BadStatement, Certificate},
};

/// What an answer did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Entries taken, whatever they did.
    pub entries: u64,
    /// Records that changed or came.
    pub changed: Vec<RecordRef>,
    /// Records in which a field now has two values.
    pub conflicts: Vec<RecordRef>,
    /// Records no longer here: moved away or no longer granted.
    pub forgotten: Vec<RecordRef>,
    /// Entries kept aside, by code such as `batch.wrong-signature` or `pull.no-certificate`.
    pub aside: Vec<&'static str>,
    /// Feeds whose entries did not follow the cursor and were left for the next pull.
    pub gaps: Vec<Feed>,
    /// The hub was restored from a backup: it may lack photos and orders. What it lacks of batches its answer to the next
    /// push says.
    pub new_epoch: bool,
    /// The hub named a key as the office's that neither the pinned one nor the recovery key signed.
    pub strange_key: bool,
    /// There is more to pull.
    pub more: bool,
}

impl Pulled {
    /// How many entries aside were not made by who they say. The others wait for an update or for restricted cases to
    /// be unlocked.
    pub fn forged(&self) -> usize {
        let waits = [UNKNOWN, SEALED, LOCKED, BatchError::Newer.code(), BatchError::UnknownSuite.code()];
        self.aside.iter().filter(|code| !waits.contains(code)).count()
    }
}

impl Store {
    /// Of all granted feeds, also of those that this program does not know (at 0: they are read once it does).
    pub fn cursors(&self) -> Result<(HubId, Vec<Cursor>), StoreError> {
        self.read(|db| {
            let device = Device::load(db)?;
            let mut select = db.prepare_cached("SELECT feed, position, mark FROM feed")?;
            let mut rows = select.query([])?;
            let mut cursors = Vec::new();
            while let Some(row) = rows.next()? {
                let Ok(feed) = row.get::<_, String>(0)?.parse();
                let (position, mark) = (row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, Option<_>>(2)?);
                cursors.push(Cursor { feed, epoch: device.epoch.clone(), position, mark: mark.map(Bytes) });
            }
            Ok((device.identity.hub, cursors))
        })
    }

    /// Granted feeds that can't be read now: those that this program does not know, and those of restricted cases while
    /// these are locked.
    pub fn unreadable_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let feeds = self.read(feeds)?.into_iter();
        Ok(feeds.filter(|feed| !can_read(&self.vault, feed)).collect())
    }

    /// Verifies certificates with the office's key and each change with its device's certificate, then merges, moves
    /// and forgets, and takes over cursors, worker and own results. A bad entry is kept aside and holds up nothing.
    pub fn apply_pull(&self, response: &PullResponse) -> Result<Pulled, StoreError> {
        let keys = self.read(|db| {
            let mut device = Device::load(db)?;
            device.identity.follow(&response.keys);
            let mut keys = known_keys(db, &device)?;
            for certificate in &response.certificates {
                if let Ok(Some(signer)) = of_other_device(&device, certificate) {
                    keys.entry(signer.device).or_insert(signer);
                }
            }
            Ok(keys)
        })?;
        let checking = Checking::new(&keys, &response.feeds);
        let (pulled, erased) = checking.ahead_of(|| self.take_answer(response, &checking))?;
        if erased {
            self.forget()?;
        }
        Ok(pulled)
    }

    /// Also says whether something was erased.
    fn take_answer(
        &self,
        response: &PullResponse,
        checking: &Checking<'_>,
    ) -> Result<(Pulled, bool), StoreError> {
        self.write_lists(|tx| {
            let mut device = Device::load(tx)?;
            if response.hub != device.identity.hub {
                return Err(StoreError::OtherHub);
            }
            let (steps, strange_key) = device.identity.follow(&response.keys);
            office_keys::keep(tx, &steps)?;
            let mut pulled = Pulled { strange_key, ..Pulled::default() };
            if response.epoch != device.epoch {
                tx.execute("DELETE FROM feed", [])?;
                pulled.new_epoch = !device.epoch.is_empty();
                if pulled.new_epoch {
                    outbox::doubt(tx)?;
                }
                device.epoch.clone_from(&response.epoch);
            }
            let rulebook = self.rulebook();
            let mut taking = Taking {
                tx,
                vault: &self.vault,
                now_ms: self.clock.now_ms(),
                hlc: device.hlc(),
                keys: known_keys(tx, &device)?,
                learnt: false,
                orders: erasure::load(tx)?,
                tree: Tree::new(tx, &self.vault, &rulebook, self.today())?,
                pulled,
            };
            taking.learnt = certificates(tx, &device, &response.certificates, &mut taking.keys)?;
            taking.grants(&response.granted)?;
            taking.anew(&response.anew)?;
            let erased = taking.orders(&device, &response.orders)?;
            taking.retry()?;
            let mut first = 0;
            for page in &response.feeds {
                if response.granted.contains(&page.feed) {
                    taking.page(page, |entry| checking.of(first + entry))?;
                }
                first += page.entries.len();
            }
            let Taking { mut tree, pulled, hlc, learnt, .. } = taking;
            let told = roles::take(tx, &device, &response.roles)?;
            if response.worker.user == device.identity.user {
                device.identity.worker = response.worker.clone();
            }
            // The clock has only moved forward from what is kept.
            device.stamp = hlc.last();
            device.save(tx)?;
            if told || learnt {
                tree.all_may_move()?;
            }
            let Shown(mut shown) = tree.finish()?;
            outbox::take_results(tx, &response.own)?;
            // An answer without one says nothing of the one before.
            response.receipt.iter().try_for_each(|receipt| outbox::keep_receipt(tx, receipt))?;
            shown.extend(self.settle_denied(tx)?.0);
            Ok(((pulled, erased), Shown(shown)))
        })
    }
}

pub(crate) fn can_read(vault: &Vault, feed: &Feed) -> bool {
    feed.is_known() && !(matches!(feed, Feed::Case(_)) && vault.is_locked())
}

/// By whom the office lets another device of its own sign; `None`: of another office's, of this one, or by a key that no
/// signature may count by.
fn of_other_device(device: &Device, certificate: &Certificate) -> Result<Option<Signer>, BadStatement> {
    signer_by(&device.identity.office_key, device, certificate)
}

fn signer_by(
    key: &PublicKey,
    device: &Device,
    certificate: &Certificate,
) -> Result<Option<Signer>, BadStatement> {
    let told = certificate.verify(key)?;
    let is_other = told.office == device.identity.office && told.device != device.identity.device;
    Ok(if is_other { told.signer().ok() } else { None })
}

/// Those that are granted.
pub(crate) fn feeds(db: &Connection) -> Result<Vec<Feed>, StoreError> {
    let mut select = db.prepare_cached("SELECT feed FROM feed")?;
    let feeds = select.query_map([], |row| row.get::<_, String>(0))?;
    let read = |feed: Result<String, rusqlite::Error>| {
        let Ok(feed) = feed?.parse();
        Ok(feed)
    };
    feeds.map(read).collect()
}

fn known_keys(db: &Connection, device: &Device) -> Result<KnownKeys, StoreError> {
    let mut keys = HashMap::new();
    let mut select = db.prepare_cached("SELECT body FROM certificate")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let certificate: Certificate = serde_json::from_slice(&row.get::<_, Vec<u8>>(0)?)?;
        let statement = certificate.reopen().map_err(|_| StoreError::Unreadable)?;
        keys.insert(statement.device, statement.signer()?);
    }
    // Of the office's key at the enrolment, by which it was verified.
    let own = device.identity.certificate.reopen().map_err(|_| StoreError::Unreadable)?;
    keys.insert(own.device, own.signer()?);
    Ok(keys)
}

impl Store {
    /// Whose device it is: this one, one that this folder was before, or one whose certificate came.
    pub fn user_of(&self, device: DeviceId) -> Result<Option<UserId>, StoreError> {
        self.read(|db| user_of(db, &Device::load(db)?.identity, device))
    }
}

/// What another version put aside is tried again.
pub(crate) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Whether a key was not known before. A device has one certificate for ever: another one counts as none, like one that
/// the office did not sign. One that can't be read is kept for a newer program: the hub does not send it again without
/// news of its device.
fn certificates(
    tx: &Transaction<'_>,
    device: &Device,
    certificates: &[Certificate],
    keys: &mut KnownKeys,
) -> Result<bool, StoreError> {
    let mut insert = tx.prepare_cached("INSERT OR IGNORE INTO certificate (device, body) VALUES (?1, ?2)")?;
    let mut unread = tx.prepare_cached("DELETE FROM certificate_aside WHERE program <> ?1 RETURNING body")?;
    let unread: Vec<Vec<u8>> = unread.query_map([PROGRAM], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let unread: Vec<Certificate> =
        unread.iter().map(|body| serde_json::from_slice(body)).collect::<Result<_, _>>()?;
    let former = if unread.is_empty() { Vec::new() } else { office_keys::former(tx)? };
    // The pinned key is asked first, and alone of what comes now.
    let kept = unread.iter().map(|certificate| {
        let by_former = || former.iter().find_map(|key| signer_by(key, device, certificate).ok());
        (certificate, of_other_device(device, certificate).or_else(|why| by_former().ok_or(why)))
    });
    let came = certificates.iter().map(|certificate| (certificate, of_other_device(device, certificate)));
    let mut learnt = false;
    for (certificate, signer) in kept.chain(came) {
        let signer = match signer {
            Ok(Some(signer)) => signer,
            Ok(None) | Err(BadStatement::NotSigned) => continue,
            Err(BadStatement::Unreadable) => {
                let keep = "INSERT OR IGNORE INTO certificate_aside (body, program) VALUES (?1, ?2)";
                tx.execute(keep, (serde_json::to_vec(certificate)?, PROGRAM))?;
                continue;
            }
        };
        if insert.execute((signer.device.to_string(), serde_json::to_vec(certificate)?))? == 1 {
            keys.insert(signer.device, signer);
            learnt = true;
        }
    }
    Ok(learnt)
}

#[cfg(test)]
mod tests;
