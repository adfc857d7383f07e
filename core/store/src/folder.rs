//! One folder for each worker on this phone: made, unlocked, opened, set aside.

use crate::{HardwareKey, Identity, Keys, RecoverySlot, Store, StoreError};
use model::{Clock, PublicKey};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

/// What enrolment gave.
pub struct Enrolment {
    pub identity: Identity,
    /// The device's signing key as PKCS#8 ([`model::DeviceKey::generate`]).
    pub signing_key: Zeroizing<Vec<u8>>,
    /// X25519; one slot of the key file is sealed to it.
    pub recovery_key: PublicKey,
}

/// A worker's folder. Its name is random.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerFolder {
    path: PathBuf,
}

impl WorkerFolder {
    /// Those under `root`, oldest first; none if `root` does not exist.
    pub fn all(_root: &Path) -> Result<Vec<Self>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Makes a folder with keys and an open store: whole or not at all. `pin` has six digits or more.
    /// Takes a moment (Argon2id).
    pub fn create(
        _root: &Path,
        _pin: &str,
        _hardware: &dyn HardwareKey,
        _enrolment: Enrolment,
        _clock: Arc<dyn Clock>,
    ) -> Result<(Self, Keys, Store), StoreError> {
        Err(StoreError::Closed)
    }

    /// The keys behind the PIN. Wrong ones are counted and slowed. Takes a moment (Argon2id).
    pub fn unlock(
        &self,
        _pin: &str,
        _hardware: &dyn HardwareKey,
        _clock: &dyn Clock,
    ) -> Result<Keys, StoreError> {
        Err(StoreError::Closed)
    }

    /// Sets a new PIN for `keys` (a change, or after recovery) and forgets the wrong tries.
    pub fn set_pin(&self, _keys: &Keys, _pin: &str, _hardware: &dyn HardwareKey) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// What the office's recovery key opens.
    pub fn recovery_slot(&self) -> Result<RecoverySlot, StoreError> {
        Err(StoreError::Closed)
    }

    /// Opens the database with keys that are held already: quick.
    pub fn open(&self, _keys: &Keys, _clock: Arc<dyn Clock>) -> Result<Store, StoreError> {
        Err(StoreError::Closed)
    }

    /// Puts a damaged folder out of the way, whole; deletes nothing. Only on the worker's word.
    pub fn set_aside(self) -> Result<PathBuf, StoreError> {
        Err(StoreError::Closed)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}
