//! The certificate that the hub serves with.

use crate::{
    Hub, HubError,
    db::{
        Tx,
        leaf::{self, Leaf},
    },
};

const RENEW_BEFORE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The kept one; a new one when there is none for these names, or it soon ends.
pub fn leaf(hub: &Hub, tx: &Tx, names: &[String]) -> Result<Leaf, HubError> {
    let joined = names.join(" ");
    if let Some(kept) = leaf::find(tx, &joined, tx.now() + RENEW_BEFORE_MS)? {
        return Ok(kept);
    }
    let issued = hub.identity.ca.issue(names, tx.now())?;
    let leaf = Leaf { certificate: issued.certificate, key: issued.key };
    leaf::set(tx, &joined, &leaf, issued.expires_at)?;
    Ok(leaf)
}
