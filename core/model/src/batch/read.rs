//! What a view shows, change by change.

use super::{Batch, Body, Erased, Field, Head, Json, PartField, Seen, Verified, Whole};
use crate::{ChangeId, DeviceId, UserId};

/// A change that is seen.
#[derive(Debug)]
pub struct Shown<'a> {
    pub id: ChangeId,
    pub seq: u64,
    pub device: DeviceId,
    pub author: UserId,
    pub head: &'a Head,
    pub fields: Vec<ShownField<'a>>,
}

#[derive(Debug)]
pub enum ShownField<'a> {
    Value(&'a Field),
    /// There is one more field, of whatever name.
    Withheld,
    Erased(&'a Erased),
}

impl Verified {
    /// In order of seq; `None`: hidden.
    pub fn changes(&self) -> impl Iterator<Item = Option<Shown<'_>>> {
        (self.0.batch.first_seq..).zip(self.ids()).enumerate().map(move |(index, (seq, id))| {
            let (head, fields) = self.0.batch.body.shown(index)?;
            let Batch { device, author, .. } = self.0.batch;
            Some(Shown { id: (*id)?, seq, device, author, head, fields })
        })
    }

    /// Whether every field has a value, or an order for why it has none: what a hub admits.
    pub fn is_complete(&self) -> bool {
        let whole = |shown: Shown| !shown.fields.iter().any(|field| matches!(field, ShownField::Withheld));
        self.changes().all(|shown| shown.is_some_and(whole))
    }

    /// The erasures that this view claims. A door takes them only for orders that it knows.
    pub fn erasures(&self) -> impl Iterator<Item = (ChangeId, &Erased)> {
        self.changes().flatten().flat_map(|shown| {
            shown.fields.into_iter().filter_map(move |field| match field {
                ShownField::Erased(erased) => Some((shown.id, erased)),
                _ => None,
            })
        })
    }
}

impl Shown<'_> {
    /// The value of the field `name`, if it is seen.
    pub fn value(&self, name: &str) -> Option<&Json> {
        self.fields.iter().find_map(|field| match field {
            ShownField::Value(field) if *field.name == *name => Some(&field.value),
            _ => None,
        })
    }
}

impl Body {
    fn shown(&self, index: usize) -> Option<(&Head, Vec<ShownField<'_>>)> {
        match self {
            Body::Whole { changes, .. } => changes.get(index).map(Whole::shown),
            Body::Parts { changes, .. } => match changes.get(index)? {
                Seen::Whole { change, .. } => Some(change.shown()),
                Seen::Part(part) => Some((&part.head, part.fields.iter().map(PartField::shown).collect())),
                Seen::Hidden => None,
            },
        }
    }
}

impl Whole {
    fn shown(&self) -> (&Head, Vec<ShownField<'_>>) {
        (&self.head, self.fields.iter().map(ShownField::Value).collect())
    }
}

impl PartField {
    fn shown(&self) -> ShownField<'_> {
        match self {
            PartField::Value { field, .. } => ShownField::Value(field),
            PartField::Withheld(_) => ShownField::Withheld,
            PartField::Erased(erased) => ShownField::Erased(erased),
        }
    }
}
