//! What is finished together becomes signed changes, records, outbox and photos to upload in one transaction.

use crate::{
    Store, StoreError, blobs,
    device::Device,
    drafts::take_draft,
    outbox,
    search::Shown,
    tree::{Place, Tree},
};
use model::{
    ChangeId, DeviceId, DraftId, FieldState, Head, PhotoFile, RecordEdit, RecordRef, RecordState, Said,
    Stamp,
    batch::{self, Chain, Draft, Json, by_feed},
    record::field,
};
use ring::rand::SystemRandom;
use rulebook::{Act, Rulebook};
use rusqlite::Transaction;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Fewer than the edits where these change nothing.
    pub changes: Vec<ChangeId>,
}

type Places<'a> = BTreeMap<&'a RecordRef, Place>;

/// A record that an edit changes.
struct Changing {
    record: RecordRef,
    is_new: bool,
    state: RecordState,
    fields: BTreeMap<String, Value>,
}

impl Store {
    /// Finishes a draft: signs its edits, a batch for each feed that they touch, applies them here, puts them into the
    /// outbox and deletes the draft. `cause` is the submission; it becomes the cause of every change but its own.
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
        self.make(tx, edits, cause, true)
    }

    /// `asks`: only what the worker may; else what was asked before.
    pub(crate) fn make(
        &self,
        tx: &Transaction<'_>,
        edits: Vec<RecordEdit>,
        cause: Option<&RecordRef>,
        asks: bool,
    ) -> Result<(Committed, Shown), StoreError> {
        let mut tree = Tree::new(tx, &self.vault, &self.rulebook);
        let mut changing = Vec::new();
        for edit in joined(edits) {
            let known = tree.load(&edit.record)?;
            let fields = changed_fields(&self.rulebook, &edit, known.as_ref());
            if known.is_none() || !fields.is_empty() {
                let (is_new, state) = (known.is_none(), known.unwrap_or_default());
                changing.push(Changing { record: edit.record, is_new, state, fields });
            }
        }
        let states: Vec<RecordState> = changing.iter().map(Changing::said).collect();
        let places = tree.places(changing.iter().map(|changing| &changing.record).zip(&states))?;
        if asks {
            self.allowed(tx, acts(&changing, &places))?;
        }
        let made = self.sign(tx, &tree, &changing, &places, cause)?;
        let mut shown = BTreeMap::new();
        for batch in &made {
            outbox::keep(tx, &self.vault, batch, cause)?;
            shown.extend(
                batch.batch.changes().flatten().map(|change| (change.head.record.clone(), (batch, change))),
            );
        }
        let mut changes = Vec::new();
        // In the order of the edits: so they are listed.
        for Changing { record, mut state, .. } in changing {
            let Some((outbox::Own { restricted, .. }, change)) = shown.get(&record) else { continue };
            let plan = self.rulebook.plan(&state, change, None)?;
            state.apply_own(change.id, plan);
            tree.keep(&record, &state, None)?;
            for field in self.rulebook.photo_fields(record.kind.as_str()) {
                if let Some(Ok(file)) = change.value(field).map(Json::read)
                    && let Ok(file) = serde_json::from_value::<PhotoFile>(file)
                {
                    blobs::to_upload(tx, &record, *restricted, &file)?;
                }
            }
            changes.push(change.id);
        }
        tree.route(shown.keys())?;
        Ok((Committed { changes }, tree.finish()?))
    }

    /// The batches of these changes, an own one for each feed: where a record will stand must be known before its change
    /// has an id.
    fn sign(
        &self,
        tx: &Transaction<'_>,
        tree: &Tree<'_>,
        changing: &[Changing],
        places: &Places<'_>,
        cause: Option<&RecordRef>,
    ) -> Result<Vec<outbox::Own>, StoreError> {
        let mut device = Device::load(tx)?;
        let mut hlc = device.hlc();
        let cause_is_restricted = match cause {
            Some(cause) => match places.get(cause) {
                Some(place) => place.restricted,
                None => tree.is_restricted(cause)?,
            },
            None => false,
        };
        let mut drafts = Vec::new();
        for Changing { record, state, fields, .. } in changing {
            let place = places.get(record).ok_or(StoreError::Unreadable)?;
            // What all of the commune reads names no restricted submission.
            let named = cause.filter(|cause| *cause != record && (place.restricted || !cause_is_restricted));
            let field = |(name, value): (&String, &Value)| {
                Ok((name.clone(), (Json::new(value.to_string())?, state.heads_of(name))))
            };
            device.stamp = hlc.tick(self.clock.now_ms());
            let draft = Draft {
                at: device.stamp,
                record: record.clone(),
                cause: named.cloned(),
                fields: fields.iter().map(field).collect::<Result<_, StoreError>>()?,
            };
            drafts.push((place, draft));
        }
        let identity = &device.identity;
        let signer =
            batch::Device { office: identity.office, device: identity.device, author: identity.user };
        let (key, random) = (Device::signing_key(tx)?, SystemRandom::new());
        let feed = |place: &Place| (place.feed.clone(), place.restricted);
        let drafts = drafts.into_iter().map(|(place, draft)| (feed(place), draft)).collect();
        let made = by_feed(signer, device.chain(), drafts, |(_, restricted)| *restricted, &key, &random)?;
        if let Some((_, last)) = made.last() {
            let Chain { next_seq, previous } = Chain::after(last.statement());
            (device.seq, device.previous) = (next_seq - 1, previous);
        }
        device.save(tx)?;
        Ok(made.into_iter().map(|((_, restricted), batch)| outbox::Own { batch, restricted }).collect())
    }
}

/// What is asked of the rulebook, and whether it is about a restricted case: that is here for its members alone.
fn acts<'a>(changing: &'a [Changing], places: &'a Places<'a>) -> impl Iterator<Item = (Act<'a>, bool)> + 'a {
    let opens = |changing: &&Changing| {
        changing.is_new || changing.fields.get(field::RESTRICTED) == Some(&Value::Bool(true))
    };
    let opened: BTreeSet<String> =
        changing.iter().filter(opens).map(|changing| changing.record.to_string()).collect();
    changing.iter().map(move |Changing { record, is_new, state, fields }| {
        let place = places.get(record);
        let opens = place.and_then(|place| place.root.as_ref()).is_some_and(|root| opened.contains(root));
        let said = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let act = Act { record, before: (!is_new).then_some(state), said, opens };
        (act, place.is_some_and(|place| place.restricted))
    })
}

impl Changing {
    /// The record as it will be, without who said so.
    fn said(&self) -> RecordState {
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
