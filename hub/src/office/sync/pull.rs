//! Feeds going down to those they are granted to.

use super::{
    outcome,
    pieces::{self, Piece},
    reading::{Reading, Reported},
    receipts,
};
use crate::{
    Hub, HubError,
    db::{
        Read, batches,
        devices::{self, Device},
        feeds::{self, Content, Numbered},
        offices, orders,
        users::User,
        waiting as held,
    },
    office::{forms, keys, roles, users},
};
use model::{DeviceId, Feed, OrderId, Place};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use wire::{
    erasure::Order,
    forms::standing,
    pull::{Cursor, Entry, FeedEntry, MAX_ORDERS, PullRequest, PullResponse},
    push::{BatchResult, Outcome},
    receipt::Mark,
    roles::Told,
    signed::Certificate,
};

const MAX_ENTRIES: u32 = 1_000;
/// The most bytes of one answer as it travels.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The most bytes of orders in an answer: only those that a single batch names can come near. Claims by the rest count as
/// withheld.
const MAX_ORDERED: usize = wire::pull::MAX_BYTES / 2;
/// Bytes of batches and orders that make so many as they travel, at least; of pieces it is known.
const UNPACKED: usize = 3;
const PACKED: usize = 2;
/// A device hears of decisions this far back, as an answer may have been lost.
const OWN_MS: u64 = 30 * 24 * 60 * 60 * 1000;
const MAX_OWN: u32 = 500;

pub struct Pulled {
    /// Without its feeds.
    pub answer: PullResponse,
    pub pages: Vec<Page>,
    /// How far its device has read.
    pub reading: Reading,
}

/// For an answer that is `packed` or not. Restricted cases come first: an emergency doesn't wait behind a commune's routine.
pub fn pull(
    hub: &Hub,
    read: &Read,
    device: &Device,
    request: &PullRequest,
    packed: bool,
) -> Result<Pulled, HubError> {
    let user = crate::db::users::by_id(read, device.user)?.ok_or(HubError::Unauthorised)?;
    let epoch = offices::epoch(read)?;
    let granted = granted(hub, read, &user)?;
    // Cursors of another hub, or from before a restored backup, mean nothing here.
    let ours = request.hub.is_none_or(|asked| asked == hub.identity.hub);
    let cursors: HashMap<&Feed, &Cursor> = request
        .cursors
        .iter()
        .filter(|cursor| ours && cursor.epoch == epoch)
        .map(|cursor| (&cursor.feed, cursor))
        .collect();
    let bytes = usize::try_from(request.max_bytes).unwrap_or(MAX_BYTES);
    let budget =
        Budget { entries: request.max_entries.clamp(1, MAX_ENTRIES), bytes: bytes.clamp(1, MAX_BYTES) };
    let held = held_by_device(read, device.id, request)?;
    let mut reader = Reader { hub, read, packed, held, budget, named: Named::default() };
    let (mut more, mut anew) = (false, Vec::new());
    let mut pages = Vec::new();
    let mut ends = BTreeMap::new();
    let (cases, others): (Vec<_>, Vec<_>) =
        granted.iter().partition(|(feed, _)| matches!(feed, Feed::Case(_)));
    for (feed, head) in cases.into_iter().chain(others) {
        if request.skip.contains(feed) {
            continue;
        }
        let position = match cursors.get(feed) {
            Some(cursor) if !is_here(read, cursor, *head)? => {
                anew.push(feed.clone());
                0
            }
            cursor => cursor.map_or(0, |cursor| cursor.position),
        };
        if position == *head {
            continue;
        }
        let (page, end) = reader.page(feed, position, *head)?;
        more |= end < *head;
        if !page.parts.is_empty() {
            ends.insert(feed.clone(), end);
            pages.push(page);
        }
    }
    let (roles, more_roles) = match request.statements_after {
        Some(after) if user.sees_cases(&hub.rulebook()) => reader.roles(after)?,
        _ => (Vec::new(), false),
    };
    more |= more_roles;
    let answer = PullResponse {
        v: wire::VERSION,
        hub: hub.identity.hub,
        epoch,
        feeds: Vec::new(),
        more,
        anew,
        granted: granted.into_keys().collect(),
        keys: request
            .condition
            .office_key
            .as_ref()
            .map_or(Ok(Vec::new()), |follows| keys::news(read, follows))?,
        certificates: certificates(read, &reader.named.devices)?,
        orders: ordered(read, &reader.named.orders)?,
        own: if more { Vec::new() } else { own(read, device.id)? },
        roles,
        worker: users::worker(&hub.rulebook(), read, &user, hub.today())?,
        forms: standing(&forms::list(read)?.forms),
        packs: hub.in_force().standing,
        receipt: Some(receipts::issue(hub, read, device)?),
        server_time: read.now(),
    };
    let reported = request.cursors.iter().map(|cursor| Reported {
        feed: cursor.feed.clone(),
        position: cursor.position,
        is_ours: ours && cursor.epoch == answer.epoch && !answer.anew.contains(&cursor.feed),
    });
    let reading = Reading { device: device.id, reported: reported.collect(), sent: ends };
    Ok(Pulled { answer, pages, reading })
}

