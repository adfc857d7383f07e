//! The authenticated chunk format of photos: a ciphertext that is read from anywhere without holding it in memory.
//!
//! A header of 16 bytes (`VGBLOB1\n`, the chunk size as u32 big-endian, four zero bytes), then chunks of 64 KiB of
//! plaintext, each sealed by AES-256-GCM and followed by its 16-byte tag. The nonce is seven zero bytes, the chunk's
//! index (u32 big-endian) and one byte that is 1 on the last chunk; the header is authenticated with each chunk. So no
//! chunk can be changed, moved, left out or cut off unnoticed. Nonces repeat between blobs: a key seals one blob only.

use model::encoding::Bytes;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{SHA256, digest},
    error::Unspecified,
};
use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

/// Bytes of plaintext in every chunk but the last.
pub const CHUNK: usize = 64 * 1024;
const HEADER_LEN: usize = 16;
const TAG_LEN: usize = 16;
const SEALED_CHUNK: usize = CHUNK + TAG_LEN;
const HEADER: [u8; HEADER_LEN] = {
    let size = (CHUNK as u32).to_be_bytes();
    let m = *b"VGBLOB1\n";
    [m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], size[0], size[1], size[2], size[3], 0, 0, 0, 0]
};

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The bytes don't begin as a blob of this version does.
    #[error("the bytes are not an encrypted photo")]
    NotABlob,
    /// Changed, reordered or cut since it was sealed, or sealed with another key: fetch it again.
    #[error("the encrypted photo is damaged, cut or of another key")]
    Damaged,
    /// The wanted range ends behind the plaintext's end.
    #[error("the range is outside of the photo")]
    OutOfRange,
    #[error("the encrypted photo can't be read")]
    Io(#[from] io::Error),
}

impl BlobError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotABlob => "blob.not-a-blob",
            Self::Damaged => "blob.damaged",
            Self::OutOfRange => "blob.out-of-range",
            Self::Io(_) => "blob.io",
        }
    }
}

/// Seals `plain` with a key that has sealed nothing before.
pub fn seal(plain: &[u8], key: &Bytes<32>) -> Vec<u8> {
    let chunks = plain.len().div_ceil(CHUNK).max(1);
    let mut out = Vec::with_capacity(HEADER_LEN + plain.len() + chunks * TAG_LEN);
    out.extend_from_slice(&HEADER);
    let cipher = cipher(key);
    for index in 0..chunks {
        let from = index * CHUNK;
        let chunk = &plain[from..plain.len().min(from + CHUNK)];
        let start = out.len();
        out.extend_from_slice(chunk);
        let nonce = nonce(index as u32, index + 1 == chunks);
        let tag = sealed(cipher.seal_in_place_separate_tag(nonce, Aad::from(HEADER), &mut out[start..]));
        out.extend_from_slice(tag.as_ref());
    }
    out
}

/// The whole plaintext; nothing of it if any byte is not as it was sealed.
pub fn open(blob: &[u8], key: &Bytes<32>) -> Result<Vec<u8>, BlobError> {
    let plain = plain_len(blob.len() as u64)?;
    let mut cursor = io::Cursor::new(blob);
    open_range(&mut cursor, key, 0..plain)
}

/// A part of the plaintext. Holds the part and one chunk in memory. Beside the part's chunks it checks the last one, so
/// that a cut blob is refused wherever it is read; damage in other chunks shows when those are read.
pub fn open_range<R: Read + Seek>(
    mut reader: R,
    key: &Bytes<32>,
    range: Range<u64>,
) -> Result<Vec<u8>, BlobError> {
    let plain = plain_len(reader.seek(SeekFrom::End(0))?)?;
    reader.seek(SeekFrom::Start(0))?;
    let mut header = [0; HEADER_LEN];
    reader.read_exact(&mut header)?;
    if header != HEADER {
        return Err(BlobError::NotABlob);
    }
    if range.start > range.end || range.end > plain {
        return Err(BlobError::OutOfRange);
    }
    let last = plain.saturating_sub(1) / CHUNK as u64;
    let mut chunks = Chunks { reader, cipher: cipher(key), plain, last, buffer: Vec::new() };
    let wanted = usize::try_from(range.end - range.start).map_err(|_| BlobError::OutOfRange)?;
    let mut out = Vec::with_capacity(wanted);
    let mut at = range.start;
    let mut last_seen = false;
    while at < range.end {
        let index = at / CHUNK as u64;
        last_seen |= index == last;
        let chunk = chunks.read(index)?;
        let start = index * CHUNK as u64;
        let end = range.end.min(start + chunk.len() as u64);
        out.extend_from_slice(&chunk[(at - start) as usize..(end - start) as usize]);
        at = end;
    }
    if !last_seen {
        chunks.read(last)?;
    }
    Ok(out)
}

/// Bytes of plaintext in a blob of `blob_len` bytes.
pub fn plain_len(blob_len: u64) -> Result<u64, BlobError> {
    let body = blob_len.checked_sub(HEADER_LEN as u64).ok_or(BlobError::NotABlob)?;
    let chunks = body.div_ceil(SEALED_CHUNK as u64);
    let plain = body.checked_sub(chunks * TAG_LEN as u64).ok_or(BlobError::Damaged)?;
    // So many chunks and no more make this plaintext: an empty one makes one, nothing else ends with an empty one.
    if chunks != plain.div_ceil(CHUNK as u64).max(1) || chunks > u64::from(u32::MAX) {
        return Err(BlobError::Damaged);
    }
    Ok(plain)
}

/// The content address: lowercase hex SHA-256 of the ciphertext.
pub fn address(blob: &[u8]) -> String {
    use std::fmt::Write;
    digest(&SHA256, blob).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

struct Chunks<R> {
    reader: R,
    cipher: LessSafeKey,
    plain: u64,
    last: u64,
    buffer: Vec<u8>,
}

impl<R: Read + Seek> Chunks<R> {
    fn read(&mut self, index: u64) -> Result<&[u8], BlobError> {
        let len = (self.plain - index * CHUNK as u64).min(CHUNK as u64) as usize + TAG_LEN;
        self.buffer.resize(len, 0);
        self.reader.seek(SeekFrom::Start(HEADER_LEN as u64 + index * SEALED_CHUNK as u64))?;
        self.reader.read_exact(&mut self.buffer)?;
        let nonce = nonce(index as u32, index == self.last);
        let plain = self
            .cipher
            .open_in_place(nonce, Aad::from(HEADER), &mut self.buffer)
            .map_err(|_| BlobError::Damaged)?;
        Ok(plain)
    }
}

fn nonce(index: u32, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[7..11].copy_from_slice(&index.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

fn cipher(key: &Bytes<32>) -> LessSafeKey {
    LessSafeKey::new(sealed(UnboundKey::new(&AES_256_GCM, &key.0)))
}

/// AES-GCM refuses only keys that are not of 32 bytes and messages beyond 64 GiB; neither can be here.
#[expect(clippy::expect_used, reason = "the types rule out the only failures")]
fn sealed<T>(result: Result<T, Unspecified>) -> T {
    result.expect("a key of 32 bytes and a chunk of 64 KiB")
}

#[cfg(test)]
mod tests;
