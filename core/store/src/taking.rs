//! One answer being taken: its entries, in the order of each feed.

use crate::{
    StoreError,
    outbox::{self, Own},
    pull::{PROGRAM, Pulled, can_read, feeds},
    sealing::Vault,
    tree::Tree,
    verified::{Checked, KnownKeys, NO_CERTIFICATE, verify},
    witness::note_arrival,
};
use model::{
    Feed, Hlc, Rebuilt, Verified,
    batch::{
        Shown,
        codec::{self, Packing},
    },
};
use rusqlite::Transaction;
use wire::{
    erasure::Orders,
    pull::{Entry, FeedEntry, FeedPage},
};
use workflow::{Arrival, TRANSITION};

pub(crate) struct Taking<'a> {
    pub tx: &'a Transaction<'a>,
    pub vault: &'a Vault,
    pub now_ms: u64,
    pub hlc: Hlc,
    pub keys: KnownKeys,
    /// A key was not known before.
    pub learnt: bool,
    pub orders: Orders,
    pub tree: Tree<'a>,
    pub pulled: Pulled,
}

/// Of a restricted case while these are locked.
pub(crate) const LOCKED: &str = "pull.restricted-locked";
/// An own batch that was told by its number alone, and is no longer kept here.
const NOT_HELD: &str = "pull.not-held";
pub(crate) const SEALED: &str = "pull.sealed";
/// Of a kind or shape that this program does not know.
pub(crate) const UNKNOWN: &str = "pull.unknown-entry";

/// What became of an entry; else the code of why it is not taken.
type Taken = Result<Result<(), &'static str>, StoreError>;

