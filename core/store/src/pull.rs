//! Feeds coming down: verified, merged and kept, one transaction for each answer.

use crate::{
    Store, StoreError,
    device::Device,
    outbox,
    sealing::Vault,
    tree::Tree,
    verified::{Checking, KnownKeys, NO_CERTIFICATE, Verified, verify},
};
use model::{Change, ChangeError, Feed, Hlc, HubId, RecordRef, SignedChange};
use rusqlite::{Connection, Transaction};
use std::collections::HashMap;
use wire::{
    certificate::{BadCertificate, Certificate, DeviceStatement},
    pull::{Cursor, Entry, FeedEntry, FeedPage, PullResponse},
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
    /// Entries kept aside, by code such as `change.wrong-signature` or `pull.no-certificate`.
    pub aside: Vec<&'static str>,
    /// Feeds whose entries did not follow the cursor and were left for the next pull.
    pub gaps: Vec<Feed>,
    /// The hub was restored from a backup: push from the start of what is kept.
    pub new_epoch: bool,
    /// There is more to pull.
    pub more: bool,
}

impl Pulled {
    /// How many entries aside were not made by who they say. The others wait for an update or for restricted cases to
    /// be unlocked.
    pub fn forged(&self) -> usize {
        let waits = [UNKNOWN, SEALED, LOCKED, ChangeError::Newer(0).code()];
        self.aside.iter().filter(|code| !waits.contains(code)).count()
    }
}

impl Store {
    /// Of all granted feeds, also of those that this program does not know (at 0: they are read once it does).
    pub fn cursors(&self) -> Result<(HubId, Vec<Cursor>), StoreError> {
        self.read(|db| {
            let device = Device::load(db)?;
            let cursors = positions(db)?.into_iter().map(|(feed, position)| Cursor {
                feed,
                epoch: device.epoch.clone(),
                position,
            });
            Ok((device.identity.hub, cursors.collect()))
        })
    }

    /// Granted feeds that can't be read now: those that this program does not know, and those of restricted cases while
    /// these are locked.
    pub fn unreadable_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let feeds = self.read(positions)?.into_iter().map(|(feed, _)| feed);
        Ok(feeds.filter(|feed| !can_read(&self.vault, feed)).collect())
    }

    /// Verifies certificates with the office's key and each change with its device's certificate, then merges, moves
    /// and forgets, and takes over cursors, worker and own results. A bad entry is kept aside and holds up nothing.
    pub fn apply_pull(&self, response: &PullResponse) -> Result<Pulled, StoreError> {
        let keys = self.read(|db| {
            let device = Device::load(db)?;
            let mut keys = known_keys(db, &device)?;
            for certificate in &response.certificates {
                if let Ok(Some(told)) = of_other_device(&device, certificate) {
                    keys.insert(told.device, (told.key, told.user));
                }
            }
            Ok(keys)
        })?;
        let checking = Checking::new(&keys, &response.feeds);
        checking.ahead_of(|| self.take_answer(response, &checking))
    }

    fn take_answer(&self, response: &PullResponse, checking: &Checking<'_>) -> Result<Pulled, StoreError> {
        self.write_lists(|tx| {
            let mut device = Device::load(tx)?;
            if response.hub != device.identity.hub {
                return Err(StoreError::OtherHub);
            }
            let mut pulled = Pulled::default();
            if response.epoch != device.epoch {
                tx.execute("DELETE FROM feed", [])?;
                pulled.new_epoch = !device.epoch.is_empty();
                if pulled.new_epoch {
                    outbox::offer_again(tx, &mut device)?;
                }
                device.epoch.clone_from(&response.epoch);
            }
            let mut taking = Taking {
                tx,
                vault: &self.vault,
                now_ms: self.clock.now_ms(),
                hlc: device.hlc(),
                keys: known_keys(tx, &device)?,
                learnt: false,
                tree: Tree::new(tx, &self.vault, &self.rulebook),
                pulled,
            };
            taking.certificates(&device, &response.certificates)?;
            taking.grants(&response.granted)?;
            taking.retry()?;
            let mut first = 0;
            for page in &response.feeds {
                if response.granted.contains(&page.feed) {
                    taking.page(page, |entry| checking.of(first + entry))?;
                }
                first += page.entries.len();
            }
            let Taking { tree, pulled, hlc, .. } = taking;
            let shown = tree.finish()?;
            outbox::take_results(tx, &response.own)?;
            if response.worker.user == device.identity.user {
                device.identity.worker = response.worker.clone();
            }
            // The clock has only moved forward from what is kept.
            device.stamp = hlc.last();
            device.save(tx)?;
            let offset = response.server_time.cast_signed() - self.clock.now_ms().cast_signed();
            tx.execute("UPDATE device SET clock_offset_ms = ?1", [offset])?;
            Ok((pulled, shown))
        })
    }
}

