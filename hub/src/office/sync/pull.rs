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
    office::users,
};
use model::{DeviceId, Feed, Place};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wire::{
    certificate::Certificate,
    pull::{Entry, FeedEntry, FeedPage, PullRequest, PullResponse},
    push::{ChangeResult, Outcome},
};

const MAX_ENTRIES: u32 = 2_000;
/// The most bytes of changes in one answer.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// A device hears of decisions this far back, as an answer may have been lost.
const OWN_MS: u64 = 30 * 24 * 60 * 60 * 1000;
const MAX_OWN: u32 = 500;

pub struct Pulled {
    pub response: PullResponse,
    /// With this answer the phone has everything.
    pub is_last: bool,
}

pub fn pull(hub: &Hub, read: &Read, device: &Device, request: &PullRequest) -> Result<Pulled, HubError> {
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
    let mut budget = Budget { entries: request.max_entries.clamp(1, MAX_ENTRIES), bytes: MAX_BYTES };
    let mut feeds = Vec::new();
    let mut devices = BTreeSet::new();
    for (feed, head) in &granted {
        // A position above the head is no cursor of ours.
        let position = cursors.get(feed).copied().filter(|position| position <= head).unwrap_or(0);
        if position == *head || budget.is_spent() || request.skip.contains(feed) {
            continue;
        }
        let entries = page(read, feed, position, &mut budget, &mut devices)?;
        if !entries.is_empty() {
            feeds.push(FeedPage { feed: feed.clone(), entries, head: *head });
        }
    }
    let is_last = !budget.is_spent();
    let response = PullResponse {
        v: wire::VERSION,
        hub: hub.identity.hub,
        epoch,
        feeds,
        granted: granted.into_keys().collect(),
        certificates: certificates(read, &devices)?,
        own: own(read, device.id)?,
        worker: users::worker(&hub.rulebook.units, read, &user)?,
        server_time: read.now(),
    };
    Ok(Pulled { response, is_last })
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

impl Budget {
    fn is_spent(&self) -> bool {
        self.entries == 0 || self.bytes == 0
    }
}

fn page(
    read: &Read,
    feed: &Feed,
    after: u64,
    budget: &mut Budget,
    devices: &mut BTreeSet<DeviceId>,
) -> Result<Vec<FeedEntry>, HubError> {
    let found = feeds::entries(read, feed, after, budget.entries, budget.bytes)?;
    let entry = |Numbered { position, received_at, content }| {
        budget.entries -= 1;
        let entry = match content {
            Content::Leave(record) => Entry::Leave(record),
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
