//! A record's fields as a row keeps them: most come from the same few changes, so each of these is named once.

use crate::StoreError;
use model::{
    ChangeId, DeviceId, OrderId, RecordState, Stamp,
    merge::{FieldState, Head, Said, Under},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::collections::{BTreeMap, BTreeSet};

type Change = (ChangeId, Stamp, DeviceId);
/// A field's values, each with the place of its change in `by`, the changes that were replaced, and those of them that
/// did not come.
type Field<Value, Replaced> = (Vec<(usize, Value)>, Replaced, Replaced);
/// Of a field whose values were erased, the place of each one's change and the order.
type Erased = Vec<(usize, OrderId)>;

#[derive(Serialize)]
struct Kept<'s> {
    by: Vec<Change>,
    is: BTreeMap<&'s str, Field<&'s Value, &'s BTreeSet<ChangeId>>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    erased: BTreeMap<&'s str, Erased>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    under: BTreeMap<&'s str, &'s Vec<Under>>,
}

#[derive(Deserialize)]
struct Read<'b> {
    by: Vec<Change>,
    #[serde(borrow)]
    is: BTreeMap<String, &'b RawValue>,
    #[serde(default)]
    erased: BTreeMap<String, Erased>,
    #[serde(default)]
    under: BTreeMap<String, Vec<Under>>,
}

pub(crate) fn to_bytes(state: &RecordState) -> Result<Vec<u8>, StoreError> {
    let mut by: Vec<Change> = Vec::new();
    let mut place = |head: &Head| {
        let change = (head.change, head.at, head.device);
        by.iter().position(|known| *known == change).unwrap_or_else(|| {
            by.push(change);
            by.len() - 1
        })
    };
    let (mut is, mut erased) = (BTreeMap::new(), BTreeMap::new());
    for (name, field) in &state.fields {
        let (mut values, mut orders) = (Vec::new(), Vec::new());
        for head in &field.heads {
            match &head.said {
                Said::Value(value) => values.push((place(head), value)),
                Said::Erased(order) => orders.push((place(head), *order)),
            }
        }
        is.insert(name.as_str(), (values, &field.superseded, &field.awaited));
        if !orders.is_empty() {
            erased.insert(name.as_str(), orders);
        }
    }
    let under = state.fields.iter().filter(|(_, field)| !field.under.is_empty());
    let under = under.map(|(name, field)| (name.as_str(), &field.under)).collect();
    Ok(serde_json::to_vec(&Kept { by, is, erased, under })?)
}

pub(crate) fn from_bytes(bytes: &[u8]) -> Result<RecordState, StoreError> {
    some_from_bytes(bytes, |_| true)
}

/// Only these fields; the others' values are passed over.
pub(crate) fn some_from_bytes(
    bytes: &[u8],
    wanted: impl Fn(&str) -> bool,
) -> Result<RecordState, StoreError> {
    let Read { by, is, mut erased, mut under } = serde_json::from_slice(bytes)?;
    let mut fields = BTreeMap::new();
    for (name, field) in is.into_iter().filter(|(name, _)| wanted(name)) {
        let (values, superseded, awaited): Field<Value, BTreeSet<ChangeId>> =
            serde_json::from_str(field.get())?;
        let values = values.into_iter().map(|(place, value)| (place, Said::Value(value)));
        let orders = erased.remove(&name).unwrap_or_default().into_iter();
        let heads =
            values.chain(orders.map(|(place, order)| (place, Said::Erased(order)))).map(|(place, said)| {
                let (change, at, device) = *by.get(place).ok_or(StoreError::Unreadable)?;
                Ok(Head { change, at, device, said })
            });
        let mut heads = heads.collect::<Result<Vec<_>, StoreError>>()?;
        heads.sort_by_key(|head| head.change);
        let under = under.remove(&name).unwrap_or_default();
        fields.insert(name, FieldState { heads, superseded, awaited, under });
    }
    Ok(RecordState { fields })
}
