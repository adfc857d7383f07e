//! Bodies as lines of JSON, of which any first part is of use: a head, one thing a line, an end. A line may announce a
//! block of bytes behind it; one of a kind that is not known is passed over, so later kinds announce none.
//!
//! Compressed by zstd (frames after each other are one body) and flushed every few KB, so that what came before a cut
//! can be unpacked. Each frame ends with a checksum: what was damaged on the way is no message, and is asked for again.
//! What comes in is bounded while it is unpacked.

use model::BatchError;
use serde::{
    Deserialize, Serialize,
    de::{self, DeserializeOwned, IgnoredAny, value::StrDeserializer},
};
use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Write},
};
use zstd::stream::{
    raw::{DParameter, Decoder, Operation},
    write::Encoder,
};

/// The most bytes of one line.
pub const MAX_LINE: usize = 1024 * 1024;
/// Bytes of JSON after which what was written can be unpacked: what a cut may cost.
const FLUSH: usize = 8 * 1024;
/// Windows larger than this (8 MiB) would cost memory and gain nothing.
const MAX_WINDOW_LOG: u32 = 23;
/// Bytes unpacked at once.
const STEP: usize = 32 * 1024;

/// Why lines are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    #[error("not zstd")]
    Packing,
    #[error("not lines of this message's shape")]
    Shape,
    #[error("another version's message")]
    Version,
    #[error("more than is taken at once")]
    TooLarge,
    #[error("a page of batches can't be read: {0}")]
    Batches(BatchError),
}

/// Writes lines.
pub struct Packer {
    to: To,
    is_begun: bool,
    unflushed: usize,
}

enum To {
    Plain(Vec<u8>),
    Zstd(Encoder<'static, Vec<u8>>),
}

impl Packer {
    pub fn new(zstd: bool) -> io::Result<Self> {
        let to = if zstd {
            let mut encoder = Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?;
            encoder.include_checksum(true)?;
            To::Zstd(encoder)
        } else {
            To::Plain(Vec::new())
        };
        Ok(Self { to, is_begun: false, unflushed: 0 })
    }

    pub fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.block(line, &[])
    }

    /// A line with the block that it announces.
    pub(crate) fn block(&mut self, line: &impl Serialize, block: &[u8]) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.is_begun = true;
        match &mut self.to {
            To::Plain(bytes) => {
                bytes.extend_from_slice(&text);
                bytes.extend_from_slice(block);
            }
            To::Zstd(encoder) => {
                encoder.write_all(&text)?;
                encoder.write_all(block)?;
                self.unflushed += text.len() + block.len();
                if self.unflushed >= FLUSH {
                    encoder.flush()?;
                    self.unflushed = 0;
                }
            }
        }
        Ok(())
    }

    /// One that packs as this one does.
    pub(crate) fn another(&self) -> io::Result<Self> {
        Self::new(matches!(self.to, To::Zstd(_)))
    }

    /// Whether there is a line.
    pub(crate) fn is_begun(&self) -> bool {
        self.is_begun
    }

    pub fn finish(self) -> io::Result<Vec<u8>> {
        match self.to {
            To::Plain(bytes) => Ok(bytes),
            To::Zstd(encoder) => encoder.finish(),
        }
    }
}

