//! The store's keys, and the key file's slots that hold them.

use crate::{
    StoreError, files,
    recovery::RecoverySlot,
    sealing::{derive, open, seal},
};
use argon2::{Algorithm, Argon2, Params, Version};
use model::{PublicKey, encoding::Bytes};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path};
use wire::recovery::{Code, Lost};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What the hardware key is asked for; it signs nothing else for us.
const HARDWARE_CHECK: &[u8] = b"vanggia hardware check 1\n";
const HARDWARE_SLOT: &[u8] = b"vanggia pin slot 1\n";
const PIN_SLOT: &str = "vanggia pin slot 1";

/// The platform's non-exportable key: copied files are worthless without it.
pub trait HardwareKey: Send + Sync {
    /// HMAC-SHA256 of `bytes` under the hardware key.
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError>;
    /// Makes a new one in place of one that is [`HardwareKeyError::Lost`].
    fn renew(&self) -> Result<(), HardwareKeyError>;
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
        Ok(Self { database: random()?, restricted: Some(random()?) })
    }

    /// The key for household work alone.
    #[must_use]
    pub fn without_restricted(&self) -> Self {
        Self { database: self.database, restricted: None }
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let restricted = self.restricted.as_ref().ok_or(StoreError::RestrictedLocked)?;
        Ok(Zeroizing::new([self.database.as_slice(), restricted].concat()))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (database, restricted) = bytes.split_first_chunk::<32>()?;
        Some(Self { database: *database, restricted: Some(restricted.try_into().ok()?) })
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(‹redacted›)")
    }
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(bytes)
}

/// Opens with the PIN and the phone's hardware.
#[derive(Serialize, Deserialize)]
pub(crate) struct PinSlot {
    salt: Bytes<16>,
    #[serde(flatten)]
    stretching: Stretching,
    /// Base64url of the sealed keys.
    keys: String,
}

/// 19 MiB, two passes, one lane: OWASP's figures for Argon2id. A 2 GB phone gives that at any time without closing
/// other apps, and a Cortex-A53 takes well under a second. A PIN has few digits: what protects copied files is the
/// hardware key, Argon2id slows whoever has that as well.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// A key file that asks for more was not made by this app.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;

/// How much work it is to try what people can type.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Stretching {
    memory_kib: u32,
    passes: u32,
}

impl Default for Stretching {
    fn default() -> Self {
        Self { memory_kib: MEMORY_KIB, passes: PASSES }
    }
}

impl Stretching {
    pub fn of(self, typed: &str, salt: &Bytes<16>) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        if self.memory_kib > MOST_MEMORY_KIB || self.passes > MOST_PASSES {
            return Err(StoreError::KeyFileDamaged);
        }
        let params =
            Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| StoreError::KeyFileDamaged)?;
        let mut stretched = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(typed.as_bytes(), &salt.0, stretched.as_mut_slice())
            .map_err(|_| StoreError::KeyFileDamaged)?;
        Ok(stretched)
    }
}

/// At least six digits, nothing else.
pub fn check_pin(pin: &str) -> Result<(), StoreError> {
    if pin.len() < 6 || !pin.bytes().all(|c| c.is_ascii_digit()) { Err(StoreError::WeakPin) } else { Ok(()) }
}

impl PinSlot {
    pub fn new(keys: &Keys, pin: &str, hardware: &dyn HardwareKey) -> Result<Self, StoreError> {
        check_pin(pin)?;
        let slot = Self { salt: Bytes(random()?), stretching: Stretching::default(), keys: String::new() };
        let wrapping = slot.wrapping_key(pin, hardware)?;
        let sealed = seal(&wrapping, PIN_SLOT, &keys.to_bytes()?)?;
        Ok(Self { keys: model::encoding::to_text(&sealed), ..slot })
    }

    /// `None`: the PIN is wrong.
    pub fn open(&self, pin: &str, hardware: &dyn HardwareKey) -> Result<Option<Keys>, StoreError> {
        let sealed = model::encoding::from_text(&self.keys).ok_or(StoreError::KeyFileDamaged)?;
        let wrapping = self.wrapping_key(pin, hardware)?;
        Ok(open(&wrapping, PIN_SLOT, &sealed).and_then(|bytes| Keys::from_bytes(&bytes)))
    }

    fn wrapping_key(&self, pin: &str, hardware: &dyn HardwareKey) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let stretched = self.stretching.of(pin, &self.salt)?;
        let asked = Zeroizing::new([HARDWARE_SLOT, stretched.as_slice()].concat());
        let bound = Zeroizing::new(hardware.hmac(&asked)?);
        derive(&bound, &self.salt.0, PIN_SLOT)
    }
}

/// Tells the phone whose files these are from any other, without the PIN.
#[derive(Serialize, Deserialize)]
struct HardwareCheck {
    salt: Bytes<16>,
    tag: Bytes<32>,
}

