//! What this phone knows of those who took steps: whose a device is, what its user was, when a hub received it.

use crate::{StoreError, device::Device, identity::Identity, roles};
use chrono::NaiveDate;
use model::{DeviceId, RecordRef, Role, UserId};
use rusqlite::{Connection, OptionalExtension, Transaction};
use wire::signed::Certificate;
use workflow::{Arrival, Witness};

pub(crate) struct Known<'a> {
    db: &'a Connection,
    identity: Identity,
}

impl<'a> Known<'a> {
    pub fn new(db: &'a Connection) -> Result<Self, StoreError> {
        Ok(Self { db, identity: Device::load(db)?.identity })
    }
}

impl Witness for Known<'_> {
    type Error = StoreError;

    fn author(&self, device: DeviceId) -> Result<Option<UserId>, StoreError> {
        user_of(self.db, &self.identity, device)
    }

    /// What the office said; of this phone's worker, where it said nothing yet, what it told at the last contact.
    fn role(&self, user: UserId, day: NaiveDate) -> Result<Option<Role>, StoreError> {
        let statements = roles::of_user(self.db, user)?;
        if statements.is_empty() && user == self.identity.worker.user {
            return Ok(Some(self.identity.worker.role.clone()));
        }
        Ok(wire::roles::RoleStatement::held(statements, day).map(|held| held.role))
    }

    fn arrival(&self, step: &RecordRef) -> Result<Option<Arrival>, StoreError> {
        let mut select =
            self.db.prepare_cached("SELECT received, since FROM arrival WHERE reference = ?1")?;
        let arrival = select.query_row([step.to_string()], |row| {
            let (received, since): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok(Arrival { received: received.cast_unsigned(), since: since.cast_unsigned() })
        });
        Ok(arrival.optional()?)
    }
}

/// Whose a device is or was, as far as this phone knows.
pub(crate) fn user_of(
    db: &Connection,
    identity: &Identity,
    device: DeviceId,
) -> Result<Option<UserId>, StoreError> {
    let key = device.to_string();
    let was_own = "SELECT EXISTS (SELECT 1 FROM former WHERE device = ?1)";
    if identity.device == device || db.prepare_cached(was_own)?.query_row([&key], |row| row.get(0))? {
        return Ok(Some(identity.worker.user));
    }
    let mut select = db.prepare_cached("SELECT body FROM certificate WHERE device = ?1")?;
    let body: Option<Vec<u8>> = select.query_row([&key], |row| row.get(0)).optional()?;
    let Some(body) = body else { return Ok(None) };
    let certificate: Certificate = serde_json::from_slice(&body)?;
    Ok(Some(certificate.reopen().map_err(|_| StoreError::Unreadable)?.user))
}

/// Keeps when a hub received the record of a step.
pub(crate) fn note_arrival(
    tx: &Transaction<'_>,
    step: &RecordRef,
    arrival: Arrival,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO arrival (reference, received, since) VALUES (?1, ?2, ?3)")?
        .execute((step.to_string(), arrival.received.cast_signed(), arrival.since.cast_signed()))?;
    Ok(())
}
