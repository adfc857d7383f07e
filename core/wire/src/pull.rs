//! Feeds coming down: entries numbered without gaps, by cursor.
//!
//! What a phone does not know never makes an answer unreadable: feeds, roles and places are open text, entries and
//! certificates are kept as they came, other lists are read element by element. Strict are the answer's own fields, its
//! lines and each entry's number: without them nobody can tell what is missing, so such an answer is none.

use crate::{
    certificate::Certificate,
    enrol::Worker,
    lines::{Bad, Packer, Unpacker, read_head},
    push::ChangeResult,
};
use model::{Feed, HubId, RecordRef, SignedChange, change::Digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::io;

/// The most that an answer may hold, before compression.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// How far a phone has read a feed. A hub restored from a backup has a new epoch: read again from 0 and push what it
/// lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub feed: Feed,
    pub epoch: String,
    pub position: u64,
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
    /// Changes of this device that need not come back whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<Holds>,
}

/// Changes of a device that it holds itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// From this `seq` to that one, without a gap.
    pub first: u64,
    pub last: u64,
    /// Of the last one: as each names the one before it, the hub's are the same if this is.
    pub digest: Digest,
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
    /// Every feed that this worker may read now. A feed that a phone has and that is not here is to be forgotten.
    pub granted: Vec<Feed>,
    /// Of every device whose changes are in `feeds`.
    pub certificates: Vec<Certificate>,
    /// Changes of this device that wait, or have been decided since they waited; told when there is no more to come.
    #[serde(deserialize_with = "crate::open::readable")]
    pub own: Vec<ChangeResult>,
    pub worker: Worker,
    /// [`crate::forms::standing`] of what is published.
    pub forms: Digest,
    pub server_time: u64,
}

#[derive(Clone, Debug)]
pub struct FeedPage {
    pub feed: Feed,
    /// Entries after the cursor's position, without a gap.
    pub entries: Vec<FeedEntry>,
    /// The feed's newest position; more to pull while it is above the last entry's.
    pub head: u64,
}

/// A line after the head. What makes it depends on nothing before it but the feed, so entries may be packed once and
/// sent to many: frames of zstd after each other are one body.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    /// The entries that follow are of this feed.
    Feed {
        feed: &'a Feed,
        head: u64,
    },
    Entry(&'a FeedEntry),
    /// How many entries there were.
    End(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReadLine {
    Feed { feed: Feed, head: u64 },
    Entry(FeedEntry),
    End(usize),
}

/// Entries packed once, for any answer that is packed.
pub fn pack(entries: &[FeedEntry]) -> io::Result<Vec<u8>> {
    let mut packer = Packer::new(true)?;
    for entry in entries {
        packer.line(&Line::Entry(entry))?;
    }
    packer.finish()
}

/// Writes an answer after its head: feeds, the entries of each, the end. Its parts, one after the other, are the body;
/// those that were packed before are shared with other answers.
pub struct Writer<B> {
    to: Packer,
    parts: Vec<B>,
    entries: usize,
}

impl<B: From<Vec<u8>>> Writer<B> {
    pub fn new(mut to: Packer, head: &PullResponse) -> io::Result<Self> {
        to.line(head)?;
        Ok(Self { to, parts: Vec::new(), entries: 0 })
    }

    pub fn feed(&mut self, feed: &Feed, head: u64) -> io::Result<()> {
        self.to.line(&Line::Feed { feed, head })
    }

    pub fn entry(&mut self, entry: &FeedEntry) -> io::Result<()> {
        self.entries += 1;
        self.to.line(&Line::Entry(entry))
    }

    /// Entries as [`pack`] made them; for an answer that is packed.
    pub fn packed(&mut self, packed: B, entries: usize) -> io::Result<()> {
        if self.to.is_begun() {
            let next = self.to.another()?;
            let before = std::mem::replace(&mut self.to, next);
            self.parts.push(before.finish()?.into());
        }
        self.parts.push(packed);
        self.entries += entries;
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<Vec<B>> {
        self.to.line(&Line::End(self.entries))?;
        self.parts.push(self.to.finish()?.into());
        Ok(self.parts)
    }
}

impl PullResponse {
    pub fn write(&self, to: Packer) -> io::Result<Vec<u8>> {
        let mut writer: Writer<Vec<u8>> = Writer::new(to, self)?;
        for page in &self.feeds {
            writer.feed(&page.feed, page.head)?;
            for entry in &page.entries {
                writer.entry(entry)?;
            }
        }
        Ok(writer.finish()?.concat())
    }

    /// What the first bytes of an answer say, and whether they are all of it. `None`: not even its head came.
    pub fn read(zstd: bool, bytes: &[u8]) -> Result<Option<(Self, bool)>, Bad> {
        let mut lines = Unpacker::new(zstd, MAX_BYTES)?;
        let mut read: Option<Self> = None;
        let (mut entries, mut ended) = (0, false);
        lines.read(bytes, |line| {
            let Some(answer) = &mut read else {
                read = Some(read_head(line)?);
                return Ok(());
            };
            match serde_json::from_slice(line).map_err(|_| Bad::Shape)? {
                _ if ended => return Err(Bad::Shape),
                ReadLine::Feed { feed, head } => {
                    answer.feeds.push(FeedPage { feed, entries: Vec::new(), head });
                }
                ReadLine::Entry(entry) => {
                    answer.feeds.last_mut().ok_or(Bad::Shape)?.entries.push(entry);
                    entries += 1;
                }
                ReadLine::End(count) if count == entries => ended = true,
                ReadLine::End(_) => return Err(Bad::Shape),
            }
            Ok(())
        })?;
        let whole = ended && lines.is_between_lines();
        Ok(read.map(|answer| (answer, whole)))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedEntry {
    pub position: u64,
    pub entry: Entry,
    /// When a hub first received it, milliseconds since 1970.
    pub received_at: u64,
}

/// Externally tagged (`{"put": …}`), as raw JSON inside can't pass through a buffered tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Entry {
    Put(SignedChange),
    /// The asking device's own change of this `seq`, which it [`Holds`].
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
    pub signature: model::change::Signature,
}

#[cfg(test)]
mod tests;
