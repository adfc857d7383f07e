//! Values that the office ordered to be erased, wherever they lie here and whenever they come again.

use crate::{
    Store, StoreError,
    device::Device,
    former,
    outbox::{self, Own},
    taking::{Taking, aside, ask_again},
};
use model::{ChangeId, OrderId, Rebuilt, RecordRef, RecordState, Said, batch::codec};
use rusqlite::Connection;
use std::collections::BTreeSet;
use uuid::Uuid;
use wire::{
    erasure::{Order, Orders},
    push::MAX_ORDERS,
};

pub(crate) fn load(db: &Connection) -> Result<Orders, StoreError> {
    let mut orders = Orders::default();
    let mut select = db.prepare_cached("SELECT body FROM erasure ORDER BY id")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let order: Order = serde_json::from_slice(&row.get::<_, Vec<u8>>(0)?)?;
        orders.add(&order.reopen().map_err(|_| StoreError::Unreadable)?);
    }
    Ok(orders)
}

/// Whether something of the record was erased.
fn erase(orders: &Orders, state: &mut RecordState) -> bool {
    let mut erased = false;
    for (name, field) in &mut state.fields {
        for head in field.heads.iter_mut().chain(field.under.iter_mut().map(|under| &mut under.head)) {
            if let Some(order) = orders.by(head.change, name)
                && matches!(head.said, Said::Value(_))
            {
                head.said = Said::Erased(order);
                erased = true;
            }
        }
    }
    erased
}

impl Taking<'_> {
    /// Keeps the orders that are new, and carries them out in all that is here. Says whether there was any. What is
    /// locked now is done once it can be opened.
    pub fn orders(&mut self, device: &Device, came: &[Order]) -> Result<bool, StoreError> {
        let mut is_new = false;
        for signed in came {
            // One that can't be read: its values come erased all the same, and count as withheld until it can.
            let Ok(order) = signed.verify(&device.identity.office_key) else { continue };
            if order.office != device.identity.office {
                continue;
            }
            self.tx.execute("UPDATE erasure SET told = 1 WHERE id = ?1", [*order.id.0.as_bytes()])?;
            let keep = "INSERT OR IGNORE INTO erasure (id, body, locked, told) VALUES (?1, ?2, ?3, 1)";
            let row = (*order.id.0.as_bytes(), serde_json::to_vec(signed)?, self.vault.is_locked());
            if self.tx.execute(keep, row)? == 1 {
                self.orders.add(&order);
                is_new = true;
            }
        }
        let unlocked = !self.vault.is_locked()
            && self.tx.execute("UPDATE erasure SET locked = 0 WHERE locked = 1", [])? > 0;
        if is_new || unlocked {
            self.erase_records(!is_new)?;
            self.erase_outbox(!is_new)?;
            self.erase_aside(!is_new)?;
        }
        Ok(is_new || unlocked)
    }

    fn erase_records(&mut self, only_restricted: bool) -> Result<(), StoreError> {
        let mut select = self.tx.prepare_cached(
            "SELECT reference FROM record WHERE (restricted = 1 OR NOT ?1) AND (restricted = 0 OR ?2) ORDER BY n",
        )?;
        let all = select.query_map((only_restricted, !self.vault.is_locked()), |row| row.get(0))?;
        for reference in all.collect::<Result<Vec<String>, _>>()? {
            let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
            let Some(mut state) = self.tree.load(&reference)? else { continue };
            if erase(&self.orders, &mut state) {
                self.tree.keep(&reference, &state, None)?;
                self.pulled.changed.push(reference);
            }
        }
        Ok(())
    }

    fn erase_outbox(&mut self, only_restricted: bool) -> Result<(), StoreError> {
        for first_seq in outbox::all(self.tx, self.vault, only_restricted)? {
            let Some(Own { batch, restricted }) = outbox::find(self.tx, self.vault, first_seq)? else {
                continue;
            };
            if let Some(batch) = self.orders.settled(&batch)? {
                outbox::set_erased(self.tx, self.vault, &Own { batch, restricted })?;
            }
        }
        former::erase(self.tx, self.vault, &self.orders, only_restricted)
    }

    /// What was put aside can't be rewritten, as nobody knows who signed it: the hub is asked for it again.
    fn erase_aside(&mut self, only_restricted: bool) -> Result<(), StoreError> {
        let mut select = self.tx.prepare_cached(
            "SELECT n FROM aside WHERE is_page AND (restricted = 1 OR NOT ?1) AND (restricted = 0 OR ?2)",
        )?;
        let all = select.query_map((only_restricted, !self.vault.is_locked()), |row| row.get(0))?;
        for n in all.collect::<Result<Vec<i64>, _>>()? {
            let aside = aside(self.tx, self.vault, n)?;
            let covered = |id: &ChangeId| self.orders.touches(*id);
            // One that can't be read may hold anything.
            let goes = codec::decode(&aside.body)
                .map_or(true, |batches| batches.iter().flat_map(Rebuilt::ids).flatten().any(covered));
            if goes {
                self.tx.execute("DELETE FROM aside WHERE n = ?1", [n])?;
                ask_again(self.tx, &aside.feed, aside.after)?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// The orders by which values of these own batches were erased, and those that the hub must be told of, but for
    /// `told`: as many as go into one push and about so many bytes, at least one. Says whether there are more.
    pub fn orders_with(
        &self,
        batches: &[Rebuilt],
        told: &BTreeSet<OrderId>,
        max_bytes: usize,
    ) -> Result<(Vec<(OrderId, Order)>, bool), StoreError> {
        let named: BTreeSet<OrderId> = batches.iter().flat_map(Rebuilt::orders).collect();
        self.read(|db| {
            let (mut orders, mut bytes) = (Vec::new(), 0);
            let mut select = db.prepare_cached("SELECT id, told, body FROM erasure ORDER BY id")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (id, is_told) = (OrderId(Uuid::from_bytes(row.get(0)?)), row.get::<_, bool>(1)?);
                if told.contains(&id) || is_told && !named.contains(&id) {
                    continue;
                }
                let order: Order = serde_json::from_slice(&row.get::<_, Vec<u8>>(2)?)?;
                bytes += order.bytes();
                if !orders.is_empty() && (bytes > max_bytes || orders.len() == MAX_ORDERS) {
                    return Ok((orders, true));
                }
                orders.push((id, order));
            }
            Ok((orders, false))
        })
    }

    /// The hub knows these.
    pub fn orders_told(&self, orders: &[OrderId]) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut update = tx.prepare_cached("UPDATE erasure SET told = 1 WHERE id = ?1")?;
            for order in orders {
                update.execute([order.0.as_bytes()])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
