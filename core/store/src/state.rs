//! A record's fields as a row keeps them: most come from the same few changes, so each of these is named once.

use crate::StoreError;
use model::{
    ChangeId, DeviceId, RecordState, Stamp,
    merge::{FieldState, Head},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::collections::{BTreeMap, BTreeSet};

type Change = (ChangeId, Stamp, DeviceId);
/// A field's values, each with the place of its change in `by`, and the changes that were replaced.
type Field<Value, Replaced> = (Vec<(usize, Value)>, Replaced);

#[derive(Serialize)]
struct Kept<'s> {
    by: Vec<Change>,
    is: BTreeMap<&'s str, Field<&'s Value, &'s BTreeSet<ChangeId>>>,
}

#[derive(Deserialize)]
struct Read<'b> {
    by: Vec<Change>,
    #[serde(borrow)]
    is: BTreeMap<String, &'b RawValue>,
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
    let mut is = BTreeMap::new();
    for (name, field) in &state.fields {
        let heads = field.heads.iter().map(|head| (place(head), &head.value)).collect();
        is.insert(name.as_str(), (heads, &field.superseded));
    }
    Ok(serde_json::to_vec(&Kept { by, is })?)
}

pub(crate) fn from_bytes(bytes: &[u8]) -> Result<RecordState, StoreError> {
    some_from_bytes(bytes, |_| true)
}

/// Only these fields; the others' values are passed over.
pub(crate) fn some_from_bytes(
    bytes: &[u8],
    wanted: impl Fn(&str) -> bool,
) -> Result<RecordState, StoreError> {
    let Read { by, is } = serde_json::from_slice(bytes)?;
    let mut fields = BTreeMap::new();
    for (name, field) in is.into_iter().filter(|(name, _)| wanted(name)) {
        let (values, superseded): Field<Value, BTreeSet<ChangeId>> = serde_json::from_str(field.get())?;
        let heads = values.into_iter().map(|(place, value)| {
            let (change, at, device) = *by.get(place).ok_or(StoreError::Unreadable)?;
            Ok(Head { change, at, device, value })
        });
        fields.insert(name, FieldState { heads: heads.collect::<Result<_, StoreError>>()?, superseded });
    }
    Ok(RecordState { fields })
}
