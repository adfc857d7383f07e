//! Uploads of photos: how far each stands, and taking its next bytes. An upload's name is what its bytes hash to.
//! Who calls has the address's turn ([`crate::photos::Photos::turn`]).

use crate::{
    Hub, HubError,
    db::{
        Read,
        blobs::{self, Blob},
    },
    photos::{Part, is_address},
    state::blocking,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use wire::photos::{Begun, Bundled, Missing};

/// Bytes gathered before they are written: most photos fit, and are then written, hashed and put into their place in
/// one go.
const CHUNK: usize = 512 * 1024;
/// On a slow line what came doesn't wait longer than this in memory.
pub const KEEP_AFTER: Duration = Duration::from_secs(2);

/// Of these addresses, those whose photo is not here as a whole, and how far each stands. Interrupts who sends them: who
/// asks is about to.
pub async fn missing(hub: &Hub, addresses: Vec<String>) -> Result<Vec<Missing>, HubError> {
    let lacked = hub.read(move |_, read| lacked(read, addresses)).await?;
    let mut missing = Vec::with_capacity(lacked.len());
    for address in lacked {
        let (_turn, _guard) = hub.photos.turn(&address).await;
        let begun = match stands(hub, &address).await {
            Ok((_, blob)) if blob.whole => continue,
            Ok((offset, blob)) => Some(Begun { offset, size: blob.size }),
            Err(HubError::NotFound) => None,
            Err(error) => return Err(error),
        };
        missing.push(Missing { address, begun });
    }
    Ok(missing)
}

fn lacked(read: &Read, addresses: Vec<String>) -> Result<Vec<String>, HubError> {
    let mut lacked = Vec::new();
    for address in addresses {
        // What the answer doesn't name counts as held: a question that came damaged gets none.
        if !is_address(&address) {
            return Err(HubError::BadMessage("not a content address"));
        }
        if !blobs::find(read, &address)?.is_some_and(|blob| blob.whole) {
            lacked.push(address);
        }
    }
    Ok(lacked)
}

/// The ciphertext of a photo that is here as a whole; a file alone may be one that a crash left.
pub fn whole(hub: &Hub, read: &Read, address: &str) -> Result<Option<Vec<u8>>, HubError> {
    match blobs::find(read, address)? {
        Some(blob) if blob.whole => hub.photos.read(address),
        _ => Ok(None),
    }
}

/// Makes blobs that came whole durable. One of another address than it claims is dropped, and named so.
pub async fn keep_whole(hub: &Hub, blobs: Vec<(String, Vec<u8>)>) -> Result<Vec<Bundled>, HubError> {
    let (bundled, right) = blocking(move || Ok(checked(blobs))).await?;
    if right.is_empty() {
        return Ok(bundled);
    }
    // In the order of the addresses for all: none waits for who waits for it.
    let mut turns = Vec::with_capacity(right.len());
    for address in right.keys() {
        turns.push(hub.photos.turn(address).await);
    }
    let photos = hub.clone();
    let right = blocking(move || photos.photos.keep_all(&right).map(|()| right)).await?;
    hub.write(move |_, tx| {
        for (address, bytes) in &right {
            blobs::keep(tx, address, Blob { size: length(bytes), whole: true })?;
        }
        Ok(())
    })
    .await?;
    Ok(bundled)
}

/// What becomes of each, and those that have their address.
fn checked(blobs: Vec<(String, Vec<u8>)>) -> (Vec<Bundled>, BTreeMap<String, Vec<u8>>) {
    let (mut bundled, mut right) = (Vec::with_capacity(blobs.len()), BTreeMap::new());
    for (address, bytes) in blobs {
        let is_right = wire::blob::address(&bytes) == address;
        let refused = (!is_right).then(|| HubError::WrongAddress.code().to_owned());
        bundled.push(Bundled { address: address.clone(), refused });
        if is_right {
            right.insert(address, bytes);
        }
    }
    (bundled, right)
}

/// What a new upload of an address comes upon.
pub enum Creation {
    /// It stands so far already, in durable bytes, and goes on from there.
    Stands(u64),
    /// Its bytes come with the request.
    Comes(Box<Upload>),
}

/// Begins an upload, or finds out where it stands. `brings`: the request has bytes of it.
pub async fn begin(hub: &Hub, address: String, size: u64, brings: bool) -> Result<Creation, HubError> {
    let known = known(hub, &address)?;
    match known {
        Some(known) if known.whole => return Ok(Creation::Stands(known.size)),
        Some(known) if known.size == size => {
            let standing = standing(hub, &address).await?;
            if standing > 0 || !brings {
                return Ok(Creation::Stands(standing));
            }
        }
        _ => {
            // A size that turns out wrong takes its bytes with it.
            hub.photos.forget_part(&address)?;
            // The row comes with the last byte if this request brings all of them; else the size must be kept.
            if !brings {
                keep(hub, &address, Blob { size, whole: false }).await?;
                return Ok(Creation::Stands(0));
            }
        }
    }
    let kept = known.is_some_and(|known| known.size == size);
    Ok(Creation::Comes(Box::new(Upload::new(hub.clone(), address, 0, size, kept))))
}

/// An upload that goes on from `from`; `None` if it is whole.
pub async fn resume(hub: &Hub, address: String, from: u64) -> Result<Option<Upload>, HubError> {
    let (stands, blob) = stands(hub, &address).await?;
    if stands != from {
        return Err(HubError::WrongOffset);
    }
    Ok((!blob.whole).then(|| Upload::new(hub.clone(), address, stands, blob.size, true)))
}

/// Durable bytes of an upload, and what is known of it.
pub async fn stands(hub: &Hub, address: &str) -> Result<(u64, Blob), HubError> {
    let blob = known(hub, address)?.ok_or(HubError::NotFound)?;
    let stands = if blob.whole { blob.size } else { standing(hub, address).await? };
    Ok((stands, blob))
}

/// An upload whose bytes come in.
pub struct Upload {
    hub: Hub,
    address: String,
    /// Of the whole.
    size: u64,
    /// Its size is kept already.
    kept: bool,
    /// Bytes written.
    offset: u64,
    part: Option<Part>,
    buffer: Vec<u8>,
    /// When the buffer was empty.
    since: Instant,
}

impl Upload {
    fn new(hub: Hub, address: String, offset: u64, size: u64, kept: bool) -> Self {
        let (buffer, since) = (Vec::with_capacity(CHUNK), Instant::now());
        Self { hub, address, size, kept, offset, part: None, buffer, since }
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
        let (hub, address) = (self.hub.clone(), self.address.clone());
        let (part, mut buffer) = (self.part.take(), std::mem::take(&mut self.buffer));
        (self.part, self.buffer) = blocking(move || {
            let part = append(&hub, &address, part, &buffer)?;
            buffer.clear();
            Ok((Some(part), buffer))
        })
        .await?;
        self.since = Instant::now();
        Ok(())
    }

    /// Makes what came durable; completes the upload if that was the last byte. Returns the durable offset, and
    /// whether the photo is whole.
    pub async fn end(self) -> Result<(u64, bool), HubError> {
        let Self { hub, address, size, kept, offset, part, buffer, .. } = self;
        let offset = offset + length(&buffer);
        let whole = offset == size;
        let last = {
            let (hub, address) = (hub.clone(), address.clone());
            blocking(move || {
                let part = append(&hub, &address, part, &buffer)?;
                if whole { hub.photos.finish(&address, part) } else { part.sync() }
            })
            .await
        };
        if let Err(HubError::WrongAddress) = last {
            hub.write(move |_, tx| Ok(blobs::remove(tx, &address)?)).await?;
            return Err(HubError::WrongAddress);
        }
        last?;
        if whole || !kept {
            keep(&hub, &address, Blob { size, whole }).await?;
        }
        Ok((offset, whole))
    }
}

fn append(hub: &Hub, address: &str, part: Option<Part>, bytes: &[u8]) -> Result<Part, HubError> {
    let mut part = part.map_or_else(|| hub.photos.part(address), Ok)?;
    part.append(bytes)?;
    Ok(part)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

async fn standing(hub: &Hub, address: &str) -> Result<u64, HubError> {
    let (hub, address) = (hub.clone(), address.to_owned());
    blocking(move || hub.photos.standing(&address)).await
}

async fn keep(hub: &Hub, address: &str, blob: Blob) -> Result<(), HubError> {
    let address = address.to_owned();
    hub.write(move |_, tx| Ok(blobs::keep(tx, &address, blob)?)).await
}

/// One row by its key: shorter than a change of threads.
fn known(hub: &Hub, address: &str) -> Result<Option<Blob>, HubError> {
    hub.read_now(|_, read| Ok(blobs::find(read, address)?))
}
