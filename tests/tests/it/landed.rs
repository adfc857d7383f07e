//! What a landed version left behind opens and goes on: a hub's folder, a phone's folder with a visit unsent and a draft
//! begun, a backup, and what the two said to each other. Each version has its folder in `tests/fixtures`, made by the
//! program itself and never changed; `tests/fixtures/README.md` tells what is in it.

use app::view::PageView;
use journeys::{
    console::Console,
    headless::{Headless, copy},
    hub::{HubProcess, checkout, command},
    phone::Phone,
    picture,
    recorded::{self, Exchange, Played, Recorder},
    synthetic::{self, COMMUNES},
    visit::{self, choice, text},
    world::{self, World, alone},
};
use model::{DeviceKey, SystemClock, kind};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use sync::{HttpTransport, Method, Request, Retry, Transport};
use tempfile::TempDir;
use wire::{enrol::Invitation, error::ErrorBody};

const COMMUNE: &str = COMMUNES[0].0;
const OLD: &str = "Nông Thị Cũ";
const ERASED: &str = "Nông Thị Xóa";
const CHILD: &str = "Hoàng Thị Bé";
const PURPOSE: &str = "/data/visit/visit_purpose";
/// How the phone that enrols in the recorded messages calls itself.
const NEW: &str = "Máy mới";

/// A copy of what a version left, to work with.
struct Left {
    folder: TempDir,
    facts: Value,
}

fn left() -> Vec<Left> {
    let versions =
        fs::read_dir(checkout().join("tests/fixtures")).unwrap().map(|entry| entry.unwrap().path());
    versions.filter(|path| path.is_dir()).map(|path| Left::copied(&path)).collect()
}

impl Left {
    fn copied(from: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(from, folder.path()).unwrap();
        let facts = serde_json::from_slice(&fs::read(from.join("facts.json")).unwrap()).unwrap();
        Self { folder, facts }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap()
    }

    /// What was said in one of its conversations.
    fn messages(&self, name: &str) -> Vec<Exchange> {
        recorded::read(&self.path("messages").join(name)).unwrap()
    }
}

fn names(phone: &Phone) -> Vec<String> {
    phone.app.households().list(String::new(), 0, 10).unwrap().rows.into_iter().map(|row| row.name).collect()
}

/// What is unsent of a phone goes over `transport`, wherever it was enrolled.
fn synchronise(phone: &Headless, transport: &mut impl Transport) {
    let report = phone.sync(transport, Retry::default(), &mut |_| {});
    assert!(report.problem.is_none(), "{:?}", report.problem);
    assert_eq!(phone.store.waiting().unwrap().changes, 0, "{:?}", report.summary);
}

fn synchronise_with(folder: &Path, hub: &HubProcess) {
    let phone = Headless::open(folder).unwrap();
    let mut transport = phone.transport(Some(&hub.url)).unwrap();
    synchronise(&phone, &mut transport);
}

/// How many households, visits, cases, photos, and of these whole ones.
fn counts(hub: &HubProcess) -> [u64; 5] {
    let [households, visits, cases] = ["household", "visit", "case"].map(|kind| hub.records(kind).unwrap());
    let [photos, whole] = ["photos", "photos_whole"].map(|what| hub.count(what).unwrap());
    [households, visits, cases, photos, whole]
}

#[test]
fn a_phone_opens_goes_on_with_its_draft_and_brings_its_work() {
    for left in left() {
        let folder = left.path("phone");
        let phone = Phone::start(&folder).unwrap();
        phone.unlock().unwrap();
        assert_eq!(phone.app.households().list(String::new(), 0, 10).unwrap().total, 3);
        assert!(names(&phone).contains(&synthetic::household(5, 3).people[0].name), "finished, not sent");
        let today = phone.app.today().view().unwrap();
        assert!(today.sync.changes_waiting > 0);
        assert_eq!((today.open_cases.len(), today.drafts.len()), (1, 1));
        let packs: Vec<Value> = today.sync.packs.iter().map(|pack| json!(pack.id)).collect();
        assert_eq!(json!(packs), left.facts.get("packs").cloned().unwrap_or_else(|| json!([])));

        let draft = phone.app.forms().resume(today.drafts[0].draft_id.clone()).unwrap();
        assert_eq!(today.drafts[0].about.as_deref(), Some(OLD));
        let shows = |page: PageView| page.questions.iter().any(|question| question.path == PURPOSE);
        let mut pages = draft.outline().unwrap().into_iter().map(|row| row.index);
        assert!(pages.any(|index| shows(draft.go_to(index).unwrap())));
        draft.answer(PURPOSE.into(), choice("other")).unwrap();
        draft.answer(format!("{PURPOSE}_other"), text("Xem lại mái nhà")).unwrap();
        visit::finish(&draft).unwrap();
        assert!(phone.app.today().view().unwrap().drafts.is_empty());
        phone.app.access().lock();
        drop(phone);

        let hub = HubProcess::serve(&left.path("hub")).unwrap();
        assert_eq!(counts(&hub), [2, 2, 1, 1, 1]);
        synchronise_with(&folder, &hub);
        assert_eq!(counts(&hub), [3, 4, 1, 2, 2]);
        hub.stop().unwrap();
    }
}

