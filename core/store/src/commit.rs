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
    ChangeId, DraftId, PhotoFile, RecordEdit, RecordRef, RecordState,
    batch::{self, Chain, Json, by_feed},
    record::field,
};
use ring::rand::SystemRandom;
use rulebook::{Act, Changing};
use rusqlite::Transaction;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Fewer than the edits where these change nothing.
    pub changes: Vec<ChangeId>,
}

type Places<'a> = BTreeMap<&'a RecordRef, Place>;

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
        let rulebook = self.rulebook();
        let mut tree = Tree::new(tx, &self.vault, &rulebook, self.today())?;
        let changing = rulebook.changing(edits, |record| tree.load(record))?;
        let states: Vec<RecordState> = changing.iter().map(Changing::said).collect();
        let places = tree.places(changing.iter().map(|changing| &changing.record).zip(&states))?;
        if asks {
            self.allowed(tx, acts(&changing, &places))?;
        }
        let stays = stays_here(&tree, &changing, &places, cause)?;
        let made = self.sign(tx, &tree, &changing, &places, cause, stays)?;
        let mut shown = BTreeMap::new();
        for batch in &made {
            if !stays {
                outbox::keep(tx, &self.vault, batch, cause)?;
            }
            shown.extend(
                batch.batch.changes().flatten().map(|change| (change.head.record.clone(), (batch, change))),
            );
        }
        let mut changes = Vec::new();
        // In the order of the edits: so they are listed.
        for Changing { record, mut state, .. } in changing {
            let Some((outbox::Own { restricted, .. }, change)) = shown.get(&record) else { continue };
            let plan = rulebook.plan(&state, change, None)?;
            state.apply_own(change.id, plan);
            tree.keep(&record, &state, None)?;
            for field in rulebook.photo_fields(record.kind.as_str()) {
                if let Some(Ok(file)) = change.value(field).map(Json::read)
                    && let Ok(file) = serde_json::from_value::<PhotoFile>(file)
                {
                    let keep = if stays { blobs::to_stay } else { blobs::to_upload };
                    keep(tx, &record, *restricted, &file)?;
                }
            }
            changes.push(change.id);
        }
        tree.route(shown.keys())?;
        Ok((Committed { changes }, tree.finish()?))
    }

    /// The batches of these changes, an own one for each feed: where a record will stand must be known before its change
    /// has an id. Of what `stays` on this phone the chain knows nothing: nobody will ask for it.
    fn sign(
        &self,
        tx: &Transaction<'_>,
        tree: &Tree<'_>,
        changing: &[Changing],
        places: &Places<'_>,
        cause: Option<&RecordRef>,
        stays: bool,
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
        for changing in changing {
            let record = &changing.record;
            let place = places.get(record).ok_or(StoreError::Unreadable)?;
            // What all of the commune reads names no restricted submission.
            let named = cause.filter(|cause| *cause != record && (place.restricted || !cause_is_restricted));
            device.stamp = hlc.tick(self.clock.now_ms());
            let draft = changing.draft(device.stamp, named.cloned())?;
            drafts.push((place, draft));
        }
        let identity = &device.identity;
        let signer =
            batch::Device { office: identity.office, device: identity.device, author: identity.user };
        let (key, random) = (Device::signing_key(tx)?, SystemRandom::new());
        let feed = |place: &Place| (place.feed.clone(), place.restricted);
        let drafts = drafts.into_iter().map(|(place, draft)| (feed(place), draft)).collect();
        let made = by_feed(signer, device.chain(), drafts, |(_, restricted)| *restricted, &key, &random)?;
        if let Some((_, last)) = made.last().filter(|_| !stays) {
            let Chain { next_seq, previous } = Chain::after(last.statement());
            (device.seq, device.previous) = (next_seq - 1, previous);
        }
        device.save(tx)?;
        Ok(made.into_iter().map(|((_, restricted), batch)| outbox::Own { batch, restricted }).collect())
    }
}

/// Whether all of it stays on this phone, or none does: of practice nothing else may come, no record changes sides, and
/// what is sent names nothing that stays.
fn stays_here(
    tree: &Tree<'_>,
    changing: &[Changing],
    places: &Places<'_>,
    cause: Option<&RecordRef>,
) -> Result<bool, StoreError> {
    let mut stays = None;
    for Changing { record, is_new, fields, .. } in changing {
        let of_it = places.get(record).is_some_and(Place::stays_here);
        if stays.replace(of_it).is_some_and(|others| others != of_it) {
            return Err(StoreError::StaysHere);
        }
        if !is_new && tree.stays_here(record)?.is_some_and(|stayed| stayed != of_it) {
            return Err(StoreError::StaysHere);
        }
        let named = fields.values().filter_map(|value| value.as_str()?.parse().ok());
        for named in named.chain(cause.cloned()).filter(|_| !of_it) {
            if tree.stays_here(&named)? == Some(true) {
                return Err(StoreError::StaysHere);
            }
        }
    }
    Ok(stays.unwrap_or_default())
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
