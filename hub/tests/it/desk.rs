//! What the office writes: signed for its user by a device that the hub holds, and admitted as a phone's work is.

use crate::world::{COMMUNE, NEIGHBOUR, Office};
use hub::{
    Hub, HubError, backup,
    db::{Tx, audit, devices, records},
    office::{
        desk::{self, DeskError, Edit, Seen},
        devices as phones, inviting, users as accounts,
    },
};
use model::{
    ChangeId, DeviceId, RecordEdit, RecordRef, RecordState, Role, UserId, encoding, kind, record::field,
};
use std::fs;
use testkit::{Request, records::household};
use wire::{paths, pull::Entry, signed::DeviceStatement};

fn state(office: &Office, record: &RecordRef) -> RecordState {
    office.hub.read_now(|_, read| Ok(records::find(read, record)?)).unwrap().unwrap().state
}

/// What a page would show of a record.
fn seen(office: &Office, record: &RecordRef) -> Seen {
    let state = state(office, record);
    state.fields.keys().map(|name| (name.clone(), state.heads_of(name))).collect()
}

fn write(office: &Office, by: UserId, edit: RecordEdit, seen: Seen) -> Result<Vec<ChangeId>, HubError> {
    office.hub.write_now(move |hub, tx| desk::commit(hub, tx, by, vec![Edit { edit, seen }]))
}

/// The user's device that the hub holds and can sign with.
fn held(office: &Office, user: UserId) -> Option<DeviceId> {
    let held = office.hub.read_now(|_, read| Ok(devices::held_for(read, user)?)).unwrap();
    held.map(|(device, _)| device.id)
}

fn place() -> String {
    format!("commune:{COMMUNE}")
}

