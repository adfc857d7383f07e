//! Uploads of photos: how far each stands, and taking its next bytes. A ciphertext's name is what its bytes hash to; an
//! upload of it is its device's alone. Who calls has the device's turn ([`crate::photos::Photos::sending`]).

pub mod rights;
mod sweep;

pub use sweep::{Swept, sweep};

use super::limits;
use crate::{
    Hub, HubError,
    db::{
        Read, Tx, blobs,
        devices::Device,
        photos::Size,
        uploads::{self, Key},
    },
    photos::{Part, is_address},
    state::blocking,
};
use model::DeviceId;
use rights::Room;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use uuid::Uuid;
use wire::photos::{Begun, Bundled, Missing};

/// Bytes gathered before they are written: most photos fit, and are then written, hashed and put into their place in
/// one go.
const CHUNK: usize = 512 * 1024;
/// On a slow line what came doesn't wait longer than this in memory.
pub const KEEP_AFTER: Duration = Duration::from_secs(2);

/// How far an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Durable bytes.
    pub offset: u64,
    /// Of the whole.
    pub size: u64,
    /// When it is dropped if nothing more comes, in milliseconds since 1970; `None` once it is whole.
    pub expires_at: Option<u64>,
}

impl Stand {
    fn whole(size: u64) -> Self {
        Self { offset: size, size, expires_at: None }
    }

    fn under_way(offset: u64, size: u64, touched_at: u64) -> Self {
        Self { offset, size, expires_at: Some(touched_at + limits::UPLOAD_MS) }
    }
}

/// A device's identity goes on in another: so do its uploads.
pub fn take_over(tx: &Tx, from: DeviceId, to: DeviceId) -> Result<(), HubError> {
    Ok(uploads::move_all(tx, from, to)?)
}

/// Of these addresses, those whose photo is not here as a whole, and how far each stands. Interrupts what the device
/// sends: who asks is about to.
pub async fn missing(hub: &Hub, device: &Device, addresses: Vec<String>) -> Result<Vec<Missing>, HubError> {
    let _turn = hub.photos.sending(device.id).await;
    let device = device.clone();
    hub.read(move |hub, read| {
        let mut missing = Vec::new();
        for address in addresses {
            missing.extend(lacked(hub, read, &device, address)?);
        }
        Ok(missing)
    })
    .await
}

fn lacked(hub: &Hub, read: &Read, device: &Device, address: String) -> Result<Option<Missing>, HubError> {
    // What the answer doesn't name counts as held: a question that came damaged gets none.
    if !is_address(&address) {
        return Err(HubError::BadMessage("not a content address"));
    }
    if blobs::size(read, &address)?.is_some() {
        return Ok(None);
    }
    let key = Key { device: device.id, address };
    let (mut begun, mut refused) = (None, None);
    if let Some(upload) = uploads::find(read, &key)? {
        let offset = hub.photos.standing(&key.address, upload.part)?;
        begun = Some(Begun { offset, size: upload.size });
    } else {
        match rights::name(hub, read, device, &key.address, None) {
            Ok(_) => {}
            Err(error @ HubError::PhotoUnknown) => refused = Some(error.code().to_owned()),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Missing { address: key.address, begun, refused }))
}

/// The ciphertext of a photo that is here as a whole; a file alone may be one that a crash left.
pub fn whole(hub: &Hub, read: &Read, address: &str) -> Result<Option<Vec<u8>>, HubError> {
    match blobs::size(read, address)? {
        Some(_) => hub.photos.read(address),
        None => Ok(None),
    }
}

/// Makes blobs that came whole durable. One of another address than it claims, or that the device may not send, is
/// dropped, and named so.
pub async fn keep_whole(
    hub: &Hub,
    device: &Device,
    blobs: Vec<(String, Vec<u8>)>,
) -> Result<Vec<Bundled>, HubError> {
    if blobs.is_empty() {
        return Ok(Vec::new());
    }
    let from = device.clone();
    let (bundled, right) = hub.read(move |hub, read| checked(hub, read, &from, blobs)).await?;
    if right.is_empty() {
        return Ok(bundled);
    }
    let mut places = Vec::with_capacity(right.len());
    for address in right.keys() {
        places.push(hub.photos.place(address).await);
    }
    let photos = hub.clone();
    let right = blocking(move || photos.photos.keep_all(&right).map(|()| right)).await?;
    let device = device.id;
    hub.write(move |_, tx| {
        for (address, bytes) in &right {
            blobs::keep(tx, address, length(bytes), device)?;
        }
        Ok(())
    })
    .await?;
    Ok(bundled)
}

