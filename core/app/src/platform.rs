//! What the core asks of the platform.

use crate::view::{SyncProgress, SyncSummary};

/// The platform's non-exportable key (Android Keystore, Secure Enclave): copied files are worthless without it.
#[uniffi::export(with_foreign)]
pub trait KeyStore: Send + Sync {
    /// HMAC-SHA256 of `bytes` under the hardware key, which is made at first use.
    fn hmac(&self, bytes: Vec<u8>) -> Result<Vec<u8>, KeyStoreFailure>;
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

/// Hears how a synchronisation goes, on a thread of the core. Gets the present state at once.
#[uniffi::export(with_foreign)]
pub trait SyncObserver: Send + Sync {
    fn progress(&self, progress: SyncProgress);
    /// The last call, whatever happened.
    fn finished(&self, summary: SyncSummary);
}
