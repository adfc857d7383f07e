//! The two functions that all of the format is made of, and what each is used for (ADR 8, "Hashing" and "Seeds").

use crate::{ChangeId, DeviceId, OfficeId, RecordRef, Stamp, encoding::Bytes, key::Digest};
use ring::{
    digest::{Context, SHA256},
    hmac,
};
use std::fmt;
use uuid::Uuid;

/// What a hash is of. A tag is never used for anything else.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Tag {
    Change = 0,
    Node = 1,
    Commitment = 2,
    Leaf = 3,
    Header = 4,
    Statement = 5,
    Certificate = 6,
}

/// `H(t; parts…)`: SHA-256 over a context, the tag, and each part behind its length.
pub(super) fn hash(tag: Tag, parts: &[&[u8]]) -> Digest {
    let mut state = Hash::new(tag);
    parts.iter().for_each(|part| state.part(part));
    state.finish()
}

/// [`hash`] with its parts one after another.
pub(super) struct Hash(Context);

impl Hash {
    pub(super) fn new(tag: Tag) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(b"vanggia2");
        context.update(&[tag as u8]);
        Self(context)
    }

    pub(super) fn part(&mut self, part: &[u8]) {
        // Limits of the format keep every part far below 4 GiB.
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        self.0.update(&length.to_be_bytes());
        self.0.update(part);
    }

    pub(super) fn finish(self) -> Digest {
        let mut digest = [0; 32];
        digest.copy_from_slice(self.0.finish().as_ref());
        Bytes(digest)
    }
}

/// What salts are derived from; who holds it can check every value below it.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(pub(super) [u8; 16]);

/// What hides a header or a value in its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(pub(super) [u8; 16]);

impl Seed {
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Salt {
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

/// `K(key; label, x)` for one key: the first 16 bytes of HMAC-SHA256 over label, a zero and x.
pub(super) struct Deriver(hmac::Key);

impl Deriver {
    pub(super) fn new(seed: &Seed) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &seed.0))
    }

    fn derive(&self, label: &str, x: &[u8]) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label.as_bytes());
        context.update(&[0]);
        context.update(x);
        let mut derived = [0; 16];
        derived.copy_from_slice(&context.sign().as_ref()[..16]);
        derived
    }

    /// Of a batch's seed: the seed of change `index` (from 0).
    pub(super) fn change(&self, index: u32) -> Seed {
        Seed(self.derive("change", &index.to_be_bytes()))
    }

    /// Of a change's seed: the salt of its header.
    pub(super) fn header(&self) -> Salt {
        Salt(self.derive("header", b""))
    }

    /// Of a change's seed: the salt of the field `name`.
    pub(super) fn field(&self, name: &str) -> Salt {
        Salt(self.derive("field", name.as_bytes()))
    }
}

/// The commitment C to a value.
pub(super) fn commitment(salt: &Salt, device: DeviceId, seq: u64, name: &str, value: &str) -> Digest {
    hash(
        Tag::Commitment,
        &[&salt.0, device.0.as_bytes(), &seq.to_be_bytes(), name.as_bytes(), value.as_bytes()],
    )
}

/// The leaf F of a field.
pub(super) fn leaf(name: &str, replaces: &[ChangeId], commitment: &Digest) -> Digest {
    let joined: Vec<u8> = replaces.iter().flat_map(|id| *id.0.as_bytes()).collect();
    hash(Tag::Leaf, &[name.as_bytes(), &joined, &commitment.0])
}

/// Where a change stands: what its author can't choose freely.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub office: OfficeId,
    pub device: DeviceId,
    pub seq: u64,
}

pub(super) fn header(
    salt: &Salt,
    position: Position,
    at: Stamp,
    record: &RecordRef,
    cause: Option<&RecordRef>,
) -> Digest {
    let mut stamp = [0; 12];
    stamp[..8].copy_from_slice(&at.0.to_be_bytes());
    stamp[8..].copy_from_slice(&at.1.to_be_bytes());
    let (cause_kind, cause_id) = match cause {
        Some(cause) => (cause.kind.as_str(), &cause.id.as_bytes()[..]),
        None => ("", &[][..]),
    };
    hash(
        Tag::Header,
        &[
            &salt.0,
            position.office.0.as_bytes(),
            position.device.0.as_bytes(),
            &position.seq.to_be_bytes(),
            &stamp,
            record.kind.as_str().as_bytes(),
            record.id.as_bytes(),
            cause_kind.as_bytes(),
            cause_id,
        ],
    )
}

/// The hash of a change: its header and its fields' leaves in byte order of their names.
pub(super) fn change(header: &Digest, leaves: &[Digest]) -> Digest {
    let mut state = Hash::new(Tag::Change);
    state.part(&header.0);
    leaves.iter().for_each(|leaf| state.part(&leaf.0));
    state.finish()
}

pub(super) fn node(left: &Digest, right: &Digest) -> Digest {
    hash(Tag::Node, &[&left.0, &right.0])
}

/// What a device's first batch names as its previous.
pub fn certificate(statement: &[u8]) -> Digest {
    hash(Tag::Certificate, &[statement])
}

/// A change's id: the first 16 bytes of its hash, so that nobody can give it another's.
pub(super) fn id(change: &Digest) -> ChangeId {
    let mut id = [0; 16];
    id.copy_from_slice(&change.0[..16]);
    ChangeId(Uuid::from_bytes(id))
}
