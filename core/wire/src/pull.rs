//! Feeds coming down: entries numbered without gaps, by cursor.
//!
//! What a phone does not know never makes an answer unreadable: feeds, roles and places are open text, entries and
//! certificates are kept as they came, other lists and results are read one by one, lines of another kind are passed over.
//! Strict are the answer's own fields, the lines that are known and each entry's number: without them nobody can tell what
//! is missing, so such an answer is none.

use crate::{
    enrol::Worker,
    erasure::Order,
    forms::Complaint,
    keys::{Follows, Step},
    lines::{Bad, Packer, Part, Unpacker, read_head, read_line},
    pages,
    push::BatchResult,
    receipt::{Mark, Receipt},
    roles::{MAX_STATEMENTS, Told},
    signed::Certificate,
};
use model::{BatchError, Digest, Feed, HubId, Rebuilt, RecordRef, batch::codec::decode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::io;

/// The most that an answer may hold, before compression; the most orders, and results of own batches.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
pub const MAX_ORDERS: usize = 50_000;
pub const MAX_RESULTS: usize = 10_000;

/// How far a phone's clock may be from its hub's before people are told.
pub const MAX_CLOCK_OFFSET_MS: u64 = 10 * 60 * 1000;
/// The most versions of forms that a phone complains of.
pub const MAX_COMPLAINTS: usize = 32;

/// How far a phone has read a feed. A hub restored from a backup has a new epoch: read again from 0 and push what it
/// lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub feed: Feed,
    pub epoch: String,
    pub position: u64,
    /// Of the entry there, as the hub told it. `None`: it did not, as that answer was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullRequest {
    pub v: u16,
    /// Of the hub that the cursors are from.
    pub hub: Option<HubId>,
    /// Feeds not named here are read from their start.
    pub cursors: Vec<Cursor>,
    /// Granted feeds that this phone's program can't read: to be left out until it can.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<Feed>,
    /// The most entries in the answer, over all feeds.
    pub max_entries: u32,
    /// About how many bytes the answer may have as it travels; one entry comes however large it is.
    pub max_bytes: u64,
    /// Batches of this device that need not come back whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<Holds>,
    /// The number of the last statement of roles that came: those after it are wanted. `None`: the program takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statements_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Condition::is_plain")]
    pub condition: Condition,
}

/// How a phone fares, for those at the office who can help.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The hub's clock minus the phone's, milliseconds, as it last measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    /// Published versions of forms and packs that it could not take, at most [`MAX_COMPLAINTS`].
    #[serde(default, deserialize_with = "crate::open::readable", skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Complaint>,
    /// Which key it takes for the office's. `None`: its program follows no other than that of its enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_key: Option<Follows>,
}

impl Condition {
    /// There is nothing to say.
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The offset of a clock that is more than [`MAX_CLOCK_OFFSET_MS`] wrong.
    pub fn wrong_clock(&self) -> Option<i64> {
        self.clock_offset_ms.filter(|offset| offset.unsigned_abs() > MAX_CLOCK_OFFSET_MS)
    }

    /// No more than what a phone has to say.
    pub fn bounded(&self) -> Self {
        let forms = self.forms.iter().take(MAX_COMPLAINTS);
        let forms = forms.map(|form| Complaint::new(&form.id, &form.version, &form.code)).collect();
        Self { forms, clock_offset_ms: self.clock_offset_ms, office_key: self.office_key.clone() }
    }
}

/// Batches of a device that it holds itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// From the batch that begins with this change to the one that ends with that, without a gap.
    pub first: u64,
    pub last: u64,
    /// `Statement::hash` of the last one: as each names the one before it, the hub's are the same if this is.
    pub statement: Digest,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullResponse {
    pub v: u16,
    pub hub: HubId,
    /// The hub's present epoch; one for all of its feeds.
    pub epoch: String,
    /// A page of each feed that this worker may read and that has anything new: restricted cases first, then communes.
    /// Each entry is a line after the head, so that those that came before a cut can be taken.
    #[serde(skip)]
    pub feeds: Vec<FeedPage>,
    /// There is more than this answer holds.
    pub more: bool,
    /// Feeds that are read from their start again: what lay before the phone's cursor is not what lies there now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anew: Vec<Feed>,
    /// Every feed that this worker may read now. A feed that a phone has and that is not here is to be forgotten.
    pub granted: Vec<Feed>,
    /// What the office says of its keys that this phone has not heard, in order: to be taken before anything else here, as
    /// all of it is signed by the newest. At most [`crate::keys::MAX_STEPS`].
    #[serde(default, deserialize_with = "crate::open::readable", skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Step>,
    /// Of every device whose batches are in `feeds`.
    pub certificates: Vec<Certificate>,
    /// Those by which values of the batches in `feeds` were erased: a line each between the head and the first feed.
    #[serde(skip)]
    pub orders: Vec<Order>,
    /// Batches of this device that wait, or have been decided since they waited; told when there is no more to come. A
    /// line each behind the orders.
    #[serde(skip)]
    pub own: Vec<BatchResult>,
    /// Of roles, those after the one that was asked by, in their order, once the feeds leave room. A line each behind these.
    #[serde(skip)]
    pub roles: Vec<Told>,
    pub worker: Worker,
    /// [`crate::forms::standing`] of what is published.
    pub forms: Digest,
    /// [`crate::packs::standing`] of what is published; `None` where no pack is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packs: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    pub server_time: u64,
}

