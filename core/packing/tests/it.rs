//! What was packed comes back, and nothing else does.

#![allow(clippy::unwrap_used)] // a test stops where it fails

use packing::{Packer, Unpacker};

const RECORD: &str = r#"{"name":{"heads":[{"change":"01932a5c-8a4e-7c3b-9b1e-2f6d5a7c9e10","at":[1764460800000,0],"device":"01932a5c-8a4e-7c3b-9b1e-2f6d5a7c9e11","value":"Nguyễn Thị Hoà"}],"superseded":[]}}"#;

fn pack(body: &[u8]) -> Vec<u8> {
    Packer::new(3).unwrap().pack(body).unwrap()
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    Unpacker::new().unwrap().unpack(packed)
}

#[test]
fn what_was_packed_comes_back() {
    let (mut packer, mut unpacker) = (Packer::new(3).unwrap(), Unpacker::new().unwrap());
    let long = "Bếp ở ngoài, mái tôn dột. ".repeat(1_000);
    let visit = "Bếp ở ngoài, mái tôn dột, trẻ chưa đi học. ".repeat(100);
    let noise: Vec<u8> = (0..5_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for body in
        [&[][..], b"x", "một câu trả lời".as_bytes(), &[b'x'; 48], long.as_bytes(), &noise, visit.as_bytes()]
    {
        let packed = packer.pack(body).unwrap();
        assert_eq!(unpacker.unpack(&packed).unwrap(), body);
        assert!(packed.len() <= body.len() + 1);
    }
    assert!(pack(long.as_bytes()).len() * 100 < long.len());
}

/// A body of the kind that is kept most is small by the dictionary alone.
#[test]
fn a_record_packs_by_what_all_records_say() {
    let packed = pack(RECORD.as_bytes());
    assert!(packed.len() * 3 < RECORD.len() * 2, "{} of {}", packed.len(), RECORD.len());
}

#[test]
fn what_was_never_packed_is_told() {
    let packed = pack(&[b'a'; 300]);
    let other_number = [&[7], &packed[1..]].concat();
    // Of the frame's header, behind its magic number and flags: the length, 256 less.
    let (length, after) = (&packed[6..8], &packed[8..]);
    assert_eq!(length, (300_u16 - 256).to_le_bytes());
    let longer = [&packed[..6], &u16::MAX.to_le_bytes(), after].concat();
    let shorter = [&packed[..6], &1_u16.to_le_bytes(), after].concat();
    for bytes in [&[][..], &[7], &[1, 1], &other_number, &packed[..packed.len() - 1], &longer, &shorter] {
        assert_eq!(unpack(bytes), None, "{bytes:?}");
    }
}

/// A frame of so many times 128 KiB of zeros, in four bytes each.
fn zeros(times: u32) -> Vec<u8> {
    let mut packed = vec![1, 0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000];
    packed.extend((times << 17).to_le_bytes());
    for block in 1..=times {
        let header = u32::from(block == times) | (1 << 1) | (1 << 17 << 3);
        packed.extend([&header.to_le_bytes()[..3], &[0]].concat());
    }
    packed
}

#[test]
fn a_length_that_no_body_has_is_refused() {
    assert_eq!(unpack(&zeros(8)).unwrap(), vec![0; 1024 * 1024]);
    assert_eq!(unpack(&zeros(2049)), None);
}

/// Databases hold what this dictionary packed.
#[test]
fn the_dictionary_stays() {
    let packed = b"\
        \x01\x28\xb5\x2f\xfd\x20\xbb\xed\x02\x00\x03\x05\x11\x1c\x1c\x32\x80\x01\x0c\x0d\xf3\x34\xcf\x59\
        \x3e\xe3\x7a\xd6\x50\x81\x0c\x38\x34\xb0\x38\xc1\x93\xc7\x10\x66\x74\xa8\x9d\xc7\xdb\x83\x19\x1d\
        \x79\x9d\x82\x5e\xa3\xb2\x8b\xf2\xe7\x56\xfe\x11\x33\x33\xb4\xea\xa7\x27\xb7\x4e\x5a\xe5\xef\xe7\
        \x35\x6a\xbd\xc4\xc6\xca\xda\x6a\x10\x07\xfc\x3b\xee\x81\xf2\xd6\x1a\x6e\x7b\x74\x8d\x3e\x1c\x2f\
        \x30\xdc\x85\x44\x67\xd2\x01\
        ";
    assert_eq!(unpack(packed).unwrap(), RECORD.as_bytes());
}
