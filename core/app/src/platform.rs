//! What the core asks of the platform.

use std::sync::Arc;
use store::{HardwareKey, HardwareKeyError};

/// The platform's non-exportable key (Android Keystore, Secure Enclave): copied files are worthless without it.
#[uniffi::export(with_foreign)]
pub trait KeyStore: Send + Sync {
    /// HMAC-SHA256 of `bytes` under the hardware key, which is made at first use.
    fn hmac(&self, bytes: Vec<u8>) -> Result<Vec<u8>, KeyStoreFailure>;
    /// Makes a new key in place of one that is lost. Only called after [`KeyStoreFailure::Lost`].
    fn renew(&self) -> Result<(), KeyStoreFailure>;
}

/// The platform's key can't be used.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum KeyStoreFailure {
    /// Gone, as after a reset of the phone's lock: the office's recovery key is needed.
    #[error("the hardware key is gone")]
    Lost,
    /// Not now, as before the first unlock of the phone: try again.
    #[error("the hardware key can't be used now")]
    Unavailable,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
}

impl From<KeyStoreFailure> for HardwareKeyError {
    fn from(failure: KeyStoreFailure) -> Self {
        match failure {
            KeyStoreFailure::Lost => Self::Lost,
            KeyStoreFailure::Unavailable => Self::Unavailable,
        }
    }
}

/// The platform's key as the store asks for it.
pub struct Hardware(pub Arc<dyn KeyStore>);

impl HardwareKey for Hardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        Ok(self.0.hmac(bytes.to_vec())?)
    }

    fn renew(&self) -> Result<(), HardwareKeyError> {
        Ok(self.0.renew()?)
    }
}
