//! A batch in one of its views.

use super::{Part, Seed, Whole};
use crate::{
    DeviceId, OfficeId, UserId,
    key::{Digest, Signature},
};

/// As it is kept and travels. Nothing is checked yet: see [`Batch::rebuild`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub office: OfficeId,
    pub device: DeviceId,
    pub author: UserId,
    pub first_seq: u64,
    pub previous: Digest,
    pub signature: Signature,
    pub body: Body,
}

/// A seed stands only where nothing below it is missing: there is no way to write down another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Whole {
        seed: Seed,
        changes: Vec<Whole>,
    },
    Parts {
        changes: Vec<Seen>,
        /// For each largest wholly hidden subtree its hash, left to right.
        hidden: Vec<Digest>,
    },
}

/// A change of a batch that is not seen whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Whole { seed: Seed, change: Whole },
    Part(Part),
    Hidden,
}