impl HardwareCheck {
    fn new(hardware: &dyn HardwareKey) -> Result<Self, StoreError> {
        let salt = Bytes(random()?);
        Ok(Self { tag: Bytes(*Self::tag(&salt, hardware)?), salt })
    }

    fn tag(salt: &Bytes<16>, hardware: &dyn HardwareKey) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let answer = Zeroizing::new(hardware.hmac(&[HARDWARE_CHECK, &salt.0].concat())?);
        derive(&answer, &salt.0, "vanggia hardware check 1")
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Slot {
    Pin(PinSlot),
    Recovery(RecoverySlot),
}

/// Without this file nobody opens the database: there are two of it.
const COPY: &str = "copy";

/// `keys.json`: replaced as a whole or not at all.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyFile {
    v: u8,
    hardware: HardwareCheck,
    slots: Vec<Slot>,
}

impl KeyFile {
    pub fn new(
        keys: &Keys,
        pin: &str,
        hardware: &dyn HardwareKey,
        office_key: PublicKey,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            v: 1,
            slots: vec![
                Slot::Pin(PinSlot::new(keys, pin, hardware)?),
                Slot::Recovery(RecoverySlot::new(keys, office_key, hardware)?),
            ],
            hardware: HardwareCheck::new(hardware)?,
        })
    }

    /// Of the two copies the newer that can be read; both are the same afterwards.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let copy = path.with_extension(COPY);
        let read = match Self::read_one(path) {
            Err(StoreError::KeyFileDamaged) => Self::read_one(&copy)?,
            read => read?,
        };
        if fs::read(path).ok() != fs::read(&copy).ok() {
            // On a full disk it stays for the next time.
            let _ = read.write(path);
        }
        Ok(read)
    }

    fn read_one(path: &Path) -> Result<Self, StoreError> {
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::KeyFileDamaged,
            _ => error.into(),
        })?;
        let file: Self = serde_json::from_slice(&bytes).map_err(|_| StoreError::KeyFileDamaged)?;
        if file.v == 1 { Ok(file) } else { Err(StoreError::NewerSchema) }
    }

    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec_pretty(self)?;
        files::write_durably(path, &bytes)?;
        Ok(files::write_durably(&path.with_extension(COPY), &bytes)?)
    }

    /// Replaces the PIN's slot; also takes over the hardware key of this phone.
    pub fn set_pin(&mut self, keys: &Keys, pin: &str, hardware: &dyn HardwareKey) -> Result<(), StoreError> {
        let slot = Slot::Pin(PinSlot::new(keys, pin, hardware)?);
        self.hardware = HardwareCheck::new(hardware)?;
        self.slots.retain(|slot| !matches!(slot, Slot::Pin(_)));
        self.slots.insert(0, slot);
        Ok(())
    }

    /// Opens with what the office's recovery key made of the request; the PIN is `pin` from now on, and the code is used
    /// up.
    pub fn recover(
        &mut self,
        code: &Code,
        lost: Lost,
        pin: &str,
        hardware: &dyn HardwareKey,
    ) -> Result<Keys, StoreError> {
        check_pin(pin)?;
        let slot = self.recovery()?;
        let keys = slot.open(code, lost, hardware)?;
        let office_key = slot.office_key;
        if lost == Lost::HardwareKey && hardware.hmac(HARDWARE_CHECK) == Err(HardwareKeyError::Lost) {
            hardware.renew()?;
        }
        let renewed = RecoverySlot::new(&keys, office_key, hardware)?;
        self.set_pin(&keys, pin, hardware)?;
        self.slots.retain(|slot| !matches!(slot, Slot::Recovery(_)));
        self.slots.push(Slot::Recovery(renewed));
        Ok(keys)
    }

    /// Whether `hardware` is the key that this file was made with.
    pub fn check_hardware(&self, hardware: &dyn HardwareKey) -> Result<(), StoreError> {
        let tag = HardwareCheck::tag(&self.hardware.salt, hardware)?;
        if *tag == self.hardware.tag.0 { Ok(()) } else { Err(StoreError::ForeignKey) }
    }

    /// What the office's code must stand in for.
    pub fn lost(&self, hardware: &dyn HardwareKey) -> Result<Lost, StoreError> {
        match self.check_hardware(hardware) {
            Ok(()) => Ok(Lost::Pin),
            Err(StoreError::ForeignKey | StoreError::HardwareKeyLost) => Ok(Lost::HardwareKey),
            Err(error) => Err(error),
        }
    }

    pub fn pin(&self) -> Result<&PinSlot, StoreError> {
        let pin = self.slots.iter().find_map(|slot| if let Slot::Pin(pin) = slot { Some(pin) } else { None });
        pin.ok_or(StoreError::KeyFileDamaged)
    }

    pub fn recovery(&self) -> Result<&RecoverySlot, StoreError> {
        let slot = self
            .slots
            .iter()
            .find_map(|slot| if let Slot::Recovery(slot) = slot { Some(slot) } else { None });
        slot.ok_or(StoreError::KeyFileDamaged)
    }
}
