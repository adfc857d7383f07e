//! A phone without its screens: store and synchronisation over the real transport, with tries and waits to be set.

use crate::phone::{self, PIN};
use anyhow::{Context, Result, anyhow};
use model::{
    Clock, DeviceKey, PhotoFile, PhotoId, RecordEdit, RecordRef, SystemClock, encoding::Bytes, kind,
    photo::BlobRef,
};
use ring::rand::{SecureRandom, SystemRandom};
use std::{fs, path::Path, sync::Arc};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Keys, Store, WorkerFolder};
use sync::{Cancel, HttpTransport, Progress, Report, Retry, Transport};
use wire::enrol::{EnrolRequest, Invitation};

/// An enrolled phone with its store open.
pub struct Headless {
    pub store: Store,
    folder: WorkerFolder,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

impl Headless {
    /// Enrols a phone in `folder` by `invitation`.
    ///
    /// # Errors
    /// When the hub does not take it.
    pub fn enrol(invitation: &str, folder: &Path, name: &str) -> Result<Self> {
        Self::enrol_by(Arc::new(SystemClock::default()), invitation, folder, name)
    }

    /// The same with another clock than this machine's.
    ///
    /// # Errors
    /// When the hub does not take it.
    pub fn enrol_by(clock: Arc<dyn Clock>, invitation: &str, folder: &Path, name: &str) -> Result<Self> {
        let invitation: Invitation = invitation.parse().context("the invitation can't be read")?;
        let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
        let signing_key = DeviceKey::generate(&SystemRandom::new())?;
        Self::enrol_over(&mut transport, clock, invitation, &signing_key, folder, name)
    }

    /// The same with a key that is there, over another transport.
    ///
    /// # Errors
    /// When the hub does not take it.
    pub fn enrol_over(
        transport: &mut impl Transport,
        clock: Arc<dyn Clock>,
        invitation: Invitation,
        signing_key: &[u8],
        folder: &Path,
        name: &str,
    ) -> Result<Self> {
        let key = DeviceKey::from_pkcs8(signing_key)?;
        let answer = sync::enrol(&EnrolRequest::new(&invitation.code, &key, name, "0.1"), transport)?;
        let recovery_key = answer.recovery_key;
        let identity = Identity::enrolled(invitation, answer);
        let enrolment = Enrolment { identity, signing_key: signing_key.to_vec().into(), recovery_key };
        let rulebook = rulebook::Rulebook::built_in()?;
        let (folder, keys, store) =
            WorkerFolder::create(folder, PIN, &NoHardware, enrolment, clock.clone(), rulebook)?;
        Ok(Self { store, folder, keys, clock })
    }

    /// Opens the phone in `folder`.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::open_by(folder, rulebook::Rulebook::built_in()?)
    }

    /// The same with other tables than this program's.
    ///
    /// # Errors
    /// When there is none.
    pub fn open_by(folder: &Path, rulebook: Arc<rulebook::Rulebook>) -> Result<Self> {
        Self::open_at(Arc::new(SystemClock::default()), folder, rulebook)
    }

    /// The same with another clock than this machine's, too.
    ///
    /// # Errors
    /// When there is none.
    pub fn open_at(clock: Arc<dyn Clock>, folder: &Path, rulebook: Arc<rulebook::Rulebook>) -> Result<Self> {
        let folder = WorkerFolder::all(folder)?.into_iter().next().context("no phone in this folder")?;
        let keys = folder.unlock(PIN, &NoHardware, &*clock)?;
        let store = folder.open(&keys, clock.clone(), rulebook)?;
        Ok(Self { store, folder, keys, clock })
    }

    /// The same phone as it stands, in another folder: a test's way to begin again and again.
    ///
    /// # Errors
    /// When it can't be copied.
    pub fn copied(&self, to: &Path) -> Result<Self> {
        self.store.close()?;
        let name = self.folder.path().file_name().context("the phone lies in no folder")?;
        copy(self.folder.path(), &to.join(name))?;
        let folder = WorkerFolder::all(to)?.into_iter().next().context("no phone in this folder")?;
        let store = folder.open(&self.keys, self.clock.clone(), rulebook::Rulebook::built_in()?)?;
        Ok(Self { store, folder, keys: self.keys.clone(), clock: self.clock.clone() })
    }

    /// To the hub at `address`, or where it was enrolled.
    ///
    /// # Errors
    /// When that is no address.
    pub fn transport(&self, address: Option<&str>) -> Result<HttpTransport> {
        let Identity { hub_url, ca_pin, token, .. } = self.store.identity()?;
        Ok(HttpTransport::new(address.unwrap_or(&hub_url), ca_pin, Some(token))?)
    }

    /// Keeps the ciphertexts of a photo and its thumbnail; the record that names them, under a visit or case.
    ///
    /// # Errors
    /// When they can't be kept.
    pub fn photo(&self, parent: &RecordRef, whole: &[u8], thumbnail: &[u8]) -> Result<RecordEdit> {
        let keep = |plain: &[u8]| -> Result<BlobRef> {
            let mut key = [0; 32];
            SystemRandom::new().fill(&mut key).map_err(|_| anyhow!("no random numbers"))?;
            let sealed = wire::blob::seal(plain, &Bytes(key));
            let address = self.store.write_blob(&sealed)?;
            Ok(BlobRef { address, key: Bytes(key), size: sealed.len() as u64 })
        };
        let file = PhotoFile {
            blob: keep(whole)?,
            width: 2_048,
            height: 1_536,
            thumbnail: keep(thumbnail)?,
            taken_at: "2026-11-24T10:00:00+07:00".to_owned(),
        };
        let record = RecordRef::new(kind::PHOTO, PhotoId::new().0);
        Ok(RecordEdit::new(record).under(parent.clone()).set("file", serde_json::to_value(file)?))
    }

    /// Synchronises once; what stopped it is in the report.
    pub fn sync(
        &self,
        transport: &mut impl Transport,
        retry: Retry,
        observe: &mut dyn FnMut(Progress),
    ) -> Report {
        sync::run(
            &self.store,
            transport,
            &*self.clock,
            retry,
            &Cancel::default(),
            &|_| Ok(Vec::new()),
            observe,
        )
    }
}

/// Copies a folder with all below it.
///
/// # Errors
/// When it can't be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A machine without secure hardware; in its place the key that apps have here, so that either opens the folder.
struct NoHardware;

impl HardwareKey for NoHardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &phone::HARDWARE);
        Ok(ring::hmac::sign(&key, bytes).as_ref().to_vec())
    }

    fn renew(&self) -> Result<(), HardwareKeyError> {
        Err(HardwareKeyError::Unavailable)
    }
}
