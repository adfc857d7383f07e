//! Signing what was finished together, a batch for each feed that it touches.

use super::{
    Batch, BatchError, Body, CONTEXT, Chain, Field, Head, Json, Rebuilt, Seed, Verified, Whole,
    hash::{self, Deriver, Position},
    limit,
};
use crate::{ChangeId, DeviceId, DeviceKey, OfficeId, RecordRef, Stamp, UserId, encoding::Bytes};
use ring::rand::SecureRandom;
use std::collections::{BTreeMap, BTreeSet};

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub office: OfficeId,
    pub device: DeviceId,
    pub author: UserId,
}

/// What a change says before it has a place in a batch.
#[derive(Clone, Debug)]
pub struct Draft {
    pub at: Stamp,
    pub record: RecordRef,
    pub cause: Option<RecordRef>,
    /// Value and the changes that it replaces.
    pub fields: BTreeMap<String, (Json, BTreeSet<ChangeId>)>,
}

/// A batch in the making. Work that is signed anew gets a new one, and so a new seed.
pub struct Maker {
    device: Device,
    chain: Chain,
    seed: Seed,
    changes: Vec<Whole>,
    /// Counted against [`limit::BATCH`].
    weight: usize,
}

impl Maker {
    /// # Errors
    /// [`BatchError::NoRandomness`]
    pub fn new(device: Device, chain: Chain, random: &dyn SecureRandom) -> Result<Self, BatchError> {
        let mut seed = [0; 16];
        random.fill(&mut seed).map_err(|_| BatchError::NoRandomness)?;
        Ok(Self::with_seed(device, chain, Seed(seed)))
    }

    pub(super) fn with_seed(device: Device, chain: Chain, seed: Seed) -> Self {
        Self { device, chain, seed, changes: Vec::new(), weight: 0 }
    }

    /// Adds a change and tells its id, which later ones may replace.
    ///
    /// # Errors
    /// What is out of bounds.
    pub fn add(&mut self, draft: Draft) -> Result<ChangeId, BatchError> {
        let weight = self.weight + draft.weight();
        if self.changes.len() == limit::CHANGES
            || draft.fields.values().any(|(value, _)| value.text().len() > limit::VALUE)
            || weight > limit::BATCH
        {
            return Err(BatchError::TooLarge);
        }
        let index = u32::try_from(self.changes.len()).map_err(|_| BatchError::TooLarge)?;
        let field = |(name, (value, replaces)): (String, (Json, BTreeSet<ChangeId>))| Field {
            name: name.into(),
            replaces: replaces.into_iter().collect(),
            value,
        };
        let change = Whole {
            head: Head { at: draft.at, record: draft.record, cause: draft.cause },
            fields: draft.fields.into_iter().map(field).collect(),
        };
        let seq = self.chain.next_seq.saturating_add(u64::from(index));
        let position = Position { office: self.device.office, device: self.device.device, seq };
        let hash = change.hash(&Deriver::new(&self.seed).change(index), position)?;
        self.changes.push(change);
        self.weight = weight;
        Ok(hash::id(&hash))
    }

    /// # Errors
    /// [`BatchError::Empty`]
    pub fn sign(self, key: &DeviceKey) -> Result<Verified, BatchError> {
        let Device { office, device, author } = self.device;
        let batch = Batch {
            office,
            device,
            author,
            first_seq: self.chain.next_seq,
            previous: self.chain.previous,
            signature: Bytes([0; 64]),
            body: Body::Whole { seed: self.seed, changes: self.changes },
        };
        let Rebuilt { mut batch, statement, ids, tree } = batch.rebuild()?;
        batch.signature = key.sign(CONTEXT, &statement.bytes());
        Ok(Verified(Rebuilt { batch, statement, ids, tree }))
    }
}

/// One chained batch for each feed that a commit touches: the ordinary ones first, in order of appearance, then the
/// restricted, which no ordinary one may name. Sharing a batch would tell the commune that this visit opened a case.
///
/// `F` is whatever the caller tells feeds apart by.
///
/// # Errors
/// [`BatchError::NamesRestricted`], and what is out of bounds.
pub fn by_feed<F: PartialEq>(
    device: Device,
    mut chain: Chain,
    drafts: Vec<(F, Draft)>,
    is_restricted: impl Fn(&F) -> bool,
    key: &DeviceKey,
    random: &dyn SecureRandom,
) -> Result<Vec<(F, Verified)>, BatchError> {
    let mut feeds: Vec<(F, Vec<Draft>)> = Vec::new();
    for (feed, draft) in drafts {
        match feeds.iter_mut().find(|(known, _)| *known == feed) {
            Some((_, drafts)) => drafts.push(draft),
            None => feeds.push((feed, vec![draft])),
        }
    }
    feeds.sort_by_key(|(feed, _)| is_restricted(feed));
    let (ordinary, restricted) = feeds.split_at(feeds.partition_point(|(feed, _)| !is_restricted(feed)));
    let secret: BTreeSet<&RecordRef> =
        restricted.iter().flat_map(|(_, drafts)| drafts).map(|draft| &draft.record).collect();
    if ordinary.iter().flat_map(|(_, drafts)| drafts).any(|draft| draft.names(&secret)) {
        return Err(BatchError::NamesRestricted);
    }
    let mut batches = Vec::with_capacity(feeds.len());
    for (feed, drafts) in feeds {
        let mut maker = Maker::new(device, chain, random)?;
        for draft in drafts {
            maker.add(draft)?;
        }
        let batch = maker.sign(key)?;
        chain = Chain::after(batch.statement());
        batches.push((feed, batch));
    }
    Ok(batches)
}

impl Draft {
    /// At least the bytes that it takes in any view: beside texts less than 200 a change and 100 a field.
    fn weight(&self) -> usize {
        let fields = self.fields.iter();
        let weight = |(name, (value, replaces)): (&String, &(Json, BTreeSet<ChangeId>))| {
            100 + name.len() + value.text().len() + 20 * replaces.len()
        };
        200 + fields.map(weight).sum::<usize>()
    }

    fn names(&self, records: &BTreeSet<&RecordRef>) -> bool {
        let said = |record: &RecordRef| {
            let id = record.id.to_string();
            self.fields.values().any(|(value, _)| value.text().contains(&id))
        };
        records.contains(&self.record)
            || self.cause.as_ref().is_some_and(|cause| records.contains(cause))
            || records.iter().any(|record| said(record))
    }
}
