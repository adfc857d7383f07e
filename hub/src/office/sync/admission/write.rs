//! Carrying out an admitted batch: records, feed entries, and what is kept beside them to look up.

use super::{Received, records::Records, route::Routes};
use crate::{
    HubError,
    db::{
        Tx,
        changes::{self, Admitted},
        feeds::{self, Entry},
        members, photos, records as kept, submissions,
    },
    office::sync::submission::{self, Evaluated},
    photos::is_address,
};
use model::{Feed, PhotoFile, RecordRef, RecordState, SubmissionId, fold, kind, record::field};
use std::collections::{BTreeMap, BTreeSet};

/// Entries by feed: numbered in the order of the feeds, so that two writers never wait for each other.
type Entries = BTreeMap<Feed, Vec<Entry>>;

pub fn write(
    tx: &Tx,
    records: &mut Records,
    routes: Routes,
    received: &[Received],
    submissions: &[(usize, Evaluated)],
) -> Result<(), HubError> {
    let mut entries = Entries::new();
    moves(tx, records, &routes, &mut entries)?;
    let of = |record: &RecordRef| routes.get(record).ok_or(HubError::Internal("a record has no route"));
    for Received { change, received_at } in received {
        let put = Entry::Put { change: change.header.id, received_at: *received_at };
        entries.entry(of(&change.header.record)?.feed.clone()).or_default().push(put);
    }
    for (id, route) in &routes {
        keep(tx, id, &records.get(id)?.state, &route.root, &route.feed)?;
    }
    for (index, evaluated) in submissions {
        let Received { change, received_at } = &received[*index];
        submission::keep(tx, change, evaluated, &of(&change.header.record)?.root, *received_at)?;
    }
    for (feed, entries) in entries {
        feeds::append(tx, &feed, entries)?;
    }
    Ok(())
}

/// A move: the old feed is told that the top of what moved left, the new one gets all of it.
fn moves(tx: &Tx, records: &mut Records, routes: &Routes, entries: &mut Entries) -> Result<(), HubError> {
    // Where each record that moves stands now.
    let mut moved = BTreeMap::new();
    for (id, route) in routes {
        if let Some(kept) = &records.get(id)?.kept
            && kept.feed != route.feed
        {
            moved.insert(id, kept.clone());
        }
    }
    let mut puts: BTreeSet<(Admitted, &Feed)> = BTreeSet::new();
    for (record, from) in &moved {
        let parent = from.parent.as_ref().and_then(|parent| moved.get(parent));
        let with_parent = parent.is_some_and(|parent| parent.feed == from.feed);
        if !with_parent {
            let leave = Entry::Leave { record: (*record).clone() };
            entries.entry(from.feed.clone()).or_default().push(leave);
        }
        let Some(route) = routes.get(*record) else { continue };
        puts.extend(changes::of_record(tx, record)?.into_iter().map(|change| (change, &route.feed)));
    }
    // As they were first received: parents come before their children.
    for (Admitted { id, received_at, .. }, feed) in puts {
        entries.entry(feed.clone()).or_default().push(Entry::Put { change: id, received_at });
    }
    Ok(())
}

fn keep(tx: &Tx, id: &RecordRef, state: &RecordState, root: &RecordRef, feed: &Feed) -> Result<(), HubError> {
    let (search, removed) = (search_text(id, state), is_removed(state));
    kept::keep(tx, &kept::Kept { reference: id, root, feed, state, search: &search, removed })?;
    match id.kind.as_str() {
        kind::CASE_MEMBER => keep_member(tx, id, state, feed),
        kind::PHOTO => keep_photo(tx, id, state, root),
        kind::SUBMISSION => Ok(submissions::set_root(tx, SubmissionId(id.id), root)?),
        _ => Ok(()),
    }
}

fn is_removed(state: &RecordState) -> bool {
    state.value(field::REMOVED).is_some()
}

/// What people search households and people by: names and the place.
fn search_text(id: &RecordRef, state: &RecordState) -> String {
    let fields: &[&str] = match id.kind.as_str() {
        kind::HOUSEHOLD => &["name", "village", "address", "phone"],
        kind::PERSON => &["name"],
        _ => return String::new(),
    };
    let texts: Vec<&str> = fields.iter().filter_map(|name| state.text(name)).collect();
    fold(&texts.join(" "))
}

fn keep_member(tx: &Tx, id: &RecordRef, state: &RecordState, feed: &Feed) -> Result<(), HubError> {
    let member = match (feed, state.text(field::USER)) {
        (Feed::Case(case), Some(user)) if !is_removed(state) => Some((*case, user)),
        _ => None,
    };
    Ok(members::set(tx, id, member)?)
}

fn keep_photo(tx: &Tx, id: &RecordRef, state: &RecordState, root: &RecordRef) -> Result<(), HubError> {
    let file = state.value("file").and_then(|file| serde_json::from_value::<PhotoFile>(file.clone()).ok());
    let Some(file) = file.filter(|f| is_address(&f.blob.address) && is_address(&f.thumbnail.address)) else {
        return Ok(());
    };
    Ok(photos::keep(tx, id, root, &file.blob.address, &file.thumbnail.address)?)
}
