//! Feeds going down to those they are granted to.

use super::waiting;
use crate::{
    Hub, HubError,
    db::{
        Read, changes,
        devices::{self, Device},
        feeds::{self, Content, Numbered},
        offices,
        users::User,
        waiting as held,
    },
    office::{forms, users},
};
use model::{DeviceId, Feed, Place};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wire::{
    certificate::Certificate,
    forms::standing,
    pull::{Entry, FeedEntry, FeedPage, PullRequest, PullResponse},
    push::{ChangeResult, Outcome},
};

const MAX_ENTRIES: u32 = 2_000;
/// The most bytes of changes in one answer.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of changes that make a byte of an answer as it travels, about: hashes and signatures pack to no less.
const PACKS_TO: usize = 2;
/// A device hears of decisions this far back, as an answer may have been lost.
const OWN_MS: u64 = 30 * 24 * 60 * 60 * 1000;
const MAX_OWN: u32 = 500;

/// Restricted cases come first: an emergency doesn't wait behind a commune's routine.
pub fn pull(
    hub: &Hub,
    read: &Read,
    device: &Device,
    request: &PullRequest,
) -> Result<PullResponse, HubError> {
    let user = crate::db::users::by_id(read, device.user)?.ok_or(HubError::Unauthorised)?;
    let epoch = offices::epoch(read)?;
    let granted = granted(hub, read, &user)?;
    // Cursors of another hub, or from before a restored backup, mean nothing here.
    let ours = request.hub.is_none_or(|asked| asked == hub.identity.hub);
    let cursors: HashMap<&Feed, u64> = request
        .cursors
        .iter()
        .filter(|cursor| ours && cursor.epoch == epoch)
        .map(|cursor| (&cursor.feed, cursor.position))
        .collect();
    let bytes = usize::try_from(request.max_bytes).unwrap_or(MAX_BYTES).saturating_mul(PACKS_TO);
    let mut budget =
        Budget { entries: request.max_entries.clamp(1, MAX_ENTRIES), bytes: bytes.clamp(1, MAX_BYTES) };
    let held = held_by_device(read, device.id, request)?;
    let mut more = false;
    let mut feeds = Vec::new();
    let mut devices = BTreeSet::new();
    let (cases, others): (Vec<_>, Vec<_>) =
        granted.iter().partition(|(feed, _)| matches!(feed, Feed::Case(_)));
    for (feed, head) in cases.into_iter().chain(others) {
        // A position above the head is no cursor of ours.
        let position = cursors.get(feed).copied().filter(|position| position <= head).unwrap_or(0);
        if position == *head || request.skip.contains(feed) {
            continue;
        }
        let entries = page(read, feed, position, &mut budget, held.as_ref(), &mut devices)?;
        more |= entries.last().is_none_or(|last| last.position < *head);
        if !entries.is_empty() {
            feeds.push(FeedPage { feed: feed.clone(), entries, head: *head });
        }
    }
    Ok(PullResponse {
        v: wire::VERSION,
        hub: hub.identity.hub,
        epoch,
        feeds,
        more,
        granted: granted.into_keys().collect(),
        certificates: certificates(read, &devices)?,
        own: own(read, device.id)?,
        worker: users::worker(&hub.rulebook.units, read, &user)?,
        forms: standing(&forms::list(read)?.forms),
        server_time: read.now(),
    })
}

/// The device's changes that it holds as they are here.
fn held_by_device(
    read: &Read,
    device: DeviceId,
    request: &PullRequest,
) -> Result<Option<feeds::Own>, HubError> {
    let Some(holds) = &request.holds else { return Ok(None) };
    let same = changes::digest_at(read, device, holds.last)? == Some(holds.digest.0);
    Ok(same.then_some(feeds::Own { device, first: holds.first, last: holds.last }))
}

/// Feeds a user may read, with their heads: communes that have anything and lie in the user's places, the communes
/// named in them, and restricted cases that the user is a member of. None for a role that this hub does not know.
fn granted(hub: &Hub, read: &Read, user: &User) -> Result<BTreeMap<Feed, u64>, HubError> {
    let mut granted = BTreeMap::new();
    if !user.role.is_known() {
        return Ok(granted);
    }
    for place in &user.places {
        if let Place::Commune(code) = place {
            granted.insert(Feed::Commune(code.clone()), 0);
        }
    }
    for (feed, head) in feeds::communes(read)? {
        if let Feed::Commune(code) = &feed
            && user.covers(&hub.rulebook.units, code)
        {
            granted.insert(feed, head);
        }
    }
    granted.extend(feeds::cases(read, user.id)?.into_iter().map(|(case, head)| (Feed::Case(case), head)));
    Ok(granted)
}

struct Budget {
    entries: u32,
    bytes: usize,
}

fn page(
    read: &Read,
    feed: &Feed,
    after: u64,
    budget: &mut Budget,
    held: Option<&feeds::Own>,
    devices: &mut BTreeSet<DeviceId>,
) -> Result<Vec<FeedEntry>, HubError> {
    let found = feeds::entries(read, feed, after, budget.entries, budget.bytes, held)?;
    let entry = |Numbered { position, received_at, content }| {
        budget.entries -= 1;
        let entry = match content {
            Content::Leave(record) => Entry::Leave(record),
            Content::Own(seq) => Entry::Own(seq),
            Content::Put { signed, device, bytes } => {
                budget.bytes = budget.bytes.saturating_sub(bytes);
                devices.insert(device);
                Entry::Put(signed)
            }
        };
        FeedEntry { position, entry, received_at }
    };
    Ok(found.into_iter().map(entry).collect())
}

fn certificates(read: &Read, devices: &BTreeSet<DeviceId>) -> Result<Vec<Certificate>, HubError> {
    devices.iter().map(|device| Ok(devices::certificate(read, *device)?)).collect()
}

/// Changes of the device that wait, and those that have been decided since they waited.
fn own(read: &Read, device: DeviceId) -> Result<Vec<ChangeResult>, HubError> {
    let held = held::held(read, device, MAX_OWN)?.into_iter().map(|held| ChangeResult {
        id: held.change,
        outcome: Outcome::Waiting { code: held.code.unwrap_or_else(|| waiting::FAILED.to_owned()) },
    });
    let since = read.now().saturating_sub(OWN_MS);
    let decided = changes::admitted_late(read, device, since, MAX_OWN)?
        .into_iter()
        .map(|id| ChangeResult { id, outcome: Outcome::Admitted });
    Ok(held.chain(decided).collect())
}