fn not_admitted(result: Result<Vec<ChangeId>, HubError>) -> String {
    match result.unwrap_err() {
        HubError::Desk(DeskError::NotAdmitted(code)) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_office_writes_reaches_phones_and_says_by_whom() {
    let office = Office::open();
    let writer = office.user("vanphong", &place());
    let mut phone = office.phone("hoa", &place());
    let home = household(COMMUNE);
    let record = home.record.clone();
    phone.write(vec![home]);
    phone.pull(10);
    let edit = RecordEdit::new(record.clone()).set("name", "Lường Thị Thử").set("phone", "0912");
    let changes = write(&office, writer.id, edit.clone(), seen(&office, &record)).unwrap();
    let page = phone.pull_page(10);
    let Entry::Put(batch) = &page.feeds[0].entries[0].entry else { panic!("no batch") };
    assert_eq!(batch.ids(), changes.into_iter().map(Some).collect::<Vec<_>>());
    let certificate: DeviceStatement = page.certificates[0].verify(&phone.enrolled.office_key).unwrap();
    assert_eq!((certificate.user, certificate.held), (writer.id, true));
    assert_eq!(batch.statement().device, certificate.device);
    // It is verified there as any other.
    assert_eq!(phone.pull(10), [format!("commune:{COMMUNE} 2 put {record}")]);
    assert_eq!(state(&office, &record).text("name"), Some("Lường Thị Thử"));
    // What stands already is no change.
    assert_eq!(write(&office, writer.id, edit, seen(&office, &record)).unwrap(), []);
    // The next goes on from it, by the same device.
    let again = RecordEdit::new(record.clone()).set("phone", "0913");
    write(&office, writer.id, again, seen(&office, &record)).unwrap();
    assert_eq!(held(&office, writer.id), Some(certificate.device));
    assert_eq!(phone.pull(10), [format!("commune:{COMMUNE} 3 put {record}")]);
}

#[test]
fn nothing_is_replaced_that_its_author_did_not_see() {
    let office = Office::open();
    let writer = office.user("vanphong", &place());
    let mut phone = office.phone("hoa", &place());
    let home = household(COMMUNE);
    let record = home.record.clone();
    phone.write(vec![home]);
    let shown = seen(&office, &record);
    phone.write(vec![RecordEdit::new(record.clone()).set("name", "Lò Văn Thử").set("area", "rural")]);
    let edit = RecordEdit::new(record.clone()).set("name", "Lường Thị Thử").set("phone", "0912");
    let error = write(&office, writer.id, edit, shown.clone()).unwrap_err();
    let HubError::Desk(DeskError::MovedOn { record: moved, fields }) = error else { panic!("{error:?}") };
    assert_eq!((moved, fields), (record.clone(), ["name".to_owned()].into()));
    assert_eq!(state(&office, &record).text("phone"), None);
    // What nobody touched meanwhile is written.
    write(&office, writer.id, RecordEdit::new(record.clone()).set("phone", "0912"), shown).unwrap();
    assert_eq!(state(&office, &record).text("name"), Some("Lò Văn Thử"));
    // Of a group all must have been seen.
    let part = RecordEdit::new(record.clone()).set("village", "Nà Pò");
    let mut shown = seen(&office, &record);
    shown.remove("commune");
    assert_eq!(write(&office, writer.id, part, shown).unwrap_err().code(), "desk.moved-on");
}

#[test]
fn what_is_not_admitted_leaves_nothing() {
    let office = Office::open();
    let mut phone = office.phone("hoa", &place());
    let home = household(COMMUNE);
    let record = home.record.clone();
    phone.write(vec![home]);
    let helper = office.user_with("ct", Role::new("collaborator"), &place(), "-");
    let before = office.stats();
    let removed = RecordEdit::new(record.clone()).set(field::REMOVED, "nhầm");
    assert_eq!(not_admitted(write(&office, helper.id, removed, seen(&office, &record))), "permission.remove");
    // A move would wait for the other side.
    let manager = office.user("quanly", &place());
    let moved = RecordEdit::new(record.clone()).set(field::COMMUNE, NEIGHBOUR);
    assert_eq!(not_admitted(write(&office, manager.id, moved, seen(&office, &record))), "admission.move");
    // Outside of their places: a new one, one under what isn't here, and one that they don't read.
    let other = household(NEIGHBOUR);
    assert_eq!(not_admitted(write(&office, manager.id, other, Seen::new())), "admission.scope");
    let nowhere = testkit::records::under(kind::PERSON, &household(COMMUNE).record);
    assert_eq!(not_admitted(write(&office, manager.id, nowhere, Seen::new())), "admission.parent-unknown");
    let stranger = office.user("lan", &format!("commune:{NEIGHBOUR}"));
    let edit = RecordEdit::new(record.clone()).set("phone", "0912");
    let error = write(&office, stranger.id, edit.clone(), seen(&office, &record)).unwrap_err();
    assert_eq!(error.code(), HubError::NotFound.code());
    // Who runs the hub writes nothing.
    let administrator = office.user_with("quantri", Role::new("administrator"), "all", "-");
    assert!(write(&office, administrator.id, edit, seen(&office, &record)).is_err());
    assert_eq!(
        not_admitted(write(&office, administrator.id, household(COMMUNE), Seen::new())),
        "admission.scope"
    );
    let after = office.stats();
    assert_eq!((before.changes, before.waiting), (after.changes, after.waiting));
    for user in [helper, manager, stranger, administrator] {
        assert_eq!(held(&office, user.id), None);
    }
}

#[test]
fn the_device_ends_with_its_user_and_is_made_anew_after_it_was_revoked() {
    let office = Office::open();
    let writer = office.user("vanphong", &place());
    let add = |office: &Office| write(office, writer.id, household(COMMUNE), Seen::new());
    add(&office).unwrap();
    let first = held(&office, writer.id).unwrap();
    let by = writer.id;
    office.hub.write_now(move |_, tx| phones::revoke(tx, first, Some(by))).unwrap();
    assert_eq!(held(&office, writer.id), None);
    add(&office).unwrap();
    let second = held(&office, writer.id).unwrap();
    assert_ne!(first, second);
    let done = office.hub.read_now(|_, read| Ok(audit::about(read, &by, 10)?)).unwrap();
    let done: Vec<_> = done.into_iter().map(|entry| entry.action).collect();
    assert_eq!(done, ["device.held", "device.revoke", "device.held", "user.add"]);
    office.hub.write_now(move |hub, tx| accounts::disable(hub, tx, by)).unwrap();
    assert_eq!(held(&office, writer.id), None);
    assert_eq!(add(&office).unwrap_err().code(), HubError::UserDisabled.code());
    let database = rusqlite::Connection::open(office.folder.join("hub.db")).unwrap();
    let sql = "SELECT count(*) FROM devices WHERE held = 1 AND sealed_key IS NOT NULL";
    assert_eq!(database.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap(), 0, "the keys are gone");
}

#[test]
fn it_is_no_phone() {
    let office = Office::open();
    let writer = office.user("vanphong", &place());
    write(&office, writer.id, household(COMMUNE), Seen::new()).unwrap();
    let device = held(&office, writer.id).unwrap();
    // Nothing that the database has of it is a token.
    let database = rusqlite::Connection::open(office.folder.join("hub.db")).unwrap();
    let sql = "SELECT token_hash, sealed_key FROM devices WHERE held = 1";
    let found = database.query_row(sql, [], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let (hash, sealed) = found.unwrap();
    let key = fs::read_to_string(office.folder.join("desk.key")).unwrap();
    let tokens = [
        encoding::to_text(&hash),
        encoding::to_text(&sealed),
        key.trim().to_owned(),
        device.to_string(),
        String::new(),
    ];
    for token in tokens {
        let push = Request::push_with(&[], &[] as &[model::Rebuilt]).bearer(&token);
        assert_eq!(office.send(&push).status, 401);
        assert_eq!(office.send(&Request::new("GET", paths::FORMS).bearer(&token)).status, 401);
    }
    // And it is not counted as their first phone, which needs nobody's consent.
    let url = office.url.clone();
    let user = writer.clone();
    let code = office.hub.write_now(move |hub: &Hub, tx: &Tx| inviting::by_operator(hub, tx, &user, &url));
    assert!(code.is_ok());
    let phone = office.phone_of("vanphong");
    let own = phone.enrolled.worker.devices.iter().map(|own| own.device).collect::<Vec<_>>();
    assert_eq!(own, [phone.enrolled.device]);
}

#[test]
fn a_backup_signs_nothing_and_another_device_goes_on() {
    let temporary = tempfile::tempdir().unwrap();
    let office = Office::open();
    let writer = office.user("vanphong", &place());
    let home = household(COMMUNE);
    let record = home.record.clone();
    write(&office, writer.id, home, Seen::new()).unwrap();
    let (first, login) = (held(&office, writer.id).unwrap(), writer.login);
    let file = temporary.path().join("backup.tar");
    backup::backup(&office.hub, &file).unwrap();
    let key = fs::read(office.folder.join("desk.key")).unwrap();
    let copy = fs::read(&file).unwrap();
    assert!(!copy.windows(key.len()).any(|part| part == key), "the backup holds the key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(office.folder.join("desk.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // After the backup it signs what the restored hub won't know.
    write(&office, writer.id, RecordEdit::new(record.clone()).set("phone", "0911"), seen(&office, &record))
        .unwrap();
    drop(office);
    let folder = temporary.path().join("restored");
    backup::restore(&file, &folder).unwrap();
    // Even with its key.
    fs::write(folder.join("desk.key"), key).unwrap();
    let office = Office::over(folder, None);
    assert_eq!(held(&office, writer.id), None);
    let edit = RecordEdit::new(record.clone()).set("phone", "0912");
    write(&office, writer.id, edit, seen(&office, &record)).unwrap();
    let second = held(&office, writer.id).unwrap();
    assert_ne!(first, second);
    // Without the file nobody signs for that device any more; one that was damaged is left and told.
    fs::write(office.folder.join("desk.key"), "not a key").unwrap();
    let edit = || RecordEdit::new(record.clone()).set("phone", "0913");
    let error = write(&office, writer.id, edit(), seen(&office, &record)).unwrap_err();
    assert_eq!((error.code(), held(&office, writer.id)), ("hub.damaged-desk-key", Some(second)));
    fs::remove_file(office.folder.join("desk.key")).unwrap();
    write(&office, writer.id, edit(), seen(&office, &record)).unwrap();
    assert_ne!(held(&office, writer.id), Some(second));
    let mut phone = office.phone_of(&login);
    assert_eq!(phone.pull(10).len(), 3);
}