/// By their addresses.
type Blobs = BTreeMap<String, Vec<u8>>;

/// What becomes of each, and those that are kept.
fn checked(
    hub: &Hub,
    read: &Read,
    device: &Device,
    blobs: Vec<(String, Vec<u8>)>,
) -> Result<(Vec<Bundled>, Blobs), HubError> {
    let mut room = Room::of(read, device)?;
    let (mut bundled, mut right) = (Vec::with_capacity(blobs.len()), Blobs::new());
    for (address, bytes) in blobs {
        let refused = match check(hub, read, device, &mut room, &address, &bytes) {
            Ok(()) => None,
            Err(error @ (HubError::WrongAddress | HubError::PhotoUnknown | HubError::PhotoQuota)) => {
                Some(error.code().to_owned())
            }
            Err(error) => return Err(error),
        };
        let is_right = refused.is_none();
        bundled.push(Bundled { address: address.clone(), refused });
        if is_right {
            right.insert(address, bytes);
        }
    }
    Ok((bundled, right))
}

fn check(
    hub: &Hub,
    read: &Read,
    device: &Device,
    room: &mut Room,
    address: &str,
    bytes: &[u8],
) -> Result<(), HubError> {
    if wire::blob::address(bytes) != address {
        return Err(HubError::WrongAddress);
    }
    room.take(rights::name(hub, read, device, address, Some(length(bytes)))?)
}

/// What bytes of an upload come upon.
pub enum Creation {
    /// It stands so far already, in durable bytes, and goes on from there.
    Stands(Stand),
    /// Its bytes come with the request.
    Comes(Box<Upload>),
}

/// Begins an upload, or finds out where it stands. `brings`: the request has bytes of it.
pub async fn begin(
    hub: &Hub,
    device: &Device,
    address: String,
    size: u64,
    brings: bool,
) -> Result<Creation, HubError> {
    let (from, key) = (device.clone(), Key { device: device.id, address });
    let of = key.clone();
    let known = hub
        .read(move |hub, read| {
            let name = rights::name(hub, read, &from, &of.address, Some(size))?;
            if blobs::size(read, &of.address)?.is_some() {
                return Ok(None);
            }
            let known = uploads::find(read, &of)?;
            if known.is_none_or(|known| known.size != size) {
                has_room(read, &from, &of, name)?;
            }
            Ok(Some(known))
        })
        .await?;
    let Some(known) = known else { return Ok(Creation::Stands(Stand::whole(size))) };
    let (part, kept) = match known {
        Some(known) if known.size == size => {
            let offset = standing(hub, &key.address, known.part).await?;
            if offset > 0 || !brings {
                return Ok(Creation::Stands(Stand::under_way(offset, size, known.touched_at)));
            }
            (known.part, true)
        }
        known => {
            // A length that turns out wrong takes its bytes with it.
            if let Some(known) = known {
                drop_upload(hub, &key, known.part).await?;
            }
            let part = Uuid::now_v7();
            // The row comes with the last byte if this request brings all of them; else the size must be kept.
            if !brings {
                keep(hub, &key, part, size).await?;
                return Ok(Creation::Stands(Stand::under_way(0, size, hub.now())));
            }
            (part, false)
        }
    };
    Ok(Creation::Comes(Box::new(Upload::new(hub.clone(), key, part, 0, size, kept))))
}

/// Whether one more upload is within what the device may take up.
fn has_room(read: &Read, device: &Device, key: &Key, name: Size) -> Result<(), HubError> {
    Room::of(read, device)?.take(name)?;
    let others = uploads::load(read, key)?;
    if others.uploads >= limits::UPLOADS || others.bytes + name.bytes > limits::UPLOAD_BYTES {
        return Err(HubError::PhotoQuota);
    }
    Ok(())
}

/// An upload of the device that goes on from `from`.
pub async fn resume(hub: &Hub, device: DeviceId, address: String, from: u64) -> Result<Creation, HubError> {
    let key = Key { device, address };
    let (stand, part) = stand(hub, &key).await?;
    if stand.offset != from {
        return Err(HubError::WrongOffset);
    }
    Ok(match part {
        None => Creation::Stands(stand),
        Some(part) => {
            Creation::Comes(Box::new(Upload::new(hub.clone(), key, part, stand.offset, stand.size, true)))
        }
    })
}

/// How far the device's upload of the address stands; also whole, whoever brought it.
pub async fn stands(hub: &Hub, device: DeviceId, address: String) -> Result<Stand, HubError> {
    Ok(stand(hub, &Key { device, address }).await?.0)
}

