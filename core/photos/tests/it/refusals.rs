//! Files that are no picture, broken or made to do harm: each with its own code, none with a panic.

use crate::pictures::{Jpeg, PLAIN, exif, lines, outcome, png, stored, with_segments};
use photos::{MAX_SIDE, take_in};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use turbojpeg::{PixelFormat, Subsamp};

/// Where a JPEG's frame header begins (its marker), for a change by hand.
fn frame(jpeg: &[u8]) -> usize {
    jpeg.windows(2).position(|pair| pair[0] == 0xFF && (0xC0..=0xC2).contains(&pair[1])).unwrap()
}

fn with_size(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let at = frame(&jpeg) + 5;
    jpeg[at..at + 2].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
    jpeg
}

fn small() -> Vec<u8> {
    PLAIN.of_scene(320, 200, 6)
}

fn small_png() -> Vec<u8> {
    png(320, 200, (8, 2), &[(b"eXIf", &exif(6))], &lines(&stored(320, 200, 6), 960))
}

#[test]
fn a_text_file_named_jpg_is_no_picture() {
    for bytes in [
        &b""[..],
        b"\xFF",
        b"Bi\xC3\xAAn b\xE1\xBA\xA3n v\xC3\xA3ng gia",
        b"%PDF-1.7",
        b"\xFF\xFE",
        &[0; 5000],
    ] {
        assert_eq!(outcome(bytes), "photo.not-a-picture");
    }
}

#[test]
fn other_formats_are_named_as_such() {
    for bytes in [
        &b"GIF89a\x01\0\x01\0"[..],
        b"\0\0\0\x18ftypheic\0\0\0\0",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"II*\0\x08\0\0\0",
    ] {
        assert_eq!(outcome(bytes), "photo.unsupported");
    }
    assert_eq!(outcome(&Jpeg { arithmetic: true, ..PLAIN }.of_scene(64, 64, 1)), "photo.unsupported");
    let mut twelve_bits = small();
    let at = frame(&twelve_bits) + 4;
    twelve_bits[at] = 12;
    assert_eq!(outcome(&twelve_bits), "photo.unsupported");
}

#[test]
fn a_jpeg_cut_anywhere_is_refused() {
    for progressive in [false, true] {
        let file = Jpeg { progressive, ..PLAIN }.of_scene(320, 200, 1);
        for kept in (3..file.len()).step_by(29).chain([file.len() / 2, file.len() - 2, file.len() - 1]) {
            assert_eq!(outcome(&file[..kept]), "photo.cut", "{kept} of {} bytes", file.len());
        }
        assert_eq!(outcome(&file), "taken");
    }
}

#[test]
fn the_end_of_the_embedded_thumbnail_is_not_the_end() {
    let thumbnail = [b"Exif\0\0".as_slice(), &exif(1), &PLAIN.of_scene(32, 32, 1)].concat();
    let file =
        with_segments(&PLAIN.encode(&stored(320, 200, 1), 320, 200, PixelFormat::RGB), &[(0xE1, &thumbnail)]);
    assert_eq!(outcome(&file), "taken");
    assert_eq!(outcome(&file[..file.len() / 2]), "photo.cut");
}

#[test]
fn a_jpeg_whose_middle_is_missing_is_damaged() {
    for progressive in [false, true] {
        let mut file = Jpeg { progressive, ..PLAIN }.of_scene(320, 200, 1);
        let half = file.len() / 2;
        file.drain(half..file.len() - 2);
        assert_eq!(outcome(&file), "photo.damaged", "progressive {progressive}");
    }
    assert_eq!(outcome(b"\xFF\xD8\xFF\xD9"), "photo.damaged");
    assert_eq!(outcome(b"\xFF\xD8\xFF\xD8\xFF\xD9"), "photo.damaged");
    let file = small();
    let at = frame(&file);
    let twice = [&file[..at], &file[at..at + 19], &file[at..]].concat();
    assert_eq!(outcome(&twice), "photo.damaged");
}

/// What some cameras write is not held against the worker.
#[test]
fn a_trailer_padding_and_an_odd_scan_header_are_forgiven() {
    let file = small();
    assert_eq!(outcome(&[&file, b"MotionPhoto\xFF\xD8\xFF".as_slice()].concat()), "taken");
    let padded = [&file[..file.len() - 2], &[0; 9], b"\xFF\xFF\xFF\xD9"].concat();
    assert_eq!(outcome(&padded), "taken");
    let mut scan_header = file.clone();
    let at = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    scan_header[at + 11] = 0;
    scan_header[at + 12] = 0;
    assert_ne!(scan_header, file);
    assert_eq!(outcome(&scan_header), "taken");
}

