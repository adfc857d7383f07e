use super::{codec::Packing, *};
use crate::{ChangeId, DeviceId, DeviceKey, OfficeId, RecordRef, Stamp, UserId, encoding::Bytes};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

mod keys;
mod making;
mod pages;
mod properties;
mod secrecy;
mod vectors;
mod views;

/// A phone of an office, with its key: the same for a number.
struct Phone {
    device: Device,
    key: DeviceKey,
    certificate: Vec<u8>,
}

fn id(kind: u8, n: u64) -> Uuid {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    Uuid::from_bytes(bytes)
}

impl Phone {
    fn new(n: u8) -> Self {
        let device = Device {
            office: OfficeId(id(0x0f, 1)),
            device: DeviceId(id(0xde, n.into())),
            author: UserId(id(0xa0, n.into())),
        };
        let certificate = format!("certificate {n}").into_bytes();
        Self { device, key: key([n; 32]), certificate }
    }

    fn chain(&self) -> Chain {
        Chain::first(&self.certificate)
    }

    fn signer(&self) -> Signer {
        let Device { office, device, author } = self.device;
        Signer { office, device, author, key: VerifyingKey::new(self.key.public()).unwrap() }
    }

    /// The same seed for the same number, so that vectors can be made again.
    fn sign(&self, chain: Chain, seed: u8, drafts: Vec<Draft>) -> Verified {
        let mut maker = Maker::with_seed(self.device, chain, Seed([seed; 16]));
        for draft in drafts {
            maker.add(draft).unwrap();
        }
        maker.sign(&self.key).unwrap()
    }
}

/// A key out of a seed: PKCS#8 version 2 of RFC 8410.
fn key(seed: [u8; 32]) -> DeviceKey {
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let head = [0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let public = [&[0x81, 0x21, 0][..], pair.public_key().as_ref()].concat();
    DeviceKey::from_pkcs8(&[&head[..], &seed, &public].concat()).unwrap()
}

fn json(text: &str) -> Json {
    Json::new(text).unwrap()
}

fn draft(n: u64, kind: &'static str, fields: &[(&str, &str)]) -> Draft {
    let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (json(value), BTreeSet::new()));
    Draft {
        at: Stamp(1_795_507_740_000 + n, u32::try_from(n % 3).unwrap()),
        record: RecordRef::new(kind, id(0x0c, n)),
        cause: None,
        fields: fields.iter().map(field).collect(),
    }
}

/// `count` persons, each with a name, a note and a yes or no.
fn people(count: u64) -> Vec<Draft> {
    let person = |n| {
        let name = format!("\"Nông Thị Thử {n}\"");
        draft(n, "person", &[("disabled", "true"), ("name", &name), ("note", "\"ghi chú\"")])
    };
    (0..count).map(person).collect()
}

fn page(batches: &[&Verified]) -> Vec<u8> {
    codec::encode(batches, Packing::Plain).unwrap()
}

/// The one batch of a page, as `phone`'s.
fn read(page: &[u8], phone: &Phone) -> Result<Verified, BatchError> {
    let mut batches = codec::decode(page)?;
    assert_eq!(batches.len(), 1);
    batches.remove(0).verify(&phone.signer())
}

/// What a reader learns: values by index of the change and name.
fn values(batch: &Verified) -> BTreeMap<(usize, String), String> {
    let mut found = BTreeMap::new();
    for (index, shown) in batch.changes().enumerate() {
        for field in shown.map(|shown| shown.fields).unwrap_or_default() {
            if let ShownField::Value(field) = field {
                found.insert((index, field.name.to_string()), field.value.text().to_owned());
            }
        }
    }
    found
}
