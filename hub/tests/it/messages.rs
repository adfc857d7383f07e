//! Bad messages: each has its own status and code, and the body that phones know.

use crate::{
    phone::{client, error},
    world::Office,
};
use serde_json::json;
use wire::{error::code, paths, push::MAX_BYTES};

#[test]
fn whatever_goes_wrong_has_a_code_in_the_known_body() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    let post = |path: &str, body: Vec<u8>, coding: &str| {
        client()
            .post(format!("{}{path}", office.url))
            .bearer_auth(&phone.enrolled.token.0)
            .header("Content-Encoding", coding)
            .body(body)
            .send()
            .unwrap()
    };
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(error(post(paths::PUSH, b"{".to_vec(), "identity")), bad);
    assert_eq!(error(post(paths::PUSH, b"[1]".to_vec(), "identity")), bad);
    assert_eq!(error(post(paths::PUSH, b"not zstd".to_vec(), "zstd")), bad);
    assert_eq!(error(post(paths::PUSH, b"{}".to_vec(), "br")), bad);
    assert_eq!(error(post(paths::PULL, br#"{"v":1}"#.to_vec(), "identity")), bad);
    let newer = json!({"v": 2, "changes": []}).to_string().into_bytes();
    assert_eq!(error(post(paths::PUSH, newer, "identity")), (426, code::VERSION.into()));
    // Small on the wire, large unpacked.
    let bomb = zstd::bulk::compress(&vec![b' '; MAX_BYTES + 1], 3).unwrap();
    assert!(bomb.len() < 10_000);
    assert_eq!(error(post(paths::PUSH, bomb, "zstd")), (413, code::TOO_LARGE.into()));
    let unknown = client().get(format!("{}/v1/nothing", office.url)).send().unwrap();
    assert_eq!(error(unknown), (404, code::NOT_FOUND.into()));
    let method = client().get(format!("{}{}", office.url, paths::PUSH)).send().unwrap();
    assert_eq!(error(method), (405, "wire.wrong-method".into()));
    let nobody = client().get(format!("{}{}", office.url, paths::FORMS)).send().unwrap();
    assert_eq!(error(nobody), (401, code::UNAUTHORISED.into()));
}