#[derive(Clone, Debug)]
pub struct FeedPage {
    pub feed: Feed,
    /// Entries after the cursor's position, without a gap.
    pub entries: Vec<FeedEntry>,
    /// The feed's newest position; more to pull while it is above the last entry's.
    pub head: u64,
    /// Of the last entry, once all of them came.
    pub mark: Option<Mark>,
}

/// A line after the head. What makes it depends on nothing before it but the feed, so entries may be packed once and
/// sent to many: frames of zstd after each other are one body.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Order(&'a Order),
    Result(&'a BatchResult),
    Role(&'a Told),
    /// The entries that follow are of this feed.
    Feed {
        feed: &'a Feed,
        head: u64,
    },
    Puts(Puts),
    Entry(&'a FeedEntry),
    /// Of the feed's last entry here.
    Mark(Mark),
    /// How many positions there were.
    End(u64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReadLine {
    Order(Order),
    Result(Box<RawValue>),
    Role(Told),
    Feed { feed: Feed, head: u64 },
    Puts(Puts),
    Entry(FeedEntry),
    Mark(Mark),
    End(u64),
}

/// Announces a page of batches, an entry each.
#[derive(Serialize, Deserialize)]
struct Puts {
    /// Of the first of them.
    position: u64,
    /// When each was received, as difference from the one before; the first from 0.
    received: Vec<i64>,
    /// Of those that say it ([`FeedEntry::since`]), by their place among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    since: Vec<(usize, u64)>,
    /// Of the page.
    bytes: usize,
}

impl Puts {
    /// The entries whose batches the page holds. One of a page that this program can't read stands for all of them.
    fn entries(self, page: &[u8]) -> Result<Vec<FeedEntry>, Bad> {
        let mut received_at = 0u64;
        let received = self.received.iter().map(|difference| {
            received_at = received_at.wrapping_add_signed(*difference);
            received_at
        });
        let count = self.received.len() as u64;
        let last = self.position.checked_add(count - 1).ok_or(Bad::Shape)?;
        match decode(page) {
            Ok(batches) if batches.len() as u64 == count => {
                let entry = |((position, batch), received_at)| FeedEntry {
                    position,
                    entry: Entry::Put(Box::new(batch)),
                    received_at,
                    since: None,
                };
                let mut entries: Vec<_> = (self.position..).zip(batches).zip(received).map(entry).collect();
                for (place, since) in self.since {
                    entries.get_mut(place).ok_or(Bad::Shape)?.since = Some(since);
                }
                Ok(entries)
            }
            Ok(_) => Err(Bad::Shape),
            Err(error) => {
                let received: Vec<u64> = received.collect();
                let received_at = received.last().copied().unwrap_or_default();
                let entry = Entry::Page { received, page: page.to_vec(), error };
                Ok(vec![FeedEntry { position: last, entry, received_at, since: None }])
            }
        }
    }
}

/// Batches at the start of these entries that make the next page; 0: the first is no batch.
fn puts(entries: &[FeedEntry]) -> usize {
    pages::length(entries.iter().map_while(|entry| entry.put()))
}

fn differences(times: impl Iterator<Item = u64>) -> Vec<i64> {
    let mut before = 0u64;
    times.map(|time| time.wrapping_sub(std::mem::replace(&mut before, time)).cast_signed()).collect()
}

fn write_entries(to: &mut Packer, mut entries: &[FeedEntry]) -> io::Result<()> {
    while let Some((first, rest)) = entries.split_first() {
        if let Entry::Page { received, page, .. } = &first.entry {
            let received = differences(received.iter().copied());
            let puts = Puts { position: first.after() + 1, received, since: Vec::new(), bytes: page.len() };
            to.block(&Line::Puts(puts), page)?;
            entries = rest;
            continue;
        }
        let count = puts(entries);
        if count == 0 {
            to.line(&Line::Entry(first))?;
            entries = rest;
            continue;
        }
        let (page, rest) = entries.split_at(count);
        let batches: Vec<&Rebuilt> = page.iter().filter_map(FeedEntry::put).collect();
        let bytes = pages::page(&batches)?;
        let received = differences(page.iter().map(|entry| entry.received_at));
        let since =
            page.iter().enumerate().filter_map(|(place, entry)| Some((place, entry.since?))).collect();
        let puts = Puts { position: first.position, received, since, bytes: bytes.len() };
        to.block(&Line::Puts(puts), &bytes)?;
        entries = rest;
    }
    Ok(())
}

/// Entries packed once, for any answer that is packed.
pub fn pack(entries: &[FeedEntry]) -> io::Result<Vec<u8>> {
    let mut packer = Packer::new(true)?;
    write_entries(&mut packer, entries)?;
    packer.finish()
}

/// Writes an answer after its head, orders, results and roles: feeds, the entries of each, the end. Its parts, one after
/// the other, are the body; those that were packed before are shared with other answers.
pub struct Writer<B> {
    to: Packer,
    parts: Vec<B>,
    /// Positions told of so far.
    positions: u64,
}

impl<B: From<Vec<u8>>> Writer<B> {
    pub fn new(mut to: Packer, head: &PullResponse) -> io::Result<Self> {
        to.line(head)?;
        for order in &head.orders {
            to.line(&Line::Order(order))?;
        }
        for result in &head.own {
            to.line(&Line::Result(result))?;
        }
        for role in &head.roles {
            to.line(&Line::Role(role))?;
        }
        Ok(Self { to, parts: Vec::new(), positions: 0 })
    }

    pub fn feed(&mut self, feed: &Feed, head: u64) -> io::Result<()> {
        self.to.line(&Line::Feed { feed, head })
    }

    pub fn entries(&mut self, entries: &[FeedEntry]) -> io::Result<()> {
        self.positions += entries.iter().map(|entry| entry.entry.positions()).sum::<u64>();
        write_entries(&mut self.to, entries)
    }

    /// Entries as [`pack`] made them; for an answer that is packed.
    pub fn packed(&mut self, packed: B, positions: u64) -> io::Result<()> {
        if self.to.is_begun() {
            let next = self.to.another()?;
            let before = std::mem::replace(&mut self.to, next);
            self.parts.push(before.finish()?.into());
        }
        self.parts.push(packed);
        self.positions += positions;
        Ok(())
    }

    /// Of the last entry that was written.
    pub fn mark(&mut self, mark: Mark) -> io::Result<()> {
        self.to.line(&Line::Mark(mark))
    }

    pub fn finish(mut self) -> io::Result<Vec<B>> {
        self.to.line(&Line::End(self.positions))?;
        self.parts.push(self.to.finish()?.into());
        Ok(self.parts)
    }
}

impl PullResponse {
    pub fn write(&self, to: Packer) -> io::Result<Vec<u8>> {
        let mut writer: Writer<Vec<u8>> = Writer::new(to, self)?;
        for page in &self.feeds {
            writer.feed(&page.feed, page.head)?;
            writer.entries(&page.entries)?;
            page.mark.map_or(Ok(()), |mark| writer.mark(mark))?;
        }
        Ok(writer.finish()?.concat())
    }

    /// What the first bytes of an answer say, and whether they are all of it. `None`: not even its head came.
    pub fn read(zstd: bool, bytes: &[u8]) -> Result<Option<(Self, bool)>, Bad> {
        let mut lines = Unpacker::new(zstd, MAX_BYTES)?;
        let mut read: Option<Self> = None;
        let (mut positions, mut ended) = (0, false);
        let mut announced = None;
        lines.read(bytes, |part| {
            let Some(answer) = &mut read else {
                let Part::Line(line) = part else { return Err(Bad::Shape) };
                read = Some(read_head(line)?);
                return Ok(0);
            };
            let new = match part {
                _ if ended => return Err(Bad::Shape),
                Part::Block(page) => {
                    announced.take().ok_or(Bad::Shape).and_then(|puts: Puts| puts.entries(page))?
                }
                Part::Line(line) => match read_line(line)? {
                    None => return Ok(0),
                    Some(ReadLine::Order(_)) if answer.orders.len() == MAX_ORDERS => {
                        return Err(Bad::TooLarge);
                    }
                    Some(ReadLine::Order(order)) => {
                        answer.orders.push(order);
                        return Ok(0);
                    }
                    Some(ReadLine::Result(_)) if answer.own.len() == MAX_RESULTS => {
                        return Err(Bad::TooLarge);
                    }
                    Some(ReadLine::Result(result)) => {
                        // One that can't be read now comes again.
                        answer.own.extend(serde_json::from_str::<BatchResult>(result.get()));
                        return Ok(0);
                    }
                    Some(ReadLine::Role(_)) if answer.roles.len() == MAX_STATEMENTS => {
                        return Err(Bad::TooLarge);
                    }
                    Some(ReadLine::Role(role)) => {
                        answer.roles.push(role);
                        return Ok(0);
                    }
                    Some(ReadLine::Feed { feed, head }) => {
                        answer.feeds.push(FeedPage { feed, entries: Vec::new(), head, mark: None });
                        return Ok(0);
                    }
                    Some(ReadLine::Puts(puts)) if puts.bytes == 0 || puts.received.is_empty() => {
                        return Err(Bad::Shape);
                    }
                    Some(ReadLine::Puts(puts)) => return Ok(announced.insert(puts).bytes),
                    Some(ReadLine::Entry(entry)) => vec![entry],
                    Some(ReadLine::Mark(mark)) => {
                        answer.feeds.last_mut().ok_or(Bad::Shape)?.mark = Some(mark);
                        return Ok(0);
                    }
                    Some(ReadLine::End(count)) if count == positions => {
                        ended = true;
                        return Ok(0);
                    }
                    Some(ReadLine::End(_)) => return Err(Bad::Shape),
                },
            };
            positions += new.iter().map(|entry| entry.entry.positions()).sum::<u64>();
            let page = answer.feeds.last_mut().ok_or(Bad::Shape)?;
            page.entries.extend(new);
            page.mark = None;
            Ok(0)
        })?;
        let whole = ended && lines.is_between_lines();
        Ok(read.map(|answer| (answer, whole)))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedEntry {
    /// The last of its positions, if it has several.
    pub position: u64,
    pub entry: Entry,
    /// When a hub first received it, milliseconds since 1970.
    pub received_at: u64,
    /// Of a batch with a step of a workflow: when that hub had last received anything of its device before (0: never). By
    /// these two goes what its author could do. `None`: not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

impl FeedEntry {
    fn put(&self) -> Option<&Rebuilt> {
        match &self.entry {
            Entry::Put(batch) => Some(batch),
            _ => None,
        }
    }

    /// The position before it.
    pub fn after(&self) -> u64 {
        self.position.saturating_sub(self.entry.positions())
    }
}

/// Externally tagged (`{"own": …}`), as raw JSON inside can't pass through a buffered tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Entry {
    /// A batch, or what this feed shows of it.
    #[serde(skip)]
    Put(Box<Rebuilt>),
    /// Batches in a page that this program can't read, as many as there are times when they were received.
    #[serde(skip)]
    Page { received: Vec<u64>, page: Vec<u8>, error: BatchError },
    /// The asking device's own batch that begins with this `seq`, which it [`Holds`].
    Own(u64),
    /// The record moved to another feed; forget it here unless that one is granted. What moved with it has entries of
    /// its own.
    Leave(RecordRef),
    /// Ciphertext for the members of a restricted case. Prepared for: a phone keeps it and passes over it.
    Sealed(SealedChange),
    /// Of a kind or shape that this program does not know, as it came.
    #[serde(skip)]
    Unknown(Box<RawValue>),
}

impl Entry {
    /// How many positions of its feed it takes.
    pub fn positions(&self) -> u64 {
        match self {
            Entry::Page { received, .. } => received.len() as u64,
            _ => 1,
        }
    }
}

// The inherent functions are those that `remote` derives, of the kinds that are known.
impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Entry::Unknown(raw) => raw.serialize(serializer),
            known => Entry::serialize(known, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let known = Entry::deserialize(&mut serde_json::Deserializer::from_str(raw.get()));
        Ok(known.unwrap_or(Entry::Unknown(raw)))
    }
}

/// Envelope of a sealed payload: the hub checks only this.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedChange {
    pub v: u16,
    pub id: model::ChangeId,
    pub device: model::DeviceId,
    pub case: model::CaseId,
    /// Base64url.
    pub ciphertext: String,
    pub signature: model::key::Signature,
}

#[cfg(test)]
mod tests;
