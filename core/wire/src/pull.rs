//! Feeds coming down: entries numbered without gaps, by cursor.
//!
//! What a phone does not know never makes an answer unreadable: feeds, roles and places are open text, entries and
//! certificates are kept as they came, other lists are read element by element. Strict are the answer's own fields and
//! each entry's number: without them nobody can tell what is missing, so such an answer is none.

use crate::{certificate::Certificate, enrol::Worker, push::ChangeResult};
use model::{Feed, HubId, RecordRef, SignedChange};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

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
    /// Granted feeds that this phone's program can't read: to be left out until it can.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<Feed>,
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
    #[serde(deserialize_with = "crate::open::readable")]
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
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Entry {
    Put(SignedChange),
    /// The record moved to another feed; forget it here unless that one is granted. What moved with it has entries of
    /// its own.
    Leave(RecordRef),
    /// Ciphertext for the members of a restricted case. Prepared for: a phone keeps it and passes over it.
    Sealed(SealedChange),
    /// Of a kind or shape that this program does not know, as it came.
    #[serde(skip)]
    Unknown(Box<RawValue>),
}

// The inherent functions are those that `remote` derives, of the kinds that are known.
impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Entry::Unknown(raw) => raw.serialize(serializer),
            known => Entry::serialize(known, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let known = Entry::deserialize(&mut serde_json::Deserializer::from_str(raw.get()));
        Ok(known.unwrap_or(Entry::Unknown(raw)))
    }
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

#[cfg(test)]
mod tests;