/// What a body is made of.
pub enum Part<'a> {
    Line(&'a [u8]),
    Block(&'a [u8]),
}

/// Takes bytes as they come, gives whole lines and blocks, each before what follows it is unpacked.
pub struct Unpacker {
    zstd: Option<Decoder<'static>>,
    lines: Lines,
}

struct Lines {
    /// Bytes that may still be unpacked.
    left: usize,
    /// The line or block that is not whole yet.
    begun: Vec<u8>,
    /// Bytes of the block that comes now.
    block: Option<usize>,
}

impl Unpacker {
    /// Of at most `most` bytes once unpacked.
    pub fn new(zstd: bool, most: usize) -> Result<Self, Bad> {
        let decoder = || {
            let mut decoder = Decoder::new()?;
            decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG))?;
            Ok::<_, io::Error>(decoder)
        };
        let zstd = if zstd { Some(decoder().map_err(|_| Bad::Packing)?) } else { None };
        Ok(Self { zstd, lines: Lines { left: most, begun: Vec::new(), block: None } })
    }

    /// Hands over the lines and blocks that these bytes complete; the first that is refused ends it. `each` says of a
    /// line how large a block follows it.
    pub fn read(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(Part<'_>) -> Result<usize, Bad>,
    ) -> Result<(), Bad> {
        let Some(decoder) = &mut self.zstd else { return self.lines.take(bytes, &mut each) };
        let (mut read, mut unpacked) = (0, vec![0; STEP]);
        loop {
            let step = decoder.run_on_buffers(&bytes[read..], &mut unpacked).map_err(|_| Bad::Packing)?;
            read += step.bytes_read;
            self.lines.take(&unpacked[..step.bytes_written], &mut each)?;
            // A full buffer may leave more inside, even after the last byte went in.
            if read == bytes.len() && step.bytes_written < STEP {
                return Ok(());
            }
        }
    }

    pub fn is_between_lines(&self) -> bool {
        self.lines.begun.is_empty() && self.lines.block.is_none()
    }
}

impl Lines {
    fn take(
        &mut self,
        mut bytes: &[u8],
        each: &mut impl FnMut(Part<'_>) -> Result<usize, Bad>,
    ) -> Result<(), Bad> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(Bad::TooLarge)?;
        loop {
            if let Some(length) = self.block {
                let (new, rest) = bytes.split_at(bytes.len().min(length - self.begun.len()));
                self.begun.extend_from_slice(new);
                bytes = rest;
                if self.begun.len() < length {
                    return Ok(());
                }
                each(Part::Block(&self.begun))?;
                self.block = None;
            } else {
                let end = bytes.iter().position(|byte| *byte == b'\n');
                let (new, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
                if self.begun.len() + new.len() > MAX_LINE {
                    return Err(Bad::TooLarge);
                }
                self.begun.extend_from_slice(new);
                let Some((_, rest)) = rest.split_first() else { return Ok(()) };
                bytes = rest;
                let block = each(Part::Line(&self.begun))?;
                if block > self.left.saturating_add(bytes.len()) {
                    return Err(Bad::TooLarge);
                }
                self.block = (block > 0).then_some(block);
            }
            self.begun.clear();
        }
    }
}

/// A message's first line, which says its version.
pub(crate) fn read_head<T: DeserializeOwned>(line: &[u8]) -> Result<T, Bad> {
    #[derive(Deserialize)]
    struct Version {
        v: u16,
    }
    let Version { v } = serde_json::from_slice(line).map_err(|_| Bad::Shape)?;
    if !crate::VERSIONS.contains(&v) {
        return Err(Bad::Version);
    }
    serde_json::from_slice(line).map_err(|_| Bad::Shape)
}

/// A line behind the head, an object of one key: its kind. `None`: of a kind that `T` doesn't have.
pub(crate) fn read_line<T: DeserializeOwned>(line: &[u8]) -> Result<Option<T>, Bad> {
    match serde_json::from_slice(line) {
        Ok(line) => Ok(Some(line)),
        Err(_) if is_of_another_kind::<T>(line) => Ok(None),
        Err(_) => Err(Bad::Shape),
    }
}

fn is_of_another_kind<T: DeserializeOwned>(line: &[u8]) -> bool {
    let Ok(keys) = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(line) else { return false };
    let mut kinds = keys.into_keys();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    // Of a kind that it has it finds that nothing is said.
    matches!(T::deserialize(StrDeserializer::new(&kind)), Err(Unread::Kind))
}

/// Why a kind alone is no line.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("not a kind of line")]
    Kind,
    #[error("nothing is said")]
    Content,
}

impl de::Error for Unread {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Content
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::Kind
    }
}

#[cfg(test)]
mod tests;