/// Whether what was read up to a cursor is what lies there.
fn is_here(read: &Read, cursor: &Cursor, head: u64) -> Result<bool, HubError> {
    let Some(mark) = cursor.mark.filter(|_| cursor.position > 0) else { return Ok(cursor.position <= head) };
    Ok(feeds::mark(read, &cursor.feed, cursor.position)? == Some(mark))
}

/// The device's batches that it holds as they are here.
fn held_by_device(
    read: &Read,
    device: DeviceId,
    request: &PullRequest,
) -> Result<Option<feeds::Own>, HubError> {
    let Some(holds) = &request.holds else { return Ok(None) };
    let same = batches::ending_with(read, device, holds.last)? == Some(holds.statement);
    Ok(same.then_some(feeds::Own { device, first: holds.first, last: holds.last }))
}

/// Feeds a user may read, with their heads: communes that have anything and lie in the user's places, the communes
/// named in them, restricted cases that the user is a member of, and what has anything of the office, and of the user's
/// facilities and desks. None for a role that sees nothing.
fn granted(hub: &Hub, read: &Read, user: &User) -> Result<BTreeMap<Feed, u64>, HubError> {
    let (mut granted, rulebook) = (BTreeMap::new(), hub.rulebook());
    if !user.sees_cases(&rulebook) {
        return Ok(granted);
    }
    for place in &user.places {
        if let Place::Commune(code) = place
            && user.sees_places(&rulebook)
        {
            granted.insert(Feed::Commune(code.clone()), 0);
        }
    }
    for (feed, head) in feeds::communes(read)? {
        if let Feed::Commune(code) = &feed
            && user.covers(&rulebook, code)
        {
            granted.insert(feed, head);
        }
    }
    granted.extend(feeds::cases(read, user.id)?.into_iter().map(|(case, head)| (Feed::Case(case), head)));
    let of_place = |place: &Place| match place {
        Place::Facility(id) => Some(Feed::Facility(id.clone())),
        Place::Desk(id) => Some(Feed::Desk(id.clone())),
        _ => None,
    };
    let office = Feed::Office(hub.identity.office);
    for feed in std::iter::once(office).chain(user.places.iter().filter_map(of_place)) {
        if let Some(head) = feeds::head(read, &feed)? {
            granted.insert(feed, head);
        }
    }
    Ok(granted)
}

struct Budget {
    entries: u32,
    /// As they travel.
    bytes: usize,
}

/// A page of a feed, in the order of its positions.
pub struct Page {
    pub feed: Feed,
    /// The feed's newest position.
    pub head: u64,
    /// Of its last entry.
    pub mark: Option<Mark>,
    pub parts: Vec<Part>,
}

pub enum Part {
    Entries(Vec<FeedEntry>),
    Piece(Arc<Piece>),
}

/// What a page is read for.
struct Reader<'a> {
    hub: &'a Hub,
    read: &'a Read<'a>,
    /// Whether the answer is packed, as pieces are.
    packed: bool,
    held: Option<feeds::Own>,
    budget: Budget,
    named: Named,
}

/// Whose batches were read, and by which orders something of them was erased.
#[derive(Clone, Default)]
pub(super) struct Named {
    pub devices: BTreeSet<DeviceId>,
    pub orders: BTreeSet<OrderId>,
}

impl Named {
    fn add(&mut self, other: &Self) {
        self.devices.extend(&other.devices);
        self.orders.extend(&other.orders);
    }
}

