//! What a reader may not see is left out, what the law wants gone is erased; what was signed stays.

use super::{
    Batch, BatchError, Body, Erased, Head, OrderId, Part, PartField, Seen, Verified, Whole,
    hash::{Deriver, Position},
};
use crate::ChangeId;

impl Verified {
    /// For a reader: `sees` is asked for each change (`None`) and for each of its fields by name.
    ///
    /// # Errors
    /// None for what this program made.
    pub fn view(&self, sees: impl Fn(&Head, Option<&str>) -> bool) -> Result<Self, BatchError> {
        self.rewrite(
            |_, head| sees(head, None),
            |_, head, field| match field.name() {
                Some(name) if !sees(head, Some(name)) => Fate::Withhold,
                _ => Fate::Keep,
            },
        )
    }

    /// The changes that are wanted, each as it is seen here.
    ///
    /// # Errors
    /// None for what this program made.
    pub fn only(&self, wanted: impl Fn(ChangeId) -> bool) -> Result<Self, BatchError> {
        self.rewrite(|id, _| wanted(id), |_, _, _| Fate::Keep)
    }

    /// Erases the values of the `chosen` fields by an order. What is erased or not seen already stays as it is.
    ///
    /// # Errors
    /// None for what this program made.
    pub fn erase(&self, order: OrderId, chosen: impl Fn(ChangeId, &str) -> bool) -> Result<Self, BatchError> {
        self.rewrite(
            |_, _| true,
            |id, _, field| match field {
                PartField::Value { field, .. } if chosen(id, &field.name) => Fate::Erase(order),
                _ => Fate::Keep,
            },
        )
    }

    /// What counts of it: a claim of erasure that no order bears out is as good as withheld.
    ///
    /// # Errors
    /// None for what this program made.
    pub fn believing(&self, is_ordered: impl Fn(ChangeId, &Erased) -> bool) -> Result<Self, BatchError> {
        self.rewrite(
            |_, _| true,
            |id, _, field| match field {
                PartField::Erased(erased) if !is_ordered(id, erased) => Fate::Withhold,
                _ => Fate::Keep,
            },
        )
    }

    fn rewrite(
        &self,
        stays: impl Fn(ChangeId, &Head) -> bool,
        fate: impl Fn(ChangeId, &Head, &PartField) -> Fate,
    ) -> Result<Self, BatchError> {
        let changes = self.0.batch.singly();
        let mut visible = Vec::with_capacity(changes.len());
        let mut rewritten = Vec::with_capacity(changes.len());
        for ((seq, seen), id) in (self.0.batch.first_seq..).zip(changes).zip(self.ids()) {
            let position = Position { office: self.0.batch.office, device: self.0.batch.device, seq };
            let seen = match id {
                Some(id) => {
                    seen.rewritten(position, |head| stays(*id, head), |head, field| fate(*id, head, field))
                }
                None => Seen::Hidden,
            };
            visible.push(seen != Seen::Hidden);
            rewritten.push(seen);
        }
        // A view that leaves nothing out keeps the batch's own seed.
        if let Body::Whole { .. } = self.0.batch.body
            && rewritten.iter().all(|seen| matches!(seen, Seen::Whole { .. }))
        {
            return self.with(self.0.batch.body.clone());
        }
        let hidden = self.0.tree.hiding(&visible)?;
        self.with(Body::Parts { changes: rewritten, hidden })
    }
}

enum Fate {
    Keep,
    Withhold,
    Erase(OrderId),
}

impl Batch {
    /// Its changes without the batch's seed: each whole one has its own.
    pub(super) fn singly(&self) -> Vec<Seen> {
        match &self.body {
            Body::Whole { seed, changes } => {
                let seeds = Deriver::new(seed);
                let whole = |(index, change): (u32, &Whole)| Seen::Whole {
                    seed: seeds.change(index),
                    change: change.clone(),
                };
                (0u32..).zip(changes).map(whole).collect()
            }
            Body::Parts { changes, .. } => changes.clone(),
        }
    }
}

impl Seen {
    /// With its salts singly; `None` for a hidden one.
    pub(super) fn part(&self) -> Option<Part> {
        match self {
            Seen::Whole { seed, change } => Some(change.singly(seed)),
            Seen::Part(part) => Some(part.clone()),
            Seen::Hidden => None,
        }
    }

    fn rewritten(
        self,
        position: Position,
        stays: impl Fn(&Head) -> bool,
        fate: impl Fn(&Head, &PartField) -> Fate,
    ) -> Seen {
        let Some(mut part) = self.part() else { return Seen::Hidden };
        if !stays(&part.head) {
            return Seen::Hidden;
        }
        let mut touched = false;
        for field in &mut part.fields {
            let fate = fate(&part.head, field);
            touched |= !matches!(fate, Fate::Keep);
            *field = match (fate, &*field) {
                (Fate::Withhold, field) => PartField::Withheld(field.leaf(position)),
                (Fate::Erase(order), PartField::Value { salt, field }) => PartField::Erased(Erased {
                    name: field.name.clone(),
                    replaces: field.replaces.clone(),
                    commitment: field.commitment(salt, position),
                    order,
                }),
                _ => continue,
            };
        }
        if touched { Seen::Part(part) } else { self }
    }
}
