//! The unit of sync: a signed, chained change of one record, kept and forwarded as the exact bytes that were signed.
//!
//! The signature covers a salted hash of each field, so that a value can be withheld or erased by law
//! and the change still verifies.

use crate::{
    BatchId, ChangeId, DeviceId, RecordRef, Stamp, UserId,
    encoding::{Bytes, to_text},
};
use ring::{
    digest::{Context, SHA256},
    rand::SecureRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::{collections::BTreeMap, fmt};
use zeroize::Zeroizing;

/// The version of the header below; a reader refuses a higher one.
pub const VERSION: u8 = 1;
/// What is signed starts with this, so that a signature means nothing anywhere else.
const SIGNING_CONTEXT: &[u8] = b"vanggia change 1\n";

/// SHA-256.
pub type Digest = Bytes<32>;
pub type PublicKey = Bytes<32>;
pub type Signature = Bytes<64>;

/// Why a change is not taken for what it says it is.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ChangeError {
    /// Not JSON of the shape of a header: ask the sender for it again.
    #[error("the change's header can't be read")]
    Unreadable,
    /// Made by a newer version of the app: update, then read it again.
    #[error("the change is of version {0}, newer than this program knows")]
    Newer(u8),
    /// The bytes are not what the device signed.
    #[error("the change's signature does not fit")]
    WrongSignature,
    /// A value does not fit the hash that was signed, or was never signed.
    #[error("a field's value is not the one that was signed")]
    WrongValue,
    /// The device's key can't be used.
    #[error("the device's signing key is damaged")]
    BadKey,
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl ChangeError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "change.unreadable",
            Self::Newer(_) => "change.newer",
            Self::WrongSignature => "change.wrong-signature",
            Self::WrongValue => "change.wrong-value",
            Self::BadKey => "change.bad-key",
            Self::NoRandomness => "change.no-randomness",
        }
    }
}

/// What is finished together: change `index` of `count` (index from 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub id: BatchId,
    pub index: u32,
    pub count: u32,
}

/// A field as the signature sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCommitment {
    /// SHA-256 over salt, field name and the value's JSON text.
    pub hash: Digest,
    /// The changes whose value of this field the author saw and replaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<ChangeId>,
}

/// All of a change but its values. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub v: u8,
    pub id: ChangeId,
    pub device: DeviceId,
    /// 1, 2, 3 … without gaps for each device.
    pub seq: u64,
    pub author: UserId,
    pub at: Stamp,
    pub record: RecordRef,
    pub fields: BTreeMap<String, FieldCommitment>,
    pub batch: Batch,
    /// The submission that this change follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<RecordRef>,
    /// [`SignedChange::digest`] of this device's previous change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
}

/// A value with the salt of its hash.
#[derive(Clone, Serialize, Deserialize)]
pub struct FieldValue {
    pub salt: Bytes<16>,
    pub value: Box<RawValue>,
}

/// A change as it travels and is kept: header bytes exactly as signed.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedChange {
    pub header: Box<RawValue>,
    /// Without those withheld or erased.
    pub values: BTreeMap<String, FieldValue>,
    pub signature: Signature,
}

impl fmt::Debug for SignedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedChange").field("header", &self.header.get()).finish_non_exhaustive()
    }
}

/// A change that verified.
#[derive(Clone, PartialEq)]
pub struct Change {
    pub header: Header,
    /// `None`: withheld or erased.
    pub values: BTreeMap<String, Option<Value>>,
    pub digest: Digest,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("header", &self.header).finish_non_exhaustive()
    }
}

/// A device's signing key (Ed25519).
pub struct DeviceKey {
    pair: Ed25519KeyPair,
}

impl DeviceKey {
    /// A new key as PKCS#8 bytes, to be kept encrypted.
    pub fn generate(random: &dyn SecureRandom) -> Result<Zeroizing<Vec<u8>>, ChangeError> {
        let document = Ed25519KeyPair::generate_pkcs8(random).map_err(|_| ChangeError::NoRandomness)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, ChangeError> {
        Ed25519KeyPair::from_pkcs8(bytes).map(|pair| Self { pair }).map_err(|_| ChangeError::BadKey)
    }

    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        Bytes(key)
    }

    /// Signs `message` under a context that says what it is.
    pub fn sign(&self, context: &[u8], message: &[u8]) -> Signature {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(&[context, message].concat()).as_ref());
        Bytes(signature)
    }
}

/// Whether `signature` over `message` under `context` was made with the key of `public`.
pub fn verify_signature(public: &PublicKey, context: &[u8], message: &[u8], signature: &Signature) -> bool {
    UnparsedPublicKey::new(&ED25519, public.0).verify(&[context, message].concat(), &signature.0).is_ok()
}

