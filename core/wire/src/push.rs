//! Batches going up. Receiving (durable, acknowledged) is apart from admitting (entering a feed).

use crate::{
    erasure::Order,
    lines::{Bad, Packer, Part, Unpacker, read_head, read_line},
    pages,
    receipt::Receipt,
};
use model::{
    HubId, Rebuilt,
    batch::{Statement, codec::decode},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, io};

/// The most batches in one push, the most orders, and the most bytes before compression.
pub const MAX_BATCHES: usize = 2_000;
pub const MAX_ORDERS: usize = 1_000;
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// In order of their numbers, starting after what the hub has acknowledged. With no batches: how a phone asks where it
/// stands. A batch that is too large for the line goes up in several views, which the hub joins.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushRequest {
    pub v: u16,
    /// The newest that this phone has: a run's first push shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Those by which values of the batches were erased, and that the hub may lack: a line each, after the head.
    #[serde(skip)]
    pub orders: Vec<Order>,
    /// In pages, a block each, after the orders: a hub keeps those that came before a cut.
    #[serde(skip)]
    pub batches: Vec<Rebuilt>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Order(Order),
    /// Bytes of a page of batches.
    Page(usize),
    /// How many batches there were.
    End(usize),
}

impl PushRequest {
    pub fn write(&self, mut to: Packer) -> io::Result<Vec<u8>> {
        to.line(self)?;
        for order in &self.orders {
            to.line(&Line::Order(order.clone()))?;
        }
        let mut left = self.batches.as_slice();
        while !left.is_empty() {
            let (batches, rest) = left.split_at(pages::length(left));
            let page = pages::page(&batches.iter().collect::<Vec<_>>())?;
            to.block(&Line::Page(page.len()), &page)?;
            left = rest;
        }
        to.line(&Line::End(self.batches.len()))?;
        to.finish()
    }
}

/// Reads a push while it comes in.
pub struct PushReader {
    lines: Unpacker,
    begun: bool,
    ended: bool,
    orders: usize,
    batches: usize,
}

/// What came of a push.
#[derive(Debug, Default)]
pub struct Came {
    /// With the head.
    pub receipt: Option<Receipt>,
    pub orders: Vec<Order>,
    pub batches: Vec<Rebuilt>,
}

impl PushReader {
    /// Of a body that is compressed or not.
    pub fn new(zstd: bool) -> Result<Self, Bad> {
        let lines = Unpacker::new(zstd, MAX_BYTES)?;
        Ok(Self { lines, begun: false, ended: false, orders: 0, batches: 0 })
    }

    /// What these bytes complete.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Came, Bad> {
        let Self { lines, begun, ended, orders, batches } = self;
        let mut came = Came::default();
        lines.read(bytes, |part| {
            match part {
                Part::Line(line) if !*begun => {
                    *begun = true;
                    PushRequest { receipt: came.receipt, .. } = read_head(line)?;
                }
                _ if *ended => return Err(Bad::Shape),
                Part::Line(line) => match read_line(line)? {
                    None => {}
                    Some(Line::Order(_)) if *orders == MAX_ORDERS => return Err(Bad::TooLarge),
                    Some(Line::Order(order)) => {
                        *orders += 1;
                        came.orders.push(order);
                    }
                    Some(Line::Page(0)) => return Err(Bad::Shape),
                    Some(Line::Page(length)) => return Ok(length),
                    Some(Line::End(count)) if count == *batches => *ended = true,
                    Some(Line::End(_)) => return Err(Bad::Shape),
                },
                Part::Block(page) => {
                    let page = decode(page).map_err(Bad::Batches)?;
                    *batches += page.len();
                    if *batches > MAX_BATCHES {
                        return Err(Bad::TooLarge);
                    }
                    came.batches.extend(page);
                }
            }
            Ok(0)
        })?;
        Ok(came)
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
    /// All of this device's changes up to this `seq` are durable at the hub: the last of a batch. Lower than what was
    /// sent: send again from the next one (a gap, a wrong signature, or a hub restored from a backup).
    pub received_through: u64,
    /// Of the next batch, how many of its first changes lie ready at the hub until the rest comes.
    #[serde(default)]
    pub staged: u32,
    /// Of the batches sent, in order, those that did not simply become [`Outcome::Admitted`].
    #[serde(deserialize_with = "crate::open::readable")]
    pub results: Vec<BatchResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    pub server_time: u64,
}

impl PushResponse {
    /// What became of the batches sent: what is durable and not told of was admitted.
    pub fn results_of<'a>(&self, sent: impl IntoIterator<Item = &'a Statement>) -> Vec<BatchResult> {
        let told: HashMap<u64, &Outcome> =
            self.results.iter().map(|result| (result.first_seq, &result.outcome)).collect();
        let result = |sent: &Statement| {
            let outcome = match told.get(&sent.first_seq) {
                Some(outcome) => (*outcome).clone(),
                None if sent.next_seq() <= self.received_through + 1 => Outcome::Admitted,
                None => return None,
            };
            Some(BatchResult { first_seq: sent.first_seq, outcome })
        };
        sent.into_iter().filter_map(result).collect()
    }
}

/// What became of a device's batch, by the number of its first change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchResult {
    pub first_seq: u64,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Of a batch that says nothing forbidden itself, but replaces a value of one that was denied.
pub const FOLLOWS: &str = "permission.follows";

/// What of a batch isn't allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedPart {
    /// Of the change.
    pub seq: u64,
    /// `None`: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Durable and in its feed.
    Admitted,
    /// Was here before.
    Known,
    /// Durable, but not in a feed yet: `code` says why, such as `admission.scope` or `admission.form-unknown`.
    Waiting { code: String },
    /// Durable, and never in a feed: something of it isn't allowed. Its phone puts back what it replaced, and makes the
    /// rest anew. `code` such as `permission.move`, or [`FOLLOWS`] where it only stands on what was denied.
    Denied {
        code: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<DeniedPart>,
    },
    /// Not kept: `code` such as `batch.wrong-signature`, `batch.gap`, `push.forked`.
    Refused { code: String },
    /// A part of it lies ready until the rest comes.
    Staged,
    /// A newer hub's word, which says nothing here; but not that it was admitted.
    #[serde(other)]
    Unknown,
}
