//! Values that the office orders to be erased.

use super::{Ledger, Office};
use model::{ChangeId, MergePolicy, OrderId, Verified};
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    erasure::{ErasureOrder, Order},
    pull::Entry,
};

impl Office {
    /// Orders these fields of these changes to be erased, and does so here.
    pub fn order(&self, values: BTreeMap<ChangeId, BTreeSet<String>>) -> Order {
        let mut state = self.state();
        let order = ErasureOrder {
            v: wire::VERSION,
            id: OrderId(uuid::Uuid::now_v7()),
            office: state.office,
            issued_at: state.now(),
            values,
        };
        let signed = Order::issue(&order, &state.key).unwrap();
        state.take_order(&signed);
        signed
    }
}

impl Ledger {
    /// What the order covers goes; who has read it hears of it.
    pub(super) fn take_order(&mut self, signed: &Order) {
        let Ok(order) = signed.verify(&self.key.public()) else { return };
        if self.books.orders.insert(order.id, signed.clone()).is_some() {
            return;
        }
        self.books.acknowledge(order.id.0.as_bytes());
        self.books.ordered.add(&order);
        let ordered = self.books.ordered.clone();
        let settled = |batch: &Verified| ordered.settled(batch).unwrap();
        // Of those that are admitted: what waits or is staged has made nothing yet.
        let mut erased: Vec<Verified> = Vec::new();
        for received in self.books.received.values_mut().flatten() {
            if let Some(settled) = settled(&received.batch) {
                received.batch = settled.clone();
                erased.extend(received.admitted.then_some(settled));
            }
        }
        for batch in self.books.staged.values_mut() {
            if let Some(settled) = settled(batch) {
                *batch = settled;
            }
        }
        let now = self.now();
        for batch in erased {
            for change in batch.changes().flatten() {
                let Some(filed) = self.books.records.get_mut(&change.head.record) else { continue };
                let plan = filed.state.plan(&change, None, |_| MergePolicy::Value).unwrap();
                filed.state.apply(plan);
            }
            for (feed, entries) in self.books.feeds.clone() {
                let mut shown = BTreeSet::new();
                for (place, entry) in entries.iter().enumerate() {
                    let Entry::Put(put) = &entry.entry else { continue };
                    if put.statement() != batch.statement() {
                        continue;
                    }
                    let ids: BTreeSet<ChangeId> = put.ids().iter().flatten().copied().collect();
                    let view: Box<model::Rebuilt> =
                        Box::new(batch.only(|id| ids.contains(&id)).unwrap().into());
                    self.books.feeds.get_mut(&feed).unwrap()[place].entry = Entry::Put(view.clone());
                    let stays = |record: &model::RecordRef| {
                        self.books.records.get(record).is_some_and(|filed| filed.feed == feed)
                    };
                    let there: BTreeSet<ChangeId> = batch
                        .changes()
                        .flatten()
                        .filter(|change| ids.contains(&change.id) && stays(&change.head.record))
                        .map(|change| change.id)
                        .collect();
                    if shown.insert(ids) && !there.is_empty() {
                        let view = batch.only(|id| there.contains(&id)).unwrap();
                        self.books.append(&feed, Entry::Put(Box::new(view.into())), now);
                    }
                }
            }
        }
    }
}
