//! One change of one record, seen whole or in part.

use super::{
    BatchError, Json, Salt, Seed,
    hash::{self, Deriver, Position},
    limit,
};
use crate::{ChangeId, RecordRef, Stamp, key::Digest};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// The order by which a value was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(pub Uuid);

/// What a change says beside its fields. Its number, device and office follow from its batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub at: Stamp,
    pub record: RecordRef,
    /// The submission that this change follows from.
    pub cause: Option<RecordRef>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Arc<str>,
    /// The changes whose value of this field the author saw and replaces; ascending, none twice.
    pub replaces: Vec<ChangeId>,
    pub value: Json,
}

/// A change with all values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub head: Head,
    /// In byte order of their names.
    pub fields: Vec<Field>,
}

/// What is left of a field whose value was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    pub name: Arc<str>,
    pub replaces: Vec<ChangeId>,
    pub commitment: Digest,
    pub order: OrderId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartField {
    Value {
        salt: Salt,
        field: Field,
    },
    /// Not for this reader: its leaf alone, not even its name.
    Withheld(Digest),
    Erased(Erased),
}

/// A change of which single fields may be missing: it has no seed, only the salts of what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub head: Head,
    pub salt: Salt,
    /// In byte order of their names, the withheld ones' too.
    pub fields: Vec<PartField>,
}

impl PartField {
    /// `None`: withheld.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Value { field, .. } => Some(&field.name),
            Self::Withheld(_) => None,
            Self::Erased(erased) => Some(&erased.name),
        }
    }

    pub(super) fn leaf(&self, position: Position) -> Digest {
        match self {
            Self::Value { salt, field } => field.leaf(salt, position),
            Self::Withheld(leaf) => *leaf,
            Self::Erased(erased) => hash::leaf(&erased.name, &erased.replaces, &erased.commitment),
        }
    }
}

impl Field {
    pub(super) fn commitment(&self, salt: &Salt, position: Position) -> Digest {
        hash::commitment(salt, position.device, position.seq, &self.name, self.value.text())
    }

    fn leaf(&self, salt: &Salt, position: Position) -> Digest {
        hash::leaf(&self.name, &self.replaces, &self.commitment(salt, position))
    }
}

impl Head {
    pub(super) fn hash(&self, salt: &Salt, position: Position) -> Digest {
        hash::header(salt, position, self.at, &self.record, self.cause.as_ref())
    }

    fn check(&self) -> Result<(), BatchError> {
        if self.at.0 > limit::SEQ {
            return Err(BatchError::TooLarge);
        }
        for record in [Some(&self.record), self.cause.as_ref()].into_iter().flatten() {
            name(record.kind.as_str())?;
        }
        Ok(())
    }
}

impl Whole {
    /// # Errors
    /// What is out of order or bounds.
    pub(super) fn hash(&self, seed: &Seed, position: Position) -> Result<Digest, BatchError> {
        self.head.check()?;
        fields(self.fields.len(), self.fields.iter().map(|field| (&*field.name, &field.replaces[..])))?;
        let salts = Deriver::new(seed);
        let leaves: Vec<Digest> =
            self.fields.iter().map(|field| field.leaf(&salts.field(&field.name), position)).collect();
        Ok(hash::change(&self.head.hash(&salts.header(), position), &leaves))
    }

    /// The same with its salts singly, as it must be before anything of it goes.
    pub(super) fn singly(&self, seed: &Seed) -> Part {
        let salts = Deriver::new(seed);
        let value = |field: &Field| PartField::Value { salt: salts.field(&field.name), field: field.clone() };
        Part {
            head: self.head.clone(),
            salt: salts.header(),
            fields: self.fields.iter().map(value).collect(),
        }
    }
}

impl Part {
    /// # Errors
    /// What is out of order or bounds.
    pub(super) fn hash(&self, position: Position) -> Result<Digest, BatchError> {
        self.head.check()?;
        let known = self.fields.iter().filter_map(|field| match field {
            PartField::Value { field, .. } => Some((&*field.name, &field.replaces[..])),
            PartField::Withheld(_) => None,
            PartField::Erased(erased) => Some((&*erased.name, &erased.replaces[..])),
        });
        fields(self.fields.len(), known)?;
        let leaves: Vec<Digest> = self.fields.iter().map(|field| field.leaf(position)).collect();
        Ok(hash::change(&self.head.hash(&self.salt, position), &leaves))
    }
}

fn name(name: &str) -> Result<(), BatchError> {
    match name.len() {
        0 => Err(BatchError::NoName),
        1..=limit::NAME => Ok(()),
        _ => Err(BatchError::TooLarge),
    }
}

/// Names in byte order, none twice; the same of what each replaces.
fn fields<'a>(
    count: usize,
    known: impl Iterator<Item = (&'a str, &'a [ChangeId])>,
) -> Result<(), BatchError> {
    if count > limit::FIELDS {
        return Err(BatchError::TooLarge);
    }
    let mut last = "";
    for (this, replaces) in known {
        name(this)?;
        if replaces.len() > limit::REPLACES {
            return Err(BatchError::TooLarge);
        }
        if this <= last || !replaces.is_sorted_by(|a, b| a < b) {
            return Err(BatchError::Order);
        }
        last = this;
    }
    Ok(())
}
