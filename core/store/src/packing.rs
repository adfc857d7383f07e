//! Rows' bodies packed with zstd, against a dictionary of what records and changes have in common.
//!
//! Packed: a byte that says how; for [`ZSTD`] the body's length (u32, little-endian) and a frame without magic numbers
//! of its own. The contexts are a store's and not each body's.

use crate::StoreError;
use std::{
    ops::RangeInclusive,
    sync::{Mutex, PoisonError},
};
use zeroize::Zeroizing;
use zstd::{
    bulk::{Compressor, Decompressor},
    zstd_safe::CParameter,
};

/// As it is: too short to pack, or no shorter for it.
const RAW: u8 = 0;
const ZSTD: u8 = 1;
/// Made by `make_dictionary` from invented people. Every body refers to it: another one gets another name and number.
const DICTIONARY: &[u8] = include_bytes!("packing/dictionary-1");
/// Most bodies: what comes by the thousand, and what is so long that it would hold up a worker.
const QUICK: i32 = 1;
/// Between these lie visits as they are written, which fill the disk: a fifth shorter for it.
const THOROUGH: i32 = 6;
const THOROUGHLY: RangeInclusive<usize> = 1024..=16 * 1024;
const SHORT: usize = 48;
/// No body is longer.
const MOST: usize = 256 * 1024 * 1024;

pub(crate) struct Packer {
    quick: Mutex<Compressor<'static>>,
    thorough: Mutex<Compressor<'static>>,
    decompressor: Mutex<Decompressor<'static>>,
}

impl Packer {
    pub fn new() -> Result<Self, StoreError> {
        let decompressor = Decompressor::with_dictionary(DICTIONARY)?;
        Ok(Self {
            quick: compressor(QUICK)?,
            thorough: compressor(THOROUGH)?,
            decompressor: Mutex::new(decompressor),
        })
    }

    pub fn pack(&self, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MOST);
        let length = length.ok_or(StoreError::Unreadable)?;
        if body.len() >= SHORT {
            let compressor = if THOROUGHLY.contains(&body.len()) { &self.thorough } else { &self.quick };
            let mut compressor = compressor.lock().unwrap_or_else(PoisonError::into_inner);
            let frame = Zeroizing::new(compressor.compress(body).map_err(|_| StoreError::Unreadable)?);
            if frame.len() + 4 < body.len() {
                return Ok([&[ZSTD], &length.to_le_bytes()[..], &frame].concat());
            }
        }
        Ok([&[RAW], body].concat())
    }

    pub fn unpack(&self, packed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        match packed.split_first() {
            Some((&RAW, body)) => Ok(Zeroizing::new(body.to_vec())),
            Some((&ZSTD, rest)) => {
                let (length, frame) = rest.split_first_chunk().ok_or(StoreError::Unreadable)?;
                let length = u32::from_le_bytes(*length) as usize;
                if length > MOST {
                    return Err(StoreError::Unreadable);
                }
                let mut decompressor = self.decompressor.lock().unwrap_or_else(PoisonError::into_inner);
                let body = decompressor.decompress(frame, length).map_err(|_| StoreError::Unreadable)?;
                if body.len() == length { Ok(Zeroizing::new(body)) } else { Err(StoreError::Unreadable) }
            }
            _ => Err(StoreError::Unreadable),
        }
    }
}

fn compressor(level: i32) -> Result<Mutex<Compressor<'static>>, StoreError> {
    let mut compressor = Compressor::with_dictionary(level, DICTIONARY)?;
    // Said by the byte before.
    compressor.set_parameter(CParameter::DictIdFlag(false))?;
    compressor.set_parameter(CParameter::ContentSizeFlag(false))?;
    Ok(Mutex::new(compressor))
}

#[cfg(test)]
mod tests;
