//! What a batch's signature covers, and how a device's batches are chained.

use super::{
    BatchError,
    hash::{self, Tag},
};
use crate::{DeviceId, OfficeId, UserId, key::Digest};

/// The one suite: SHA-256, HMAC-SHA256, Ed25519.
pub const SUITE: u8 = 1;
/// What is signed begins with this, so that a signature means nothing anywhere else.
pub const CONTEXT: &[u8] = b"vanggia batch 2\n";

/// Rebuilt from what a batch says, never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub office: OfficeId,
    pub device: DeviceId,
    pub author: UserId,
    /// The number of the first change; a device counts 1, 2, 3 …
    pub first_seq: u64,
    pub count: u32,
    /// [`Statement::hash`] of the device's batch before, or [`hash::certificate`].
    pub previous: Digest,
    pub root: Digest,
}

impl Statement {
    /// The 125 bytes that are signed behind [`CONTEXT`].
    pub fn bytes(&self) -> [u8; 125] {
        let mut bytes = [SUITE; 125];
        let mut at = 1;
        let parts: [&[u8]; 7] = [
            self.office.0.as_bytes(),
            self.device.0.as_bytes(),
            self.author.0.as_bytes(),
            &self.first_seq.to_be_bytes(),
            &self.count.to_be_bytes(),
            &self.previous.0,
            &self.root.0,
        ];
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        bytes
    }

    /// Names the batch: what is kept under it is known, in whatever view.
    pub fn hash(&self) -> Digest {
        hash::hash(Tag::Statement, &[&self.bytes()])
    }

    /// The number after the last change's. Can't overflow in a statement that was rebuilt.
    pub fn next_seq(&self) -> u64 {
        self.first_seq.saturating_add(u64::from(self.count))
    }

    /// Whether this comes straight after `before`, or first after the certificate with this hash.
    ///
    /// # Errors
    /// [`BatchError::Gap`] for another number, [`BatchError::BrokenChain`] for another previous.
    pub fn follows(&self, before: &Chain) -> Result<(), BatchError> {
        if self.first_seq != before.next_seq {
            return Err(BatchError::Gap);
        }
        if self.previous == before.previous { Ok(()) } else { Err(BatchError::BrokenChain) }
    }

    /// Whether the two, signed by one device, say different things of one position: proof that its key was used twice.
    pub fn forks(&self, other: &Self) -> bool {
        let overlap = self.first_seq < other.next_seq() && other.first_seq < self.next_seq();
        self.office == other.office && self.device == other.device && overlap && self != other
    }
}

/// Where a device's next batch goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub next_seq: u64,
    pub previous: Digest,
}

impl Chain {
    /// Of a device that has signed nothing yet; `certificate` is the statement that certifies its key.
    pub fn first(certificate: &[u8]) -> Self {
        Self { next_seq: 1, previous: hash::certificate(certificate) }
    }

    pub fn after(statement: &Statement) -> Self {
        Self { next_seq: statement.next_seq(), previous: statement.hash() }
    }
}
