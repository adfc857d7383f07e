use super::*;
use crate::{access, error::Fault};
use chrono::TimeDelta;
use model::{DeviceId, DeviceKey, HubId, OfficeId, Redacted, Role, UserId, encoding::Bytes};
use ring::rand::SystemRandom;
use store::{Enrolment, Identity};
use wire::{
    certificate::{Certificate, DeviceStatement},
    enrol::Worker,
};

#[test]
fn time_passes_by_whichever_clock_says_more() {
    let start = Moment { wall_ms: 5_000, monotonic_ms: 100 };
    let slept = Moment { wall_ms: 905_000, monotonic_ms: 200 };
    assert_eq!(start.until(slept), AUTO_LOCK);
    let set_back = Moment { wall_ms: 1, monotonic_ms: 60_100 };
    assert_eq!(start.until(set_back), Duration::from_secs(60));
}

/// A clock that a test moves; its monotonic side stands still, as in a sleeping phone.
struct Moved(Mutex<DateTime<FixedOffset>>);

impl Clock for Moved {
    fn now(&self) -> DateTime<FixedOffset> {
        *locked(&self.0)
    }
    fn monotonic_ms(&self) -> u64 {
        1
    }
}

struct Software;

impl KeyStore for Software {
    fn hmac(&self, bytes: Vec<u8>) -> Result<Vec<u8>, KeyStoreFailure> {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"key");
        Ok(ring::hmac::sign(&key, &bytes).as_ref().to_vec())
    }
}

fn enrolment() -> Enrolment {
    let signing_key = DeviceKey::generate(&SystemRandom::new()).unwrap();
    let key = DeviceKey::from_pkcs8(&signing_key).unwrap();
    let (office, device, user) = (OfficeId::new(), DeviceId::new(), UserId::new());
    let statement = DeviceStatement { v: 1, office, device, user, key: key.public(), issued_at: 1 };
    let worker = Worker {
        user,
        name: Redacted("Lò Thị Thử".into()),
        role: Role::COLLABORATOR,
        places: Vec::new(),
        duty_managers: Vec::new(),
    };
    let identity = Identity {
        hub: HubId::new(),
        hub_url: "http://127.0.0.1:1".into(),
        ca_pin: None,
        office,
        office_key: key.public(),
        device,
        user,
        token: Redacted("token".into()),
        certificate: Certificate::issue(&statement, &key).unwrap(),
        worker,
    };
    let mut point = [0; 32];
    point[0] = 9;
    Enrolment { identity, signing_key, recovery_key: Bytes(point) }
}

#[test]
fn a_paused_app_forgets_its_keys_after_a_quarter_of_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let now = DateTime::parse_from_rfc3339("2026-11-24T08:00:00+07:00").unwrap();
    let clock = Arc::new(Moved(Mutex::new(now)));
    WorkerFolder::create(
        folder.path(),
        "135790",
        &Hardware(Arc::new(Software)),
        enrolment(),
        clock.clone(),
        Rulebook::built_in().unwrap(),
    )
    .unwrap();
    let config = AppConfig {
        folder: folder.path().to_string_lossy().into_owned(),
        language: Language::Vietnamese,
        device_name: String::new(),
        app_version: String::new(),
    };
    let shared = Arc::new(Shared::new(config, Arc::new(Software), clock.clone()).unwrap());
    let pass = |minutes| *locked(&clock.0) += TimeDelta::minutes(minutes);
    access::unlock(&shared, "135790").unwrap();

    access::pause(&shared);
    pass(14);
    assert_eq!(access::resume(&shared), Ok(AppStatus::Unlocked));
    access::pause(&shared);
    pass(15);
    assert_eq!(access::resume(&shared), Ok(AppStatus::Locked));
    assert_eq!(shared.desk().err(), Some(Fault::new("app.locked")));
    assert_eq!(access::unlock(&shared, "135790").map(|worker| worker.name), Ok("Lò Thị Thử".to_owned()));
}
