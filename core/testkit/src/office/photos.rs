//! Photos coming up: by tus 1.0 over content addresses, and many in one body.

use super::{Device, Ledger, admit::covers, read, refuse};
use crate::{Request, Response, client::OFFSET_STREAM};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::{DeviceId, PhotoFile};
use wire::{
    error::code,
    paths,
    photos::{
        Begun, BundleError, BundleResponse, Bundled, Missing, MissingRequest, MissingResponse, Unbundler,
    },
};

/// Whose an upload is, and of which address.
type Key = (DeviceId, String);

/// The largest photo that is taken.
const MAX_BYTES: u64 = 20 * 1024 * 1024;

impl Ledger {
    pub(super) fn missing(&self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        let asked = read::<MissingRequest>(request)?.addresses;
        if !asked.iter().all(|address| is_address(address)) {
            return Err(bad());
        }
        let names = self.names(&device);
        let lacked = asked.into_iter().filter(|address| !self.books.whole.contains_key(address));
        let missing = lacked.map(|address| {
            let begun = self.uploads.get(&(device.id, address.clone()));
            let begun = begun.map(|(size, arrived)| Begun { offset: arrived.len() as u64, size: *size });
            let unknown = begun.is_none() && !names.iter().any(|(named, _)| *named == address);
            let refused = unknown.then(|| code::PHOTO_UNKNOWN.to_owned());
            Missing { address, begun, refused }
        });
        let missing = missing.collect();
        Ok(self.message(request, &MissingResponse { v: wire::VERSION, missing }))
    }

    pub(super) fn bundle(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        let mut unbundler = Unbundler::default();
        let whole = unbundler.take(&request.body).map_err(|error| match error {
            BundleError::TooLarge => refuse(413, code::TOO_LARGE),
            _ => bad(),
        })?;
        let names = self.names(&device);
        let kept = whole.into_iter().map(|(address, bytes)| {
            let refused = if crate::address(&bytes) != address {
                Some(code::WRONG_ADDRESS.to_owned())
            } else if !names.contains(&(address.clone(), bytes.len() as u64)) {
                Some(code::PHOTO_UNKNOWN.to_owned())
            } else {
                self.books.acknowledge(address.as_bytes());
                self.books.whole.insert(address.clone(), bytes);
                None
            };
            Bundled { address, refused }
        });
        let blobs = kept.collect();
        if !unbundler.is_at_end() {
            return Err(bad());
        }
        Ok(self.message(request, &BundleResponse { v: wire::VERSION, blobs }))
    }

    pub(super) fn create_upload(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        check_version(request)?;
        let size = number(request, "upload-length").ok_or_else(bad)?;
        if size == 0 || size > MAX_BYTES {
            return Err(refuse(413, code::TOO_LARGE));
        }
        let address = metadata_address(request).ok_or_else(bad)?;
        if !self.names(&device).contains(&(address.clone(), size)) {
            return Err(refuse(403, code::PHOTO_UNKNOWN));
        }
        let created = |offset: u64| {
            let location = format!("{}/{address}", paths::PHOTOS);
            answer(201).with("upload-offset", offset).with("location", location)
        };
        if let Some(whole) = self.books.whole.get(&address) {
            return Ok(created(whole.len() as u64));
        }
        let key = (device.id, address.clone());
        let stands = self.uploads.get(&key).filter(|(known, _)| *known == size);
        let stands = stands.map_or(0, |(_, arrived)| arrived.len() as u64);
        if stands == 0 {
            self.uploads.insert(key.clone(), (size, Vec::new()));
        }
        if stands > 0 || request.header("content-type") != Some(OFFSET_STREAM) {
            return Ok(created(stands));
        }
        self.take(&key, &request.body).map(created)
    }

    pub(super) fn upload_status(&self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        check_version(request)?;
        let (offset, size) = self.stands(&(device.id, one(request).to_owned()))?;
        let answer = answer(200).with("upload-offset", offset).with("upload-length", size);
        Ok(answer.with("cache-control", "no-store"))
    }

