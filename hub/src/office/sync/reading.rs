//! What each device says that it has read, and was sent: from it the office knows who still keeps what left a feed.

use crate::{
    HubError,
    db::{
        Tx,
        cursors::{self, Cursor, Cursors},
    },
};
use model::{DeviceId, Feed};
use std::collections::BTreeMap;

/// What one request and its answer say.
pub struct Reading {
    pub device: DeviceId,
    pub reported: Vec<Reported>,
    /// Where each page of the answer ends, by its feed.
    pub sent: BTreeMap<Feed, u64>,
}

pub struct Reported {
    pub feed: Feed,
    pub position: u64,
    /// It is of this hub and epoch.
    pub is_ours: bool,
}

pub fn note(tx: &Tx, reading: &Reading) -> Result<(), HubError> {
    let before = cursors::of_device(tx, reading.device)?;
    let sent = |(feed, sent): (&Feed, &u64)| (feed.clone(), Cursor { position: 0, sent: *sent });
    let mut now: Cursors = reading.sent.iter().map(sent).collect();
    for Reported { feed, position, is_ours } in &reading.reported {
        // Nobody's word makes rows of feeds that it was never sent, nor says more than it was sent.
        let Some(known) = before.get(feed).or(now.get(feed)).map(|cursor| cursor.sent) else { continue };
        let kept = (*position).min(known);
        let cursor = now.entry(feed.clone()).or_insert(Cursor { position: 0, sent: 0 });
        cursor.position = if *is_ours && *position <= known { *position } else { 0 };
        // Of another epoch: it keeps that still.
        cursor.sent = cursor.sent.max(kept);
    }
    for (feed, cursor) in now.iter().filter(|(feed, cursor)| before.get(feed) != Some(cursor)) {
        cursors::set(tx, reading.device, feed, *cursor)?;
    }
    for feed in before.keys().filter(|feed| !now.contains_key(feed)) {
        cursors::remove(tx, reading.device, feed)?;
    }
    Ok(())
}
