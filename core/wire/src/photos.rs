//! Photos going up: what the hub lacks of them, and many small ones in one body. Large ones go by tus (see
//! [`crate::paths::PHOTOS`]).

use serde::{Deserialize, Serialize};

/// The most addresses in one question for what is missing.
pub const MAX_ADDRESSES: usize = 1_000;
/// A blob of up to so many bytes goes up in a bundle, a larger one by itself.
pub const SMALL: usize = 64 * 1024;
/// The most bytes and the most blobs of a bundle.
pub const MAX_BUNDLE_BYTES: usize = 1024 * 1024;
pub const MAX_BUNDLE_BLOBS: usize = 256;

const ADDRESS_LEN: usize = 32;
/// Bytes before each blob of a bundle.
pub const FRAME_LEN: usize = ADDRESS_LEN + 4;

/// Content addresses (hex SHA-256 of ciphertext) the phone holds; 400 if one is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MissingRequest {
    pub v: u16,
    pub addresses: Vec<String>,
}

/// Those of them that the hub does not hold whole. Nothing is passed over here: what is not named counts as held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MissingResponse {
    pub v: u16,
    pub missing: Vec<Missing>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub address: String,
    /// An upload of it by this device that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Begun>,
    /// Why the hub would not take it from this device: a code such as `photo.unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Bytes that are durable at the hub: the next one is wanted.
    pub offset: u64,
    /// As announced, of the whole.
    pub size: u64,
}

/// What became of the blobs of a bundle. A phone asks for those that are not named.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BundleResponse {
    pub v: u16,
    #[serde(deserialize_with = "crate::open::readable")]
    pub blobs: Vec<Bundled>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundled {
    pub address: String,
    /// Why it is not durable at the hub: a code such as `photo.wrong-address`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    #[error("a blob of the bundle is empty or larger than a small one")]
    Size,
    #[error("more blobs or bytes than a bundle holds")]
    TooLarge,
    #[error("not a content address")]
    NoAddress,
}

/// Small blobs in one body: before each its address (32 bytes) and its length (u32, big-endian).
#[derive(Default)]
pub struct Bundle {
    bytes: Vec<u8>,
    blobs: usize,
}

impl Bundle {
    /// Whether a blob of so many bytes still fits.
    pub fn has_room(&self, length: u64) -> bool {
        self.blobs < MAX_BUNDLE_BLOBS
            && (self.bytes.len() + FRAME_LEN) as u64 + length <= MAX_BUNDLE_BYTES as u64
    }

    pub fn add(&mut self, address: &str, blob: &[u8]) -> Result<(), BundleError> {
        if blob.is_empty() || blob.len() > SMALL {
            return Err(BundleError::Size);
        }
        if !self.has_room(blob.len() as u64) {
            return Err(BundleError::TooLarge);
        }
        self.bytes.extend_from_slice(&address_bytes(address).ok_or(BundleError::NoAddress)?);
        self.bytes.extend_from_slice(&(blob.len() as u32).to_be_bytes());
        self.bytes.extend_from_slice(blob);
        self.blobs += 1;
        Ok(())
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes a bundle apart as its bytes come in.
#[derive(Default)]
pub struct Unbundler {
    rest: Vec<u8>,
    /// Of the whole bundle so far.
    bytes: usize,
    blobs: usize,
}

impl Unbundler {
    /// Takes the bundle's next bytes; returns the blobs that are whole with them, unchecked, each with its address.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, BundleError> {
        self.bytes += bytes.len();
        if self.bytes > MAX_BUNDLE_BYTES {
            return Err(BundleError::TooLarge);
        }
        self.rest.extend_from_slice(bytes);
        let (mut whole, mut at) = (Vec::new(), 0);
        while let Some(frame) = self.rest.get(at..at + FRAME_LEN) {
            let (address, length) = frame.split_at(ADDRESS_LEN);
            let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            if length == 0 || length > SMALL {
                return Err(BundleError::Size);
            }
            if self.blobs == MAX_BUNDLE_BLOBS {
                return Err(BundleError::TooLarge);
            }
            let start = at + FRAME_LEN;
            let Some(blob) = self.rest.get(start..start + length) else { break };
            whole.push((hex(address), blob.to_vec()));
            self.blobs += 1;
            at = start + length;
        }
        self.rest.drain(..at);
        Ok(whole)
    }

    /// Whether the bytes so far end with a blob's last one.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Of 64 lowercase hex digits.
fn address_bytes(address: &str) -> Option<[u8; ADDRESS_LEN]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; ADDRESS_LEN];
    if address.len() != 2 * ADDRESS_LEN {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(address.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
