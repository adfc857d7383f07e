//! Signatures of an answer's entries, checked beside each other on the cores that there are, ahead of the transaction that
//! takes them.

use model::{Change, DeviceId, Header, PublicKey, SignedChange, UserId};
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
pub(crate) type KnownKeys = HashMap<DeviceId, (PublicKey, UserId)>;

pub(crate) const NO_CERTIFICATE: &str = "pull.no-certificate";
pub(crate) const WRONG_AUTHOR: &str = "pull.wrong-author";

/// What checking an entry by a key gave.
pub(crate) struct Verified {
    device: DeviceId,
    by: (PublicKey, UserId),
    change: Result<Change, &'static str>,
}

impl Verified {
    /// Its outcome, if `keys` still say of the device what it was checked by.
    pub fn by(&self, keys: &KnownKeys) -> Option<Result<&Change, &'static str>> {
        (keys.get(&self.device) == Some(&self.by)).then_some(self.change.as_ref().map_err(|code| *code))
    }
}

/// The change, or the code of why it is not taken for what it says it is.
pub(crate) fn verify(keys: &KnownKeys, signed: &SignedChange) -> Result<Change, &'static str> {
    let header = signed.header().map_err(|error| error.code())?;
    let by = *keys.get(&header.device).ok_or(NO_CERTIFICATE)?;
    verify_by(by, signed, header)
}

fn verify_by(
    (key, user): (PublicKey, UserId),
    signed: &SignedChange,
    header: Header,
) -> Result<Change, &'static str> {
    let change = signed.verify_read(header, &key).map_err(|error| error.code())?;
    if change.header.author == user { Ok(change) } else { Err(WRONG_AUTHOR) }
}

fn checked(keys: &KnownKeys, entry: &Entry) -> Option<Verified> {
    let Entry::Put(signed) = entry else { return None };
    let header = signed.header().ok()?;
    let device = header.device;
    let by = *keys.get(&device)?;
    Some(Verified { device, by, change: verify_by(by, signed, header) })
}

/// So many are not worth a thread.
const SHARE: usize = 16;

struct Share<'a> {
    entries: Vec<&'a Entry>,
    gave: OnceLock<Vec<Option<Verified>>>,
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
    pub fn of(&self, entry: usize) -> Option<&Verified> {
        let share = entry / SHARE;
        // Rather than waiting for a thread that is at it.
        while self.shares.get(share)?.gave.get().is_none() && self.check_next() {}
        self.check(share)?.get(entry % SHARE)?.as_ref()
    }

    fn check_next(&self) -> bool {
        self.check(self.next.fetch_add(1, Ordering::Relaxed)).is_some()
    }

    /// Where another thread is at it, waits for it; what one didn't finish is done here.
    fn check(&self, share: usize) -> Option<&Vec<Option<Verified>>> {
        let Share { entries, gave } = self.shares.get(share)?;
        Some(gave.get_or_init(|| entries.iter().map(|entry| checked(self.keys, entry)).collect()))
    }
}
