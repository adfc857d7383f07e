//! Signatures of an answer's batches, checked beside each other on the cores that there are, ahead of the transaction that
//! takes them.

use model::{DeviceId, Rebuilt, Verified, batch::Signer};
use std::{
    collections::HashMap,
    num::NonZero,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use wire::pull::{Entry, FeedPage};

/// Whose phone signs with which key.
pub(crate) type KnownKeys = HashMap<DeviceId, Signer>;

pub(crate) const NO_CERTIFICATE: &str = "pull.no-certificate";

/// What checking a batch by a key gave.
pub(crate) struct Checked {
    by: Signer,
    batch: Result<Verified, &'static str>,
}

impl Checked {
    /// Its outcome, if `keys` still say of the device what it was checked by.
    pub fn by(&self, keys: &KnownKeys) -> Option<Result<&Verified, &'static str>> {
        (keys.get(&self.by.device) == Some(&self.by)).then_some(self.batch.as_ref().map_err(|code| *code))
    }
}

/// The batch, or the code of why it is not taken for what it says it is.
pub(crate) fn verify(keys: &KnownKeys, batch: &Rebuilt) -> Result<Verified, &'static str> {
    verify_by(keys.get(&batch.statement().device).ok_or(NO_CERTIFICATE)?, batch)
}

fn verify_by(signer: &Signer, batch: &Rebuilt) -> Result<Verified, &'static str> {
    batch.clone().verify(signer).map_err(|error| error.code())
}

fn checked(keys: &KnownKeys, entry: &Entry) -> Option<Checked> {
    let Entry::Put(batch) = entry else { return None };
    let by = keys.get(&batch.statement().device)?;
    Some(Checked { batch: verify_by(by, batch), by: by.clone() })
}

/// So many are not worth a thread.
const SHARE: usize = 16;

struct Share<'a> {
    entries: Vec<&'a Entry>,
    gave: OnceLock<Vec<Option<Checked>>>,
}

/// All entries of an answer in the order of its pages, checked share by share.
pub(crate) struct Checking<'a> {
    keys: &'a KnownKeys,
    shares: Vec<Share<'a>>,
    /// The first share that nobody has begun.
    next: AtomicUsize,
}

impl<'a> Checking<'a> {
    pub fn new(keys: &'a KnownKeys, pages: &'a [FeedPage]) -> Self {
        let entries: Vec<_> = pages.iter().flat_map(|page| &page.entries).map(|entry| &entry.entry).collect();
        let share = |entries: &[&'a Entry]| Share { entries: entries.to_vec(), gave: OnceLock::new() };
        let shares = entries.chunks(SHARE).map(share).collect();
        Self { keys, shares, next: AtomicUsize::new(0) }
    }

    /// `work` asks for what was checked while other cores go on ahead of it.
    pub fn ahead_of<T>(&self, work: impl FnOnce() -> T) -> T {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            let helpers = 1..cores.min(self.shares.len());
            let helpers: Vec<_> = helpers.map(|_| scope.spawn(|| while self.check_next() {})).collect();
            let done = work();
            self.next.store(self.shares.len(), Ordering::Relaxed);
            // What one of them did not finish was done here.
            helpers.into_iter().for_each(|helper| drop(helper.join()));
            done
        })
    }

    /// What checking this entry gave; `None` where no key is known.
    pub fn of(&self, entry: usize) -> Option<&Checked> {
        let share = entry / SHARE;
        // Rather than waiting for a thread that is at it.
        while self.shares.get(share)?.gave.get().is_none() && self.check_next() {}
        self.check(share)?.get(entry % SHARE)?.as_ref()
    }

    fn check_next(&self) -> bool {
        self.check(self.next.fetch_add(1, Ordering::Relaxed)).is_some()
    }

    /// Where another thread is at it, waits for it; what one didn't finish is done here.
    fn check(&self, share: usize) -> Option<&Vec<Option<Checked>>> {
        let Share { entries, gave } = self.shares.get(share)?;
        Some(gave.get_or_init(|| entries.iter().map(|entry| checked(self.keys, entry)).collect()))
    }
}
