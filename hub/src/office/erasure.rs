//! Values that are erased by an order of the office, at every door and wherever they lie.

use super::{listing, sync::admission, uploads::rights};
use crate::{
    Hub, HubError,
    db::{
        Tx,
        batches::{self, BatchKey, Received},
        feeds::{self, Entry},
        offices, orders, records, staged, waiting,
    },
};
use model::{ChangeId, Feed, OrderId, RecordRef, Verified, batch::ShownField};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use wire::erasure::{ErasureOrder, Order, Orders};

/// What a submission says is said in its records: it goes with them.
const ANSWERS: &str = "xml";

/// Orders that these fields of a record be erased: what they say, what that replaced, and the submissions that say the
/// same. Carries it out.
pub fn erase(hub: &Hub, tx: &Tx, record: &RecordRef, fields: &BTreeSet<String>) -> Result<Order, HubError> {
    let mut values: BTreeMap<ChangeId, BTreeSet<String>> = BTreeMap::new();
    let mut causes = BTreeSet::new();
    for key in batches::about(tx, record)? {
        let batch = received(tx, key)?;
        for change in batch.changes().flatten().filter(|change| change.head.record == *record) {
            let named = |field: &ShownField<'_>| match field {
                ShownField::Value(field) if fields.contains(&*field.name) => Some(field.name.to_string()),
                _ => None,
            };
            let named: BTreeSet<String> = change.fields.iter().filter_map(named).collect();
            if !named.is_empty() {
                causes.extend(change.head.cause.clone());
                values.insert(change.id, named);
            }
        }
    }
    for cause in &causes {
        for key in batches::about(tx, cause)? {
            let batch = received(tx, key)?;
            let of_cause = batch.changes().flatten().filter(|change| change.head.record == *cause);
            for change in of_cause.filter(|change| change.value(ANSWERS).is_some()) {
                values.entry(change.id).or_default().insert(ANSWERS.to_owned());
            }
        }
    }
    if values.is_empty() {
        return Err(HubError::Input("the record has no such values"));
    }
    let order = ErasureOrder {
        v: wire::VERSION,
        id: OrderId(Uuid::now_v7()),
        office: hub.identity.office,
        issued_at: tx.now(),
        values,
    };
    let signed = Order::issue(&order, &hub.identity.signing)?;
    take(hub, tx, &signed)?;
    Ok(signed)
}

/// Keeps an order that this office signed, and carries it out. One that is known or can't be read does nothing: then
/// `false`.
pub fn take(hub: &Hub, tx: &Tx, signed: &Order) -> Result<bool, HubError> {
    let Ok(order) = signed.verify(&hub.identity.signing.public()) else { return Ok(false) };
    if order.office != hub.identity.office || !orders::add(tx, &order, signed)? {
        return Ok(false);
    }
    offices::note_taken_out(tx)?;
    let (mut keys, mut about) = (BTreeSet::new(), BTreeSet::new());
    for change in order.values.keys() {
        if let Some(place) = batches::place(tx, *change)? {
            keys.insert(place.batch);
            about.insert(place.record);
        }
    }
    for key in &keys {
        let batch = settled(tx, received(tx, *key)?)?;
        batches::set_erased(tx, &batch)?;
        rights::note(tx, &batch)?;
        tell(tx, *key, &batch)?;
    }
    for batch in staged::all(tx)? {
        staged::set(tx, &settled(tx, batch)?)?;
    }
    // What waits has made nothing yet, and an order admits nothing.
    let mut admitted = Vec::new();
    for key in keys {
        if waiting::find(tx, key)?.is_none() {
            admitted.extend(batches::find(tx, key)?);
        }
    }
    let mut roots = BTreeSet::new();
    for record in about {
        roots.extend(make_anew(hub, tx, &record, &admitted)?);
    }
    for root in roots {
        listing::show(tx, &hub.rulebook, &root)?;
    }
    Ok(true)
}

/// Who has the batch already hears of it: in each feed that shows it, by the changes of the records that are still there.
fn tell(tx: &Tx, key: BatchKey, batch: &Verified) -> Result<(), HubError> {
    let mut there: BTreeMap<u32, Feed> = BTreeMap::new();
    for (place, change) in (0..).zip(batch.changes()) {
        let Some(change) = change else { continue };
        if let Some(record) = records::find(tx, &change.head.record)? {
            there.insert(place, record.feed);
        }
    }
    for (feed, shows) in feeds::showing(tx, key)? {
        let shown = |place: &u32| shows.as_ref().is_none_or(|shows| shows.contains(place));
        let stays = there.iter().filter(|(place, now)| **now == feed && shown(place));
        let places: BTreeSet<u32> = stays.map(|(place, _)| *place).collect();
        if !places.is_empty() {
            let shows = (places.len() < batch.ids().len()).then_some(places);
            feeds::append(tx, &feed, vec![Entry::Put { batch: key, shows }])?;
        }
    }
    Ok(())
}

/// A record by what is left of its changes. Returns its root.
fn make_anew(
    hub: &Hub,
    tx: &Tx,
    record: &RecordRef,
    batches: &[Received],
) -> Result<Option<RecordRef>, HubError> {
    let Some(mut row) = records::find(tx, record)? else { return Ok(None) };
    for Received { batch, received_at } in batches {
        for change in batch.changes().flatten().filter(|change| change.head.record == *record) {
            admission::merge(&hub.rulebook, &mut row.state, &change, *received_at)?;
        }
    }
    let kept = records::Kept {
        reference: record,
        root: &row.root,
        feed: &row.feed,
        state: &row.state,
        removed: row.removed,
    };
    records::keep(tx, &kept)?;
    Ok(Some(row.root))
}

/// What counts of a batch by the orders that are known here: what they cover is erased, and a claim that none covers
/// is as good as withheld.
pub fn settled(tx: &Tx, batch: Verified) -> Result<Verified, HubError> {
    let mut known = Orders::default();
    for id in batch.ids().iter().flatten() {
        orders::covering(tx, *id, &mut known)?;
    }
    let settled = known.settled(&batch).map_err(|_| HubError::Internal("a batch can't be erased in part"))?;
    Ok(settled.unwrap_or(batch))
}

fn received(tx: &Tx, key: BatchKey) -> Result<Verified, HubError> {
    let received = batches::find(tx, key)?.ok_or(HubError::Internal("a change has no batch"))?;
    Ok(received.batch)
}
