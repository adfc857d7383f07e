use super::*;
use crate::record::kind;
use ring::rand::SystemRandom;
use uuid::Uuid;

fn draft() -> Draft {
    Draft {
        id: ChangeId::new(),
        device: DeviceId::new(),
        seq: 1,
        author: UserId::new(),
        at: Stamp(1_000, 0),
        record: RecordRef::new(kind::PERSON, Uuid::now_v7()),
        fields: BTreeMap::from([
            ("name".to_owned(), ("Nguyễn Thị Thử".into(), vec![])),
            ("birth_year".to_owned(), (1950.into(), vec![ChangeId::new()])),
        ]),
        batch: Batch { id: BatchId::new(), index: 0, count: 1 },
        cause: None,
        previous: None,
    }
}

fn key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

#[test]
fn travels_as_json_and_still_verifies() {
    let key = key();
    let signed = draft().sign(&key, &SystemRandom::new()).unwrap();
    let text = serde_json::to_string(&signed).unwrap();
    let back: SignedChange = serde_json::from_str(&text).unwrap();
    assert_eq!(back.header.get(), signed.header.get());
    let change = back.verify(&key.public()).unwrap();
    assert_eq!(change.values["birth_year"], Some(1950.into()));
    assert_eq!(change.digest, signed.digest());
}

#[test]
fn refuses_another_key_another_header_and_another_value() {
    let signing = key();
    let signed = draft().sign(&signing, &SystemRandom::new()).unwrap();
    assert_eq!(signed.verify(&key().public()), Err(ChangeError::WrongSignature));

    let mut forged = signed.clone();
    let header = signed.header.get().replace("\"seq\":1", "\"seq\":2");
    forged.header = RawValue::from_string(header).unwrap();
    assert_eq!(forged.verify(&signing.public()), Err(ChangeError::WrongSignature));

    let mut swapped = signed.clone();
    swapped.values.get_mut("birth_year").unwrap().value = RawValue::from_string("1951".into()).unwrap();
    assert_eq!(swapped.verify(&signing.public()), Err(ChangeError::WrongValue));

    let mut added = signed.clone();
    let value = added.values["name"].clone();
    added.values.insert("phone".into(), value);
    assert_eq!(added.verify(&signing.public()), Err(ChangeError::WrongValue));
}

#[test]
fn an_erased_value_leaves_a_change_that_verifies() {
    let key = key();
    let mut signed = draft().sign(&key, &SystemRandom::new()).unwrap();
    signed.values.remove("name");
    assert_eq!(signed.verify(&key.public()).unwrap().values["name"], None);
}

#[test]
fn a_newer_header_is_named_as_such_whatever_its_shape() {
    let key = key();
    let mut signed = draft().sign(&key, &SystemRandom::new()).unwrap();
    signed.header = RawValue::from_string(r#"{"v":9,"something":"else"}"#.into()).unwrap();
    assert_eq!(signed.verify(&key.public()), Err(ChangeError::Newer(9)));
}

#[test]
fn debug_shows_no_value() {
    let signed = draft().sign(&key(), &SystemRandom::new()).unwrap();
    let shown = format!("{signed:?} {:?}", signed.reopen().unwrap());
    assert!(!shown.contains("Nguyễn"), "{shown}");
}
