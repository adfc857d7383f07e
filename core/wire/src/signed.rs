//! What the office's key signs: whose phone signs with which key, who is what (`roles`), which values are to be erased
//! (`erasure`). Kept and forwarded as it came, so that one of a newer program does not make what it comes with unreadable.

use model::{
    BatchError, DeviceId, DeviceKey, OfficeId, PublicKey, UserId,
    batch::{Chain, Signer, VerifyingKey},
    key::{Signature, verify_signature},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{fmt, marker::PhantomData};

/// Something that an office says.
pub trait Statement: Serialize + DeserializeOwned {
    /// A signature of one kind of statement means nothing for another.
    const CONTEXT: &[u8];
}

/// A device's certificate. For a device id the office issues one, and never another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceStatement {
    pub v: u16,
    pub office: OfficeId,
    pub device: DeviceId,
    pub user: UserId,
    pub key: PublicKey,
    /// Milliseconds since 1970.
    pub issued_at: u64,
    /// No phone: the hub itself holds its key, for who writes in the console.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

impl Statement for DeviceStatement {
    const CONTEXT: &[u8] = b"vanggia device certificate 1\n";
}

impl DeviceStatement {
    /// Whose batches it lets pass.
    ///
    /// # Errors
    /// Of a key that no signature may count by.
    pub fn signer(&self) -> Result<Signer, BatchError> {
        let key = VerifyingKey::new(self.key)?;
        Ok(Signer { office: self.office, device: self.device, author: self.user, key })
    }
}

pub type Certificate = Signed<DeviceStatement>;

/// A statement with the signature of the office's Ed25519 key over its bytes.
pub struct Signed<T>(Box<RawValue>, PhantomData<T>);

#[derive(Serialize, Deserialize)]
struct Parts {
    statement: Box<RawValue>,
    signature: Signature,
}

/// Why a signed statement says nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadStatement {
    /// Not of the shape that this program knows: a newer one may read it.
    #[error("what the office signed can't be read")]
    Unreadable,
    #[error("the office did not sign this")]
    NotSigned,
}

impl<T: Statement> Signed<T> {
    /// # Errors
    /// None for statements of this module; typed, as nothing here panics.
    pub fn issue(statement: &T, office: &DeviceKey) -> Result<Self, serde_json::Error> {
        let statement = serde_json::value::to_raw_value(statement)?;
        let signature = office.sign(T::CONTEXT, statement.get().as_bytes());
        Ok(Self(serde_json::value::to_raw_value(&Parts { statement, signature })?, PhantomData))
    }

    pub fn verify(&self, office: &PublicKey) -> Result<T, BadStatement> {
        let Parts { statement, signature } = self.parts()?;
        if !verify_signature(office, T::CONTEXT, statement.get().as_bytes(), &signature) {
            return Err(BadStatement::NotSigned);
        }
        read(&statement)
    }

    /// What it says that was verified when it was kept.
    pub fn reopen(&self) -> Result<T, BadStatement> {
        read(&self.parts()?.statement)
    }

    /// The same statement by another key: what it says and where its device's batches begin stay what they are.
    ///
    /// # Errors
    /// Of what can't be read.
    pub fn anew(&self, office: &DeviceKey) -> Result<Self, BadStatement> {
        let Parts { statement, .. } = self.parts()?;
        let signature = office.sign(T::CONTEXT, statement.get().as_bytes());
        let raw = serde_json::value::to_raw_value(&Parts { statement, signature });
        Ok(Self(raw.map_err(|_| BadStatement::Unreadable)?, PhantomData))
    }

    /// Whether both say the same, whichever key signed them.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let said = |signed: &Self| signed.parts().map(|parts| parts.statement.get().to_owned());
        said(self).is_ok_and(|mine| said(other) == Ok(mine))
    }

    /// How long it is as it travels.
    pub fn bytes(&self) -> usize {
        self.0.get().len()
    }

    fn parts(&self) -> Result<Parts, BadStatement> {
        serde_json::from_str(self.0.get()).map_err(|_| BadStatement::Unreadable)
    }
}

impl Certificate {
    /// Where its device's batches begin.
    pub fn chain(&self) -> Result<Chain, BadStatement> {
        Ok(Chain::first(self.parts()?.statement.get().as_bytes()))
    }
}

fn read<T: Statement>(statement: &RawValue) -> Result<T, BadStatement> {
    serde_json::from_str(statement.get()).map_err(|_| BadStatement::Unreadable)
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signed").field(&self.0).finish()
    }
}

impl<T> Serialize for Signed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Signed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self(raw, PhantomData))
    }
}

#[cfg(test)]
mod tests;
