//! Receiving: order, chain, signature, idempotency.

use crate::world::{COMMUNE, Office};
use model::{
    Verified,
    batch::{
        CONTEXT,
        codec::{self, Packing},
    },
    encoding::Bytes,
    key::verify_signature,
    kind,
};
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
    let batch = phone.batch(vec![home, member]);
    assert_eq!(phone.outcomes(&[&batch]), [Outcome::Admitted]);
    assert_eq!(phone.outcomes(&[&batch]), [Outcome::Known]);
    let stats = office.stats();
    assert_eq!((stats.changes, stats.of("household"), stats.of("person"), stats.waiting), (2, 1, 1, 0));
}

/// The hub's own file, as somebody with the server's disk reads it.
fn database(office: &Office) -> rusqlite::Connection {
    rusqlite::Connection::open(office.folder.join("hub.db")).unwrap()
}

#[test]
fn a_fork_is_kept_as_proof_that_anybody_can_check() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    let mut copy = phone.clone();
    phone.write(vec![household(COMMUNE)]);
    let other = copy.change(household(COMMUNE));
    assert_eq!(copy.outcomes(&[&other]), [refused("push.forked")]);
    assert_eq!((office.stats().changes, office.stats().devices), (2, 0));
    let proof = database(&office).query_row(
        "SELECT received, received_signature, other, other_signature FROM forks",
        [],
        |row| Ok([row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
    );
    let [received, received_signature, other_statement, other_signature] = proof.unwrap();
    assert_eq!(received, phone.batches[1].statement().bytes());
    assert_eq!(other_statement, other.statement().bytes());
    for (statement, signature) in [(&received, received_signature), (&other_statement, other_signature)] {
        let signature = Bytes(signature.try_into().unwrap());
        assert!(verify_signature(&phone.public_key(), CONTEXT, statement, &signature));
    }
}

#[test]
fn nobody_takes_the_id_of_another_change() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    let batch = phone.change(household(COMMUNE));
    // As if somebody had found another change of this hash.
    let id = batch.ids()[0].unwrap().0.into_bytes();
    let taken = database(&office).execute("UPDATE changes SET id = ?1", [id]).unwrap();
    assert_eq!(taken, 1);
    assert_eq!(phone.outcomes(&[&batch]), [refused("push.id-taken")]);
    assert_eq!(phone.ask().received_through, 1);
}

#[test]
fn a_revoked_phone_pushes_into_quarantine_and_pulls_nothing() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    office.revoke(phone.device);
    let late = phone.batch(vec![household(COMMUNE)]);
    assert_eq!(phone.outcomes(&[&late]), [waiting("admission.revoked")]);
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
    assert_eq!(lines.len(), 80);
    for (position, line) in (1..).zip(&lines) {
        assert!(line.starts_with(&format!("commune:{COMMUNE} {position} put ")), "{line}");
    }
}

/// Batches with notes that pack badly: several pages of them.
fn noisy(phone: &mut Client) -> Vec<Verified> {
    let noise = || (0..30).map(|_| uuid::Uuid::new_v4().to_string()).collect::<String>();
    (0..200).map(|_| phone.change(household(COMMUNE).set("note", noise()))).collect()
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
    for _ in 0..600 {
        let through = phone.ask().received_through;
        if through >= seq {
            return through;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("what came of the push was not kept");
}

#[test]
fn whole_batches_of_a_push_are_kept_when_the_line_breaks_or_falls_silent() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let batches = noisy(&mut phone);
    let whole = Request::push(&batches).body;
    // It breaks.
    drop(begin_push(&office, &phone, &whole, whole.len() / 2));
    let broken = stands_at(&phone, 10);
    assert!(broken < 200);
    // What was kept is decided too.
    assert_eq!(office.stats().of("household"), broken);
    let rest = Request::push(&batches[broken as usize..]).body;
    let silent = begin_push(&office, &phone, &rest, rest.len() - 1);
    // After a silence it is kept by itself; asking would end the push.
    let kept = |_| {
        std::thread::sleep(Duration::from_millis(100));
        office.stats().waiting > 0
    };
    assert!((0..300).any(kept), "nothing was kept");
    // The phone goes on over another line, and the old one is heard of once more.
    assert_eq!(phone.push(&batches).received_through, 200);
    drop(silent);
    assert_eq!(phone.pull(500).len(), 200);
    assert_eq!(office.stats().waiting, 0);
}

#[test]
fn who_asks_over_a_new_line_hears_of_all_that_came_over_the_old_one() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let batches = noisy(&mut phone);
    let body = Request::push(&batches).body;
    let old = begin_push(&office, &phone, &body, body.len() / 2);
    // The hub has read it, and the silence after which it is kept by itself isn't over.
    std::thread::sleep(Duration::from_secs(1));
    let through = phone.ask().received_through;
    assert!((10..200).contains(&through), "{through}");
    assert_eq!(phone.push(&batches[through as usize..]).received_through, 200);
    drop(old);
    assert_eq!((office.stats().of("household"), office.stats().waiting), (200, 0));
}

#[test]
fn a_hostile_push_ends_in_an_error_and_leaves_what_was_kept() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let batch = phone.change(household(COMMUNE));
    let page = codec::encode(&[&batch], Packing::Plain).unwrap();
    let send = |parts: &[&[u8]]| {
        let packed = zstd::bulk::compress(&parts.concat(), 3).unwrap();
        let request = Request::new("POST", wire::paths::PUSH).with("content-encoding", "zstd").body(packed);
        phone.send(request).refusal()
    };
    let line = format!("{{\"page\":{}}}\n", page.len());
    let (head, line): (&[u8], &[u8]) = (b"{\"v\":1}\n", line.as_bytes());
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(send(&[head, line, &page, b"{\"end\":2}\n"]), bad);
    assert_eq!(send(&[head, line, &page, b"{\"end\":1,\"erase\":1}\n"]), bad);
    assert_eq!(send(&[line, &page]), bad);
    let long = "x".repeat(wire::lines::MAX_LINE + 1);
    assert_eq!(send(&[head, long.as_bytes()]), (413, code::TOO_LARGE.into()));
    assert_eq!(send(&[head, b"{\"page\":99999999999}\n"]), (413, code::TOO_LARGE.into()));
    assert_eq!(phone.ask().received_through, 0);
    assert_eq!(phone.outcomes(&[&batch]), [Outcome::Admitted]);
}