#[test]
fn a_forgotten_pin_is_set_anew_by_the_office() {
    for left in left() {
        let phone = Phone::start(&left.path("phone")).unwrap();
        let request = phone.app.access().recovery_request().unwrap().request;
        let key = left.path("hub").join("recovery.key");
        let recover = ["recover", "--key", &key.to_string_lossy(), "--request", &request];
        let printed = command(&left.path("nowhere"), &recover).unwrap();
        let code = printed.trim().strip_prefix("code ").unwrap().to_owned();
        phone.app.access().recover(code, "135790".into()).unwrap();
        assert!(names(&phone).contains(&OLD.to_owned()));
    }
}

#[test]
fn a_hub_opens_lets_its_people_in_and_takes_new_phones() {
    for left in left() {
        let mut hub = HubProcess::serve(&left.path("hub")).unwrap();
        let invitation = hub.invite("mai", None).unwrap();
        let mut console = Console::log_in(&invitation, "hanh", left.fact("password")).unwrap();
        assert!(console.page("/households").unwrap().contains(OLD));
        assert!(console.page("/devices").unwrap().contains("phiên bản"));
        let phone = Headless::enrol(&invitation, &left.path("new"), "Máy mới").unwrap();
        let mut transport = phone.transport(None).unwrap();
        synchronise(&phone, &mut transport);
        assert_eq!(phone.store.list(model::kind::HOUSEHOLD, "", 0, 10).unwrap().total, 2);
        hub.kill().unwrap();
    }
}

/// How many migrations a hub's database has been through, and what it is made of.
fn schema(hub: &Path) -> (u32, Vec<String>) {
    let database = rusqlite::Connection::open(hub.join("hub.db")).unwrap();
    let migrated = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let mut select =
        database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    let made = select.query_map([], |row| row.get(0)).unwrap();
    (migrated, made.collect::<Result<_, _>>().unwrap())
}

#[test]
fn a_hubs_database_becomes_the_present_one_and_each_of_its_schemas_has_its_folder() {
    let fresh = tempfile::tempdir().unwrap();
    HubProcess::serve(fresh.path()).unwrap().stop().unwrap();
    let present = schema(fresh.path());
    let mut released = 0;
    for left in left() {
        released = released.max(schema(&left.path("hub")).0);
        HubProcess::serve(&left.path("hub")).unwrap().stop().unwrap();
        assert_eq!(schema(&left.path("hub")), present);
    }
    assert_eq!(released, present.0);
}

#[test]
fn a_backup_is_restored_and_phones_bring_what_it_lacks() {
    for left in left() {
        let (folder, file) = (left.path("restored"), left.path("backup.file"));
        command(&folder, &["restore", "--from", &file.to_string_lossy()]).unwrap();
        let hub = HubProcess::serve(&folder).unwrap();
        assert_eq!(counts(&hub), [1, 1, 1, 1, 1], "from before the second household");
        synchronise_with(&left.path("phone"), &hub);
        synchronise_with(&left.path("other"), &hub);
        assert_eq!(counts(&hub), [3, 3, 1, 2, 2]);
        hub.stop().unwrap();
    }
}

