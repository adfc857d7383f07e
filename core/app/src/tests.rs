//! The app by a clock that a test moves.

use crate::{
    access, cases,
    config::{AppConfig, Language},
    error::Fault,
    form::{Catalogue, Forms, OpenForms, labels_of},
    households::Households,
    mutex::locked,
    platform::{Hardware, KeyStore, KeyStoreFailure},
    shared::Shared,
    state::AppStatus,
    today,
};
use chrono::{DateTime, FixedOffset, TimeDelta};
use model::{
    Clock, DeviceId, DeviceKey, HubId, OfficeId, RecordEdit, RecordRef, Redacted, Role, UserId,
    encoding::Bytes, kind,
};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
};
use rulebook::Rulebook;
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use store::{Enrolment, Identity, WorkerFolder};
use uuid::Uuid;
use wire::{
    enrol::{Colleague, Worker},
    forms::{FormEntry, FormFile},
    signed::{Certificate, DeviceStatement},
};

/// A clock that a test moves; its monotonic side stands still, as in a sleeping phone.
pub struct Moved(pub Mutex<DateTime<FixedOffset>>);

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

    fn renew(&self) -> Result<(), KeyStoreFailure> {
        Err(KeyStoreFailure::Unavailable)
    }
}

fn enrolment(role: &str) -> Enrolment {
    let signing_key = DeviceKey::generate(&SystemRandom::new()).unwrap();
    let key = DeviceKey::from_pkcs8(&signing_key).unwrap();
    let (office, device, user) = (OfficeId::new(), DeviceId::new(), UserId::new());
    let statement =
        DeviceStatement { v: 1, office, device, user, key: key.public(), issued_at: 1, held: false };
    let worker = Worker {
        user,
        name: Redacted("Lò Thị Thử".into()),
        role: Role::new(role.to_owned()),
        places: Vec::new(),
        duty_managers: vec![Colleague {
            user: UserId::new(),
            name: Redacted("Vi Văn Trực".into()),
            phone: Some(Redacted("0912345678".into())),
        }],
        devices: Vec::new(),
    };
    let identity = Identity {
        hub: HubId::new(),
        hub_url: "http://127.0.0.1:1".into(),
        ca_pin: None,
        office,
        office_key: key.public(),
        office_past: Default::default(),
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

/// An unlocked app of a case manager whose clock says `now`.
fn unlocked(folder: &Path, now: &str) -> (Arc<Moved>, Arc<Shared>) {
    unlocked_as(folder, "case_manager", now, Rulebook::built_in().unwrap())
}

pub fn unlocked_as(
    folder: &Path,
    role: &str,
    now: &str,
    rulebook: Arc<Rulebook>,
) -> (Arc<Moved>, Arc<Shared>) {
    let clock = Arc::new(Moved(Mutex::new(DateTime::parse_from_rfc3339(now).unwrap())));
    WorkerFolder::create(
        folder,
        "135790",
        &Hardware(Arc::new(Software)),
        enrolment(role),
        clock.clone(),
        rulebook.clone(),
    )
    .unwrap();
    let config = AppConfig {
        folder: folder.to_string_lossy().into_owned(),
        language: Language::Vietnamese,
        device_name: String::new(),
        app_version: String::new(),
    };
    let mut shared = Shared::new(config, Arc::new(Software), clock.clone()).unwrap();
    shared.built_in = rulebook;
    let shared = Arc::new(shared);
    access::unlock(&shared, "135790").unwrap();
    (clock, shared)
}

/// A form that begins with the time, and says what it was given.
fn asks_the_time() -> (FormEntry, Vec<(String, Vec<u8>)>) {
    let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
        <h:title>Giờ</h:title><model>
        <instance><data id="gio" version="1"><key/><at/><meta><instanceID/></meta></data></instance>
        <bind nodeset="/data/at" type="dateTime"/>
        <setvalue event="odk-instance-first-load" ref="/data/at" value="now()"/></model></h:head>
        <h:body><input ref="/data/at"><label><output value="/data/at"/></label></input></h:body></h:html>"#;
    let records = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
                   form,household,,,,,,,,\nh,household,,/data,/data/key,,,,,\nh,,,,,,village,'x',text,\n\
                   h,,,,,,commune,'06040',text,\n";
    let files =
        [("form.xml", form), ("records.csv", records)].map(|(name, text)| (name.to_owned(), text.into()));
    let listed = |(name, bytes): &(String, Vec<u8>)| FormFile {
        name: name.clone(),
        sha256: digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect(),
        size: bytes.len() as u64,
    };
    let entry = FormEntry {
        id: "gio".into(),
        version: "1".into(),
        title: "Giờ".into(),
        files: files.iter().map(listed).collect(),
        newest: true,
    };
    (entry, files.into())
}

#[test]
fn a_page_reads_no_form() {
    let folder = tempfile::tempdir().unwrap();
    let (_, shared) = unlocked(folder.path(), "2026-11-24T08:00:00+07:00");
    let desk = shared.desk().unwrap();
    let (entry, files) = asks_the_time();
    let labels = labels_of(&desk.rulebook, &files.iter().cloned().collect()).unwrap();
    let version = |n: usize| FormEntry { id: format!("gio_{n}"), ..entry.clone() };
    for n in 0..30 {
        desk.store.put_form(&version(n), &files, Some(&labels)).unwrap();
    }
    let household = RecordRef::new(kind::HOUSEHOLD, Uuid::now_v7());
    let fields =
        RecordEdit::new(household.clone()).set("name", "Hoàng Văn Sơn").set("water", "protected_spring");
    desk.store.commit(vec![fields]).unwrap();
    let parsed = |forms: bool| {
        let catalogue = Arc::new(Catalogue::default());
        let (households, id) = (Households::new(&shared, &catalogue), household.id.to_string());
        assert_eq!(households.view(id).unwrap().name, "Hoàng Văn Sơn");
        let open = Forms::new(&shared, &catalogue, Arc::new(OpenForms::default()));
        assert!(!forms || open.list().unwrap().len() >= 30);
        catalogue.parsed()
    };
    assert_eq!((parsed(false), parsed(true)), (0, 0));
    // One that came before labels were kept is read once.
    desk.store.put_form(&version(30), &files, None).unwrap();
    assert_eq!((parsed(true), parsed(true)), (1, 0));
}

#[test]
fn a_phone_set_to_another_time_zone_shows_and_keeps_vietnams_time() {
    let folder = tempfile::tempdir().unwrap();
    let (clock, shared) = unlocked(folder.path(), "2026-11-24T16:09:00+08:00");
    let desk = shared.desk().unwrap();
    let household = RecordRef::new(kind::HOUSEHOLD, Uuid::now_v7());
    // As another app kept it: that it came at 16:09 there is 15:09 here.
    let report = RecordEdit::new(RecordRef::new(kind::CASE, Uuid::now_v7()))
        .set("workflow", "child-protection")
        .set("state", "intake")
        .set("severity", "high")
        .set("received_at", "2026-11-24T16:09:00+08:00");
    desk.store.commit(vec![RecordEdit::new(household.clone()).set("name", "Hoàng Văn Sơn"), report]).unwrap();
    cases::open(&desk, &household.id.to_string(), "Cần hỗ trợ").unwrap();

    let rows = cases::rows::list(&desk).unwrap();
    assert_eq!(rows.iter().map(|row| row.opened.as_str()).collect::<Vec<_>>(), ["24/11/2026 15:09"; 2]);
    let kept = desk.store.records(kind::CASE).unwrap();
    let opened_at = kept.iter().find_map(|case| case.state.text("opened_at")).unwrap();
    assert!(opened_at.ends_with("+07:00"), "{opened_at}");
    let today = today::day(&Catalogue::default(), &desk).unwrap();
    assert!(today.tasks.iter().any(|task| task.due == "25/11/2026 03:09"), "{:?}", today.tasks);
    assert_eq!(today.date, "Thứ ba, 24/11/2026");
    // What a form takes the time for.
    let (entry, files) = asks_the_time();
    desk.store.put_form(&entry, &files, None).unwrap();
    let forms = Forms::new(&shared, &Arc::new(Catalogue::default()), Arc::new(OpenForms::default()));
    let page = forms.start("gio".into(), None).unwrap().page().unwrap();
    assert_eq!(page.questions[0].shown, "24/11/2026 15:09");
    assert!(page.questions[0].label.ends_with("T15:09:00.000+07:00"), "{}", page.questions[0].label);
    // Past midnight there, not here.
    *locked(&clock.0) = DateTime::parse_from_rfc3339("2026-11-25T00:30:00+08:00").unwrap();
    assert_eq!(
        today::day(&Catalogue::default(), &shared.desk().unwrap()).unwrap().date,
        "Thứ ba, 24/11/2026"
    );
}

#[test]
fn a_clock_that_is_more_than_ten_minutes_off_is_told_until_it_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let (_, shared) = unlocked(folder.path(), "2026-11-24T08:00:00+07:00");
    let told = |offset_minutes: i64| {
        let desk = shared.desk().unwrap();
        desk.store.note_server_time(offset_minutes * 60_000).unwrap();
        let notices = today::day(&Catalogue::default(), &desk).unwrap().sync.notices;
        notices.into_iter().map(|notice| (notice.code, notice.text)).collect::<Vec<_>>()
    };
    let to_do = "Hãy bật ngày giờ tự động trong phần Cài đặt của máy, rồi đồng bộ lại.";
    let wrong = |how: &str| {
        vec![("clock.wrong".to_owned(), format!("Đồng hồ của máy chạy {how} so với văn phòng. {to_do}"))]
    };
    assert_eq!(told(-25), wrong("nhanh khoảng 25 phút"));
    assert_eq!(told(3 * 24 * 60), wrong("chậm khoảng 3 ngày"));
    assert_eq!(told(-10), []);
}

#[test]
fn a_paused_app_forgets_its_keys_after_a_quarter_of_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let (clock, shared) = unlocked(folder.path(), "2026-11-24T08:00:00+07:00");
    let pass = |minutes| *locked(&clock.0) += TimeDelta::minutes(minutes);

    access::pause(&shared);
    pass(14);
    assert_eq!(access::resume(&shared), Ok(AppStatus::Unlocked));
    access::pause(&shared);
    pass(15);
    assert_eq!(access::resume(&shared), Ok(AppStatus::Locked));
    assert_eq!(shared.desk().err(), Some(Fault::new("app.locked")));
    assert_eq!(access::unlock(&shared, "135790").map(|worker| worker.name), Ok("Lò Thị Thử".to_owned()));
}
