//! What the hub answers to who reads from the start, as it comes over the line.

use anyhow::{Result, ensure};
use journeys::{hub::HubProcess, wire_phone::WirePhone};
use wire::pull::PullResponse;

/// Everything from the start, by a phone that enrols now: the bytes as they came, and what they are.
pub fn from_the_start(hub: &HubProcess, login: &str) -> Result<(Vec<u8>, PullResponse)> {
    let (body, answer) = WirePhone::enrol(hub, login)?.pull_bytes()?;
    ensure!(!answer.more, "not all of it came");
    Ok((body, answer))
}

pub fn found(bytes: &[u8], texts: &[&str]) -> usize {
    texts.iter().filter(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes())).count()
}
