//! Long texts (bodies of changes, states of records, rows of lists) as they are kept: packed with zstd, each by itself,
//! with a dictionary of what all of them say.

use std::{cell::RefCell, sync::LazyLock};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::get_frame_content_size,
};

/// Stands before what was packed with the dictionary below; another one gets another number.
const NUMBER: u8 = 1;
/// Invented records as changes, states and rows of lists. What was packed is read with it: it is never changed.
const TEXT: &[u8] = include_bytes!("pack/1.txt");
const LEVEL: i32 = 3;
/// More than any change or record; a damaged length must not ask for the whole memory.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

static FOR_PACKING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(TEXT, LEVEL));
static FOR_UNPACKING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(TEXT));

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> =
        RefCell::new(Compressor::with_prepared_dictionary(&FOR_PACKING).ok());
    static UNPACKER: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::with_prepared_dictionary(&FOR_UNPACKING).ok());
}

/// `None` only where memory is out.
pub fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    let packed = PACKER.with_borrow_mut(|packer| packer.as_mut()?.compress(bytes).ok())?;
    Some([&[NUMBER], packed.as_slice()].concat())
}

/// `None`: these bytes were not packed here.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (NUMBER, frame) = packed.split_first().map(|(number, frame)| (*number, frame))? else { return None };
    let size = get_frame_content_size(frame).ok()?.filter(|size| *size <= MAX_BYTES)?;
    let size = usize::try_from(size).ok()?;
    UNPACKER.with_borrow_mut(|unpacker| unpacker.as_mut()?.decompress(frame, size).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back() {
        let text = r#"{"name":{"heads":[{"change":"x","value":"Nguyễn Thị Hoà"}]}}"#.as_bytes();
        let packed = pack(text).unwrap();
        assert!(packed.len() < text.len());
        assert_eq!(unpack(&packed).unwrap(), text);
        assert_eq!(unpack(&pack(b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn what_was_not_is_told() {
        let packed = pack(b"three words here, three words there").unwrap();
        let other_number = [&[NUMBER + 1], &packed[1..]].concat();
        let plain = [&[NUMBER], &b"{}"[..]].concat();
        for bytes in [&[], &other_number[..], &packed[..packed.len() - 1], &plain] {
            assert_eq!(unpack(bytes), None);
        }
    }

    /// Databases hold what this dictionary packed.
    #[test]
    fn the_dictionary_stays() {
        assert_eq!(
            wire::blob::address(TEXT),
            "f7ffd55fda83d5cca08a69e55b758cd71a83007457dc627cfe08af2e5c7a6054"
        );
    }
}
