//! Bad messages: each has its own status and code, and the body that phones know.

use crate::world::Office;
use testkit::Request;
use wire::{error::code, paths, push::MAX_BYTES};

#[test]
fn whatever_goes_wrong_has_a_code_in_the_known_body() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    let post = |path: &str, body: Vec<u8>, coding: &str| {
        phone.send(Request::new("POST", path).with("content-encoding", coding).body(body))
    };
    let get = |path: &str| office.send(&Request::new("GET", path));
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(post(paths::PUSH, b"{".to_vec(), "identity").refusal(), bad);
    assert_eq!(post(paths::PUSH, b"[1]".to_vec(), "identity").refusal(), bad);
    assert_eq!(post(paths::PUSH, b"not zstd".to_vec(), "zstd").refusal(), bad);
    assert_eq!(post(paths::PUSH, b"{}".to_vec(), "br").refusal(), bad);
    assert_eq!(post(paths::PULL, br#"{"v":1}"#.to_vec(), "identity").refusal(), bad);
    let newer = b"{\"v\": 2}\n".to_vec();
    assert_eq!(post(paths::PUSH, newer, "identity").refusal(), (426, code::VERSION.into()));
    // Small on the wire, large unpacked.
    let bomb = zstd::bulk::compress(&vec![b' '; MAX_BYTES + 1], 3).unwrap();
    assert!(bomb.len() < 10_000);
    assert_eq!(post(paths::PUSH, bomb, "zstd").refusal(), (413, code::TOO_LARGE.into()));
    assert_eq!(get("/v1/nothing").refusal(), (404, code::NOT_FOUND.into()));
    assert_eq!(get(paths::PUSH).refusal(), (405, "wire.wrong-method".into()));
    assert_eq!(get(paths::FORMS).refusal(), (401, code::UNAUTHORISED.into()));
}