impl Taking<'_> {
    pub fn grants(&mut self, granted: &[Feed]) -> Result<(), StoreError> {
        for feed in feeds(self.tx)? {
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

    /// What was read of these feeds is not what they hold now: from their start, as in a new epoch.
    pub fn anew(&mut self, feeds: &[Feed]) -> Result<(), StoreError> {
        feeds.iter().try_for_each(|feed| ask_again(self.tx, &feed.to_string(), 0))
    }

    /// Entries aside that a new key, unlocking or an update of the app may have cured.
    pub fn retry(&mut self) -> Result<(), StoreError> {
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
        let Aside { feed, after, is_page, received, since, body } = aside(self.tx, self.vault, n)?;
        let Ok(scope) = feed.parse::<Feed>();
        let tried = if is_page {
            self.page_again(&scope, &body, &received, since)?
        } else {
            self.entry_again(&scope, &body, &received)?
        };
        if tried == Err(NOT_HELD) {
            ask_again(self.tx, &feed, after)?;
        }
        match tried {
            Ok(()) | Err(NOT_HELD) => self.tx.execute("DELETE FROM aside WHERE n = ?1", [n])?,
            Err(code) => self
                .tx
                .execute("UPDATE aside SET code = ?2, program = ?3 WHERE n = ?1", (n, code, PROGRAM))?,
        };
        Ok(())
    }

    /// All of its batches; the code of the first that is still not taken.
    fn page_again(&mut self, feed: &Feed, page: &[u8], received: &[u64], since: Option<u64>) -> Taken {
        let batches = match codec::decode(page) {
            Ok(batches) if batches.len() == received.len() => batches,
            Ok(_) => return Ok(Err(UNKNOWN)),
            Err(error) => return Ok(Err(error.code())),
        };
        let mut all = Ok(());
        for (batch, received) in batches.iter().zip(received) {
            let at = Arrival { received: *received, since: since.unwrap_or_default() };
            let tried = self.put(feed, batch, at, None)?;
            all = all.and(tried);
        }
        Ok(all)
    }

    fn entry_again(&mut self, feed: &Feed, entry: &[u8], received: &[u64]) -> Taken {
        let entry: Entry = serde_json::from_slice(entry)?;
        if let Entry::Leave(_) = entry {
            // What came after it may have brought the record back: the hub is asked for all of it, in order.
            return Ok(Err(NOT_HELD));
        }
        let received = received.last().copied().ok_or(StoreError::Unreadable)?;
        self.take(feed, &entry, Arrival { received, since: 0 }, None)
    }

    /// `checked`: what checking an entry of it gave. This transaction trusts a key by its own tables.
    pub fn page<'v>(
        &mut self,
        page: &FeedPage,
        checked: impl Fn(usize) -> Option<&'v Checked>,
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
            // Of a page that can't be read a part may be here already.
            if entry.after() > position {
                self.pulled.gaps.push(page.feed.clone());
                gap = true;
                break;
            }
            let arrival = Arrival { received: entry.received_at, since: entry.since.unwrap_or_default() };
            match self.take(&page.feed, &entry.entry, arrival, checked(place))? {
                Ok(()) => {}
                Err(NOT_HELD) => {
                    // The next pull says what is held, and gets it whole.
                    self.pulled.gaps.push(page.feed.clone());
                    gap = true;
                    break;
                }
                Err(code) => self.aside(&page.feed, entry, code)?,
            }
            self.pulled.entries += entry.position - position;
            position = entry.position;
        }
        // A mark is of the page's last entry.
        let mark = page.mark.filter(|_| page.entries.last().is_some_and(|last| last.position == position));
        let update = "UPDATE feed SET position = ?2, mark = ?3 WHERE feed = ?1";
        self.tx.prepare_cached(update)?.execute((&feed, position.cast_signed(), mark.map(|mark| mark.0)))?;
        self.pulled.more |= !gap && position < page.head;
        Ok(())
    }

    fn take(&mut self, feed: &Feed, entry: &Entry, at: Arrival, checked: Option<&Checked>) -> Taken {
        match entry {
            Entry::Put(batch) => self.put(feed, batch, at, checked),
            Entry::Page { error, .. } => Ok(Err(error.code())),
            Entry::Own(first_seq) => self.own(feed, *first_seq, at),
            Entry::Leave(record) => {
                let forgotten = self.tree.leave(record, feed)?;
                self.pulled.forgotten.extend(forgotten);
                Ok(Ok(()))
            }
            Entry::Sealed(_) => Ok(Err(SEALED)),
            Entry::Unknown(_) => Ok(Err(UNKNOWN)),
        }
    }

    /// Merges what is shown of a batch that verifies.
    fn put(&mut self, feed: &Feed, batch: &Rebuilt, at: Arrival, checked: Option<&Checked>) -> Taken {
        match checked.and_then(|checked| checked.by(&self.keys)) {
            Some(Ok(batch)) => self.merge_all(feed, batch, at),
            Some(Err(code)) => Ok(Err(code)),
            None => match verify(&self.keys, batch) {
                Ok(batch) => self.merge_all(feed, &batch, at),
                Err(code) => Ok(Err(code)),
            },
        }
    }

    /// Merges a batch of this device from what it keeps itself: nothing new, unless its records had to be forgotten.
    fn own(&mut self, feed: &Feed, first_seq: u64, at: Arrival) -> Taken {
        match outbox::find(self.tx, self.vault, first_seq) {
            Ok(Some(Own { batch, .. })) => self.merge_all(feed, &batch, at),
            Ok(None) => Ok(Err(NOT_HELD)),
            Err(error) => unless_locked(Err(error)),
        }
    }

    fn merge_all(&mut self, feed: &Feed, batch: &Verified, at: Arrival) -> Taken {
        let settled = self.orders.settled(batch)?;
        for change in settled.as_ref().unwrap_or(batch).changes().flatten() {
            // A batch of a restricted case is so as a whole: nothing of it was merged yet.
            if let Err(code) = unless_locked(self.merge(feed, &change, at))? {
                return Ok(Err(code));
            }
        }
        Ok(Ok(()))
    }

    fn merge(&mut self, feed: &Feed, change: &Shown<'_>, at: Arrival) -> Result<(), StoreError> {
        let received = at.received;
        self.hlc.observe(change.head.at, self.now_ms);
        let record = &change.head.record;
        let mut state = self.tree.load(record)?.unwrap_or_default();
        let before = state.clone();
        let plan = self.tree.rulebook().plan(&state, change, Some(received))?;
        if plan.conflicts().next().is_some() {
            self.pulled.conflicts.push(record.clone());
        }
        state.apply(plan);
        if record.kind == TRANSITION {
            note_arrival(self.tx, record, at)?;
        } else if state == before && self.tree.is_in(record, feed)? {
            return Ok(());
        }
        if state != before {
            self.pulled.changed.push(record.clone());
        }
        self.tree.keep(record, &state, Some(feed))
    }

    fn aside(&mut self, feed: &Feed, entry: &FeedEntry, code: &'static str) -> Result<(), StoreError> {
        let (feed, restricted) = (feed.to_string(), matches!(feed, Feed::Case(_)));
        let at = vec![entry.received_at];
        let (is_page, received, body) = match &entry.entry {
            // As it came: what the orders cover of it is asked for again when they come.
            Entry::Put(batch) => (true, at, codec::encode(&[batch.as_ref()], Packing::Plain)?),
            Entry::Page { received, page, .. } => (true, received.clone(), page.clone()),
            entry => (false, at, serde_json::to_vec(entry)?),
        };
        let body = self.vault.close(restricted, &context(&feed), &body)?;
        self.tx.execute(
            "INSERT OR REPLACE INTO aside
                 (feed, position, positions, is_page, code, program, restricted, body, received, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                feed,
                entry.position.cast_signed(),
                entry.entry.positions().cast_signed(),
                is_page,
                code,
                PROGRAM,
                restricted,
                body,
                serde_json::to_string(&received)?,
                entry.since.map(u64::cast_signed),
            ),
        )?;
        self.pulled.aside.push(code);
        Ok(())
    }
}

