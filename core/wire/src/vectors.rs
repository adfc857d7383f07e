//! `tests/vectors/office-1.json`: what an office signs, byte by byte, and the texts that are read out, for who writes
//! another program from `docs/protocol.md`. `tests/vectors/verify.py` checks them.
//!
//! `cargo test -p wire make_vectors -- --ignored` writes it anew; once phones are out, none may change.

use crate::{
    erasure::ErasureOrder,
    receipt::Acknowledged,
    recovery::{Code, Lost, Request},
    signed::{DeviceStatement, Signed, Statement},
};
use model::{DeviceKey, PublicKey, encoding::Bytes};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::path::PathBuf;

const IDS: [&str; 4] = [
    "0f0f0f0f-0f0f-0f0f-0000-000000000001",
    "dededede-dede-dede-0000-000000000001",
    "a0a0a0a0-a0a0-a0a0-0000-000000000001",
    "0e0e0e0e-0e0e-0e0e-0000-000000000001",
];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/office-1.json")
}

/// RFC 5958, 2: the private key, then the public one.
fn key(seed: u8) -> DeviceKey {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let before = [0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let between = [0x81, 0x21, 0];
    let bytes = [&before[..], &[seed; 32], &between, pair.public_key().as_ref()].concat();
    DeviceKey::from_pkcs8(&bytes).unwrap()
}

fn signed<T: Statement>(statement: &T, office: &DeviceKey) -> Value {
    let text = serde_json::to_string(&Signed::issue(statement, office).unwrap()).unwrap();
    json!({ "context": String::from_utf8_lossy(T::CONTEXT), "signed": text })
}

fn spoken(lost: Lost, office: PublicKey) -> Value {
    let (shared, public) = ([0x51; 32], Bytes([0xa7; 32]));
    let request = Request { lost, public };
    let code = Code::new(&shared, &office, &request).unwrap();
    json!({
        "lost": if lost == Lost::Pin { "pin" } else { "hardware key" },
        "shared": Bytes(shared), "slot": public, "office": office,
        "request": request.to_string(), "code": code.text(),
    })
}

fn vectors() -> String {
    let [office, device, user, hub] = IDS.map(|id| id.parse().unwrap());
    let signing = key(1);
    let certificate = DeviceStatement {
        v: 1,
        office: model::OfficeId(office),
        device: model::DeviceId(device),
        user: model::UserId(user),
        key: key(2).public(),
        issued_at: 1_796_032_800_000,
        held: false,
    };
    let order = ErasureOrder {
        v: 1,
        id: model::OrderId(hub),
        office: model::OfficeId(office),
        issued_at: 1_796_032_800_000,
        values: [(model::ChangeId(device), ["ghi chú", "name"].map(str::to_owned).into())].into(),
    };
    let receipt = Acknowledged {
        v: 1,
        hub: model::HubId(hub),
        epoch: "9f2c01d7aa43be65".into(),
        device: model::DeviceId(device),
        received_through: 12,
        count: 3_051,
        mark: Bytes([0x2a; 16]),
    };
    let codes = [Lost::Pin, Lost::HardwareKey].map(|lost| spoken(lost, Bytes([0x33; 32])));
    let vectors = json!({
        "about": "docs/protocol.md, \"Signed statements\" and \"Recovery\". Keys are for tests alone.",
        "office_key": signing.public(),
        "statements": [signed(&certificate, &signing), signed(&order, &signing), signed(&receipt, &signing)],
        "codes": codes,
    });
    serde_json::to_string_pretty(&vectors).unwrap() + "\n"
}

#[test]
#[ignore = "writes the file"]
fn make_vectors() {
    std::fs::write(file(), vectors()).unwrap();
}

#[test]
fn the_vectors_are_what_this_program_makes() {
    assert_eq!(std::fs::read_to_string(file()).unwrap(), vectors());
}