impl Reader<'_> {
    /// Returns the page, empty if the budget is spent, and the position that it ends at.
    fn page(&mut self, feed: &Feed, after: u64, head: u64) -> Result<(Page, u64), HubError> {
        let (mut parts, mut position) = (Vec::new(), after);
        while position < head && self.budget.entries > 0 && self.budget.bytes > 0 {
            if let Some(piece) = self.piece(feed, position, head)? {
                let bytes = piece.packed.len() + packed(self.ordered(&piece.named)?);
                if self.budget.entries >= pieces::LENGTH && self.budget.bytes >= bytes {
                    position += u64::from(pieces::LENGTH);
                    self.budget.entries -= pieces::LENGTH;
                    self.budget.bytes -= bytes;
                    self.named.add(&piece.named);
                    parts.push(Part::Piece(piece));
                    continue;
                }
                // The next answer begins with it.
                if !parts.is_empty() {
                    break;
                }
            }
            // Up to where the next piece begins.
            let length = u64::from(pieces::LENGTH);
            let most = u32::try_from(length - position % length).unwrap_or(1).min(self.budget.entries);
            let (bytes, held) = (self.budget.bytes * UNPACKED / PACKED, self.held.as_ref());
            let found = feeds::entries(self.read, feed, position, most, bytes, held)?;
            let (mut read, mut entries) = (0, Vec::new());
            for numbered in found {
                // What it names comes with it: as many orders, as many fewer entries.
                if read >= bytes {
                    break;
                }
                let mut named = Named::default();
                entries.push(entry(numbered, &mut read, &mut named));
                read += self.ordered(&named)?;
                self.named.add(&named);
            }
            let Some(last) = entries.last() else { break };
            position = last.position;
            self.budget.entries -= u32::try_from(entries.len()).unwrap_or(most);
            self.budget.bytes = self.budget.bytes.saturating_sub(packed(read));
            parts.push(Part::Entries(entries));
        }
        let mark = if parts.is_empty() { None } else { feeds::mark(self.read, feed, position)? };
        Ok((Page { feed: feed.clone(), head, mark, parts }, position))
    }

    /// Statements for which the feeds left room, and whether there are more.
    fn roles(&self, after: u64) -> Result<(Vec<Told>, bool), HubError> {
        let bytes = self.budget.bytes * UNPACKED / PACKED;
        roles::after(self.read, after, self.budget.entries, bytes)
    }

    /// Bytes of the orders that the answer doesn't hold yet.
    fn ordered(&self, named: &Named) -> Result<usize, HubError> {
        let new = named.orders.difference(&self.named.orders);
        Ok(new.map(|order| orders::bytes(self.read, *order)).sum::<Result<usize, _>>()?)
    }

    /// The piece that comes next, if this reader takes it.
    fn piece(&self, feed: &Feed, position: u64, head: u64) -> Result<Option<Arc<Piece>>, HubError> {
        if !self.packed {
            return Ok(None);
        }
        let holds =
            |piece: &Piece| self.held.as_ref().is_some_and(|held| piece.named.devices.contains(&held.device));
        let piece = self.hub.pieces.after(self.read, feed, position, head)?;
        Ok(piece.filter(|piece| !holds(piece)))
    }
}

/// An entry as it travels. Adds up the bytes of batches, and whom and what they name.
pub(super) fn entry(
    Numbered { position, received_at, since, content }: Numbered,
    read: &mut usize,
    named: &mut Named,
) -> FeedEntry {
    let entry = match content {
        Content::Leave(record) => Entry::Leave(record),
        Content::Own(first_seq) => Entry::Own(first_seq),
        Content::Put(batch) => {
            *read += batch.weight();
            named.devices.insert(batch.statement().device);
            named.orders.extend(batch.orders());
            Entry::Put(Box::new((*batch).into()))
        }
    };
    FeedEntry { position, entry, received_at, since }
}

/// Of the bytes of what was read, as it travels.
fn packed(read: usize) -> usize {
    (read * PACKED).div_ceil(UNPACKED)
}

fn ordered(read: &Read, named: &BTreeSet<OrderId>) -> Result<Vec<Order>, HubError> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    for order in named.iter().take(MAX_ORDERS) {
        let Some(order) = orders::find(read, *order)? else { continue };
        bytes += order.bytes();
        if bytes > MAX_ORDERED {
            break;
        }
        found.push(order);
    }
    Ok(found)
}

fn certificates(read: &Read, devices: &BTreeSet<DeviceId>) -> Result<Vec<Certificate>, HubError> {
    devices.iter().map(|device| Ok(devices::certificate(read, *device)?)).collect()
}

/// Batches of the device that wait, and those that have been decided since they waited.
fn own(read: &Read, device: DeviceId) -> Result<Vec<BatchResult>, HubError> {
    let since = read.now().saturating_sub(OWN_MS);
    let held = held::held(read, device, since, MAX_OWN)?;
    let held =
        held.into_iter().map(|held| BatchResult { first_seq: held.key.first_seq, outcome: outcome(held) });
    let decided = batches::admitted_late(read, device, since, MAX_OWN)?
        .into_iter()
        .map(|first_seq| BatchResult { first_seq, outcome: Outcome::Admitted });
    Ok(held.chain(decided).collect())
}
