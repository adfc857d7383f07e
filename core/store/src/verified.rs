//! Signatures of an answer's entries, checked beside each other on the cores that there are, before the transaction that
//! takes them.

use model::{Change, DeviceId, PublicKey, SignedChange, UserId};
use std::{collections::HashMap, num::NonZero, thread};
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
    pub fn by(self, keys: &KnownKeys) -> Option<Result<Change, &'static str>> {
        (keys.get(&self.device) == Some(&self.by)).then_some(self.change)
    }
}

/// The change, or the code of why it is not taken for what it says it is.
pub(crate) fn verify(keys: &KnownKeys, signed: &SignedChange) -> Result<Change, &'static str> {
    let header = signed.header().map_err(|error| error.code())?;
    verify_by(*keys.get(&header.device).ok_or(NO_CERTIFICATE)?, signed)
}

fn verify_by((key, user): (PublicKey, UserId), signed: &SignedChange) -> Result<Change, &'static str> {
    let change = signed.verify(&key).map_err(|error| error.code())?;
    if change.header.author == user { Ok(change) } else { Err(WRONG_AUTHOR) }
}

fn checked(keys: &KnownKeys, entry: &Entry) -> Option<Verified> {
    let Entry::Put(signed) = entry else { return None };
    let device = signed.header().ok()?.device;
    let by = *keys.get(&device)?;
    Some(Verified { device, by, change: verify_by(by, signed) })
}

/// Fewer are not worth a thread.
const FEWEST: usize = 16;

/// Of each entry of each page, in order; `None` where no key is known.
pub(crate) fn beside_each_other(keys: &KnownKeys, pages: &[FeedPage]) -> Vec<Option<Verified>> {
    let entries: Vec<&Entry> =
        pages.iter().flat_map(|page| &page.entries).map(|entry| &entry.entry).collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = entries.len().div_ceil(cores).max(FEWEST);
    let check = |entries: &[&Entry]| entries.iter().map(|entry| checked(keys, entry)).collect::<Vec<_>>();
    thread::scope(|scope| {
        let mut shares = entries.chunks(share);
        let own = shares.next().unwrap_or_default();
        let others: Vec<_> = shares.map(|share| (share, scope.spawn(move || check(share)))).collect();
        let mut verified = check(own);
        for (share, other) in others {
            // A thread that ended otherwise leaves its share to this one.
            verified.extend(other.join().unwrap_or_else(|_| check(share)));
        }
        verified
    })
}