    pub(super) fn append_upload(&mut self, request: &Request) -> Result<Response, Response> {
        let device = self.member(request)?;
        check_version(request)?;
        if request.header("content-type") != Some(OFFSET_STREAM) {
            return Err(refuse(415, "wire.wrong-type"));
        }
        let from = number(request, "upload-offset").ok_or_else(bad)?;
        let key = (device.id, one(request).to_owned());
        let (stands, _) = self.stands(&key)?;
        if stands != from {
            return Err(refuse(409, code::WRONG_OFFSET));
        }
        let offset = match self.books.whole.contains_key(&key.1) {
            true => stands,
            false => self.take(&key, &request.body)?,
        };
        Ok(answer(204).with("upload-offset", offset))
    }

    /// What the device may send, by address and length: what its user's batches name, and records that they may read.
    fn names(&self, device: &Device) -> Vec<(String, u64)> {
        let worker = &self.workers[&device.user];
        let mut names = Vec::new();
        for (of, received) in &self.books.received {
            let own = self.devices.iter().any(|known| known.id == *of && known.user == device.user);
            for received in received.iter().filter(|received| own || received.admitted) {
                for (record, file) in PhotoFile::named(&received.batch) {
                    let feed = self.books.records.get(&record).map(|filed| &filed.feed);
                    let read = |feed| covers(worker, feed) || self.is_member(worker.user, feed);
                    if own || feed.is_some_and(read) {
                        names.extend([file.blob, file.thumbnail].map(|blob| (blob.address, blob.size)));
                    }
                }
            }
        }
        names
    }

    /// Those of one device become another's.
    pub(super) fn move_uploads(&mut self, from: DeviceId, to: DeviceId) {
        let moved: Vec<_> = self.uploads.extract_if(.., |(device, _), _| *device == from).collect();
        for ((_, address), upload) in moved {
            self.uploads.entry((to, address)).or_insert(upload);
        }
    }

    /// Bytes that are here, and the size announced.
    fn stands(&self, key: &Key) -> Result<(u64, u64), Response> {
        let whole = self.books.whole.get(&key.1).map(|bytes| (bytes.len() as u64, bytes.len() as u64));
        let part = || self.uploads.get(key).map(|(size, arrived)| (arrived.len() as u64, *size));
        whole.or_else(part).ok_or_else(|| refuse(404, code::NOT_FOUND))
    }

    /// Takes bytes onto the end of an upload; with the last one it must have its address.
    fn take(&mut self, key: &Key, bytes: &[u8]) -> Result<u64, Response> {
        let (size, arrived) = self.uploads.get_mut(key).unwrap();
        if (arrived.len() + bytes.len()) as u64 > *size {
            return Err(bad());
        }
        arrived.extend_from_slice(bytes);
        let offset = arrived.len() as u64;
        if offset == *size {
            let (_, whole) = self.uploads.remove(key).unwrap();
            if crate::address(&whole) != key.1 {
                return Err(refuse(409, code::WRONG_ADDRESS));
            }
            self.books.acknowledge(key.1.as_bytes());
            self.books.whole.insert(key.1.clone(), whole);
        }
        Ok(offset)
    }
}

fn bad() -> Response {
    refuse(400, code::BAD_MESSAGE)
}

fn answer(status: u16) -> Response {
    Response::new(status).with("tus-resumable", "1.0.0")
}

fn check_version(request: &Request) -> Result<(), Response> {
    if request.header("tus-resumable") == Some("1.0.0") {
        return Ok(());
    }
    Err(refuse(412, "photo.tus-version").with("tus-version", "1.0.0"))
}

fn one(request: &Request) -> &str {
    request.path.rsplit('/').next().unwrap_or_default()
}

fn number(request: &Request, name: &str) -> Option<u64> {
    request.header(name)?.trim().parse().ok()
}

fn metadata_address(request: &Request) -> Option<String> {
    let encoded = request.header("upload-metadata")?.strip_prefix("address ")?;
    let address = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    is_address(&address).then_some(address)
}

fn is_address(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
