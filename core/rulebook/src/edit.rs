//! What edits change: asked before anything is signed, on a phone and at the office's desk. One rule for both.

use crate::Rulebook;
use model::{
    BatchError, ChangeId, DeviceId, FieldState, Head, RecordEdit, RecordRef, RecordState, Said, Stamp,
    batch::{Draft, Json},
    record::field,
};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A record that an edit changes.
#[derive(Clone, Debug)]
pub struct Changing {
    pub record: RecordRef,
    pub is_new: bool,
    /// As it is.
    pub state: RecordState,
    /// What is said anew; `Null` empties a field.
    pub fields: BTreeMap<String, Value>,
}

impl Rulebook {
    /// The records that edits change, in the order of their first; `known` gives one that is here. What would stand as it
    /// is, is left out.
    ///
    /// # Errors
    /// Those of `known`.
    pub fn changing<E>(
        &self,
        edits: Vec<RecordEdit>,
        mut known: impl FnMut(&RecordRef) -> Result<Option<RecordState>, E>,
    ) -> Result<Vec<Changing>, E> {
        let mut changing = Vec::new();
        for edit in joined(edits) {
            let known = known(&edit.record)?;
            let fields = self.changed_fields(&edit, known.as_ref());
            if known.is_none() || !fields.is_empty() {
                let (is_new, state) = (known.is_none(), known.unwrap_or_default());
                changing.push(Changing { record: edit.record, is_new, state, fields });
            }
        }
        Ok(changing)
    }

    /// The fields that an edit changes. Writing again what stands already would be a conflict with whoever changes it
    /// meanwhile. A coupled group goes whole or not at all.
    fn changed_fields(&self, edit: &RecordEdit, known: Option<&RecordState>) -> BTreeMap<String, Value> {
        let mut wanted = edit.fields.clone();
        if let Some(parent) = &edit.parent {
            wanted.insert(field::PARENT.to_owned(), parent.to_string().into());
        }
        let stands = |name: &str| known.and_then(|state| state.value(name)).cloned().unwrap_or(Value::Null);
        let changes = |name: &str, value: &Value| {
            let in_conflict =
                known.and_then(|state| state.fields.get(name)).is_some_and(FieldState::in_conflict);
            in_conflict || stands(name) != *value
        };
        let mut fields: BTreeMap<String, Value> = wanted
            .iter()
            .filter(|(name, value)| changes(name, value))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let stands = |name: &str| wanted.get(name).cloned().unwrap_or_else(|| stands(name));
        self.complete_groups(edit.record.kind.as_str(), &mut fields, stands);
        fields
    }
}

impl Changing {
    /// The record as it will be, without who said so.
    pub fn said(&self) -> RecordState {
        let head = |value: &Value| Head {
            change: ChangeId(Uuid::nil()),
            at: Stamp(0, 0),
            device: DeviceId(Uuid::nil()),
            said: Said::Value(value.clone()),
        };
        let mut state = self.state.clone();
        for (name, value) in &self.fields {
            let field = FieldState { heads: vec![head(value)], ..FieldState::default() };
            state.fields.insert(name.clone(), field);
        }
        state
    }

    /// To be signed: each value with what it replaces.
    ///
    /// # Errors
    /// A value that is too long.
    pub fn draft(&self, at: Stamp, cause: Option<RecordRef>) -> Result<Draft, BatchError> {
        let field = |(name, value): (&String, &Value)| {
            Ok((name.clone(), (Json::new(value.to_string())?, self.state.heads_of(name))))
        };
        let fields = self.fields.iter().map(field).collect::<Result<_, BatchError>>()?;
        Ok(Draft { at, record: self.record.clone(), cause, fields })
    }
}

/// One edit for each record, in the order of their first; later values win.
fn joined(edits: Vec<RecordEdit>) -> Vec<RecordEdit> {
    let mut joined: Vec<RecordEdit> = Vec::new();
    for edit in edits {
        match joined.iter_mut().find(|before| before.record == edit.record) {
            Some(before) => {
                before.parent = edit.parent.or(before.parent.take());
                before.fields.extend(edit.fields);
            }
            None => joined.push(edit),
        }
    }
    joined
}