/// What a change says before it is signed; see [`Header`].
pub struct Draft {
    pub id: ChangeId,
    pub device: DeviceId,
    pub seq: u64,
    pub author: UserId,
    pub at: Stamp,
    pub record: RecordRef,
    /// Value and the changes it replaces.
    pub fields: BTreeMap<String, (Value, Vec<ChangeId>)>,
    pub batch: Batch,
    pub cause: Option<RecordRef>,
    pub previous: Option<Digest>,
}

impl Draft {
    pub fn sign(self, key: &DeviceKey, random: &dyn SecureRandom) -> Result<SignedChange, ChangeError> {
        let mut fields = BTreeMap::new();
        let mut values = BTreeMap::new();
        for (name, (value, replaces)) in self.fields {
            let mut salt = [0; 16];
            random.fill(&mut salt).map_err(|_| ChangeError::NoRandomness)?;
            let raw = serde_json::value::to_raw_value(&value).map_err(|_| ChangeError::Unreadable)?;
            fields.insert(
                name.clone(),
                FieldCommitment { hash: field_hash(&salt, &name, raw.get()), replaces },
            );
            values.insert(name, FieldValue { salt: Bytes(salt), value: raw });
        }
        let header = Header {
            v: VERSION,
            id: self.id,
            device: self.device,
            seq: self.seq,
            author: self.author,
            at: self.at,
            record: self.record,
            fields,
            batch: self.batch,
            cause: self.cause,
            previous: self.previous,
        };
        let header = serde_json::value::to_raw_value(&header).map_err(|_| ChangeError::Unreadable)?;
        let signature = key.sign(SIGNING_CONTEXT, header.get().as_bytes());
        Ok(SignedChange { header, values, signature })
    }
}

impl SignedChange {
    /// The header without checking anything: to learn whose key to check with.
    pub fn header(&self) -> Result<Header, ChangeError> {
        let header: Header = serde_json::from_str(self.header.get()).map_err(|_| self.unreadable())?;
        if header.v > VERSION { Err(ChangeError::Newer(header.v)) } else { Ok(header) }
    }

    fn unreadable(&self) -> ChangeError {
        #[derive(Deserialize)]
        struct Version {
            v: u8,
        }
        match serde_json::from_str::<Version>(self.header.get()) {
            Ok(Version { v }) if v > VERSION => ChangeError::Newer(v),
            _ => ChangeError::Unreadable,
        }
    }

    /// Checks signature and values against the device's public key.
    pub fn verify(&self, public: &PublicKey) -> Result<Change, ChangeError> {
        self.verify_read(self.header()?, public)
    }

    /// The same for who has read its [`Self::header`] already, to learn whose key to check with.
    pub fn verify_read(&self, header: Header, public: &PublicKey) -> Result<Change, ChangeError> {
        if !verify_signature(public, SIGNING_CONTEXT, self.header.get().as_bytes(), &self.signature) {
            return Err(ChangeError::WrongSignature);
        }
        self.open(header)
    }

    /// Reads a change that was verified when it was kept; only the values' hashes are checked again.
    pub fn reopen(&self) -> Result<Change, ChangeError> {
        let header = self.header()?;
        self.open(header)
    }

    fn open(&self, header: Header) -> Result<Change, ChangeError> {
        if self.values.keys().any(|name| !header.fields.contains_key(name)) {
            return Err(ChangeError::WrongValue);
        }
        let mut values = BTreeMap::new();
        for (name, commitment) in &header.fields {
            let value = match self.values.get(name) {
                None => None,
                Some(kept) if field_hash(&kept.salt.0, name, kept.value.get()) != commitment.hash => {
                    return Err(ChangeError::WrongValue);
                }
                Some(kept) => {
                    Some(serde_json::from_str(kept.value.get()).map_err(|_| ChangeError::Unreadable)?)
                }
            };
            values.insert(name.clone(), value);
        }
        Ok(Change { header, values, digest: self.digest() })
    }

    /// What the next change of the device chains to: SHA-256 over header and signature.
    pub fn digest(&self) -> Digest {
        let mut context = Context::new(&SHA256);
        context.update(self.header.get().as_bytes());
        context.update(&self.signature.0);
        finish(context)
    }
}

fn field_hash(salt: &[u8; 16], name: &str, json: &str) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(&(name.len() as u64).to_be_bytes());
    context.update(name.as_bytes());
    context.update(json.as_bytes());
    finish(context)
}

fn finish(context: Context) -> Digest {
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Bytes(digest)
}

/// Short text of a digest for people to compare.
pub fn fingerprint(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&SHA256, bytes);
    to_text(&digest.as_ref()[..12])
}

#[cfg(test)]
mod tests;
