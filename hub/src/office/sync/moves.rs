//! Households that would leave their author's places: the receiving side agrees, or they stay.

use super::admission;
use crate::{
    Hub, HubError,
    db::{
        Tx,
        batches::{self, BatchKey},
        users::User,
        waiting as held,
    },
};
use model::{batch::Json, record::field};
use std::collections::HashMap;

/// The communes that a batch names for its records.
pub fn communes(tx: &crate::db::Read, key: BatchKey) -> Result<Vec<String>, HubError> {
    let Some(received) = batches::find(tx, key)? else { return Ok(Vec::new()) };
    let named = received.batch.changes().flatten().filter_map(|change| {
        let value = change.value(field::COMMUNE).map(Json::read)?.ok()?;
        value.as_str().map(str::to_owned)
    });
    Ok(named.collect())
}

/// Whether a user works for where the batch moves something.
pub fn may_agree(hub: &Hub, user: &User, communes: &[String]) -> bool {
    let covers = |commune: &String| user.covers(&hub.rulebook.units, commune);
    !communes.is_empty() && communes.iter().all(covers) && hub.rulebook.may_receive(&user.role, hub.today())
}

/// The receiving side agrees; `false`: there is nothing that waits for that.
pub fn agree(hub: &Hub, tx: &Tx, user: &User, key: BatchKey) -> Result<bool, HubError> {
    let waits = held::find(tx, key)?.is_some_and(|held| held.code.as_deref() == Some(super::waiting::MOVE));
    if !waits || !may_agree(hub, user, &communes(tx, key)?) || !held::set_agreed(tx, key)? {
        return Ok(false);
    }
    admission::decide_due(hub, tx, &HashMap::new())?;
    Ok(true)
}
