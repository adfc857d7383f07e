//! Carrying out an admitted batch: records, feed entries, and what is kept beside them to look up.

use super::{
    records::Records,
    route::{Route, Routes},
};
use crate::{
    HubError,
    db::{
        Tx,
        batches::{self, Admitted, BatchKey},
        feeds::{self, Entry},
        members, offices, records as kept,
    },
    office::{
        differs, listing, progress,
        sync::submission::{self, Evaluated},
    },
};
use model::{Feed, RecordRef, RecordState, UserId, batch::Shown};
use rulebook::Rulebook;
use std::collections::{BTreeMap, BTreeSet};
use workflow::TRANSITION;

/// Entries by feed: numbered in the order of the feeds, so that two writers never wait for each other.
type Entries = BTreeMap<Feed, Vec<Entry>>;

pub fn write(
    tx: &Tx,
    rulebook: &Rulebook,
    records: &mut Records,
    routes: Routes,
    batch: BatchKey,
    changes: &[Shown],
    submissions: &[(usize, Evaluated)],
) -> Result<(), HubError> {
    let mut entries = Entries::new();
    moves(tx, records, &routes, &mut entries)?;
    let mut shown: BTreeMap<&Feed, BTreeSet<u32>> = BTreeMap::new();
    for (place, change) in (0..).zip(changes) {
        let route = routes.get(&change.head.record).ok_or(HubError::Internal("a record has no route"))?;
        shown.entry(&route.feed).or_default().insert(place);
    }
    let whole = shown.len() == 1;
    for (feed, places) in shown {
        let put = Entry::Put { batch, shows: (!whole).then_some(places) };
        entries.entry(feed.clone()).or_default().push(put);
    }
    // Roots below which something changes.
    let mut roots = BTreeSet::new();
    for (id, route) in &routes {
        let record = records.get(id)?;
        roots.extend(record.kept.as_ref().map(|kept| kept.root.clone()));
        roots.insert(route.root.clone());
        keep(tx, rulebook, id, &record.state, route)?;
    }
    let moves = routes.keys().any(|id| progress::may_move(rulebook, id.kind.as_str()));
    for root in &roots {
        if moves {
            progress::show(tx, rulebook, root)?;
        }
        listing::show(tx, rulebook, root)?;
    }
    for step in routes.keys().filter(|id| id.kind.as_str() == TRANSITION) {
        differs::weigh(tx, rulebook, step)?;
    }
    for (index, evaluated) in submissions {
        submission::keep(tx, &changes[*index], evaluated)?;
    }
    for (feed, entries) in entries {
        feeds::append(tx, &feed, entries)?;
    }
    Ok(())
}

/// A move: the old feed is told of each record that left and shows nothing of it any more, whoever reads it from the
/// start; the new one gets all of it. Each by name, as a phone that has read other feeds further may know it under
/// another parent.
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
    let mut puts: BTreeMap<(u64, BatchKey, &Feed), BTreeSet<u32>> = BTreeMap::new();
    let mut gone: BTreeMap<(&Feed, BatchKey), (BTreeSet<u32>, &RecordRef)> = BTreeMap::new();
    for (record, from) in &moved {
        let leave = Entry::Leave { record: (*record).clone() };
        entries.entry(from.feed.clone()).or_default().push(leave);
        let Some(route) = routes.get(*record) else { continue };
        for Admitted { received_at, batch, place } in batches::of_record(tx, record)? {
            puts.entry((received_at, batch, &route.feed)).or_default().insert(place);
            let (places, _) = gone.entry((&from.feed, batch)).or_insert((BTreeSet::new(), record));
            places.insert(place);
        }
    }
    for ((feed, batch), (places, record)) in &gone {
        feeds::take_out(tx, feed, *batch, places, record)?;
    }
    if !gone.is_empty() {
        offices::note_taken_out(tx)?;
    }
    // As they were first received: parents come before their children.
    for ((_, batch, feed), places) in puts {
        entries.entry(feed.clone()).or_default().push(Entry::Put { batch, shows: Some(places) });
    }
    Ok(())
}

fn keep(
    tx: &Tx,
    rulebook: &Rulebook,
    id: &RecordRef,
    state: &RecordState,
    Route { root, feed }: &Route,
) -> Result<(), HubError> {
    kept::keep(tx, &kept::Kept { reference: id, root, feed, state, removed: state.is_removed() })?;
    if let Some((_, user)) = rulebook.membership().filter(|(member, _)| id.kind == **member) {
        keep_member(tx, id, state, feed, user)?;
    }
    Ok(())
}

fn keep_member(
    tx: &Tx,
    id: &RecordRef,
    state: &RecordState,
    feed: &Feed,
    user: &str,
) -> Result<(), HubError> {
    let user = state.text(user).and_then(|user| user.parse::<UserId>().ok());
    let Feed::Case(case) = feed else { return Ok(()) };
    let member = user.filter(|_| !state.is_removed());
    Ok(members::set(tx, id, *case, member.as_slice())?)
}
