//! Households that would leave their author's places: the receiving side agrees, or they stay.

use super::admission;
use crate::{
    Hub, HubError,
    db::{
        Read, Tx,
        batches::{self, BatchKey},
        users::User,
        waiting::{self as held, Held},
    },
};
use model::{RecordRef, batch::Json, record::field};
use std::collections::HashMap;

/// More of them than anybody looks through.
const MOST: u32 = 500;

/// The moves that wait and that this user may agree to.
pub fn waiting(hub: &Hub, read: &Read, user: &User) -> Result<Vec<Held>, HubError> {
    let mut theirs = Vec::new();
    for held in held::because(read, super::waiting::MOVE, MOST)? {
        if may_agree(hub, read, user, held.key)? {
            theirs.push(held);
        }
    }
    Ok(theirs)
}

/// The user agrees; what moves. `None`: there is nothing that waits for that.
pub fn agree(hub: &Hub, tx: &Tx, user: &User, key: BatchKey) -> Result<Option<RecordRef>, HubError> {
    let waits = held::find(tx, key)?.is_some_and(|held| held.code.as_deref() == Some(super::waiting::MOVE));
    if !waits || !may_agree(hub, tx, user, key)? {
        return Ok(None);
    }
    held::set_agreed(tx, key)?;
    admission::decide_due(hub, tx, &HashMap::new())?;
    let Some(received) = batches::find(tx, key)? else { return Ok(None) };
    let mut changes = received.batch.changes().flatten();
    let moved = changes.find(|change| change.value(field::COMMUNE).is_some());
    Ok(moved.map(|change| change.head.record.clone()))
}

/// Whether the user works wherever the batch puts something.
fn may_agree(hub: &Hub, read: &Read, user: &User, key: BatchKey) -> Result<bool, HubError> {
    let communes = communes(read, key)?;
    let rulebook = hub.rulebook();
    let covers = |commune: &String| user.covers(&rulebook, commune);
    let may = rulebook.may_receive(&user.role, hub.today());
    Ok(may && !communes.is_empty() && communes.iter().all(covers))
}

/// The communes that a batch names.
pub fn communes(read: &Read, key: BatchKey) -> Result<Vec<String>, HubError> {
    let Some(received) = batches::find(read, key)? else { return Ok(Vec::new()) };
    let named = received.batch.changes().flatten().filter_map(|change| {
        let value = change.value(field::COMMUNE).map(Json::read)?.ok()?;
        value.as_str().map(str::to_owned)
    });
    Ok(named.collect())
}