#[test]
fn a_hub_understands_the_messages_of_every_landed_version() {
    for left in left() {
        let hub = HubProcess::serve(&left.path("hub")).unwrap();
        // The day that a code is good for has passed.
        let database = rusqlite::Connection::open(left.path("hub").join("hub.db")).unwrap();
        database.execute("UPDATE invitations SET expires_at = 1 << 60", []).unwrap();
        let invitation: Invitation = left.fact("invitation").parse().unwrap();
        let over = |token| HttpTransport::new(&hub.url, invitation.ca_pin, token).unwrap();

        let [hello, enrol, refused] =
            <[Exchange; 3]>::try_from(left.messages("enrolment.jsonl")).unwrap_or_else(|_| panic!());
        let mut stranger = over(None);
        let answer = stranger.send(&hello.request().unwrap()).unwrap();
        let answer: wire::Hello = serde_json::from_slice(&answer.body).unwrap();
        assert!(answer.versions.contains(&1));
        assert_eq!(stranger.send(&refused.request().unwrap()).unwrap().status, refused.status);
        let answer = stranger.send(&enrol.request().unwrap()).unwrap();
        assert_eq!(answer.status, enrol.status);
        let enrolled: wire::enrol::EnrolResponse = serde_json::from_slice(&answer.body).unwrap();

        let token = Headless::open(&left.path("phone")).unwrap().store.identity().unwrap().token;
        for (conversation, token) in [("first.jsonl", enrolled.token), ("sync.jsonl", token)] {
            let mut phone = over(Some(token));
            for exchange in left.messages(conversation) {
                let answer = phone.send(&exchange.request().unwrap()).unwrap();
                assert_eq!(answer.status, exchange.status, "{} {}", exchange.method, exchange.path);
            }
        }
        assert_eq!(counts(&hub), [3, 3, 1, 2, 2]);
        hub.stop().unwrap();
    }
}

#[test]
fn a_phone_understands_the_answers_of_every_landed_version() {
    for left in left() {
        let played = |conversation: &str| Played(left.messages(conversation).into());
        let invitation: Invitation = left.fact("invitation").parse().unwrap();
        let key = fs::read(left.path("new.pk8")).unwrap();
        let clock = Arc::new(SystemClock::default());
        let new = left.path("new");
        let enrolment = &mut played("enrolment.jsonl");
        let new = Headless::enrol_over(enrolment, clock, invitation, &key, &new, NEW).unwrap();
        synchronise(&new, &mut played("first.jsonl"));
        assert_eq!(new.store.list(kind::HOUSEHOLD, "", 0, 10).unwrap().total, 2);
        assert_eq!(new.store.list(kind::HOUSEHOLD, OLD, 0, 10).unwrap().total, 1);
        assert_eq!(new.store.list(kind::HOUSEHOLD, ERASED, 0, 10).unwrap().total, 0, "by an order");
        // A form of each pack stands beside the two.
        let packs = left.facts["packs"].as_array().map_or(0, Vec::len);
        assert_eq!(new.store.forms().unwrap().len(), 2 + packs);

        let phone = Headless::open(&left.path("phone")).unwrap();
        assert_eq!(phone.store.list(kind::HOUSEHOLD, ERASED, 0, 10).unwrap().total, 1);
        synchronise(&phone, &mut played("sync.jsonl"));
        assert_eq!(phone.store.list(kind::HOUSEHOLD, ERASED, 0, 10).unwrap().total, 0);
        assert_eq!(phone.store.waiting().unwrap().photos, 0);

        let [.., refused] = &left.messages("enrolment.jsonl")[..] else { panic!() };
        let body: ErrorBody = serde_json::from_slice(&refused.answer).unwrap();
        assert_eq!((refused.status, &*body.code), (401, wire::error::code::UNAUTHORISED));
    }
}

/// The example of an office's pack, proposed at the command line and agreed to in the console.
fn publish(hub: &HubProcess, somebody: &str) {
    let administrator = hub.add_user("quan", "Lộc Văn Quản", "administrator", &[], false).unwrap();
    hub.command(&["pack", "publish", &checkout().join("packs/vi_du").to_string_lossy()]).unwrap();
    let invitation = hub.invite(somebody, None).unwrap();
    let mut console = Console::log_in(&invitation, "quan", &administrator.password).unwrap();
    let page = console.page("/packs").unwrap();
    let proposal = page.split("href=\"/packs/").nth(1).unwrap().split('"').next().unwrap();
    let approve = format!("/packs/{proposal}/approve");
    assert_eq!(console.post(&approve, &[("first_day", "")]).unwrap().status, 303);
}

