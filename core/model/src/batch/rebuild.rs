//! From what travels to what was signed, and whether it was.

use super::{
    Batch, BatchError, Body, CONTEXT, Field, OrderId, PartField, Seen, Statement, VerifyingKey, Whole,
    hash::{self, Deriver, Position},
    limit,
    tree::Tree,
};
use crate::{ChangeId, DeviceId, OfficeId, UserId, key::Digest};
use std::{fmt, ops::Deref};

/// A batch with what follows from it. Whether anybody signed it isn't known yet.
#[derive(Clone)]
pub struct Rebuilt {
    pub(super) batch: Batch,
    pub(super) statement: Statement,
    /// `None`: hidden.
    pub(super) ids: Vec<Option<ChangeId>>,
    pub(super) tree: Tree,
}

/// Whom a certificate lets sign: one key for ever for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    pub office: OfficeId,
    pub device: DeviceId,
    pub author: UserId,
    pub key: VerifyingKey,
}

/// A batch that its device signed, in some view.
#[derive(Clone)]
pub struct Verified(pub(super) Rebuilt);

impl Batch {
    /// # Errors
    /// What is out of order or bounds; a wrong value shows only at [`Rebuilt::verify`].
    pub fn rebuild(self) -> Result<Rebuilt, BatchError> {
        let leaves = self.leaves()?;
        let ids = leaves.iter().map(|leaf| leaf.as_ref().map(hash::id)).collect();
        let hidden = match &self.body {
            Body::Whole { .. } => &[][..],
            Body::Parts { hidden, .. } => hidden,
        };
        let count = u32::try_from(leaves.len()).map_err(|_| BatchError::TooLarge)?;
        let tree = Tree::new(leaves, hidden)?;
        let statement = Statement {
            office: self.office,
            device: self.device,
            author: self.author,
            first_seq: self.first_seq,
            count,
            previous: self.previous,
            root: tree.root()?,
        };
        Ok(Rebuilt { batch: self, statement, ids, tree })
    }

    /// The hashes of the changes that are seen.
    fn leaves(&self) -> Result<Vec<Option<Digest>>, BatchError> {
        let count = match &self.body {
            Body::Whole { changes, .. } => changes.len(),
            Body::Parts { changes, .. } => changes.len(),
        };
        match count {
            0 => return Err(BatchError::Empty),
            1..=limit::CHANGES => {}
            _ => return Err(BatchError::TooLarge),
        }
        if self.first_seq == 0 || self.first_seq > limit::SEQ - count as u64 {
            return Err(BatchError::Sequence);
        }
        let position = |seq| Position { office: self.office, device: self.device, seq };
        match &self.body {
            Body::Whole { seed, changes } => {
                let seeds = Deriver::new(seed);
                let indexed = (0u32..).zip(self.first_seq..).zip(changes);
                indexed
                    .map(|((i, seq), change)| change.hash(&seeds.change(i), position(seq)).map(Some))
                    .collect()
            }
            Body::Parts { changes, .. } => {
                let leaf = |(seq, seen): (u64, &Seen)| match seen {
                    Seen::Whole { seed, change } => change.hash(seed, position(seq)).map(Some),
                    Seen::Part(part) => part.hash(position(seq)).map(Some),
                    Seen::Hidden => Ok(None),
                };
                (self.first_seq..).zip(changes).map(leaf).collect()
            }
        }
    }
}

impl Rebuilt {
    /// What the batch says it is: to learn whose key to check with, and whether it is known.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The changes' ids in order of seq; `None`: hidden.
    pub fn ids(&self) -> &[Option<ChangeId>] {
        &self.ids
    }

    /// The orders by which it says that values were erased; one as often as it is named.
    pub fn orders(&self) -> impl Iterator<Item = OrderId> {
        let seen = match &self.batch.body {
            Body::Whole { .. } => &[][..],
            Body::Parts { changes, .. } => changes,
        };
        let fields = seen.iter().filter_map(|seen| match seen {
            Seen::Part(part) => Some(&part.fields),
            _ => None,
        });
        fields.flatten().filter_map(|field| match field {
            PartField::Erased(erased) => Some(erased.order),
            _ => None,
        })
    }

    /// About the bytes that it takes in a page before that is packed: to make pages of a size.
    pub fn weight(&self) -> usize {
        let field = |field: &Field| 8 + field.value.text().len() + 17 * field.replaces.len();
        let whole = |change: &Whole| 24 + change.fields.iter().map(field).sum::<usize>();
        let part = |seen: &PartField| match seen {
            PartField::Value { field: value, .. } => 16 + field(value),
            PartField::Withheld(_) => 33,
            PartField::Erased(erased) => 50 + 17 * erased.replaces.len(),
        };
        let changes: usize = match &self.batch.body {
            Body::Whole { changes, .. } => changes.iter().map(whole).sum(),
            Body::Parts { changes, hidden } => {
                let seen = |seen: &Seen| match seen {
                    Seen::Whole { change, .. } => 16 + whole(change),
                    Seen::Part(seen) => 40 + seen.fields.iter().map(part).sum::<usize>(),
                    Seen::Hidden => 1,
                };
                changes.iter().map(seen).sum::<usize>() + 32 * hidden.len()
            }
        };
        150 + changes
    }

    /// # Errors
    /// Whose it is not, or [`BatchError::WrongSignature`].
    pub fn verify(self, signer: &Signer) -> Result<Verified, BatchError> {
        let said = &self.statement;
        if said.office != signer.office {
            return Err(BatchError::WrongOffice);
        }
        if said.device != signer.device {
            return Err(BatchError::WrongDevice);
        }
        if said.author != signer.author {
            return Err(BatchError::WrongAuthor);
        }
        if !signer.key.accepts(CONTEXT, &said.bytes(), &self.batch.signature) {
            return Err(BatchError::WrongSignature);
        }
        Ok(Verified(self))
    }

    /// What was verified when it was kept; `kept` is the hash of its statement from then.
    ///
    /// # Errors
    /// [`BatchError::OtherBatch`]
    pub fn reopen(self, kept: &Digest) -> Result<Verified, BatchError> {
        if self.statement.hash() == *kept { Ok(Verified(self)) } else { Err(BatchError::OtherBatch) }
    }
}

impl Deref for Verified {
    type Target = Rebuilt;
    fn deref(&self) -> &Rebuilt {
        &self.0
    }
}

impl AsRef<Rebuilt> for Rebuilt {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl AsRef<Rebuilt> for Verified {
    fn as_ref(&self) -> &Rebuilt {
        &self.0
    }
}

impl From<Verified> for Rebuilt {
    fn from(verified: Verified) -> Self {
        verified.0
    }
}

impl Verified {
    /// Another view of the same batch. It must rebuild to what was signed before it is anything at all.
    pub(super) fn with(&self, body: Body) -> Result<Self, BatchError> {
        let Batch { office, device, author, first_seq, previous, signature, .. } = self.0.batch;
        Batch { office, device, author, first_seq, previous, signature, body }
            .rebuild()?
            .reopen(&self.0.statement.hash())
    }
}

impl fmt::Debug for Rebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rebuilt").field("statement", &self.statement).finish_non_exhaustive()
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("statement", self.statement()).finish_non_exhaustive()
    }
}
