//! Which ciphertexts a device may send: those that a received batch of its user names, whatever became of it, and those of
//! records that the user may read. A name gives the length, too.

use super::super::{limits, records::may_read};
use crate::{
    Hub, HubError,
    db::{
        Read, Tx,
        batches::BatchKey,
        blobs,
        devices::Device,
        photos::{self, Named, Size},
        users,
    },
    photos::is_address,
};
use model::{PhotoFile, Verified};

/// Of an address that records of others name; those of one's own are found apart.
const MOST: u32 = 1_000;

/// Keeps which ciphertexts a received batch names.
pub fn note(tx: &Tx, batch: &Verified) -> Result<(), HubError> {
    let files = PhotoFile::named(batch);
    let blobs = files
        .iter()
        .flat_map(|(record, file)| [(record, &file.blob, false), (record, &file.thumbnail, true)]);
    let named: Vec<Named> = blobs
        .filter(|(_, blob, _)| is_address(&blob.address))
        .map(|(record, blob, thumbnail)| Named { record, address: &blob.address, size: blob.size, thumbnail })
        .collect();
    Ok(photos::set(tx, BatchKey::of(batch), &named)?)
}

/// The name by which the device may send the address, with this length or whatever it is.
pub fn name(
    hub: &Hub,
    read: &Read,
    device: &Device,
    address: &str,
    size: Option<u64>,
) -> Result<Size, HubError> {
    let fits = |bytes: u64| size.is_none_or(|size| size == bytes);
    let own = photos::named_by(read, address, device.user)?;
    if let Some(own) = own.into_iter().find(|own| fits(own.bytes)) {
        return Ok(own);
    }
    let user = users::by_id(read, device.user)?.ok_or(HubError::Unauthorised)?;
    for (bytes, feed) in photos::named_in(read, address, MOST)? {
        if fits(bytes) && may_read(&hub.rulebook(), read, &user, &feed)? {
            return Ok(Size { bytes, waits: false });
        }
    }
    Err(HubError::PhotoUnknown)
}

/// What a device may still bring.
pub struct Room {
    /// Of today.
    bytes: u64,
    /// Of what only batches that wait name.
    waiting: u64,
}

impl Room {
    pub fn of(read: &Read, device: &Device) -> Result<Self, HubError> {
        let since = read.now().saturating_sub(limits::PHOTO_DAY_MS);
        let bytes = blobs::brought_since(read, device.id, since)?;
        let waiting = blobs::waiting(read, device.id)?;
        Ok(Self {
            bytes: limits::DAY_PHOTO_BYTES.saturating_sub(bytes),
            waiting: limits::WAITING_PHOTO_BYTES.saturating_sub(waiting),
        })
    }

    pub fn take(&mut self, Size { bytes, waits }: Size) -> Result<(), HubError> {
        if bytes > self.bytes || waits && bytes > self.waiting {
            return Err(HubError::PhotoQuota);
        }
        self.bytes -= bytes;
        if waits {
            self.waiting -= bytes;
        }
        Ok(())
    }
}