fn can_read(vault: &Vault, feed: &Feed) -> bool {
    feed.is_known() && !(matches!(feed, Feed::Case(_)) && vault.is_locked())
}

/// What the office says of another device of its own; `None`: of another office's, or of this one.
fn of_other_device(
    device: &Device,
    certificate: &Certificate,
) -> Result<Option<DeviceStatement>, BadCertificate> {
    let told = certificate.verify(&device.identity.office_key)?;
    let is_other = told.office == device.identity.office && told.device != device.identity.device;
    Ok(is_other.then_some(told))
}

fn positions(db: &Connection) -> Result<Vec<(Feed, u64)>, StoreError> {
    let mut select = db.prepare_cached("SELECT feed, position FROM feed")?;
    let mut rows = select.query([])?;
    let mut positions = Vec::new();
    while let Some(row) = rows.next()? {
        let Ok(feed) = row.get::<_, String>(0)?.parse::<Feed>();
        positions.push((feed, row.get::<_, i64>(1)?.cast_unsigned()));
    }
    Ok(positions)
}

fn known_keys(db: &Connection, device: &Device) -> Result<KnownKeys, StoreError> {
    let mut keys = HashMap::new();
    let mut select = db.prepare_cached("SELECT body FROM certificate")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let certificate: Certificate = serde_json::from_slice(&row.get::<_, Vec<u8>>(0)?)?;
        let statement = certificate.reopen().map_err(|_| StoreError::Unreadable)?;
        keys.insert(statement.device, (statement.key, statement.user));
    }
    if let Ok(own) = device.identity.certificate.verify(&device.identity.office_key) {
        keys.insert(own.device, (own.key, own.user));
    }
    Ok(keys)
}

/// One answer being taken.
struct Taking<'a> {
    tx: &'a Transaction<'a>,
    vault: &'a Vault,
    now_ms: u64,
    hlc: Hlc,
    keys: KnownKeys,
    /// A key was not known before.
    learnt: bool,
    tree: Tree<'a>,
    pulled: Pulled,
}

/// Of a restricted case while these are locked.
const LOCKED: &str = "pull.restricted-locked";
/// An own change that was told by its number alone, and is no longer kept here.
const NOT_HELD: &str = "pull.not-held";
const SEALED: &str = "pull.sealed";
/// Of a kind or shape that this program does not know.
const UNKNOWN: &str = "pull.unknown-entry";
/// What another version put aside is tried again.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

