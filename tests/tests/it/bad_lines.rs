//! Every message of a synchronisation breaks, at its beginning, in its middle and at its end. Afterwards one good run has
//! brought everything over once: nothing is missing, nothing doubled, nothing waits.
//!
//! A first run over a good line tells which messages there are and how long; then each is broken by itself, so that one
//! which is new in the protocol is broken as well.

use journeys::{
    headless::Headless,
    hub::HubProcess,
    link::{Break, Fault, Link, Turn, Way},
    seed,
    synthetic::{self, COMMUNES, Household},
};
use model::{DeviceKey, PhotoId, RecordEdit, RecordRef, kind};
use ring::rand::SystemRandom;
use std::time::Duration;
use sync::{HttpTransport, Report, Retry, SyncError};
use tempfile::TempDir;
use wire::enrol::{EnrolRequest, Invitation};

/// What breaks, and where of a message: at the beginning, in the middle, at the end.
type Faults = [(Fault, &'static [Place])];

#[derive(Clone, Copy)]
enum Place {
    Beginning,
    Middle,
    End,
}

use Place::{Beginning, End, Middle};

const ON_A_LINE: &Faults = &[
    (Fault::Cut, &[Beginning, Middle, End]),
    (Fault::Stall, &[Middle]),
    (Fault::Trickle { bytes: 20, pause: Duration::from_millis(1) }, &[Middle]),
    // TLS makes a cut of it.
    (Fault::Corrupt, &[Middle]),
];
/// Where nothing but the messages themselves can tell.
const WITHOUT_TLS: &Faults = &[(Fault::Corrupt, &[Beginning, Middle, End])];
/// When nothing moved for so long, the line that breaks is given up.
const STALL: Duration = Duration::from_millis(300);
/// Messages differ by a few bytes from run to run (ids and signatures pack a little better or worse).
const SLACK: u64 = 24;

struct Office {
    hub: HubProcess,
    link: Link,
    folder: TempDir,
}

impl Office {
    fn open(plain: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = vec!["--listen", "127.0.0.1:0"];
        options.extend(plain.then_some("--plain"));
        let hub = HubProcess::serve_with(&folder.path().join("hub"), &options).unwrap();
        hub.add_user("mai", "Lý Thị Mai", "case_manager", &["commune:06040"], false).unwrap();
        hub.publish("tiep_nhan_tre_em").unwrap();
        let link = Link::to(&hub.url).unwrap();
        Self { hub, link, folder }
    }

    fn invite(&self) -> String {
        let scheme = self.hub.url.split(':').next().unwrap();
        self.hub.invite("mai", Some(&self.link.url(scheme))).unwrap()
    }

    fn phone(&self, name: &str) -> Headless {
        Headless::enrol(&self.invite(), &self.folder.path().join(name), "Máy thử").unwrap()
    }

    /// What goes over the link meanwhile.
    fn turns(&self, work: impl FnOnce()) -> Vec<Turn> {
        let before = self.link.counts().turns.len();
        work();
        self.link.counts().turns.split_off(before)
    }

    fn assert_has(&self, changes: u64, photos: u64) {
        let count = |what: &str| self.hub.count(what).unwrap();
        assert_eq!((count("changes"), count("waiting")), (changes, 0));
        assert_eq!((count("photos"), count("photos_whole")), (photos, photos));
    }
}

/// One for each message, place and fault.
fn breaks(turns: &[Turn], faults: &Faults) -> Vec<Break> {
    let mut breaks = Vec::new();
    let (mut up, mut down) = (0, 0);
    for turn in turns {
        for (way, before, length) in [(Way::Up, up, turn.up), (Way::Down, down, turn.down)] {
            for (fault, places) in faults {
                breaks.extend(places.iter().map(|place| {
                    let byte = match place {
                        Beginning => 0,
                        Middle => length / 2,
                        End => length.saturating_sub(SLACK),
                    };
                    Break { way, byte: before + byte, fault: *fault }
                }));
            }
        }
        up += turn.up;
        down += turn.down;
    }
    breaks
}

fn sync(phone: &Headless) -> Report {
    sync_by(phone, phone.transport(None).unwrap(), 1)
}

fn sync_by(phone: &Headless, mut transport: HttpTransport, tries: u32) -> Report {
    let retry = Retry { tries, first_wait_ms: 1, longest_wait_ms: 1, seed: 1 };
    phone.sync(&mut transport, retry, &mut |_| {})
}

/// Work of a visit: four changes, one of them a photo with its thumbnail.
fn work(phone: &Headless, n: usize) -> Vec<RecordEdit> {
    let household = Household { commune: COMMUNES[0].0, ..synthetic::household(5, 3 + 4 * n) };
    let mut edits = seed::edits(&household);
    let root = edits[0].record.clone();
    let visit = RecordRef::new(kind::VISIT, PhotoId::new().0);
    edits.push(RecordEdit::new(visit.clone()).under(root).set("date", "2026-11-24"));
    let noise: Vec<u8> = (0..20_000u32).map(|byte| (byte.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    edits.push(phone.photo(&visit, &noise, &noise[..2_000]).unwrap());
    assert_eq!(edits.len(), 4);
    edits
}

/// One run over a link that breaks, which may try again or leave it to the next one; then a good one.
fn broken_then_good(
    office: &Office,
    phone: &Headless,
    next: Break,
    tries: u32,
    may_end: fn(&SyncError) -> bool,
) {
    office.link.arm(next);
    let broken = sync_by(phone, phone.transport(None).unwrap().with_stall(STALL), tries);
    office.link.disarm();
    assert!(broken.problem.as_ref().is_none_or(may_end), "{next:?}: {:?}", broken.problem);
    assert_eq!(sync(phone).problem, None, "{next:?}");
    let waiting = phone.store.waiting().unwrap();
    assert_eq!((waiting.changes, waiting.photos), (0, 0), "{next:?}");
}

/// Nearly all of what was to break has: a message may end before its byte.
fn assert_broke(office: &Office, breaks: usize) {
    let broke = office.link.cuts();
    assert!(broke * 10 >= breaks as u64 * 9, "{broke} of {breaks} messages broke");
}

fn of_the_line(problem: &SyncError) -> bool {
    // A hub's certificate that arrives damaged is not the hub's.
    matches!(problem, SyncError::Link(_) | SyncError::WrongHub)
}

/// Pushes, photos and the answers to both; a pull with nothing new.
fn a_days_work(plain: bool, faults: &Faults, may_end: fn(&SyncError) -> bool) {
    let office = Office::open(plain);
    let phone = office.phone("writer");
    assert_eq!(sync(&phone).problem, None);
    phone.store.commit(work(&phone, 0)).unwrap();
    let turns = office.turns(|| assert_eq!(sync(&phone).problem, None));
    let breaks = breaks(&turns, faults);
    for (n, next) in breaks.iter().enumerate() {
        phone.store.commit(work(&phone, n + 1)).unwrap();
        broken_then_good(&office, &phone, *next, 1 + u32::from(n % 2 == 1), may_end);
    }
    assert_broke(&office, breaks.len());
    let days = breaks.len() as u64 + 1;
    office.assert_has(4 * days, days);
    assert_eq!(u64::from(phone.store.list("household", "", 0, 1).unwrap().total), days);
}

/// How many of the records that were made are on the phone; each is as it was made.
fn as_made(phone: &Headless, made: &[Vec<RecordEdit>]) -> usize {
    let mut found = 0;
    for edit in made.iter().flatten() {
        let Some(record) = phone.store.record(&edit.record).unwrap() else { continue };
        for (name, value) in edit.fields.iter().filter(|(_, value)| !value.is_null()) {
            assert_eq!(record.state.value(name), Some(value));
        }
        found += 1;
    }
    found
}

/// A new phone's pull, the list of forms and their files.
fn a_first_sync(plain: bool, faults: &Faults, may_end: fn(&SyncError) -> bool) {
    let office = Office::open(plain);
    let writer = office.phone("writer");
    let written: Vec<_> = (0..3).map(|n| work(&writer, n)).collect();
    for edits in &written {
        writer.store.commit(edits.clone()).unwrap();
    }
    assert_eq!(sync(&writer).problem, None);
    let new = office.phone("new");
    let copied = |n: usize| new.copied(&office.folder.path().join(format!("new-{n}"))).unwrap();
    let turns = {
        let phone = copied(0);
        office.turns(|| assert_eq!(sync(&phone).problem, None))
    };
    let breaks = breaks(&turns, faults);
    for (n, next) in breaks.iter().enumerate() {
        let phone = copied(n + 1);
        broken_then_good(&office, &phone, *next, 1 + u32::from(n % 2 == 1), may_end);
        assert_eq!(phone.store.list("household", "", 0, 1).unwrap().total, 3, "{next:?}");
        assert_eq!(phone.store.forms().unwrap().len(), 1, "{next:?}");
        assert_eq!(as_made(&phone, &written), 12, "{next:?}");
    }
    assert_broke(&office, breaks.len());
    office.assert_has(12, 3);
}

#[test]
fn a_days_work_arrives_once_wherever_the_line_breaks() {
    a_days_work(false, ON_A_LINE, of_the_line);
}

#[test]
fn a_first_sync_comes_whole_wherever_the_line_breaks() {
    a_first_sync(false, ON_A_LINE, of_the_line);
}

#[test]
fn without_tls_a_days_work_arrives_as_it_was_made() {
    a_days_work(true, WITHOUT_TLS, |_| true);
}

#[test]
fn without_tls_a_first_sync_takes_only_what_was_made() {
    a_first_sync(true, WITHOUT_TLS, |_| true);
}

#[test]
fn an_invitation_makes_one_device_wherever_the_line_breaks() {
    let office = Office::open(false);
    let key = || DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap();
    let enrol = |invitation: &str, key: &DeviceKey| {
        let invitation: Invitation = invitation.parse().unwrap();
        let request = EnrolRequest::new(&invitation.code, key, "Máy thử", "0.1");
        let transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None).unwrap();
        sync::enrol(&request, &mut transport.with_stall(STALL)).map(drop)
    };
    let first = office.invite();
    let turns = office.turns(|| enrol(&first, &key()).unwrap());
    let breaks = breaks(&turns, ON_A_LINE);
    let mut lost_answers = 0;
    for next in &breaks {
        let (invitation, key) = (office.invite(), key());
        let before = office.hub.count("devices").unwrap();
        office.link.arm(*next);
        let broken = enrol(&invitation, &key);
        office.link.disarm();
        assert!(broken.as_ref().err().is_none_or(of_the_line), "{next:?}: {broken:?}");
        if broken.is_ok() {
            continue;
        }
        lost_answers += office.hub.count("devices").unwrap() - before;
        enrol(&invitation, &key).unwrap_or_else(|error| panic!("{next:?}: {error}"));
    }
    assert_broke(&office, breaks.len());
    assert!(lost_answers > 0);
    assert_eq!(office.hub.count("devices").unwrap(), breaks.len() as u64 + 1);
}
