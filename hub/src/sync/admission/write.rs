//! Carrying out an admitted batch: records, feed entries, and what is kept beside them to look up.

use super::{Received, records::Records, route::Routes};
use crate::{
    Hub, HubError,
    db::int,
    photos::is_address,
    sync::submission::{self, Evaluated},
};
use model::{Feed, PhotoFile, RecordRef, RecordState, fold, kind, record::field};
use rusqlite::{Transaction, named_params, params};
use std::collections::{BTreeMap, BTreeSet};

enum Entry {
    Put { change: String, received_at: i64 },
    Leave { record: String },
}

/// Entries by feed: numbered in the order of the feeds' names, so that two writers never wait for each other.
type Entries = BTreeMap<String, Vec<Entry>>;

pub fn write(
    hub: &Hub,
    transaction: &Transaction,
    records: &mut Records,
    routes: Routes,
    received: &[Received],
    submissions: &[(usize, Evaluated)],
) -> Result<(), HubError> {
    let mut entries = Entries::new();
    moves(hub, transaction, records, &routes, &mut entries)?;
    let of = |record: &RecordRef| {
        routes.get(&record.to_string()).ok_or(HubError::Internal("a record has no route"))
    };
    for Received { change, received_at } in received {
        let put = Entry::Put { change: change.header.id.to_string(), received_at: *received_at };
        entries.entry(of(&change.header.record)?.feed.to_string()).or_default().push(put);
    }
    for (text, route) in &routes {
        let id: RecordRef = text.parse().map_err(|_| HubError::Internal("a record's id can't be read"))?;
        let record = records.get(&id)?;
        keep(hub, transaction, &id, &record.state, &route.root.to_string(), &route.feed)?;
    }
    for (index, evaluated) in submissions {
        let Received { change, received_at } = &received[*index];
        let root = of(&change.header.record)?.root.to_string();
        submission::keep(hub, transaction, change, evaluated, &root, *received_at)?;
    }
    number(hub, transaction, entries)
}