#[test]
fn forty_thousand_pixels_square_are_too_large() {
    assert_eq!(outcome(&with_size(small(), 40_000, 40_000)), "photo.too-large");
    assert_eq!(outcome(&png(40_000, 40_000, (8, 2), &[], &[0; 100])), "photo.too-large");
    assert_eq!(outcome(&png(u32::MAX >> 1, u32::MAX >> 1, (16, 6), &[], &[0; 100])), "photo.too-large");
    // 100 MP in one scan is read line by line; in many scans it would need 400 MB.
    let progressive = Jpeg { progressive: true, subsamp: Subsamp::None, ..PLAIN }.of_scene(64, 64, 1);
    assert_eq!(outcome(&with_size(progressive, 10_000, 10_000)), "photo.too-large");
}

/// The header promises much more than the file holds, but the file is whole.
#[test]
fn a_small_file_of_great_promise_is_refused() {
    assert_eq!(outcome(&with_size(small(), 8_000, 8_000)), "photo.damaged");
    assert_eq!(outcome(&png(5_000, 5_000, (8, 2), &[], &[0; 100])), "photo.damaged");
}

#[test]
fn what_is_thrown_away_may_be_broken() {
    let file = png(8, 8, (8, 0), &[(b"iCCP", b"name\0\0no profile")], &lines(&[5; 64], 8));
    assert_eq!(outcome(&file), "taken");
}

#[test]
fn a_png_cut_or_changed_is_refused() {
    let file = small_png();
    for kept in [8, 20, 33, 60, 300, file.len() / 2, file.len() - 20] {
        assert_eq!(outcome(&file[..kept]), "photo.cut", "{kept} of {} bytes", file.len());
    }
    let mut flipped = file.clone();
    flipped[file.len() / 2] ^= 0x10;
    assert_eq!(outcome(&flipped), "photo.damaged");
    assert_eq!(outcome(&file), "taken");
}

/// One change somewhere in a file.
#[derive(Clone, Debug)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        8 => (at(), prop_oneof![any::<u8>(), Just(0xFF), Just(0)]).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        2 => (at(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        2 => (at(), 1..60usize).prop_map(|(at, count)| Mutation::Remove(at, count)),
        1 => at().prop_map(Mutation::Cut),
    ]
}

fn mutated(mut file: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        if file.is_empty() {
            break;
        }
        match mutation {
            Mutation::Set(at, byte) => {
                let at = at.index(file.len());
                file[at] = *byte;
            }
            Mutation::Insert(at, bytes) => {
                let at = at.index(file.len());
                file.splice(at..at, bytes.iter().copied());
            }
            Mutation::Remove(at, count) => {
                let at = at.index(file.len());
                let end = file.len().min(at + count);
                file.drain(at..end);
            }
            Mutation::Cut(at) => file.truncate(at.index(file.len())),
        }
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_bytes_makes_a_panic(
        kind in 0..5u8,
        in_header in any::<bool>(),
        mutations in prop::collection::vec(mutation(), 1..8),
    ) {
        let file = match kind {
            0 => PLAIN.of_scene(48, 40, 6),
            1 => Jpeg { progressive: true, ..PLAIN }.of_scene(48, 40, 3),
            2 => Jpeg { subsamp: Subsamp::Sub2x1, ..PLAIN }.of_scene(33, 47, 8),
            3 => PLAIN.encode(&[90; 40 * 40 * 4], 40, 40, PixelFormat::CMYK),
            _ => png(24, 20, (8, 6), &[(b"eXIf", &exif(5))], &lines(&[77; 24 * 20 * 4], 96)),
        };
        // Half of the changes go where the structure is.
        let head = if in_header { file.len().min(700) } else { file.len() };
        let changed = [mutated(file[..head].to_vec(), &mutations), file[head..].to_vec()].concat();
        if let Ok(taken) = take_in(&changed, &SystemRandom::new(), crate::pictures::TAKEN_AT) {
            prop_assert!(taken.file.width.max(taken.file.height) <= MAX_SIDE);
            crate::pictures::opened(&taken);
        }
    }

    #[test]
    fn arbitrary_bytes_behind_a_signature_make_no_panic(
        png in any::<bool>(),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let signature = if png { &b"\x89PNG\r\n\x1a\n"[..] } else { b"\xFF\xD8\xFF" };
        prop_assert_ne!(outcome(&[signature, &bytes].concat()), "taken");
    }
}
