//! The device's row: identity, signing key, chain, clock, how far the hub has come.

use crate::{Identity, StoreError};
use model::{DeviceKey, Digest, Hlc, Stamp, batch::Chain, encoding::Bytes};
use rusqlite::Connection;
use zeroize::Zeroizing;

pub(crate) struct Device {
    pub identity: Identity,
    pub seq: u64,
    pub previous: Digest,
    pub stamp: Stamp,
    pub acknowledged: u64,
    pub epoch: String,
}

impl Device {
    pub fn load(db: &Connection) -> Result<Self, StoreError> {
        let mut select = db.prepare_cached(
            "SELECT identity, seq, previous, stamp_ms, stamp_n, acknowledged, epoch FROM device",
        )?;
        let mut rows = select.query([])?;
        let row = rows.next()?.ok_or(StoreError::Damaged)?;
        let identity =
            serde_json::from_slice(row.get_ref(0)?.as_blob().map_err(|_| StoreError::Unreadable)?)?;
        Ok(Self {
            identity,
            seq: row.get::<_, i64>(1)?.cast_unsigned(),
            previous: Bytes(row.get(2)?),
            stamp: Stamp(row.get::<_, i64>(3)?.cast_unsigned(), row.get(4)?),
            acknowledged: row.get::<_, i64>(5)?.cast_unsigned(),
            epoch: row.get(6)?,
        })
    }

    pub fn signing_key(db: &Connection) -> Result<DeviceKey, StoreError> {
        let bytes: Vec<u8> = db.query_row("SELECT signing_key FROM device", [], |row| row.get(0))?;
        Ok(DeviceKey::from_pkcs8(&Zeroizing::new(bytes))?)
    }

    /// Where its next batch goes.
    pub fn chain(&self) -> Chain {
        Chain { next_seq: self.seq + 1, previous: self.previous }
    }

    pub fn hlc(&self) -> Hlc {
        Hlc::after(self.stamp)
    }

    pub fn save(&self, db: &Connection) -> Result<(), StoreError> {
        db.execute(
            "UPDATE device SET identity = ?1, seq = ?2, previous = ?3, stamp_ms = ?4, stamp_n = ?5,
             acknowledged = ?6, epoch = ?7",
            (
                serde_json::to_vec(&self.identity)?,
                self.seq.cast_signed(),
                self.previous.0,
                self.stamp.0.cast_signed(),
                self.stamp.1,
                self.acknowledged.cast_signed(),
                &self.epoch,
            ),
        )?;
        Ok(())
    }
}
