//! Changes going up. Receiving (durable, acknowledged) is apart from admitting (entering a feed).

use model::{ChangeId, SignedChange};
use serde::{Deserialize, Serialize};

/// The most changes in one push, and the most bytes before compression.
pub const MAX_CHANGES: usize = 500;
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// In order of `seq`, starting after what the hub has acknowledged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushRequest {
    pub v: u16,
    pub changes: Vec<SignedChange>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushResponse {
    pub v: u16,
    /// All of this device's changes up to this `seq` are durable at the hub. Lower than what was sent: send again
    /// from the next one (a gap, a wrong signature, or a hub restored from a backup).
    pub received_through: u64,
    /// One for each change sent, in order; without those that the reader does not know.
    #[serde(deserialize_with = "crate::open::readable")]
    pub results: Vec<ChangeResult>,
    pub server_time: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeResult {
    pub id: ChangeId,
    #[serde(flatten)]
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Durable and in its feed.
    Admitted,
    /// Was here before, with the same bytes.
    Known,
    /// Durable, but not in a feed yet: `code` says why, such as `admission.scope` or `admission.form-unknown`.
    Waiting { code: String },
    /// Not kept: `code` such as `change.wrong-signature`, `push.gap`, `push.chain`, `push.other-bytes`.
    Refused { code: String },
}
