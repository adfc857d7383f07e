//! What the hub answers to who reads from the start, as it comes over the line.

use anyhow::{Context, Result, ensure};
use journeys::{hub::HubProcess, wire_phone::WirePhone};
use sync::{Method, Request};
use wire::pull::{PullRequest, PullResponse};

/// Everything from the start, by a phone that enrols now: the bytes as they came, and what they are.
pub fn from_the_start(hub: &HubProcess, login: &str) -> Result<(Vec<u8>, PullResponse)> {
    let mut phone = WirePhone::enrol(hub, login)?;
    let asked = PullRequest {
        v: wire::VERSION,
        hub: None,
        cursors: Vec::new(),
        skip: Vec::new(),
        max_entries: 1_000,
        max_bytes: u64::MAX,
        holds: None,
    };
    let request = Request {
        method: Method::Post,
        path: wire::paths::PULL.into(),
        headers: vec![("content-type", "application/json".into())],
        body: serde_json::to_vec(&asked)?,
    };
    let body = phone.send(&request)?.body;
    let (answer, whole) = PullResponse::read(false, &body)?.context("no answer came")?;
    ensure!(whole && !answer.more, "not all of it came");
    Ok((body, answer))
}

pub fn found(bytes: &[u8], texts: &[&str]) -> usize {
    texts.iter().filter(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes())).count()
}
