//! Rows' bodies packed with zstd, against a dictionary of what records and changes have in common.
//!
//! Packed: a byte that says how; for [`ZSTD`] the body's length (u32, little-endian) and a frame without magic numbers
//! of its own. Two contexts for a store (about 1.5 MB, from the first body on) and not one for each body.

use crate::StoreError;
use std::sync::{Mutex, PoisonError};
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
const LEVEL: i32 = 3;
const SHORT: usize = 48;
/// No body is longer.
const MOST: usize = 256 * 1024 * 1024;

pub(crate) struct Packer {
    compressor: Mutex<Compressor<'static>>,
    decompressor: Mutex<Decompressor<'static>>,
}

impl Packer {
    pub fn new() -> Result<Self, StoreError> {
        let mut compressor = Compressor::with_dictionary(LEVEL, DICTIONARY)?;
        // Said by the byte before.
        compressor.set_parameter(CParameter::DictIdFlag(false))?;
        compressor.set_parameter(CParameter::ContentSizeFlag(false))?;
        let decompressor = Decompressor::with_dictionary(DICTIONARY)?;
        Ok(Self { compressor: Mutex::new(compressor), decompressor: Mutex::new(decompressor) })
    }

    pub fn pack(&self, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MOST);
        let length = length.ok_or(StoreError::Unreadable)?;
        if body.len() >= SHORT {
            let mut compressor = self.compressor.lock().unwrap_or_else(PoisonError::into_inner);
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

#[cfg(test)]
mod tests;
