//! Columns of bytes, and the numbers in them.

use super::{COLUMNS, Column};
use crate::batch::BatchError;

#[derive(Default)]
pub(super) struct Writer {
    columns: [Vec<u8>; COLUMNS],
}

impl Writer {
    pub(super) fn byte(&mut self, column: Column, byte: u8) {
        self.columns[column as usize].push(byte);
    }

    pub(super) fn bytes(&mut self, column: Column, bytes: &[u8]) {
        self.columns[column as usize].extend_from_slice(bytes);
    }

    pub(super) fn number(&mut self, column: Column, number: u64) {
        write_number(&mut self.columns[column as usize], number);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut page = Vec::with_capacity(self.columns.iter().map(|column| column.len() + 5).sum());
        for column in self.columns {
            write_number(&mut page, column.len() as u64);
            page.extend(column);
        }
        page
    }
}

/// LEB128: seven bits a byte, low ones first, the top bit on all but the last.
fn write_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

fn read_number(from: &mut &[u8]) -> Result<u64, BatchError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *from.split_off_first().ok_or(BatchError::Truncated)?;
        let bits = u64::from(byte & 0x7f);
        if (bits << shift) >> shift != bits || (byte == 0 && shift > 0) {
            return Err(BatchError::LongInteger);
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(BatchError::LongInteger)
}

pub(super) struct Reader<'a> {
    columns: [&'a [u8]; COLUMNS],
}

impl<'a> Reader<'a> {
    pub(super) fn new(mut page: &'a [u8]) -> Result<Self, BatchError> {
        let mut columns = [&[][..]; COLUMNS];
        for column in &mut columns {
            let length = read_number(&mut page)?;
            let length = usize::try_from(length).map_err(|_| BatchError::Truncated)?;
            *column = page.split_off(..length).ok_or(BatchError::Truncated)?;
        }
        if page.is_empty() { Ok(Self { columns }) } else { Err(BatchError::Trailing) }
    }

    pub(super) fn byte(&mut self, column: Column) -> Result<u8, BatchError> {
        self.columns[column as usize].split_off_first().copied().ok_or(BatchError::Truncated)
    }

    pub(super) fn bytes(&mut self, column: Column, count: usize) -> Result<&'a [u8], BatchError> {
        self.columns[column as usize].split_off(..count).ok_or(BatchError::Truncated)
    }

    pub(super) fn array<const N: usize>(&mut self, column: Column) -> Result<[u8; N], BatchError> {
        self.bytes(column, N)?.try_into().map_err(|_| BatchError::Truncated)
    }

    pub(super) fn number(&mut self, column: Column) -> Result<u64, BatchError> {
        read_number(&mut self.columns[column as usize])
    }

    /// Of something that takes at least a byte of its column each, so that a page can't ask for more than it has.
    pub(super) fn count(&mut self, column: Column) -> Result<usize, BatchError> {
        usize::try_from(self.number(column)?).map_err(|_| BatchError::TooLarge)
    }

    /// # Errors
    /// [`BatchError::Trailing`] for a column that says more than was read.
    pub(super) fn finish(self) -> Result<(), BatchError> {
        if self.columns.iter().all(|column| column.is_empty()) { Ok(()) } else { Err(BatchError::Trailing) }
    }
}
