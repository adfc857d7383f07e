//! Who is let in: one-time codes, revoked phones, and the one hub that a phone trusts.

use journeys::{
    hub::HubProcess,
    phone::{PIN, Phone},
    synthetic::COMMUNES,
    world::{self, World, alone},
};

const COMMUNE: &str = COMMUNES[0].0;

fn refused(phone: &Phone, invitation: &str) -> String {
    phone.app.access().enrol(invitation.to_owned(), PIN.to_owned()).unwrap_err().code().to_owned()
}

/// The hub's own, as an operator's program opens it.
fn database(world: &World) -> rusqlite::Connection {
    let file = std::fs::read_dir(world.hub.folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "db" || extension == "sqlite"))
        .unwrap();
    rusqlite::Connection::open(file).unwrap()
}

#[test]
fn a_code_is_good_once_and_for_a_day() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    let invitation = world.hub.invite("mai", None).unwrap();
    let phone = Phone::start(&world.path("first")).unwrap();
    phone.enrol(&invitation).unwrap();
    let late = Phone::start(&world.path("second")).unwrap();
    assert_eq!(refused(&late, &invitation), "enrol.code-used");

    let expired = world.hub.invite("mai", None).unwrap();
    // A day passes.
    let changed =
        database(&world).execute("UPDATE invitations SET expires_at = 1 WHERE used_at IS NULL", []).unwrap();
    assert_eq!(changed, 1);
    assert_eq!(refused(&late, &expired), "enrol.code-expired");

    let (known, rest) = expired.split_at(expired.find(';').unwrap());
    let unknown = rest.replacen(rest.split(';').nth(2).unwrap(), "AAAA-BBBB-CC", 1);
    assert_eq!(refused(&late, &format!("{known}{unknown}")), "enrol.code-unknown");
    // Nothing of it is left on the phone, and a good code still makes it a device.
    assert_eq!(late.app.status(), app::view::AppStatus::NotEnrolled);
    late.enrol(&world.hub.invite("mai", None).unwrap()).unwrap();
}

#[test]
fn a_revoked_phone_brings_its_last_work_and_gets_nothing() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNE).unwrap();
    let (lost, other) = (world.phone("mai").unwrap(), world.phone("son").unwrap());
    world::visit(&lost, None, &alone("Nông Thị Cũ", COMMUNE), vec![]).unwrap();
    world::visit(&other, None, &alone("Hà Thị Mới", COMMUNE), vec![]).unwrap();
    other.sync().unwrap();

    let devices = world.hub.command(&["device", "list"]).unwrap();
    let row = devices.lines().find(|line| line.contains("mai")).unwrap();
    world.hub.command(&["device", "revoke", "--device", row.split('\t').next().unwrap()]).unwrap();
    let summary = lost.sync_hearing(|_| {}).unwrap();
    assert_eq!(summary.code, "sync.revoked", "{}", summary.text);
    assert!(summary.changes_sent > 0);
    assert_eq!(summary.changes_sent, world.hub.count("waiting").unwrap());
    assert_eq!(world.hub.records("household").unwrap(), 1);
    let known: Vec<String> = names(&lost);
    assert_eq!(known, ["Nông Thị Cũ"]);
    other.sync().unwrap();
    assert_eq!(names(&other), ["Hà Thị Mới"]);
}

fn names(phone: &Phone) -> Vec<String> {
    phone.app.households().list(String::new(), 0, 10).unwrap().rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn a_hub_of_another_certificate_at_the_same_address_gets_nothing() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    let phone = world.phone("mai").unwrap();
    world::visit(&phone, None, &alone("Nông Thị Cũ", COMMUNE), vec![]).unwrap();
    let before = phone.app.today().view().unwrap().sync.changes_waiting;
    assert!(before > 0);

    let World { hub, .. } = &world;
    let address = hub.url.trim_start_matches("https://").to_owned();
    let impostor_folder = world.path("impostor");
    let original_folder = world.hub.folder().to_owned();
    world.hub.kill().unwrap();
    let impostor = HubProcess::serve_with(&impostor_folder, &["--listen", &address]).unwrap();
    let summary = phone.sync_hearing(|_| {}).unwrap();
    assert_eq!(summary.code, "sync.wrong-hub", "{}", summary.text);
    assert_eq!(phone.app.today().view().unwrap().sync.changes_waiting, before);
    impostor.stop().unwrap();

    let _again = HubProcess::serve_with(&original_folder, &["--listen", &address]).unwrap();
    assert!(phone.sync().unwrap().changes_sent > 0);
}

#[test]
fn a_hub_that_is_away_is_said_so_and_the_work_stays() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    let phone = world.phone("mai").unwrap();
    world::visit(&phone, None, &alone("Nông Thị Cũ", COMMUNE), vec![]).unwrap();
    world.hub.kill().unwrap();
    let summary = phone.sync_hearing(|_| {}).unwrap();
    assert_eq!(summary.code, "sync.unreachable");
    assert!(phone.app.today().view().unwrap().sync.changes_waiting > 0);
}

#[test]
fn a_role_that_the_hub_does_not_know_has_no_rights_and_its_phone_syncs() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNE).unwrap();
    let (phone, other) = (world.phone("mai").unwrap(), world.phone("son").unwrap());
    world::visit(&phone, None, &alone("Nông Thị Cũ", COMMUNE), vec![]).unwrap();
    phone.sync().unwrap();

    // A newer program wrote it.
    let role = |role: &str, places: &str| {
        let set = "UPDATE users SET role = ?1, places = ?2 WHERE login = 'mai'";
        assert_eq!(database(&world).execute(set, [role, places]).unwrap(), 1);
    };
    role("province_supervisor", &format!("district:063 commune:{COMMUNE}"));
    let mut console = world.console("mai").unwrap();
    let page = console.page("/").unwrap();
    assert!(page.contains("chưa biết vai trò của bạn") && page.contains("province_supervisor"), "{page}");
    assert!(page.contains("Đăng xuất") && !page.contains("/households"), "{page}");
    for path in ["/households", "/cases", "/devices", "/users", "/forms"] {
        assert_eq!(console.get(path).unwrap().status, 403, "{path}");
    }
    assert!(world.hub.command(&["user", "list"]).unwrap().contains("district:063"));

    // What was finished meanwhile is received; it is decided when the role is known.
    world::visit(&phone, None, &alone("Hà Thị Mới", COMMUNE), vec![]).unwrap();
    let summary = phone.sync_hearing(|_| {}).unwrap();
    assert_eq!((summary.code.as_str(), summary.changes_sent > 0), ("ok", true), "{}", summary.text);
    let worker = phone.app.today().view().unwrap().worker;
    assert_eq!(worker.role, "province_supervisor");
    assert_eq!(worker.places[0], "district:063");
    assert!(!names(&phone).contains(&"Nông Thị Cũ".to_owned()));
    other.sync().unwrap();
    assert_eq!(names(&other), ["Nông Thị Cũ"]);

    // A newer program starts, which knows it.
    role("case_manager", &format!("commune:{COMMUNE}"));
    let (folder, address) = (world.hub.folder().to_owned(), world.hub.url.replace("https://", ""));
    world.hub.kill().unwrap();
    world.hub = HubProcess::serve_with(&folder, &["--listen", &address]).unwrap();
    phone.sync().unwrap();
    assert_eq!(names(&phone), ["Hà Thị Mới", "Nông Thị Cũ"]);
    other.sync().unwrap();
    assert_eq!(names(&other), ["Hà Thị Mới", "Nông Thị Cũ"]);
}
