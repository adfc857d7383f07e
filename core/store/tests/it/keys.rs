//! PIN, hardware key, recovery.

use crate::common::*;
use model::encoding::Bytes;
use store::{HardwareKey, HardwareKeyError, StoreError, WorkerFolder};
use wire::recovery::{Code, Lost, Request};

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

/// An office that knows the private half of its recovery key, and a phone of it.
fn recoverable() -> (Phone, x25519_dalek::StaticSecret) {
    let private = x25519_dalek::StaticSecret::from([0x5a; 32]);
    let office = Office::new();
    office.state().recovery_key.0 = x25519_dalek::PublicKey::from(&private).to_bytes();
    (Phone::enrolled(office), private)
}

/// What the office reads out.
fn code(private: &x25519_dalek::StaticSecret, request: &Request) -> Code {
    let shared = private.diffie_hellman(&request.public.0.into());
    let office = Bytes(x25519_dalek::PublicKey::from(private).to_bytes());
    Code::new(shared.as_bytes(), &office, request).unwrap()
}

#[test]
fn a_forgotten_pin_is_replaced_by_a_code_that_is_good_once_and_here_only() {
    let (phone, private) = recoverable();
    let request = phone.folder.recovery_request(&Hardware(1)).unwrap();
    assert_eq!(request.lost, Lost::Pin);
    let read_out = code(&private, &request);
    let other = code(&private, &Request { lost: Lost::HardwareKey, ..request });
    let wrong = phone.folder.recover(&other, "777777", &Hardware(1)).unwrap_err();
    assert_eq!(wrong, StoreError::WrongRecoveryCode);
    // In a copy of the folder it opens nothing.
    assert_eq!(
        phone.folder.recover(&read_out, "777777", &Hardware(2)).unwrap_err(),
        StoreError::WrongRecoveryCode
    );
    assert_eq!(phone.folder.recover(&read_out, "7777", &Hardware(1)).unwrap_err(), StoreError::WeakPin);
    assert!(phone.unlock(PIN).is_ok(), "nothing was changed");
    let keys = phone.folder.recover(&read_out, "777777", &Hardware(1)).unwrap();
    assert!(phone.folder.open(&keys, phone.clock.clone(), rules()).is_ok());
    assert_eq!(phone.unlock(PIN).unwrap_err().code(), "store.wrong-pin");
    assert!(phone.unlock("777777").is_ok());
    let again = phone.folder.recover(&read_out, "888888", &Hardware(1)).unwrap_err();
    assert_eq!(again, StoreError::WrongRecoveryCode);
    assert_ne!(phone.folder.recovery_request(&Hardware(1)).unwrap(), request);
}

#[test]
fn a_lost_hardware_key_is_replaced_and_the_pin_binds_to_the_new_one() {
    let (phone, private) = recoverable();
    let hardware = Renewable(std::sync::Mutex::new(None));
    let locked = phone.folder.unlock(PIN, &hardware, &*phone.clock).unwrap_err();
    assert_eq!(locked, StoreError::HardwareKeyLost);
    let request = phone.folder.recovery_request(&hardware).unwrap();
    assert_eq!(request.lost, Lost::HardwareKey);
    let keys = phone.folder.recover(&code(&private, &request), "777777", &hardware).unwrap();
    assert!(phone.folder.open(&keys, phone.clock.clone(), rules()).is_ok());
    assert!(phone.folder.unlock("777777", &hardware, &*phone.clock).is_ok());
    let elsewhere = phone.folder.unlock("777777", &Hardware(1), &*phone.clock).unwrap_err();
    assert_eq!(elsewhere, StoreError::ForeignKey);
}

/// Lost until it is made anew.
struct Renewable(std::sync::Mutex<Option<u8>>);

impl HardwareKey for Renewable {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        Hardware(self.0.lock().unwrap().unwrap_or(0)).hmac(bytes)
    }

    fn renew(&self) -> Result<(), HardwareKeyError> {
        *self.0.lock().unwrap() = Some(9);
        Ok(())
    }
}

#[test]
fn the_lock_screen_knows_a_name_that_only_this_phone_reads() {
    let phone = Phone::new();
    assert_eq!(phone.folder.label(&Hardware(1)).unwrap(), None);
    phone.folder.set_label("Lý Thị Cán Bộ", &Hardware(1)).unwrap();
    assert_eq!(phone.folder.label(&Hardware(1)).unwrap().as_deref(), Some("Lý Thị Cán Bộ"));
    for other in [0, 2] {
        assert_eq!(phone.folder.label(&Hardware(other)).unwrap(), None);
    }
    for (name, bytes) in all_bytes(phone.folder.path()) {
        assert!(!contains(&bytes, "Cán Bộ"), "{name}");
    }
}

#[test]
fn a_key_that_a_hub_was_asked_to_certify_is_the_same_for_the_same_code() {
    let root = tempfile::tempdir().unwrap();
    let asked = |code: &str, hardware| store::pending_key(root.path(), code, &Hardware(hardware));
    let key = asked("K7QM-2FXD-9A", 1).unwrap();
    assert_eq!(asked(" k7qm 2fxd9a", 1).unwrap(), key, "the answer was lost, the app was killed");
    assert_eq!(asked("K7QM-2FXD-9A", 0).unwrap_err(), StoreError::HardwareKeyLost);
    for (name, bytes) in all_bytes(root.path()) {
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_slice()), "{name}");
    }
    assert_ne!(asked("AAAA-AAAA-AA", 1).unwrap(), key);
    store::forget_pending_key(root.path()).unwrap();
    assert!(all_bytes(root.path()).is_empty());
    store::forget_pending_key(root.path()).unwrap();
}

#[test]
fn one_of_the_two_key_files_is_enough() {
    let phone = Phone::new();
    let [first, second] = ["keys.json", "keys.copy"].map(|name| phone.folder.path().join(name));
    for (spoilt, whole) in [(&first, &second), (&second, &first)] {
        std::fs::write(spoilt, b"{}").unwrap();
        assert!(phone.unlock(PIN).is_ok());
        assert_eq!(std::fs::read(spoilt).unwrap(), std::fs::read(whole).unwrap(), "mended");
    }
    std::fs::remove_file(&first).unwrap();
    phone.folder.set_pin(&phone.keys, "13579135", &Hardware(1)).unwrap();
    // The older PIN opens neither.
    std::fs::remove_file(&first).unwrap();
    assert_eq!(phone.unlock(PIN).unwrap_err().code(), "store.wrong-pin");
    assert!(phone.unlock("13579135").is_ok());
}

#[test]
fn a_damaged_key_file_is_named_as_such() {
    let phone = Phone::new();
    let both = ["keys.json", "keys.copy"].map(|name| phone.folder.path().join(name));
    both.iter().for_each(|path| std::fs::write(path, b"{}").unwrap());
    assert_eq!(phone.unlock(PIN).unwrap_err(), StoreError::KeyFileDamaged);
    both.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    assert_eq!(phone.unlock(PIN).unwrap_err(), StoreError::KeyFileDamaged);
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", Phone::new().keys), "Keys(‹redacted›)");
}
