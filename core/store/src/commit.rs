//! What is finished together becomes signed changes, records, outbox and photos to upload in one transaction.

use crate::{
    Store, StoreError, blobs, device::Device, drafts::take_draft, outbox, search::Shown, tree::Tree,
};
use model::{
    Batch, BatchId, ChangeId, DraftId, FieldState, PhotoFile, RecordEdit, RecordRef, RecordState,
    record::field,
};
use ring::rand::SystemRandom;
use rulebook::Rulebook;
use rusqlite::Transaction;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub batch: BatchId,
    /// Fewer than the edits where these change nothing.
    pub changes: Vec<ChangeId>,
}

impl Store {
    /// Finishes a draft: signs its edits as one batch, applies them here, puts them into the outbox and deletes the
    /// draft. `cause` is the submission; it becomes the cause of every change but its own.
    pub fn finish(
        &self,
        draft: DraftId,
        edits: Vec<RecordEdit>,
        cause: &RecordRef,
    ) -> Result<Committed, StoreError> {
        let (committed, unnamed) = self.write_lists(|tx| {
            let (committed, shown) = self.commit_in(tx, edits, Some(cause))?;
            Ok(((committed, take_draft(tx, draft)?), shown))
        })?;
        self.remove_blobs(&unnamed);
        Ok(committed)
    }

    /// The same without a draft.
    pub fn commit(&self, edits: Vec<RecordEdit>) -> Result<Committed, StoreError> {
        self.write_lists(|tx| self.commit_in(tx, edits, None))
    }

    fn commit_in(
        &self,
        tx: &Transaction<'_>,
        edits: Vec<RecordEdit>,
        cause: Option<&RecordRef>,
    ) -> Result<(Committed, Shown), StoreError> {
        let mut tree = Tree::new(tx, &self.vault, &self.rulebook);
        let mut device = Device::load(tx)?;
        let key = Device::signing_key(tx)?;
        let (random, mut hlc) = (SystemRandom::new(), device.hlc());
        let mut changing = Vec::new();
        for edit in joined(edits) {
            let known = tree.load(&edit.record)?;
            let fields = changed_fields(&self.rulebook, &edit, known.as_ref());
            if known.is_none() || !fields.is_empty() {
                changing.push((edit.record, known.unwrap_or_default(), fields));
            }
        }
        let id = BatchId::new();
        let count = u32::try_from(changing.len()).map_err(|_| StoreError::Unreadable)?;
        let mut made = Vec::new();
        for (index, (record, mut state, fields)) in (0..).zip(changing) {
            device.seq += 1;
            device.stamp = hlc.tick(self.clock.now_ms());
            let signed = model::change::Draft {
                id: ChangeId::new(),
                device: device.identity.device,
                seq: device.seq,
                author: device.identity.user,
                at: device.stamp,
                fields: fields
                    .into_iter()
                    .map(|(name, value)| (name.clone(), (value, state.heads_of(&name))))
                    .collect(),
                batch: Batch { id, index, count },
                cause: cause.filter(|cause| **cause != record).cloned(),
                previous: device.previous,
                record,
            }
            .sign(&key, &random)?;
            let change = signed.reopen()?;
            device.previous = Some(change.digest);
            let plan = state.plan(&change);
            state.apply(plan);
            tree.keep(&change.header.record, &state, None)?;
            made.push((signed, change));
        }
        tree.route(made.iter().map(|(_, change)| &change.header.record))?;
        for (signed, change) in &made {
            let restricted = tree.is_restricted(&change.header.record)?;
            outbox::keep(tx, &self.vault, &change.header, signed, restricted)?;
            for field in self.rulebook.photo_fields(change.header.record.kind.as_str()) {
                if let Some(Some(file)) = change.values.get(field)
                    && let Ok(file) = serde_json::from_value::<PhotoFile>(file.clone())
                {
                    blobs::to_upload(tx, &change.header.record, restricted, &file)?;
                }
            }
        }
        device.save(tx)?;
        let changes = made.iter().map(|(_, change)| change.header.id).collect();
        Ok((Committed { batch: id, changes }, tree.finish()?))
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

/// The fields that an edit changes. Writing again what stands already would be a conflict with whoever changes it
/// meanwhile. A coupled group goes whole or not at all.
fn changed_fields(
    rulebook: &Rulebook,
    edit: &RecordEdit,
    known: Option<&RecordState>,
) -> BTreeMap<String, Value> {
    let mut wanted = edit.fields.clone();
    if let Some(parent) = &edit.parent {
        wanted.insert(field::PARENT.to_owned(), parent.to_string().into());
    }
    let stands = |name: &str| known.and_then(|state| state.value(name)).cloned().unwrap_or(Value::Null);
    let changes = |name: &str, value: &Value| {
        let in_conflict = known.and_then(|state| state.fields.get(name)).is_some_and(FieldState::in_conflict);
        in_conflict || stands(name) != *value
    };
    let mut fields: BTreeMap<String, Value> = wanted
        .iter()
        .filter(|(name, value)| changes(name, value))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let stands = |name: &str| wanted.get(name).cloned().unwrap_or_else(|| stands(name));
    rulebook.complete_groups(edit.record.kind.as_str(), &mut fields, stands);
    fields
}
