//! Receiving: order, chain, signature, idempotency.

use crate::world::{COMMUNE, Office};
use model::{Batch, BatchId, RecordEdit, SignedChange, kind};
use std::{io::Write, net::TcpStream, time::Duration};
use testkit::{
    Client, Request,
    records::{household, under},
};
use wire::{error::code, push::Outcome};

fn refused(code: &str) -> Outcome {
    Outcome::Refused { code: code.into() }
}

fn waiting(code: &str) -> Outcome {
    Outcome::Waiting { code: code.into() }
}

#[test]
fn pushing_twice_keeps_once() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let home = household(COMMUNE);
    let member = under(kind::PERSON, &home.record).set("name", "Nguyễn Thị Bé");
    let changes = phone.batch(vec![home, member]);
    assert_eq!(phone.outcomes(&changes), [Outcome::Admitted, Outcome::Admitted]);
    let again = phone.push(&changes);
    assert_eq!(again.received_through, 2);
    assert!(again.results.iter().all(|result| result.outcome == Outcome::Known));
    let stats = office.stats();
    assert_eq!((stats.changes, stats.of("household"), stats.of("person"), stats.waiting), (2, 1, 1, 0));
    assert_eq!(phone.pull(100).len(), 2);
    // How a phone asks where the hub stands.
    assert_eq!(phone.push(&[]).received_through, 2);
}

#[test]
fn a_gap_is_told_and_what_came_before_it_is_kept() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let changes: Vec<SignedChange> = (0..4).flat_map(|_| phone.batch(vec![household(COMMUNE)])).collect();
    let sent = [changes[0].clone(), changes[2].clone(), changes[3].clone()];
    assert_eq!(phone.outcomes(&sent), [Outcome::Admitted, refused("push.gap"), refused("push.gap")]);
    assert_eq!(phone.push(&[]).received_through, 1);
    assert_eq!(phone.push(&changes[1..]).received_through, 4);
    assert_eq!(office.stats().of("household"), 4);
}

#[test]
fn a_forged_change_is_refused_with_all_that_chain_to_it() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let changes: Vec<SignedChange> = (0..3).flat_map(|_| phone.batch(vec![household(COMMUNE)])).collect();
    let forged = phone.forge(&changes[1]);
    let outcomes = phone.outcomes(&[changes[0].clone(), forged, changes[2].clone()]);
    assert_eq!(outcomes, [Outcome::Admitted, refused("change.wrong-signature"), refused("push.gap")]);
    assert_eq!(office.stats().changes, 1);
    assert_eq!(phone.push(&changes).received_through, 3);
}

#[test]
fn a_value_changed_on_the_way_is_refused() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let mut change = phone.batch(vec![household(COMMUNE)]).remove(0);
    let name = change.values.get_mut("name").unwrap();
    name.value = serde_json::value::to_raw_value("Người khác").unwrap();
    assert_eq!(phone.outcomes(&[change]), [refused("change.wrong-value")]);
    assert_eq!(office.stats().changes, 0);
}

#[test]
fn another_phones_changes_and_a_broken_chain_are_refused() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    let mut lan = office.phone("lan", "all");
    let hers = hoa.batch(vec![household(COMMUNE)]);
    assert_eq!(lan.outcomes(&hers), [refused("change.wrong-signature")]);

    // Two phones of one identity: a copy that went on from an older state.
    let first = lan.batch(vec![household(COMMUNE)]);
    assert_eq!(lan.outcomes(&first), [Outcome::Admitted]);
    let mut copy = lan.clone();
    let going_on = lan.batch(vec![household(COMMUNE)]);
    assert_eq!(lan.outcomes(&going_on), [Outcome::Admitted]);
    let other = copy.batch(vec![household(COMMUNE)]);
    assert_eq!(copy.outcomes(&other), [refused("push.other-bytes")]);
    let after = copy.batch(vec![household(COMMUNE)]);
    assert_eq!(copy.outcomes(&after), [refused("push.chain")]);
    assert_eq!(office.stats().changes, 2);
}

#[test]
fn a_batch_waits_for_its_last_change_and_is_admitted_whole() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let home = household(COMMUNE);
    let members: Vec<RecordEdit> = (0..2).map(|_| under(kind::PERSON, &home.record)).collect();
    let changes = phone.batch(members.into_iter().chain([home]).collect());
    let incomplete = waiting("admission.batch-incomplete");
    assert_eq!(phone.outcomes(&changes[..2]), [incomplete.clone(), incomplete]);
    assert_eq!(office.stats().of("person"), 0);
    assert!(phone.pull(10).is_empty());
    assert_eq!(phone.outcomes(&changes[2..]), [Outcome::Admitted]);
    assert_eq!(phone.pull(10).len(), 3);
    // It hears that the batch no longer waits.
    let own = phone.pull_page(10).own;
    assert_eq!(own.len(), 3);
    assert!(own.iter().all(|result| result.outcome == Outcome::Admitted));
}

#[test]
fn a_batch_that_contradicts_itself_is_refused() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let change = phone.sign(household(COMMUNE), Batch { id: BatchId::new(), index: 3, count: 2 });
    assert_eq!(phone.outcomes(&[change]), [refused("push.bad-batch")]);
}

