//! The little of tar (POSIX.1-1988 ustar) that a backup needs: regular files with short names, so that any tar can
//! list and unpack it.

use super::BackupError;
use crate::HubError;
use std::io::{self, Read, Write};

const BLOCK: usize = 512;
/// Eleven octal digits.
const MAX_SIZE: u64 = 0o777_7777_7777;

pub struct Writer<W> {
    to: W,
}

impl<W: Write> Writer<W> {
    pub fn new(to: W) -> Self {
        Self { to }
    }

    /// Adds a file of exactly `size` bytes.
    pub fn add(&mut self, name: &str, size: u64, from: &mut dyn Read) -> Result<(), HubError> {
        self.to.write_all(&header(name, size)?)?;
        if io::copy(&mut from.take(size), &mut self.to)? != size {
            return Err(HubError::Internal("a file shrank while it was copied"));
        }
        self.to.write_all(&[0; BLOCK][..padding(size)])?;
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, HubError> {
        self.to.write_all(&[0; 2 * BLOCK])?;
        self.to.flush()?;
        Ok(self.to)
    }
}

fn padding(size: u64) -> usize {
    let over = usize::try_from(size % 512).unwrap_or(0);
    (BLOCK - over) % BLOCK
}

fn header(name: &str, size: u64) -> Result<[u8; BLOCK], HubError> {
    let mut header = [0; BLOCK];
    if name.len() > 100 || size > MAX_SIZE {
        return Err(HubError::Internal("a file is too large for the archive"));
    }
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000600\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum = checksum(&header);
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}

/// Over the header with its own field as blanks.
fn checksum(header: &[u8; BLOCK]) -> u32 {
    header
        .iter()
        .enumerate()
        .map(|(i, byte)| if (148..156).contains(&i) { 32 } else { u32::from(*byte) })
        .sum()
}

pub struct Reader<R> {
    from: R,
}

impl<R: Read> Reader<R> {
    pub fn new(from: R) -> Self {
        Self { from }
    }

    /// The next file's name and size; its bytes must be read by [`Reader::body`] before the next call. `None` at the
    /// end mark; a file that stops before it is no whole archive.
    pub fn next(&mut self) -> Result<Option<(String, u64)>, HubError> {
        let mut header = [0; BLOCK];
        self.fill(&mut header)?;
        if header == [0; BLOCK] {
            return Ok(None);
        }
        let entry = || {
            let sum = octal(&header[148..156])?;
            let name = header[..100].split(|byte| *byte == 0).next()?;
            let name = std::str::from_utf8(name).ok()?.to_owned();
            let size = octal(&header[124..136])?;
            (sum == u64::from(checksum(&header)) && header[156] == b'0').then_some((name, size))
        };
        entry().map(Some).ok_or_else(|| BackupError::NotABackup.into())
    }

    pub fn body(&mut self, size: u64, to: &mut dyn Write) -> Result<(), HubError> {
        if io::copy(&mut self.from.by_ref().take(size), to)? != size {
            return Err(BackupError::NotABackup.into());
        }
        let mut padded = [0; BLOCK];
        self.fill(&mut padded[..padding(size)])
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), HubError> {
        match self.from.read_exact(bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(BackupError::NotABackup.into()),
            other => Ok(other?),
        }
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_a_cut_file_is_told() {
        let mut writer = Writer::new(Vec::new());
        writer.add("a/b", 5, &mut b"hello".as_slice()).unwrap();
        writer.add("c", 512, &mut [7; 512].as_slice()).unwrap();
        let bytes = writer.finish().unwrap();
        let read = |bytes: &[u8]| -> Result<Vec<(String, usize)>, HubError> {
            let mut reader = Reader::new(bytes);
            let mut files = Vec::new();
            while let Some((name, size)) = reader.next()? {
                let mut body = Vec::new();
                reader.body(size, &mut body)?;
                files.push((name, body.len()));
            }
            Ok(files)
        };
        assert_eq!(read(&bytes).unwrap(), [("a/b".to_owned(), 5), ("c".to_owned(), 512)]);
        for cut in [0, 100, 700, 1_100, 2_048] {
            assert_eq!(read(&bytes[..cut]).unwrap_err().code(), "backup.not-a-backup", "{cut}");
        }
    }
}
