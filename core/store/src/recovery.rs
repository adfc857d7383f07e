//! The key file's slot for the office's recovery key (`wire::recovery`): for a forgotten PIN and a lost hardware key.

use crate::{
    HardwareKey, Keys, StoreError,
    keys::{Stretching, random},
    sealing::{derive, open, seal},
};
use model::{PublicKey, encoding::Bytes};
use ring::{
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    rand::SystemRandom,
};
use serde::{Deserialize, Serialize};
use wire::recovery::{Code, Lost, Request};
use zeroize::Zeroizing;

/// What the hardware key is asked for; the stretched code follows it.
const HARDWARE: &[u8] = b"vanggia recovery slot 1\n";
const SLOT: &str = "vanggia recovery slot 1";

/// The keys sealed twice: for the code that opens them on this phone, and for the one that opens any copy of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RecoverySlot {
    pub office_key: PublicKey,
    /// Of this slot alone.
    pub public: PublicKey,
    salt: Bytes<16>,
    #[serde(flatten)]
    stretching: Stretching,
    here: String,
    anywhere: String,
}

impl RecoverySlot {
    pub fn new(keys: &Keys, office_key: PublicKey, hardware: &dyn HardwareKey) -> Result<Self, StoreError> {
        let private = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new())?;
        let mut public = Bytes([0; 32]);
        public.0.copy_from_slice(private.compute_public_key()?.as_ref());
        let office = UnparsedPublicKey::new(&X25519, office_key.0);
        let code = |shared: &[u8; 32], lost| Code::new(shared, &office_key, &Request { lost, public });
        let (pin, hardware_key) = agree_ephemeral(private, &office, |shared| {
            let shared = Zeroizing::new(<[u8; 32]>::try_from(shared).map_err(|_| ring::error::Unspecified)?);
            Ok::<_, ring::error::Unspecified>((code(&shared, Lost::Pin)?, code(&shared, Lost::HardwareKey)?))
        })??;
        let (salt, stretching) = (Bytes(random()?), Stretching::default());
        let mut slot =
            Self { office_key, public, salt, stretching, here: String::new(), anywhere: String::new() };
        let sealed = |code: &Code, lost| -> Result<String, StoreError> {
            let wrapping = slot.wrapping_key(code, lost, hardware)?;
            Ok(model::encoding::to_text(&seal(&wrapping, SLOT, &keys.to_bytes()?)?))
        };
        let (here, anywhere) = (sealed(&pin, Lost::Pin)?, sealed(&hardware_key, Lost::HardwareKey)?);
        (slot.here, slot.anywhere) = (here, anywhere);
        Ok(slot)
    }

    /// What the office makes a code of.
    pub fn request(&self, lost: Lost) -> Request {
        Request { lost, public: self.public }
    }

    pub fn open(&self, code: &Code, lost: Lost, hardware: &dyn HardwareKey) -> Result<Keys, StoreError> {
        let sealed = match lost {
            Lost::Pin => &self.here,
            Lost::HardwareKey => &self.anywhere,
        };
        let sealed = model::encoding::from_text(sealed).ok_or(StoreError::KeyFileDamaged)?;
        let wrapping = self.wrapping_key(code, lost, hardware)?;
        let bytes = open(&wrapping, SLOT, &sealed).ok_or(StoreError::WrongRecoveryCode)?;
        Keys::from_bytes(&bytes).ok_or(StoreError::KeyFileDamaged)
    }

    fn wrapping_key(
        &self,
        code: &Code,
        lost: Lost,
        hardware: &dyn HardwareKey,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let stretched = self.stretching.of(code.text(), &self.salt)?;
        let bound = match lost {
            Lost::Pin => {
                let asked = Zeroizing::new([HARDWARE, stretched.as_slice()].concat());
                Zeroizing::new(hardware.hmac(&asked)?)
            }
            Lost::HardwareKey => Zeroizing::new(stretched.to_vec()),
        };
        derive(&bound, &self.salt.0, SLOT)
    }
}
