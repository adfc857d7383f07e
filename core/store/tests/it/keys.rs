//! PIN, hardware key, recovery.

use crate::common::*;
use ring::{
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    rand::SystemRandom,
};
use store::{StoreError, WorkerFolder};

#[test]
fn a_pin_opens_what_it_closed_and_a_wrong_one_says_so() {
    let phone = Phone::new();
    let keys = phone.unlock(PIN).unwrap();
    assert!(phone.folder.open(&keys, phone.clock.clone(), rules()).is_ok());
    assert_eq!(phone.unlock("246811").unwrap_err(), StoreError::WrongPin { wait_seconds: 0 });
    assert!(phone.unlock(PIN).is_ok());
}

#[test]
fn wrong_pins_are_slowed_over_restarts_and_clocks_set_back() {
    let phone = Phone::new();
    for _ in 0..4 {
        assert_eq!(phone.unlock("000000").unwrap_err(), StoreError::WrongPin { wait_seconds: 0 });
    }
    assert_eq!(phone.unlock("000000").unwrap_err(), StoreError::WrongPin { wait_seconds: 30 });
    // A new process finds the same folder.
    let [again] = <[WorkerFolder; 1]>::try_from(WorkerFolder::all(phone.root.path()).unwrap()).unwrap();
    let tried = |pin: &str| again.unlock(pin, &Hardware(1), &*phone.clock);
    phone.clock.advance_s(10);
    assert_eq!(tried(PIN).unwrap_err(), StoreError::MustWait { wait_seconds: 20 });
    phone.clock.set(START_MS - 3_600_000);
    assert_eq!(tried(PIN).unwrap_err(), StoreError::MustWait { wait_seconds: 30 });
    phone.clock.advance_s(30);
    assert_eq!(tried("000000").unwrap_err(), StoreError::WrongPin { wait_seconds: 60 });
    phone.clock.advance_s(60);
    assert!(tried(PIN).is_ok());
    assert_eq!(tried("000000").unwrap_err(), StoreError::WrongPin { wait_seconds: 0 }, "counted anew");
}

#[test]
fn copied_files_are_worthless_on_another_phone_and_cost_no_try_here() {
    let phone = Phone::new();
    for _ in 0..6 {
        let error = phone.folder.unlock(PIN, &Hardware(2), &*phone.clock).unwrap_err();
        assert_eq!(error.code(), "store.foreign-key");
    }
    let error = phone.folder.unlock(PIN, &Hardware(0), &*phone.clock).unwrap_err();
    assert_eq!(error.code(), "store.hardware-key-lost");
    assert!(phone.unlock(PIN).is_ok());
}

#[test]
fn a_pin_has_six_digits() {
    let phone = Phone::new();
    for weak in ["", "12345", "12345a", "１２３４５６"] {
        assert_eq!(phone.folder.set_pin(&phone.keys, weak, &Hardware(1)), Err(StoreError::WeakPin), "{weak}");
    }
    assert!(phone.unlock(PIN).is_ok());
}

#[test]
fn a_new_pin_replaces_the_old_one() {
    let phone = Phone::new();
    phone.folder.set_pin(&phone.keys, "13579135", &Hardware(1)).unwrap();
    assert_eq!(phone.unlock(PIN).unwrap_err().code(), "store.wrong-pin");
    assert!(phone.unlock("13579135").is_ok());
}

#[test]
fn the_offices_recovery_key_opens_what_a_lost_pin_and_hardware_closed() {
    let random = SystemRandom::new();
    let private = EphemeralPrivateKey::generate(&X25519, &random).unwrap();
    let office = Office::new();
    office.state().recovery_key.0.copy_from_slice(private.compute_public_key().unwrap().as_ref());
    let phone = Phone::enrolled(office);

    let slot = phone.folder.recovery_slot().unwrap();
    assert_eq!(slot.open(|_| Some([3; 32])).unwrap_err(), StoreError::ForeignKey);
    let keys = slot
        .open(|public| {
            let public = UnparsedPublicKey::new(&X25519, public);
            agree_ephemeral(private, &public, |shared| shared.try_into().unwrap()).ok()
        })
        .unwrap();
    phone.folder.set_pin(&keys, "777777", &Hardware(5)).unwrap();
    let keys = phone.folder.unlock("777777", &Hardware(5), &*phone.clock).unwrap();
    assert!(phone.folder.open(&keys, phone.clock.clone(), rules()).is_ok());
}

#[test]
fn a_damaged_key_file_is_named_as_such() {
    let phone = Phone::new();
    std::fs::write(phone.folder.path().join("keys.json"), b"{}").unwrap();
    assert_eq!(phone.unlock(PIN).unwrap_err(), StoreError::KeyFileDamaged);
    std::fs::remove_file(phone.folder.path().join("keys.json")).unwrap();
    assert_eq!(phone.unlock(PIN).unwrap_err(), StoreError::KeyFileDamaged);
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", Phone::new().keys), "Keys(‹redacted›)");
}
