//! AES-256-GCM for slots of the key file and for rows of restricted cases: nonce, ciphertext, tag.

use crate::StoreError;
use packing::{Packer, Unpacker};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
    rand::{SecureRandom, SystemRandom},
};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

fn key_of(key: &[u8; 32]) -> Result<LessSafeKey, StoreError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?))
}

/// `context` says what the bytes are and where they belong, so that nothing can be put in another's place.
pub(crate) fn seal(key: &[u8; 32], context: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce)?;
    let mut body = plain.to_vec();
    let aad = Aad::from(context.as_bytes());
    key_of(key)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)?;
    Ok([&nonce[..], &body].concat())
}

/// `None`: another key, another context or other bytes.
pub(crate) fn open(key: &[u8; 32], context: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut body = Zeroizing::new(body.to_vec());
    let aad = Aad::from(context.as_bytes());
    let length =
        key_of(key).ok()?.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

/// HKDF-SHA256 for one purpose.
pub(crate) fn derive(secret: &[u8], salt: &[u8], purpose: &str) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let mut derived = Zeroizing::new([0; 32]);
    let purpose = [purpose.as_bytes()];
    let key = Salt::new(HKDF_SHA256, salt).extract(secret);
    key.expand(&purpose, HKDF_SHA256)?.fill(derived.as_mut_slice())?;
    Ok(derived)
}

/// A phone writes a few visits at a time, and its disk is small.
const LEVEL: i32 = 6;

/// Rows' bodies as they are kept: packed, and those of restricted cases encrypted under the second key, and under the
/// database's. What is sealed tells how many times [`STEP`] it is long, so that a narrow row doesn't tell its answers.
pub(crate) struct Vault {
    is_locked: bool,
    /// Gone once the store is closed, whoever still holds it.
    restricted: Mutex<Option<Zeroizing<[u8; 32]>>>,
    packer: Mutex<Packer>,
    unpacker: Mutex<Unpacker>,
}

impl Vault {
    pub fn new(restricted: Option<[u8; 32]>) -> Result<Self, StoreError> {
        Ok(Self {
            is_locked: restricted.is_none(),
            restricted: Mutex::new(restricted.map(Zeroizing::new)),
            packer: Mutex::new(Packer::new(LEVEL)?),
            unpacker: Mutex::new(Unpacker::new()?),
        })
    }

    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Overwrites the key.
    pub fn forget(&self) {
        self.restricted.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn key(&self) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let key = self.restricted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        key.ok_or(if self.is_locked { StoreError::RestrictedLocked } else { StoreError::Closed })
    }

    /// A row's body as it is kept.
    pub fn close(&self, restricted: bool, context: &str, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let packed = self.packer.lock().unwrap_or_else(PoisonError::into_inner).pack(body);
        let packed = packed.ok_or(StoreError::Unreadable)?;
        if restricted { seal(&*self.key()?, context, &padded(packed)) } else { Ok(packed) }
    }

    /// A row's body as it was given to [`Self::close`].
    pub fn open(
        &self,
        restricted: bool,
        context: &str,
        body: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let unpack = |packed: &[u8]| {
            let body = self.unpacker.lock().unwrap_or_else(PoisonError::into_inner).unpack(packed);
            body.map(Zeroizing::new).ok_or(StoreError::Unreadable)
        };
        if restricted {
            let opened = open(&*self.key()?, context, body).ok_or(StoreError::Damaged)?;
            unpack(unpadded(&opened).ok_or(StoreError::Damaged)?)
        } else {
            unpack(body)
        }
    }

    /// A row's body as it is kept from now on.
    pub fn reclose(
        &self,
        before: bool,
        restricted: bool,
        context: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.close(restricted, context, &self.open(before, context, body)?)
    }
}

/// Bytes.
const STEP: usize = 256;
const END: u8 = 0x80;

/// With its end marked, up to a whole number of steps.
fn padded(mut body: Vec<u8>) -> Vec<u8> {
    body.push(END);
    body.resize(body.len().next_multiple_of(STEP), 0);
    body
}

fn unpadded(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    (padded[end] == END).then(|| &padded[..end])
}

#[cfg(test)]
mod tests;