/// `cargo test -p journeys --test it make_landed -- --ignored` leaves the folder of the version that lands.
#[test]
#[ignore = "writes into the source tree"]
fn make_landed() {
    let to = checkout().join("tests/fixtures").join(format!("v{}", left().len() + 1));
    fs::create_dir(&to).unwrap();
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNE).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNE).unwrap();
    world.worker("dung", "Chu Văn Dũng", COMMUNE).unwrap();
    let hanh = world.hub.add_user("hanh", "Vi Thị Hạnh", "centre_head", &["all"], true).unwrap();
    let (mai, son) = (world.phone("mai").unwrap(), world.phone("son").unwrap());
    publish(&world.hub, "mai");
    world::visit(&mai, None, &alone(OLD, COMMUNE), vec![picture::small().unwrap()]).unwrap();
    world::report(&mai, COMMUNE, CHILD).unwrap();
    mai.sync().unwrap();
    let backup = to.join("backup.file");
    world.hub.command(&["backup", "--to", &backup.to_string_lossy()]).unwrap();

    world::visit(&son, None, &alone(ERASED, COMMUNE), vec![]).unwrap();
    son.sync().unwrap();
    mai.sync().unwrap();
    world.phone("dung").unwrap();
    let devices = world.hub.command(&["device", "list"]).unwrap();
    let lost = devices.lines().find(|line| line.contains("dung")).unwrap().split('\t').next().unwrap();
    world.hub.command(&["device", "revoke", "--device", lost]).unwrap();
    let erased = son.find(ERASED).unwrap();
    let member = son.app.households().view(erased.clone()).unwrap().members[0].id.clone();
    for record in [format!("household:{erased}"), format!("person:{member}")] {
        world.hub.command(&["erase", "--record", &record, "--field", "name"]).unwrap();
    }
    let photo = picture::twelve_megapixels(1).unwrap();
    world::visit(&mai, None, &synthetic::household(5, 3), vec![photo]).unwrap();
    let home = mai.find(OLD).unwrap();
    drop(world::fill_visit(&mai, Some(&home), &alone(OLD, COMMUNE), vec![]).unwrap());
    let invitation = world.hub.invite("mai", None).unwrap();
    for (name, phone) in [("phone", mai), ("other", son)] {
        phone.app.access().lock();
        copy(phone.folder(), &to.join(name)).unwrap();
    }
    let folder = world.hub.folder().to_owned();
    world.hub.stop().unwrap();
    copy(&folder, &to.join("hub")).unwrap();
    let facts = json!({
        "password": hanh.password,
        "invitation": invitation,
        "made": env!("CARGO_PKG_VERSION"),
        "packs": ["vi_du"],
    });
    fs::write(to.join("facts.json"), serde_json::to_string_pretty(&facts).unwrap() + "\n").unwrap();

    // From here on copies speak.
    let temporary = tempfile::tempdir().unwrap();
    copy(&to, temporary.path()).unwrap();
    let path = |name: &str| temporary.path().join(name);
    let hub = HubProcess::serve(&path("hub")).unwrap();
    let invitation: Invitation = invitation.parse().unwrap();
    let over = |token| HttpTransport::new(&hub.url, invitation.ca_pin, token).unwrap();
    let keep = |name: &str, heard: &[Exchange]| {
        fs::create_dir_all(to.join("messages")).unwrap();
        recorded::write(&to.join("messages").join(name), heard).unwrap();
    };
    let get = |path: &str| Request { method: Method::Get, path: path.into(), headers: vec![], body: vec![] };

    let mut heard = Vec::new();
    let mut recorder = Recorder { over: over(None), heard: &mut heard };
    recorder.send(&get(wire::paths::HELLO)).unwrap();
    let key = DeviceKey::generate(&SystemRandom::new()).unwrap();
    fs::write(to.join("new.pk8"), &*key).unwrap();
    let clock = Arc::new(SystemClock::default());
    let new =
        Headless::enrol_over(&mut recorder, clock, invitation.clone(), &key, &path("new"), NEW).unwrap();
    recorder.send(&get(wire::paths::FORMS)).unwrap();
    keep("enrolment.jsonl", &heard);
    for (name, phone) in [("first.jsonl", new), ("sync.jsonl", Headless::open(&path("phone")).unwrap())] {
        let mut heard = Vec::new();
        let token = phone.store.identity().unwrap().token;
        synchronise(&phone, &mut Recorder { over: over(Some(token)), heard: &mut heard });
        keep(name, &heard);
    }
    hub.stop().unwrap();
}