impl Taking<'_> {
    /// A certificate that the office did not sign counts as none. One that can't be read is kept for a newer program:
    /// the hub does not send it again without news of its device.
    fn certificates(&mut self, device: &Device, certificates: &[Certificate]) -> Result<(), StoreError> {
        let mut upsert = self.tx.prepare_cached(
            "INSERT INTO certificate (device, issued_at, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (device) DO UPDATE SET issued_at = excluded.issued_at, body = excluded.body
             WHERE excluded.issued_at >= issued_at",
        )?;
        let mut unread =
            self.tx.prepare_cached("DELETE FROM certificate_aside WHERE program <> ?1 RETURNING body")?;
        let unread: Vec<Vec<u8>> =
            unread.query_map([PROGRAM], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let unread: Vec<Certificate> =
            unread.iter().map(|body| serde_json::from_slice(body)).collect::<Result<_, _>>()?;
        for certificate in unread.iter().chain(certificates) {
            let statement = match of_other_device(device, certificate) {
                Ok(Some(statement)) => statement,
                Ok(None) | Err(BadCertificate::NotSigned) => continue,
                Err(BadCertificate::Unreadable) => {
                    let keep = "INSERT OR IGNORE INTO certificate_aside (body, program) VALUES (?1, ?2)";
                    self.tx.execute(keep, (serde_json::to_vec(certificate)?, PROGRAM))?;
                    continue;
                }
            };
            let issued_at = statement.issued_at.cast_signed();
            let body = serde_json::to_vec(certificate)?;
            if upsert.execute((statement.device.to_string(), issued_at, body))? == 1 {
                let known = (statement.key, statement.user);
                self.learnt |= self.keys.insert(statement.device, known) != Some(known);
            }
        }
        Ok(())
    }

    fn grants(&mut self, granted: &[Feed]) -> Result<(), StoreError> {
        for (feed, _) in positions(self.tx)? {
            if !granted.contains(&feed) {
                let forgotten = self.tree.revoke(&feed)?;
                self.pulled.forgotten.extend(forgotten);
                self.tx.execute("DELETE FROM feed WHERE feed = ?1", [feed.to_string()])?;
                self.tx.execute("DELETE FROM aside WHERE feed = ?1", [feed.to_string()])?;
            }
        }
        for feed in granted {
            let insert = "INSERT OR IGNORE INTO feed (feed, position) VALUES (?1, 0)";
            self.tx.prepare_cached(insert)?.execute([feed.to_string()])?;
        }
        Ok(())
    }

    /// Entries aside that a new key, unlocking or an update of the app may have cured.
    fn retry(&mut self) -> Result<(), StoreError> {
        let mut select = self.tx.prepare_cached(
            "SELECT n FROM aside
             WHERE (program <> ?1 OR (code = ?2 AND ?3) OR (code = ?4 AND ?5)) AND (restricted = 0 OR ?5)
             ORDER BY n",
        )?;
        let unlocked = !self.vault.is_locked();
        let due =
            select.query_map((PROGRAM, NO_CERTIFICATE, self.learnt, LOCKED, unlocked), |row| row.get(0))?;
        for n in due.collect::<Result<Vec<i64>, _>>()? {
            self.retry_one(n)?;
        }
        Ok(())
    }

    fn retry_one(&mut self, n: i64) -> Result<(), StoreError> {
        let mut select =
            self.tx.prepare_cached("SELECT feed, position, restricted, body FROM aside WHERE n = ?1")?;
        let (feed, position, restricted, body): (String, i64, bool, Vec<u8>) =
            select.query_row([n], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let entry: Entry = serde_json::from_slice(&self.vault.open(restricted, &context(&feed), &body)?)?;
        let tried = if let Entry::Leave(_) = entry {
            // What came after it may have brought the record back: the hub is asked for all of it, in order.
            Err(NOT_HELD)
        } else {
            let Ok(feed) = feed.parse::<Feed>();
            self.take(&feed, &entry, None)?
        };
        if tried == Err(NOT_HELD) {
            let again = "UPDATE feed SET position = min(position, ?2) WHERE feed = ?1";
            self.tx.execute(again, (&feed, position - 1))?;
        }
        match tried {
            Ok(()) | Err(NOT_HELD) => self.tx.execute("DELETE FROM aside WHERE n = ?1", [n])?,
            Err(code) => self
                .tx
                .execute("UPDATE aside SET code = ?2, program = ?3 WHERE n = ?1", (n, code, PROGRAM))?,
        };
        Ok(())
    }

    /// `verified`: what checking an entry of it gave. This transaction trusts a key by its own tables.
    fn page<'v>(
        &mut self,
        page: &FeedPage,
        verified: impl Fn(usize) -> Option<&'v Verified>,
    ) -> Result<(), StoreError> {
        if !can_read(self.vault, &page.feed) {
            return Ok(());
        }
        let feed = page.feed.to_string();
        let position: i64 =
            self.tx.query_row("SELECT position FROM feed WHERE feed = ?1", [&feed], |row| row.get(0))?;
        let (mut position, mut gap) = (position.cast_unsigned(), false);
        for (place, entry) in page.entries.iter().enumerate() {
            if entry.position <= position {
                continue;
            }
            if entry.position != position + 1 {
                self.pulled.gaps.push(page.feed.clone());
                gap = true;
                break;
            }
            match self.take(&page.feed, &entry.entry, verified(place))? {
                Ok(()) => {}
                Err(NOT_HELD) => {
                    // The next pull says what is held, and gets it whole.
                    self.pulled.gaps.push(page.feed.clone());
                    gap = true;
                    break;
                }
                Err(code) => self.aside(&page.feed, entry, code)?,
            }
            position = entry.position;
            self.pulled.entries += 1;
        }
        let update = "UPDATE feed SET position = ?2 WHERE feed = ?1";
        self.tx.prepare_cached(update)?.execute((&feed, position.cast_signed()))?;
        self.pulled.more |= !gap && position < page.head;
        Ok(())
    }

    /// The inner error is the code of why an entry is not taken.
    fn take(
        &mut self,
        feed: &Feed,
        entry: &Entry,
        verified: Option<&Verified>,
    ) -> Result<Result<(), &'static str>, StoreError> {
        match entry {
            Entry::Put(signed) => self.put(feed, signed, verified),
            Entry::Own(seq) => self.own(feed, *seq),
            Entry::Leave(record) => {
                let forgotten = self.tree.leave(record, feed)?;
                self.pulled.forgotten.extend(forgotten);
                Ok(Ok(()))
            }
            Entry::Sealed(_) => Ok(Err(SEALED)),
            Entry::Unknown(_) => Ok(Err(UNKNOWN)),
        }
    }

    /// Merges a change that verifies.
    fn put(
        &mut self,
        feed: &Feed,
        signed: &SignedChange,
        verified: Option<&Verified>,
    ) -> Result<Result<(), &'static str>, StoreError> {
        let merged = match verified.and_then(|verified| verified.by(&self.keys)) {
            Some(change) => change.map(|change| self.merge(feed, change)),
            None => verify(&self.keys, signed).map(|change| self.merge(feed, &change)),
        };
        merged.map_or_else(|code| Ok(Err(code)), unless_locked)
    }

    /// Merges a change of this device from what it keeps itself: nothing new, unless its record had to be forgotten.
    fn own(&mut self, feed: &Feed, seq: u64) -> Result<Result<(), &'static str>, StoreError> {
        let signed = match outbox::change(self.tx, self.vault, seq) {
            Ok(Some(signed)) => signed,
            Ok(None) => return Ok(Err(NOT_HELD)),
            Err(error) => return unless_locked(Err(error)),
        };
        let change = signed.reopen()?;
        unless_locked(self.merge(feed, &change))
    }

    fn merge(&mut self, feed: &Feed, change: &Change) -> Result<(), StoreError> {
        self.hlc.observe(change.header.at, self.now_ms);
        let record = &change.header.record;
        let mut state = self.tree.load(record)?.unwrap_or_default();
        let before = state.clone();
        let plan = state.plan(change);
        if plan.conflicts().next().is_some() {
            self.pulled.conflicts.push(record.clone());
        }
        state.apply(plan);
        if state == before && self.tree.is_in(record, feed)? {
            return Ok(());
        }
        if state != before {
            self.pulled.changed.push(record.clone());
        }
        self.tree.keep(record, &state, Some(feed))
    }

    fn aside(&mut self, feed: &Feed, entry: &FeedEntry, code: &'static str) -> Result<(), StoreError> {
        let (feed, restricted) = (feed.to_string(), matches!(feed, Feed::Case(_)));
        let body = self.vault.close(restricted, &context(&feed), &serde_json::to_vec(&entry.entry)?)?;
        self.tx.execute(
            "INSERT OR REPLACE INTO aside (feed, position, code, program, restricted, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (feed, entry.position.cast_signed(), code, PROGRAM, restricted, body),
        )?;
        self.pulled.aside.push(code);
        Ok(())
    }
}

fn unless_locked(done: Result<(), StoreError>) -> Result<Result<(), &'static str>, StoreError> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(StoreError::RestrictedLocked) => Ok(Err(LOCKED)),
        Err(error) => Err(error),
    }
}

fn context(feed: &str) -> String {
    format!("aside {feed}")
}

#[cfg(test)]
mod tests;