/// With the file of what has come; `None` once it is whole.
async fn stand(hub: &Hub, key: &Key) -> Result<(Stand, Option<Uuid>), HubError> {
    // Two rows by their keys: shorter than a change of threads.
    let (size, upload) =
        hub.read_now(|_, read| Ok((blobs::size(read, &key.address)?, uploads::find(read, key)?)))?;
    if let Some(size) = size {
        return Ok((Stand::whole(size), None));
    }
    let upload = upload.ok_or(HubError::NotFound)?;
    let offset = standing(hub, &key.address, upload.part).await?;
    Ok((Stand::under_way(offset, upload.size, upload.touched_at), Some(upload.part)))
}

/// An upload whose bytes come in.
pub struct Upload {
    hub: Hub,
    key: Key,
    part_id: Uuid,
    /// Of the whole.
    size: u64,
    /// Its row is there already.
    kept: bool,
    /// Bytes written.
    offset: u64,
    part: Option<Part>,
    buffer: Vec<u8>,
    /// When the buffer was empty.
    since: Instant,
}

impl Upload {
    fn new(hub: Hub, key: Key, part_id: Uuid, offset: u64, size: u64, kept: bool) -> Self {
        let (buffer, since) = (Vec::with_capacity(CHUNK), Instant::now());
        Self { hub, key, part_id, size, kept, offset, part: None, buffer, since }
    }

    /// Whether so many bytes more are within the upload's size.
    pub fn has_room(&self, bytes: &[u8]) -> bool {
        self.offset + length(&self.buffer) + length(bytes) <= self.size
    }

    pub async fn append(&mut self, bytes: &[u8]) -> Result<(), HubError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < CHUNK && self.since.elapsed() < KEEP_AFTER {
            return Ok(());
        }
        self.offset += length(&self.buffer);
        let (hub, address, id) = (self.hub.clone(), self.key.address.clone(), self.part_id);
        let (part, mut buffer) = (self.part.take(), std::mem::take(&mut self.buffer));
        (self.part, self.buffer) = blocking(move || {
            let part = append(&hub, &address, id, part, &buffer)?;
            buffer.clear();
            Ok((Some(part), buffer))
        })
        .await?;
        self.since = Instant::now();
        Ok(())
    }

    /// Makes what came durable; completes the upload if that was the last byte.
    pub async fn end(self) -> Result<Stand, HubError> {
        let Self { hub, key, part_id, size, kept, offset, part, buffer, .. } = self;
        let offset = offset + length(&buffer);
        let whole = offset == size;
        let _place = if whole { Some(hub.photos.place(&key.address).await) } else { None };
        let last = {
            let (hub, address) = (hub.clone(), key.address.clone());
            blocking(move || {
                let part = append(&hub, &address, part_id, part, &buffer)?;
                if whole { hub.photos.finish(&address, part) } else { part.sync() }
            })
            .await
        };
        if let Err(HubError::WrongAddress) = last {
            hub.write(move |_, tx| Ok(uploads::remove(tx, &key)?)).await?;
            return Err(HubError::WrongAddress);
        }
        last?;
        if whole {
            hub.write(move |_, tx| {
                blobs::keep(tx, &key.address, size, key.device)?;
                Ok(uploads::remove(tx, &key)?)
            })
            .await?;
            return Ok(Stand::whole(size));
        }
        if kept {
            hub.write_later(move |_, tx| Ok(uploads::touch(tx, &key)?));
        } else {
            keep(&hub, &key, part_id, size).await?;
        }
        Ok(Stand::under_way(offset, size, hub.now()))
    }
}

fn append(hub: &Hub, address: &str, id: Uuid, part: Option<Part>, bytes: &[u8]) -> Result<Part, HubError> {
    let mut part = part.map_or_else(|| hub.photos.part(address, id), Ok)?;
    part.append(bytes)?;
    Ok(part)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

async fn standing(hub: &Hub, address: &str, part: Uuid) -> Result<u64, HubError> {
    let (hub, address) = (hub.clone(), address.to_owned());
    blocking(move || hub.photos.standing(&address, part)).await
}

async fn keep(hub: &Hub, key: &Key, part: Uuid, size: u64) -> Result<(), HubError> {
    let key = key.clone();
    hub.write(move |_, tx| Ok(uploads::keep(tx, &key, part, size)?)).await
}

/// The row first: a file without one is swept.
async fn drop_upload(hub: &Hub, key: &Key, part: Uuid) -> Result<(), HubError> {
    let (of, address) = (key.clone(), key.address.clone());
    hub.write(move |_, tx| Ok(uploads::remove(tx, &of)?)).await?;
    let hub = hub.clone();
    blocking(move || hub.photos.forget_part(&address, part)).await
}