#[test]
fn a_revoked_phone_pushes_into_quarantine_and_pulls_nothing() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    office.revoke(phone.device);
    let late = phone.batch(vec![household(COMMUNE)]);
    assert_eq!(phone.outcomes(&late), [waiting("admission.revoked")]);
    let stats = office.stats();
    assert_eq!((stats.changes, stats.waiting, stats.of("household"), stats.devices), (2, 1, 1, 0));
    let request = serde_json::json!({"v": 1, "hub": null, "cursors": [], "max_entries": 10});
    let refused = phone.post(wire::paths::PULL, &request).refusal();
    assert_eq!(refused, (403, wire::error::code::REVOKED.into()));
}

#[test]
fn eight_phones_at_once_lose_nothing_and_leave_no_gap() {
    let office = Office::open();
    let phones: Vec<_> = (0..8).map(|n| office.phone(&format!("hoa{n}"), "all")).collect();
    let threads: Vec<_> = phones
        .into_iter()
        .map(|mut phone| {
            std::thread::spawn(move || {
                for _ in 0..10 {
                    let home = household(COMMUNE);
                    let member = under(kind::PERSON, &home.record);
                    phone.write(vec![home, member]);
                }
                phone
            })
        })
        .collect();
    let mut phones: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let lines = phones[0].pull(37);
    assert_eq!(lines.len(), 160);
    for (position, line) in (1..).zip(&lines) {
        assert!(line.starts_with(&format!("commune:{COMMUNE} {position} put ")), "{line}");
    }
}

/// Sends the first part of a push over a socket of its own, which stays open.
fn begin_push(office: &Office, phone: &Client, body: &[u8], part: usize) -> TcpStream {
    let mut socket = TcpStream::connect(office.url.strip_prefix("http://").unwrap()).unwrap();
    let head = format!(
        "POST /v1/push HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {}\r\ncontent-encoding: zstd\r\n\
         content-length: {}\r\n\r\n",
        phone.enrolled.token.0,
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(&body[..part]).unwrap();
    socket
}

/// Asks until the hub has got as far; a hub that never does fails the test.
fn stands_at(phone: &Client, seq: u64) -> u64 {
    for _ in 0..100 {
        let through = phone.push(&[]).received_through;
        if through >= seq {
            return through;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("what came of the push was not kept");
}

#[test]
fn whole_changes_of_a_push_are_kept_when_the_line_breaks_or_falls_silent() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let changes: Vec<SignedChange> = (0..60).flat_map(|_| phone.batch(vec![household(COMMUNE)])).collect();
    let whole = Request::push(&changes).body;
    // It breaks.
    drop(begin_push(&office, &phone, &whole, whole.len() / 2));
    let broken = stands_at(&phone, 10);
    assert!(broken < 60);
    // What was kept is decided too.
    assert_eq!(office.stats().of("household"), broken);
    let rest = Request::push(&changes[broken as usize..]).body;
    let silent = begin_push(&office, &phone, &rest, rest.len() - 1);
    // After a silence it is kept by itself; asking would end the push.
    let kept = |_| {
        std::thread::sleep(Duration::from_millis(100));
        office.stats().waiting > 0
    };
    assert!((0..300).any(kept), "nothing was kept");
    // The phone goes on over another line, and the old one is heard of once more.
    assert_eq!(phone.push(&changes).received_through, 60);
    drop(silent);
    assert_eq!(phone.pull(100).len(), 60);
    assert_eq!(office.stats().waiting, 0);
}

#[test]
fn who_asks_over_a_new_line_hears_of_all_that_came_over_the_old_one() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let changes: Vec<SignedChange> = (0..60).flat_map(|_| phone.batch(vec![household(COMMUNE)])).collect();
    let body = Request::push(&changes).body;
    let old = begin_push(&office, &phone, &body, body.len() / 2);
    // The hub has read it, and the silence after which it is kept by itself isn't over.
    std::thread::sleep(Duration::from_secs(1));
    let through = phone.push(&[]).received_through;
    assert!((10..60).contains(&through), "{through}");
    assert_eq!(phone.push(&changes[through as usize..]).received_through, 60);
    drop(old);
    assert_eq!((office.stats().of("household"), office.stats().waiting), (60, 0));
}

#[test]
fn a_hostile_push_ends_in_an_error_and_leaves_what_was_kept() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let change = phone.batch(vec![household(COMMUNE)]).remove(0);
    let line = serde_json::json!({ "change": change }).to_string();
    let send = |text: String| {
        let packed = zstd::bulk::compress(text.as_bytes(), 3).unwrap();
        let request = Request::new("POST", wire::paths::PUSH).with("content-encoding", "zstd").body(packed);
        phone.send(request).refusal()
    };
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(send(format!("{{\"v\":1}}\n{line}\n{{\"end\":2}}\n")), bad);
    assert_eq!(send(format!("{{\"v\":1}}\n{line}\n{{\"erase\":1}}\n")), bad);
    assert_eq!(send(format!("{line}\n")), bad);
    let long = "x".repeat(wire::lines::MAX_LINE + 1);
    assert_eq!(send(format!("{{\"v\":1}}\n{long}")), (413, code::TOO_LARGE.into()));
    assert_eq!(phone.push(&[]).received_through, 0);
    assert_eq!(phone.outcomes(&[change]), [Outcome::Admitted]);
}
