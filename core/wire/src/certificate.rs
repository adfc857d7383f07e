//! A device's certificate: the office's key says whose phone signs with which key. Phones verify other phones' changes
//! with it; hubs keep it.

use model::{
    DeviceId, DeviceKey, OfficeId, PublicKey, UserId,
    change::{Signature, verify_signature},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

const CONTEXT: &[u8] = b"vanggia device certificate 1\n";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceStatement {
    pub v: u16,
    pub office: OfficeId,
    pub device: DeviceId,
    pub user: UserId,
    pub key: PublicKey,
    /// Milliseconds since 1970.
    pub issued_at: u64,
}

/// A [`DeviceStatement`] with the signature of the office's Ed25519 key over its bytes. Kept and forwarded as it came,
/// so that one of a newer program does not make what it comes with unreadable.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Certificate(Box<RawValue>);

#[derive(Serialize, Deserialize)]
struct Signed {
    statement: Box<RawValue>,
    signature: Signature,
}

/// Why a certificate certifies nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadCertificate {
    /// Not of the shape that this program knows: a newer one may read it.
    #[error("the device certificate can't be read")]
    Unreadable,
    #[error("the device certificate was not signed by the office")]
    NotSigned,
}

impl Certificate {
    pub fn issue(statement: &DeviceStatement, office: &DeviceKey) -> Result<Self, serde_json::Error> {
        let statement = serde_json::value::to_raw_value(statement)?;
        let signature = office.sign(CONTEXT, statement.get().as_bytes());
        Ok(Self(serde_json::value::to_raw_value(&Signed { statement, signature })?))
    }

    pub fn verify(&self, office: &PublicKey) -> Result<DeviceStatement, BadCertificate> {
        let signed = self.signed()?;
        if !verify_signature(office, CONTEXT, signed.statement.get().as_bytes(), &signed.signature) {
            return Err(BadCertificate::NotSigned);
        }
        signed.read()
    }

    /// What a certificate says that was verified when it was kept.
    pub fn reopen(&self) -> Result<DeviceStatement, BadCertificate> {
        self.signed()?.read()
    }

    fn signed(&self) -> Result<Signed, BadCertificate> {
        serde_json::from_str(self.0.get()).map_err(|_| BadCertificate::Unreadable)
    }
}

impl Signed {
    fn read(&self) -> Result<DeviceStatement, BadCertificate> {
        serde_json::from_str(self.statement.get()).map_err(|_| BadCertificate::Unreadable)
    }
}
