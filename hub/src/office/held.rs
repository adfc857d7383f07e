//! What is not where somebody put it: batches that wait or were denied, records that were taken out or moved away.

use super::{
    desk::sheet::may_remove,
    records::{communes_of, may_read},
    sync::{moves, waiting},
};
use crate::{
    Hub, HubError,
    db::{
        Read, batches,
        batches::BatchKey,
        devices, feeds,
        records::{self, RecordRow},
        users::{self, User},
        waiting::{self as held, Held},
    },
};
use model::{Feed, RecordRef, batch::Shown};
use std::collections::BTreeSet;

/// More of each than anybody looks through.
const MOST: u32 = 200;

/// A batch that is not admitted, as somebody who may know of it sees it.
pub struct Batch {
    pub key: BatchKey,
    pub author: Option<User>,
    pub decided_at: u64,
    pub code: String,
    /// What isn't allowed, or all that it is about: records' kinds, and a field where one is named.
    pub about: BTreeSet<(String, Option<String>)>,
    pub denied: bool,
    /// This user may agree to what it moves.
    pub may_agree: bool,
    /// Where it would go, by commune.
    pub communes: BTreeSet<String>,
}

/// What the user may know of, in the places that they work in and the cases that they read.
pub fn batches(hub: &Hub, read: &Read, user: &User) -> Result<Vec<Batch>, HubError> {
    let agreeable: BTreeSet<BatchKey> =
        moves::waiting(hub, read, user)?.into_iter().map(|held| held.key).collect();
    let mut all = Vec::new();
    for held in held::all(read, MOST)? {
        let may_agree = agreeable.contains(&held.key);
        all.extend(batch(hub, read, user, held, may_agree)?);
    }
    Ok(all)
}

fn batch(
    hub: &Hub,
    read: &Read,
    user: &User,
    held: Held,
    may_agree: bool,
) -> Result<Option<Batch>, HubError> {
    let Some(received) = batches::find(read, held.key)? else { return Ok(None) };
    let changes: Vec<Shown> = received.batch.changes().flatten().collect();
    let author = match devices::owner(read, held.key.device)? {
        Some(author) => users::by_id(read, author)?,
        None => None,
    };
    if !may_agree && !may_know(hub, read, user, author.as_ref(), &changes)? {
        return Ok(None);
    }
    let kind = |change: &Shown| change.head.record.kind.to_string();
    let about = match &held.denied {
        Some(parts) => {
            let of_part = |seq: u64| changes.iter().find(|change| change.seq == seq).map(kind);
            parts.iter().filter_map(|part| Some((of_part(part.seq)?, part.field.clone()))).collect()
        }
        None => changes.iter().map(|change| (kind(change), None)).collect(),
    };
    let communes = moves::communes(read, held.key)?.into_iter().collect();
    Ok(Some(Batch {
        key: held.key,
        author,
        decided_at: held.decided_at,
        code: held.code.unwrap_or_else(|| waiting::FAILED.to_owned()),
        about,
        denied: held.denied.is_some(),
        may_agree,
        communes,
    }))
}

/// Where its records are here: who reads them all. Where none is: who works where its author does.
fn may_know(
    hub: &Hub,
    read: &Read,
    user: &User,
    author: Option<&User>,
    changes: &[Shown],
) -> Result<bool, HubError> {
    let units = &hub.rulebook().units;
    let known: BTreeSet<&RecordRef> = changes.iter().map(|change| &change.head.record).collect();
    let mut here = 0;
    for record in known {
        if let Some(kept) = records::find(read, record)? {
            here += 1;
            if !may_read(&hub.rulebook(), read, user, &kept.feed)? {
                return Ok(false);
            }
        }
    }
    // What isn't here may be of a restricted case: only its author's managers hear that it waits.
    let manages = hub.rulebook().may_assign(&user.role, hub.today());
    let together = author.is_some_and(|author| super::users::work_together(units, user, author));
    Ok(here > 0 || manages && together)
}

/// A record that was taken out or went elsewhere.
pub struct Gone {
    pub record: RecordRow,
    pub at: u64,
    /// The commune that it is in now; `None` for one that was taken out.
    pub to: Option<String>,
    /// It was taken out, and the user may put it back.
    pub may_restore: bool,
}

/// Records that were taken out of the user's places, and what left them for another commune.
pub fn gone(hub: &Hub, read: &Read, user: &User) -> Result<(Vec<Gone>, Vec<Gone>), HubError> {
    let communes = communes_of(&hub.rulebook(), user);
    let removed = records::removed(read, communes.as_deref(), MOST)?;
    let gone = |record: RecordRow| {
        let may_restore = may_remove(hub, read, user, &record);
        Gone { at: record.updated_at, record, to: None, may_restore }
    };
    let removed = removed.into_iter().map(gone).collect();
    let mut moved = Vec::new();
    for (reference, at, _) in feeds::left(read, communes.as_deref(), MOST)? {
        // What became restricted is nobody's but its members'.
        if let Some(record) = records::find(read, &reference)?
            && let Feed::Commune(to) = &record.feed
        {
            moved.push(Gone { at, to: Some(to.clone()), record, may_restore: false });
        }
    }
    Ok((removed, moved))
}