/// A move: the old feed is told that the top of what moved left, the new one gets all of it.
fn moves(
    hub: &Hub,
    transaction: &Transaction,
    records: &mut Records,
    routes: &Routes,
    entries: &mut Entries,
) -> Result<(), HubError> {
    // Record → the feed it leaves.
    let mut moved: BTreeMap<String, String> = BTreeMap::new();
    let mut parents: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (text, route) in routes {
        let id: RecordRef = text.parse().map_err(|_| HubError::Internal("a record's id can't be read"))?;
        if let Some(kept) = &records.get(&id)?.kept
            && kept.feed != route.feed.to_string()
        {
            moved.insert(text.clone(), kept.feed.clone());
            parents.insert(text.clone(), kept.parent.clone());
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let mut puts: BTreeSet<(i64, String, i64, String, String)> = BTreeSet::new();
    for (record, from) in &moved {
        let parent = parents.get(record).cloned().flatten();
        let with_parent = parent.is_some_and(|parent| moved.get(&parent) == Some(from));
        if !with_parent {
            entries.entry(from.clone()).or_default().push(Entry::Leave { record: record.clone() });
        }
        let Some(route) = routes.get(record) else { continue };
        let mut statement = transaction.prepare_cached(
            "SELECT received_at, device, seq, id FROM changes
             WHERE office = ?1 AND record = ?2 AND admitted_at IS NOT NULL",
        )?;
        let mut rows = statement.query([hub.office(), record])?;
        while let Some(row) = rows.next()? {
            puts.insert((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, route.feed.to_string()));
        }
    }
    // As they were first received: parents come before their children.
    for (received_at, _, _, change, feed) in puts {
        entries.entry(feed).or_default().push(Entry::Put { change, received_at });
    }
    Ok(())
}

/// The positions are taken in the transaction that fills them: a reader never sees a gap.
fn number(hub: &Hub, transaction: &Transaction, entries: Entries) -> Result<(), HubError> {
    let office = hub.office();
    for (feed, entries) in entries {
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let head: i64 = transaction
            .prepare_cached(
                "INSERT INTO feeds (office, feed, n) VALUES (?1, ?2, ?3)
                 ON CONFLICT (office, feed) DO UPDATE SET n = n + excluded.n RETURNING n",
            )?
            .query_row(params![office, feed, count], |row| row.get(0))?;
        let mut insert = transaction.prepare_cached(
            "INSERT INTO feed_entries (office, feed, position, change, left_record, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (position, entry) in (head - count + 1..).zip(entries) {
            match entry {
                Entry::Put { change, received_at } => {
                    insert.execute(params![office, feed, position, change, None::<String>, received_at])?
                }
                Entry::Leave { record } => {
                    insert.execute(params![office, feed, position, None::<String>, record, int(hub.now())])?
                }
            };
        }
    }
    Ok(())
}

fn keep(
    hub: &Hub,
    transaction: &Transaction,
    id: &RecordRef,
    state: &RecordState,
    root: &str,
    feed: &Feed,
) -> Result<(), HubError> {
    let office = hub.office();
    transaction
        .prepare_cached(
            "INSERT INTO records (office, record, kind, parent, root, feed, state, search, removed, updated_at)
             VALUES (:office, :record, :kind, :parent, :root, :feed, :state, :search, :removed, :now)
             ON CONFLICT (office, record) DO UPDATE SET parent = excluded.parent, root = excluded.root,
                 feed = excluded.feed, state = excluded.state, search = excluded.search,
                 removed = excluded.removed, updated_at = excluded.updated_at",
        )?
        .execute(named_params! {
            ":office": office, ":record": id.to_string(), ":kind": id.kind.as_str(),
            ":parent": state.parent().map(|parent| parent.to_string()), ":root": root,
            ":feed": feed.to_string(), ":state": serde_json::to_string(state)?,
            ":search": search_text(id, state), ":removed": is_removed(state), ":now": int(hub.now()),
        })?;
    if id.kind == kind::CASE_MEMBER {
        keep_member(office, transaction, id, state, feed)?;
    } else if id.kind == kind::PHOTO {
        keep_photo(office, transaction, id, state, root)?;
    } else if id.kind == kind::SUBMISSION {
        transaction.execute(
            "UPDATE submissions SET root = ?3 WHERE office = ?1 AND id = ?2",
            [office, &id.id.to_string(), root],
        )?;
    }
    Ok(())
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

fn keep_member(
    office: &str,
    transaction: &Transaction,
    id: &RecordRef,
    state: &RecordState,
    feed: &Feed,
) -> Result<(), HubError> {
    let record = id.to_string();
    transaction.execute("DELETE FROM case_members WHERE office = ?1 AND record = ?2", [office, &record])?;
    if let (Feed::Case(case), Some(user), false) = (feed, state.text(field::USER), is_removed(state)) {
        transaction.execute(
            "INSERT OR IGNORE INTO case_members (office, case_id, user, record) VALUES (?1, ?2, ?3, ?4)",
            [office, &case.to_string(), user, &record],
        )?;
    }
    Ok(())
}

fn keep_photo(
    office: &str,
    transaction: &Transaction,
    id: &RecordRef,
    state: &RecordState,
    root: &str,
) -> Result<(), HubError> {
    let file = state.value("file").and_then(|file| serde_json::from_value::<PhotoFile>(file.clone()).ok());
    let Some(file) = file.filter(|f| is_address(&f.blob.address) && is_address(&f.thumbnail.address)) else {
        return Ok(());
    };
    transaction.execute(
        "INSERT INTO photos (office, record, root, address, thumbnail) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (office, record) DO UPDATE SET root = excluded.root, address = excluded.address,
             thumbnail = excluded.thumbnail",
        [office, &id.to_string(), root, &file.blob.address, &file.thumbnail.address],
    )?;
    Ok(())
}
