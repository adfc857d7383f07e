use super::*;
use crate::erasure::Order;
use model::encoding::Bytes;
use ring::rand::SystemRandom;

fn key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

fn device(key: PublicKey) -> DeviceStatement {
    DeviceStatement {
        v: crate::VERSION,
        office: OfficeId::new(),
        device: DeviceId::new(),
        user: UserId::new(),
        key,
        issued_at: 7,
        held: false,
    }
}

#[test]
fn what_the_office_signed_is_of_one_kind_and_of_one_office() {
    let office = key();
    let statement = device(key().public());
    let certificate = Certificate::issue(&statement, &office).unwrap();
    assert_eq!(certificate.verify(&office.public()), Ok(statement));
    assert_eq!(certificate.verify(&key().public()), Err(BadStatement::NotSigned));
    let text = serde_json::to_string(&certificate).unwrap();
    let order: Order = serde_json::from_str(&text).unwrap();
    assert_eq!(order.verify(&office.public()), Err(BadStatement::NotSigned));
    let later = text.replace("\"issued_at\":7", "\"issued_at\":8");
    let later: Certificate = serde_json::from_str(&later).unwrap();
    assert_eq!(later.verify(&office.public()), Err(BadStatement::NotSigned));
    assert_ne!(later.chain(), certificate.chain(), "another statement, another chain");
}

#[test]
fn a_key_by_which_no_signature_may_count_makes_no_signer() {
    let one = {
        let mut one = [0; 32];
        one[0] = 1;
        Bytes(one)
    };
    assert_eq!(device(one).signer(), Err(BatchError::KeySmallOrder));
    assert_eq!(device(Bytes([0xff; 32])).signer(), Err(BatchError::KeyNotCanonical));
    let key = key().public();
    let statement = device(key);
    let signer = statement.signer().unwrap();
    assert_eq!(
        (signer.office, signer.device, signer.author),
        (statement.office, statement.device, statement.user)
    );
    assert_eq!(signer.key.bytes(), key);
}
