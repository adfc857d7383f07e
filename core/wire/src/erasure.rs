//! Orders to erase, and what the known ones do to a batch at whatever door it comes in.

use crate::signed::{Signed, Statement};
use model::{BatchError, ChangeId, OfficeId, OrderId, Verified};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub type Order = Signed<ErasureOrder>;

/// An order to erase values for good, wherever they lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureOrder {
    pub v: u16,
    pub id: OrderId,
    pub office: OfficeId,
    /// Milliseconds since 1970.
    pub issued_at: u64,
    /// The names of the fields, by the changes that wrote them: the value itself, those that it replaced, and the
    /// submissions that say the same.
    pub values: BTreeMap<ChangeId, BTreeSet<String>>,
}

impl Statement for ErasureOrder {
    const CONTEXT: &[u8] = b"vanggia erasure order 1\n";
}

/// What the known orders cover.
#[derive(Clone, Debug, Default)]
pub struct Orders(HashMap<ChangeId, BTreeMap<String, OrderId>>);

impl Orders {
    pub fn add(&mut self, order: &ErasureOrder) {
        for (change, fields) in &order.values {
            fields.iter().for_each(|field| self.cover(*change, field.clone(), order.id));
        }
    }

    /// What an order before covers stays that one's.
    pub fn cover(&mut self, change: ChangeId, field: String, order: OrderId) {
        self.0.entry(change).or_default().entry(field).or_insert(order);
    }

    pub fn by(&self, change: ChangeId, field: &str) -> Option<OrderId> {
        self.0.get(&change)?.get(field).copied()
    }

    /// Whether something of the change is covered.
    pub fn touches(&self, change: ChangeId) -> bool {
        self.0.contains_key(&change)
    }

    /// What counts of a batch: what an order covers is erased, and a claim that none covers is as good as withheld.
    /// `None`: all of it, as it is.
    ///
    /// # Errors
    /// None for what verified.
    pub fn settled(&self, batch: &Verified) -> Result<Option<Verified>, BatchError> {
        let covering = batch.ids().iter().flatten().filter_map(|id| self.0.get(id));
        let covering: BTreeSet<OrderId> = covering.flat_map(BTreeMap::values).copied().collect();
        if covering.is_empty() && batch.orders().next().is_none() {
            return Ok(None);
        }
        let mut settled = batch.clone();
        for order in covering {
            settled = settled.erase(order, |change, field| self.by(change, field) == Some(order))?;
        }
        settled.believing(|change, erased| self.by(change, &erased.name) == Some(erased.order)).map(Some)
    }
}
