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

/// The statement's bytes as signed by the office's Ed25519 key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificate {
    pub statement: Box<RawValue>,
    pub signature: Signature,
}

/// The certificate is not one of this office.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the device certificate was not signed by the office")]
pub struct BadCertificate;

impl Certificate {
    pub fn issue(statement: &DeviceStatement, office: &DeviceKey) -> Result<Self, serde_json::Error> {
        let statement = serde_json::value::to_raw_value(statement)?;
        let signature = office.sign(CONTEXT, statement.get().as_bytes());
        Ok(Self { statement, signature })
    }

    pub fn verify(&self, office: &PublicKey) -> Result<DeviceStatement, BadCertificate> {
        if !verify_signature(office, CONTEXT, self.statement.get().as_bytes(), &self.signature) {
            return Err(BadCertificate);
        }
        serde_json::from_str(self.statement.get()).map_err(|_| BadCertificate)
    }
}
