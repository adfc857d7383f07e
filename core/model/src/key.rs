//! Keys that sign, and what they and hashes are made of.

use crate::encoding::{Bytes, to_text};
use ring::{
    digest::SHA256,
    rand::SecureRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use zeroize::Zeroizing;

/// SHA-256.
pub type Digest = Bytes<32>;
pub type PublicKey = Bytes<32>;
pub type Signature = Bytes<64>;

/// Why a key can't be made or used.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    #[error("the signing key is damaged")]
    Damaged,
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl KeyError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Damaged => "key.damaged",
            Self::NoRandomness => "key.no-randomness",
        }
    }
}

/// A device's signing key (Ed25519).
pub struct DeviceKey {
    pair: Ed25519KeyPair,
}

impl DeviceKey {
    /// A new key as PKCS#8 bytes, to be kept encrypted.
    pub fn generate(random: &dyn SecureRandom) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let document = Ed25519KeyPair::generate_pkcs8(random).map_err(|_| KeyError::NoRandomness)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8(bytes).map(|pair| Self { pair }).map_err(|_| KeyError::Damaged)
    }

    /// The key that these secret bytes stand for.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(|pair| Self { pair }).map_err(|_| KeyError::Damaged)
    }

    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        Bytes(key)
    }

    /// Signs `message` under a context that says what it is.
    pub fn sign(&self, context: &[u8], message: &[u8]) -> Signature {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(&[context, message].concat()).as_ref());
        Bytes(signature)
    }
}

/// Whether `signature` over `message` under `context` was made with the key of `public`.
pub fn verify_signature(public: &PublicKey, context: &[u8], message: &[u8], signature: &Signature) -> bool {
    UnparsedPublicKey::new(&ED25519, public.0).verify(&[context, message].concat(), &signature.0).is_ok()
}

/// Short text of a digest for people to compare.
pub fn fingerprint(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&SHA256, bytes);
    to_text(&digest.as_ref()[..12])
}
