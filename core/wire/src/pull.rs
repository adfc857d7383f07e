//! Feeds coming down: entries numbered without gaps, by cursor.

use crate::{certificate::Certificate, enrol::Worker, push::ChangeResult};
use model::{Feed, HubId, RecordRef, SignedChange};
use serde::{Deserialize, Serialize};

/// How far a phone has read a feed. A hub restored from a backup has a new epoch: read again from 0 and push what it
/// lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub feed: Feed,
    pub epoch: String,
    pub position: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullRequest {
    pub v: u16,
    /// Of the hub that the cursors are from.
    pub hub: Option<HubId>,
    /// Feeds not named here are read from their start.
    pub cursors: Vec<Cursor>,
    /// The most entries in the answer, over all feeds.
    pub max_entries: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullResponse {
    pub v: u16,
    pub hub: HubId,
    /// The hub's present epoch; one for all of its feeds.
    pub epoch: String,
    /// A page of each feed that this worker may read and that has anything new.
    pub feeds: Vec<FeedPage>,
    /// Every feed that this worker may read now. A feed that a phone has and that is not here is to be forgotten.
    pub granted: Vec<Feed>,
    /// Of every device whose changes are in `feeds`.
    pub certificates: Vec<Certificate>,
    /// Changes of this device that wait, or have been decided since they waited.
    pub own: Vec<ChangeResult>,
    pub worker: Worker,
    pub server_time: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedPage {
    pub feed: Feed,
    /// Entries after the cursor's position, without a gap.
    pub entries: Vec<FeedEntry>,
    /// The feed's newest position; more to pull while it is above the last entry's.
    pub head: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedEntry {
    pub position: u64,
    pub entry: Entry,
    /// When a hub first received it, milliseconds since 1970.
    pub received_at: u64,
}

/// Externally tagged (`{"put": …}`), as raw JSON inside can't pass through a buffered tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Put(SignedChange),
    /// The record moved to another feed; forget it here unless that one is granted. What moved with it has entries of
    /// its own.
    Leave(RecordRef),
    /// Ciphertext for the members of a restricted case. Prepared for: a phone keeps it and passes over it.
    Sealed(SealedChange),
}

/// Envelope of a sealed payload: the hub checks only this.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedChange {
    pub v: u16,
    pub id: model::ChangeId,
    pub device: model::DeviceId,
    pub case: model::CaseId,
    /// Base64url.
    pub ciphertext: String,
    pub signature: model::change::Signature,
}
