//! What a hub has acknowledged, signed: a hub that is shown a receipt of its own for what it doesn't have was rewound (an
//! old folder put back, a machine set back), begins a new epoch, and gets back what it lacks.

use crate::signed::{Signed, Statement};
use model::{DeviceId, HubId, encoding::Bytes};
use serde::{Deserialize, Serialize};

pub type Receipt = Signed<Acknowledged>;

/// Stands for something in a row and for all before it: of another history it is another. Of nothing: zeros.
pub type Mark = Bytes<16>;

/// What a hub had when it answered, all of it durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub v: u16,
    pub hub: HubId,
    /// A receipt means nothing in another.
    pub epoch: String,
    /// To whom it was given, and how far that one's changes had come.
    pub device: DeviceId,
    pub received_through: u64,
    /// How many things the hub had acknowledged in this epoch to anybody: batches, photos, orders.
    pub count: u64,
    /// Of the last of them.
    pub mark: Mark,
}

impl Statement for Acknowledged {
    const CONTEXT: &[u8] = b"vanggia receipt 1\n";
}
