//! Feeds going down to those they are granted to.

use super::waiting;
use crate::{
    Hub, HubError,
    db::{int, uint},
    devices::Device,
    users,
    users::User,
};
use model::{CaseId, DeviceId, Feed, Place, SignedChange};
use rusqlite::{Connection, Transaction, params};
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

pub fn pull(
    hub: &Hub,
    connection: &Connection,
    device: &Device,
    request: &PullRequest,
) -> Result<Pulled, HubError> {
    let office = hub.office();
    let user = users::by_id(connection, office, &device.user.to_string())?.ok_or(HubError::Unauthorised)?;
    let epoch: String =
        connection.query_row("SELECT epoch FROM office WHERE office = ?1", [office], |row| row.get(0))?;
    let granted = granted(connection, office, &user)?;
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
        let entries = page(connection, office, feed, position, &mut budget, &mut devices)?;
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
        certificates: certificates(connection, office, &devices)?,
        own: own(connection, office, device.id, hub.now())?,
        worker: users::worker(connection, office, &user)?,
        server_time: hub.now(),
    };
    Ok(Pulled { response, is_last })
}

/// Feeds a user may read, with their heads: communes that have anything and lie in the user's places, the communes
/// named in them, and restricted cases that the user is a member of. None for a role that this hub does not know.
pub fn granted(connection: &Connection, office: &str, user: &User) -> Result<BTreeMap<Feed, u64>, HubError> {
    let mut granted = BTreeMap::new();
    if !user.role.is_known() {
        return Ok(granted);
    }
    for place in &user.places {
        if let Place::Commune(code) = place {
            granted.insert(Feed::Commune(code.clone()), 0);
        }
    }
    let mut communes = connection.prepare_cached(
        "SELECT feed, n FROM feeds WHERE office = ?1 AND feed >= 'commune:' AND feed < 'commune;'",
    )?;
    let mut rows = communes.query([office])?;
    while let Some(row) = rows.next()? {
        if let Ok(Feed::Commune(code)) = row.get_ref(0)?.as_str().unwrap_or_default().parse::<Feed>()
            && user.covers(&code)
        {
            granted.insert(Feed::Commune(code), uint(row.get(1)?));
        }
    }
    let mut cases = connection.prepare_cached(
        "SELECT DISTINCT m.case_id, f.n FROM case_members m
             JOIN feeds f ON f.office = m.office AND f.feed = 'case:' || m.case_id
         WHERE m.office = ?1 AND m.user = ?2",
    )?;
    let mut rows = cases.query([office, &user.id.to_string()])?;
    while let Some(row) = rows.next()? {
        if let Ok(case) = row.get_ref(0)?.as_str().unwrap_or_default().parse::<CaseId>() {
            granted.insert(Feed::Case(case), uint(row.get(1)?));
        }
    }
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
    connection: &Connection,
    office: &str,
    feed: &Feed,
    position: u64,
    budget: &mut Budget,
    devices: &mut BTreeSet<String>,
) -> Result<Vec<FeedEntry>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT e.position, e.received_at, e.left_record, c.body, c.device
         FROM feed_entries e LEFT JOIN changes c ON c.office = e.office AND c.id = e.change
         WHERE e.office = ?1 AND e.feed = ?2 AND e.position > ?3 ORDER BY e.position LIMIT ?4",
    )?;
    let mut rows = statement.query(params![office, feed.to_string(), int(position), budget.entries])?;
    let mut entries = Vec::new();
    let damaged = HubError::Internal("a feed's entry can't be read");
    while let Some(row) = rows.next()? {
        let left: Option<String> = row.get(2)?;
        let entry = match left {
            Some(record) => match record.parse() {
                Ok(record) => Entry::Leave(record),
                Err(_) => return Err(damaged),
            },
            None => {
                let body: String = row.get(3)?;
                devices.insert(row.get(4)?);
                budget.bytes = budget.bytes.saturating_sub(body.len());
                let Ok(signed) = serde_json::from_str::<SignedChange>(&body) else { return Err(damaged) };
                Entry::Put(signed)
            }
        };
        entries.push(FeedEntry { position: uint(row.get(0)?), entry, received_at: uint(row.get(1)?) });
        budget.entries -= 1;
        if budget.is_spent() {
            break;
        }
    }
    Ok(entries)
}

fn certificates(
    connection: &Connection,
    office: &str,
    devices: &BTreeSet<String>,
) -> Result<Vec<Certificate>, HubError> {
    let mut statement =
        connection.prepare_cached("SELECT certificate FROM devices WHERE office = ?1 AND id = ?2")?;
    let mut certificates = Vec::with_capacity(devices.len());
    for device in devices {
        let text: String = statement.query_row([office, device], |row| row.get(0))?;
        let certificate = serde_json::from_str(&text);
        certificates.push(certificate.map_err(|_| HubError::Internal("a certificate can't be read"))?);
    }
    Ok(certificates)
}

/// Changes of the device that wait, and those that have been decided since they waited.
fn own(
    connection: &Connection,
    office: &str,
    device: DeviceId,
    now: u64,
) -> Result<Vec<ChangeResult>, HubError> {
    let device = device.to_string();
    let mut own = Vec::new();
    let mut held = connection.prepare_cached(
        "SELECT c.id, coalesce(w.code, ?3) FROM waiting w
             JOIN changes c ON c.office = w.office AND c.device = w.device AND c.batch = w.batch
                 AND c.seq BETWEEN w.first_seq AND w.last_seq
         WHERE w.office = ?1 AND w.device = ?2 AND c.admitted_at IS NULL ORDER BY c.seq LIMIT ?4",
    )?;
    let mut rows = held.query(params![office, device, waiting::FAILED, MAX_OWN])?;
    while let Some(row) = rows.next()? {
        own.push((row.get::<_, String>(0)?, Outcome::Waiting { code: row.get(1)? }));
    }
    let mut decided = connection.prepare_cached(
        "SELECT id FROM changes WHERE office = ?1 AND device = ?2 AND waited = 1 AND admitted_at > ?3
         ORDER BY admitted_at DESC, seq LIMIT ?4",
    )?;
    let since = int(now.saturating_sub(OWN_MS));
    let mut rows = decided.query(params![office, device, since, MAX_OWN])?;
    while let Some(row) = rows.next()? {
        own.push((row.get(0)?, Outcome::Admitted));
    }
    let damaged = |_| HubError::Internal("a change's id can't be read");
    let result =
        |(id, outcome): (String, Outcome)| Ok(ChangeResult { id: id.parse().map_err(damaged)?, outcome });
    own.into_iter().map(result).collect()
}

pub fn note_sync(
    transaction: &Transaction,
    office: &str,
    device: DeviceId,
    now: u64,
) -> Result<(), HubError> {
    transaction.execute(
        "UPDATE devices SET last_sync_at = ?3, last_seen_at = ?3 WHERE office = ?1 AND id = ?2",
        params![office, device.to_string(), int(now)],
    )?;
    Ok(())
}
