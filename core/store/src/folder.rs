//! One folder for each worker on this phone: made, unlocked, opened, set aside.

use crate::{
    HardwareKey, HardwareKeyError, Identity, Keys, Store, StoreError,
    attempts::{Attempts, seconds},
    files,
    keys::KeyFile,
    salvage::{self, Salvaged},
    sealing::{derive, open, seal},
};
use model::{Clock, PublicKey};
use rulebook::Rulebook;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use uuid::Uuid;
use wire::recovery::{Code, Request};
use zeroize::Zeroizing;

const KEY_FILE: &str = "keys.json";
const ATTEMPTS: &str = "attempts.json";
const LABEL: &str = "label";
/// What the hardware key is asked for.
const LABEL_KEY: &[u8] = b"vanggia label 1\n";
const LABEL_SEALED: &str = "vanggia label 1";
pub(crate) const DATABASE: &str = "store.db";
pub(crate) const BLOBS: &str = "blobs";

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
    pub fn all(root: &Path) -> Result<Vec<Self>, StoreError> {
        let entries = match fs::read_dir(root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry?.path();
            // Half-made ones and those set aside have an extension.
            let named = path.file_name().and_then(|name| name.to_str()).map(Uuid::parse_str);
            if matches!(named, Some(Ok(_))) && path.is_dir() {
                folders.push(Self { path });
            }
        }
        folders.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(folders)
    }

    /// Makes a folder with keys and an open store: whole or not at all. `pin` has six digits or more.
    /// Takes a moment (Argon2id).
    pub fn create(
        root: &Path,
        pin: &str,
        hardware: &dyn HardwareKey,
        enrolment: Enrolment,
        clock: Arc<dyn Clock>,
        rulebook: Arc<Rulebook>,
    ) -> Result<(Self, Keys, Store), StoreError> {
        let keys = Keys::generate()?;
        let key_file = KeyFile::new(&keys, pin, hardware, enrolment.recovery_key)?;
        fs::create_dir_all(root)?;
        let folder = Self { path: root.join(Uuid::now_v7().to_string()) };
        let half_made = folder.path.with_extension("new");
        let made = (|| {
            fs::create_dir(&half_made)?;
            fs::create_dir(half_made.join(BLOBS))?;
            key_file.write(&half_made.join(KEY_FILE))?;
            Attempts::default().write(&half_made.join(ATTEMPTS))?;
            Store::create(&half_made, &keys, &enrolment)?;
            files::sync_folder(&half_made)?;
            fs::rename(&half_made, &folder.path)?;
            Ok(files::sync_folder(root)?)
        })();
        if let Err(error) = made {
            // Nobody has seen this folder yet.
            let _ = fs::remove_dir_all(&half_made);
            return Err(error);
        }
        let store = folder.open(&keys, clock, rulebook)?;
        Ok((folder, keys, store))
    }

    /// How the lock screen calls the worker whose folder this is: only this phone reads it. `None`: it was never told, or
    /// the hardware key is not the one that it was told with.
    pub fn label(&self, hardware: &dyn HardwareKey) -> Result<Option<String>, StoreError> {
        let sealed = match fs::read(self.path.join(LABEL)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            sealed => sealed?,
        };
        let wrapping = match hardware.hmac(LABEL_KEY) {
            Err(HardwareKeyError::Lost) => return Ok(None),
            bound => derive(&Zeroizing::new(bound?), b"", LABEL_SEALED)?,
        };
        let label = open(&wrapping, LABEL_SEALED, &sealed);
        Ok(label.and_then(|label| String::from_utf8(label.to_vec()).ok()))
    }

    pub fn set_label(&self, label: &str, hardware: &dyn HardwareKey) -> Result<(), StoreError> {
        if self.label(hardware)?.as_deref() == Some(label) {
            return Ok(());
        }
        let wrapping = derive(&Zeroizing::new(hardware.hmac(LABEL_KEY)?), b"", LABEL_SEALED)?;
        let sealed = seal(&wrapping, LABEL_SEALED, label.as_bytes())?;
        Ok(files::write_durably(&self.path.join(LABEL), &sealed)?)
    }

    /// Its name: says nothing of the worker.
    pub fn id(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The keys behind the PIN. Wrong ones are counted and slowed. Takes a moment (Argon2id).
    pub fn unlock(
        &self,
        pin: &str,
        hardware: &dyn HardwareKey,
        clock: &dyn Clock,
    ) -> Result<Keys, StoreError> {
        let key_file = KeyFile::read(&self.path.join(KEY_FILE))?;
        let path = self.path.join(ATTEMPTS);
        let before = Attempts::read(&path);
        let mut attempts = before;
        let wait = attempts.remaining_ms(clock.now_ms());
        if wait > 0 {
            if attempts != before {
                attempts.write(&path)?;
            }
            return Err(StoreError::MustWait { wait_seconds: seconds(wait) });
        }
        key_file.check_hardware(hardware)?;
        let mut failed = attempts.failed(clock.now_ms());
        failed.write(&path)?;
        match key_file.pin()?.open(pin, hardware) {
            Ok(Some(keys)) => {
                Attempts::default().write(&path)?;
                Ok(keys)
            }
            Ok(None) => {
                let wait_seconds = seconds(failed.remaining_ms(clock.now_ms()));
                Err(StoreError::WrongPin { wait_seconds })
            }
            Err(error) => {
                // The PIN was never tried.
                attempts.write(&path)?;
                Err(error)
            }
        }
    }

    /// Sets a new PIN for `keys` (a change, or after recovery) and forgets the wrong tries.
    pub fn set_pin(&self, keys: &Keys, pin: &str, hardware: &dyn HardwareKey) -> Result<(), StoreError> {
        let path = self.path.join(KEY_FILE);
        let mut key_file = KeyFile::read(&path)?;
        key_file.set_pin(keys, pin, hardware)?;
        key_file.write(&path)?;
        Attempts::default().write(&self.path.join(ATTEMPTS))
    }

    /// What the office's recovery key makes a one-time code of: for the PIN while this phone's hardware key is the one
    /// that the files were made with, else for that.
    pub fn recovery_request(&self, hardware: &dyn HardwareKey) -> Result<Request, StoreError> {
        let key_file = KeyFile::read(&self.path.join(KEY_FILE))?;
        Ok(key_file.recovery()?.request(key_file.lost(hardware)?))
    }

    /// Opens with the office's code, sets a new PIN and uses the code up. Also takes over the hardware key of this phone.
    /// Takes a moment (Argon2id).
    pub fn recover(&self, code: &Code, pin: &str, hardware: &dyn HardwareKey) -> Result<Keys, StoreError> {
        let path = self.path.join(KEY_FILE);
        let mut key_file = KeyFile::read(&path)?;
        let keys = key_file.recover(code, key_file.lost(hardware)?, pin, hardware)?;
        key_file.write(&path)?;
        Attempts::default().write(&self.path.join(ATTEMPTS))?;
        Ok(keys)
    }

    /// Opens the database with keys that are held already: quick, but for the first time with another rulebook, which
    /// makes places and lists anew.
    pub fn open(
        &self,
        keys: &Keys,
        clock: Arc<dyn Clock>,
        rulebook: Arc<Rulebook>,
    ) -> Result<Store, StoreError> {
        Store::open(&self.path, keys, clock, rulebook)
    }

    /// Makes a folder beside this one with the same keys and PIN, of what can still be read of its database, and puts this
    /// one out of the way, whole. It needs another enrolment ([`Store::carry_over`]) before it synchronises.
    pub fn salvage(self, keys: &Keys) -> Result<(Self, Salvaged), StoreError> {
        let root = self.path.parent().ok_or(StoreError::NotFound)?.to_owned();
        let made = Self { path: root.join(Uuid::now_v7().to_string()) };
        let half_made = made.path.with_extension("new");
        let salvaged = (|| -> Result<Salvaged, StoreError> {
            fs::create_dir(&half_made)?;
            for name in [KEY_FILE, ATTEMPTS, LABEL] {
                if let Ok(bytes) = fs::read(self.path.join(name)) {
                    files::write_durably(&half_made.join(name), &bytes)?;
                }
            }
            let salvaged = salvage::salvage(&self.path.join(DATABASE), &half_made.join(DATABASE), keys)?;
            files::link_all(&self.path.join(BLOBS), &half_made.join(BLOBS))?;
            files::sync_folder(&half_made)?;
            fs::rename(&half_made, &made.path)?;
            files::sync_folder(&root)?;
            Ok(salvaged)
        })();
        if salvaged.is_err() {
            let _ = fs::remove_dir_all(&half_made);
        }
        let salvaged = salvaged?;
        self.set_aside()?;
        Ok((made, salvaged))
    }

    /// Puts a damaged folder out of the way, whole; deletes nothing. Only on the worker's word.
    pub fn set_aside(self) -> Result<PathBuf, StoreError> {
        let aside = self.path.with_extension("aside");
        fs::rename(&self.path, &aside)?;
        if let Some(root) = self.path.parent() {
            files::sync_folder(root)?;
        }
        Ok(aside)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}