fn unless_locked(done: Result<(), StoreError>) -> Taken {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(StoreError::RestrictedLocked) => Ok(Err(LOCKED)),
        Err(error) => Err(error),
    }
}

/// An entry that was put aside.
pub(crate) struct Aside {
    pub feed: String,
    /// The position before it.
    pub after: i64,
    pub is_page: bool,
    /// When each batch of it was.
    pub received: Vec<u64>,
    /// [`FeedEntry::since`].
    pub since: Option<u64>,
    pub body: Vec<u8>,
}

pub(crate) fn aside(tx: &Transaction<'_>, vault: &Vault, n: i64) -> Result<Aside, StoreError> {
    let mut select = tx.prepare_cached(
        "SELECT feed, position - positions, is_page, restricted, body, received, since FROM aside WHERE n = ?1",
    )?;
    let mut rows = select.query([n])?;
    let row = rows.next()?.ok_or(StoreError::Unreadable)?;
    let (feed, restricted, body): (String, bool, Vec<u8>) = (row.get(0)?, row.get(3)?, row.get(4)?);
    let (received, since): (String, Option<i64>) = (row.get(5)?, row.get(6)?);
    Ok(Aside {
        after: row.get(1)?,
        is_page: row.get(2)?,
        received: serde_json::from_str(&received)?,
        since: since.map(i64::cast_unsigned),
        body: vault.open(restricted, &context(&feed), &body)?.to_vec(),
        feed,
    })
}

/// The hub is asked for what comes after this position once more.
pub(crate) fn ask_again(tx: &Transaction<'_>, feed: &str, after: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE feed SET position = ?2, mark = NULL WHERE feed = ?1 AND position > ?2",
        (feed, after),
    )?;
    Ok(())
}

/// Entries aside that name a batch by its number in this device's chain, which is no longer that one: the hub sends them
/// whole.
pub(crate) fn ask_for_own_again(tx: &Transaction<'_>, vault: &Vault) -> Result<(), StoreError> {
    let mut select = tx.prepare_cached("SELECT n FROM aside WHERE is_page = 0")?;
    for n in select.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()? {
        let aside = aside(tx, vault, n)?;
        if let Ok(Entry::Own(_)) = serde_json::from_slice(&aside.body) {
            tx.execute("DELETE FROM aside WHERE n = ?1", [n])?;
            ask_again(tx, &aside.feed, aside.after)?;
        }
    }
    Ok(())
}

fn context(feed: &str) -> String {
    format!("aside {feed}")
}
