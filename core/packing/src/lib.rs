//! Bodies at rest (changes, records' states, rows of lists), each packed by itself with zstd, against a dictionary of
//! what all of them have in common. One for phone and hub.
//!
//! Packed: a byte that says how; for [`ZSTD`] a frame behind it, which tells the body's length.

#![forbid(unsafe_code)]

use std::{io, ops::RangeInclusive};
use zstd::{
    bulk::{Compressor, Decompressor},
    zstd_safe::{CParameter, get_frame_content_size},
};

/// As it is: too short to pack, or no shorter for it.
const RAW: u8 = 0;
/// Packed with [`DICTIONARY`]: another one gets another number, and this one stays.
const ZSTD: u8 = 1;
/// Of invented people; made by `core/store/src/sealing/tests.rs`.
const DICTIONARY: &[u8] = include_bytes!("dictionary-1");
/// Most bodies: what comes by the thousand, and what is so long that it would hold up a worker.
const QUICK: i32 = 1;
/// Between these lie visits as they are written, which fill the disk.
const THOROUGHLY: RangeInclusive<usize> = 1024..=16 * 1024;
const SHORT: usize = 48;
/// No body is longer; a damaged length must not ask for the whole memory.
const MOST: usize = 256 * 1024 * 1024;

/// To be kept: it holds memory that each body uses again.
pub struct Packer {
    quick: Compressor<'static>,
    thorough: Compressor<'static>,
}

impl Packer {
    /// With zstd's level for bodies of 1 to 16 KiB.
    ///
    /// # Errors
    /// Memory is out.
    pub fn new(level: i32) -> io::Result<Self> {
        Ok(Self { quick: compressor(QUICK)?, thorough: compressor(level)? })
    }

    /// `None`: longer than 256 MiB, or memory is out.
    pub fn pack(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        if body.len() > MOST {
            return None;
        }
        if body.len() >= SHORT {
            let thoroughly = THOROUGHLY.contains(&body.len());
            let compressor = if thoroughly { &mut self.thorough } else { &mut self.quick };
            let frame = compressor.compress(body).ok()?;
            if frame.len() < body.len() {
                return Some([&[ZSTD], frame.as_slice()].concat());
            }
        }
        Some([&[RAW], body].concat())
    }
}

/// To be kept, as [`Packer`].
pub struct Unpacker(Decompressor<'static>);

impl Unpacker {
    /// # Errors
    /// Memory is out.
    pub fn new() -> io::Result<Self> {
        Decompressor::with_dictionary(DICTIONARY).map(Self)
    }

    /// `None`: these bytes were not packed here.
    pub fn unpack(&mut self, packed: &[u8]) -> Option<Vec<u8>> {
        match packed.split_first()? {
            (&RAW, body) => Some(body.to_vec()),
            (&ZSTD, frame) => {
                let length = usize::try_from(get_frame_content_size(frame).ok()??).ok()?;
                (length <= MOST).then(|| self.0.decompress(frame, length).ok())?
            }
            _ => None,
        }
    }
}

fn compressor(level: i32) -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::with_dictionary(level, DICTIONARY)?;
    // Said by the byte before.
    compressor.set_parameter(CParameter::DictIdFlag(false))?;
    Ok(compressor)
}
