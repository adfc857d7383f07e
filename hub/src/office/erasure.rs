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
    office::{keys, progress},
};
use model::{
    ChangeId, Feed, OrderId, RecordRef, Verified,
    batch::{Shown, ShownField},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use wire::erasure::{ErasureOrder, Order, Orders};

/// What a submission says is said in its records: it goes with them.
const ANSWERS: &str = "xml";

/// What one order covers, in bytes as they are written, counted high: a line takes it, and an erasure of more is ordered by
/// several.
const MAX_VALUES: usize = 256 * 1024;

type Values = BTreeMap<ChangeId, BTreeSet<String>>;

/// Orders that these fields of a record be erased: what they say, what that replaced, and the submissions that say the
/// same. Carries it out.
pub fn erase(
    hub: &Hub,
    tx: &Tx,
    record: &RecordRef,
    fields: &BTreeSet<String>,
) -> Result<Vec<Order>, HubError> {
    let mut values = Values::new();
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
    let order = |values| ErasureOrder {
        v: wire::VERSION,
        id: OrderId(Uuid::now_v7()),
        office: hub.identity.office,
        issued_at: tx.now(),
        values,
    };
    let key = keys::signing(tx)?;
    let orders = parts(values).into_iter().map(|values| Order::issue(&order(values), &key));
    let orders = orders.collect::<Result<Vec<_>, _>>()?;
    take(hub, tx, &orders)?;
    Ok(orders)
}

/// What each of several orders covers.
fn parts(values: Values) -> Vec<Values> {
    let (mut parts, mut bytes) = (vec![Values::new()], 0);
    for (change, fields) in values {
        for field in fields {
            // With its change's id, and each byte of the name escaped.
            let more = 50 + 6 * field.len();
            bytes += more;
            if bytes > MAX_VALUES {
                parts.push(Values::new());
                bytes = more;
            }
            if let Some(part) = parts.last_mut() {
                part.entry(change).or_default().insert(field);
            }
        }
    }
    parts
}

/// Keeps the orders that this office signed, and carries them out. Those that are known or can't be read do nothing:
/// `false` if all are.
pub fn take(hub: &Hub, tx: &Tx, signed: &[Order]) -> Result<bool, HubError> {
    let (mut is_new, mut changes, key) = (false, BTreeSet::new(), keys::signing(tx)?);
    for signed in signed {
        let Some(order) = keys::said(tx, signed)? else { continue };
        // By the key in use: by one before it counts on no phone any more.
        let Ok(signed) = signed.anew(&key) else { continue };
        if order.office == hub.identity.office && orders::add(tx, &order, &signed)? {
            is_new = true;
            changes.extend(order.values.into_keys());
        }
    }
    if !is_new {
        return Ok(false);
    }
    offices::note_taken_out(tx)?;
    let (mut keys, mut about) = (BTreeSet::new(), BTreeSet::new());
    for change in changes {
        if let Some(place) = batches::place(tx, change)? {
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
    let mut roots = BTreeSet::new();
    for key in keys {
        // What waits has made nothing yet, and an order admits nothing.
        if waiting::find(tx, key)?.is_none()
            && let Some(received) = batches::find(tx, key)?
        {
            make_anew(hub, tx, &received, &about, &mut roots)?;
        }
    }
    for root in roots {
        progress::show(tx, &hub.rulebook(), &root)?;
        listing::show(tx, &hub.rulebook(), &root)?;
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

/// These records by what is left of a batch. Adds their roots.
fn make_anew(
    hub: &Hub,
    tx: &Tx,
    Received { batch, received_at }: &Received,
    about: &BTreeSet<RecordRef>,
    roots: &mut BTreeSet<RecordRef>,
) -> Result<(), HubError> {
    let mut changes: BTreeMap<RecordRef, Vec<Shown<'_>>> = BTreeMap::new();
    for change in batch.changes().flatten().filter(|change| about.contains(&change.head.record)) {
        changes.entry(change.head.record.clone()).or_default().push(change);
    }
    for (record, changes) in changes {
        let Some(mut row) = records::find(tx, &record)? else { continue };
        for change in changes {
            admission::merge(&hub.rulebook(), &mut row.state, &change, *received_at)?;
        }
        let kept = records::Kept {
            reference: &record,
            root: &row.root,
            feed: &row.feed,
            state: &row.state,
            removed: row.removed,
        };
        records::keep(tx, &kept)?;
        roots.insert(row.root);
    }
    Ok(())
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
