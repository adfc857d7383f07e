//! Changes going up. Receiving (durable, acknowledged) is apart from admitting (entering a feed).

use crate::lines::{Bad, Packer, Unpacker, read_head};
use model::{ChangeId, HubId, SignedChange};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, io};

/// The most changes in one push, and the most bytes before compression.
pub const MAX_CHANGES: usize = 500;
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// In order of `seq`, starting after what the hub has acknowledged. With no changes: how a phone asks where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushRequest {
    pub v: u16,
    /// A line each, after the head: a hub keeps those that came before a cut.
    #[serde(skip)]
    pub changes: Vec<SignedChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Change(&'a SignedChange),
    /// How many changes there were.
    End(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReadLine {
    Change(SignedChange),
    End(usize),
}

impl PushRequest {
    pub fn write(&self, mut to: Packer) -> io::Result<Vec<u8>> {
        to.line(self)?;
        for change in &self.changes {
            to.line(&Line::Change(change))?;
        }
        to.line(&Line::End(self.changes.len()))?;
        to.finish()
    }
}

/// Reads a push while it comes in.
pub struct PushReader {
    lines: Unpacker,
    begun: bool,
    ended: bool,
    changes: usize,
}

impl PushReader {
    /// Of a body that is compressed or not.
    pub fn new(zstd: bool) -> Result<Self, Bad> {
        Ok(Self { lines: Unpacker::new(zstd, MAX_BYTES)?, begun: false, ended: false, changes: 0 })
    }

    /// The changes that these bytes complete.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Vec<SignedChange>, Bad> {
        let Self { lines, begun, ended, changes } = self;
        let mut new = Vec::new();
        lines.read(bytes, |line| {
            if !*begun {
                *begun = true;
                return read_head::<PushRequest>(line).map(drop);
            }
            match serde_json::from_slice(line).map_err(|_| Bad::Shape)? {
                _ if *ended => return Err(Bad::Shape),
                ReadLine::Change(_) if *changes == MAX_CHANGES => return Err(Bad::TooLarge),
                ReadLine::Change(change) => {
                    *changes += 1;
                    new.push(change);
                }
                ReadLine::End(count) if count == *changes => *ended = true,
                ReadLine::End(_) => return Err(Bad::Shape),
            }
            Ok(())
        })?;
        Ok(new)
    }

    /// Whether all of it came.
    pub fn is_whole(&self) -> bool {
        self.ended && self.lines.is_between_lines()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushResponse {
    pub v: u16,
    pub hub: HubId,
    /// All of this device's changes up to this `seq` are durable at the hub. Lower than what was sent: send again
    /// from the next one (a gap, a wrong signature, or a hub restored from a backup).
    pub received_through: u64,
    /// Of the changes sent, in order, those that did not simply become [`Outcome::Admitted`].
    #[serde(deserialize_with = "crate::open::readable")]
    pub results: Vec<ChangeResult>,
    pub server_time: u64,
}

impl PushResponse {
    /// What became of the changes sent, by their ids and numbers: what is durable and not told of was admitted.
    pub fn results_of(&self, sent: impl IntoIterator<Item = (ChangeId, u64)>) -> Vec<ChangeResult> {
        let told: HashMap<ChangeId, &Outcome> =
            self.results.iter().map(|result| (result.id, &result.outcome)).collect();
        let result = |(id, seq)| {
            let outcome = match told.get(&id) {
                Some(outcome) => (*outcome).clone(),
                None if seq <= self.received_through => Outcome::Admitted,
                None => return None,
            };
            Some(ChangeResult { id, outcome })
        };
        sent.into_iter().filter_map(result).collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeResult {
    pub id: ChangeId,
    #[serde(flatten)]
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Durable and in its feed.
    Admitted,
    /// Was here before, with the same bytes.
    Known,
    /// Durable, but not in a feed yet: `code` says why, such as `admission.scope` or `admission.form-unknown`.
    Waiting { code: String },
    /// Not kept: `code` such as `change.wrong-signature`, `push.gap`, `push.chain`, `push.other-bytes`.
    Refused { code: String },
    /// A newer hub's word, which says nothing here; but not that it was admitted.
    #[serde(other)]
    Unknown,
}
