use super::*;
use proptest::prelude::*;
use std::io::Cursor;

const KEY: Bytes<32> = Bytes([7; 32]);
const OTHER_KEY: Bytes<32> = Bytes([8; 32]);

fn plain(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / 251) as u8).collect()
}

/// Lengths around every border of the format, up to three chunks and a bit.
fn lengths() -> impl Strategy<Value = usize> {
    prop_oneof![0..200usize, CHUNK - 20..CHUNK + 20, 2 * CHUNK - 20..2 * CHUNK + 20, 0..3 * CHUNK + 500]
}

fn code(result: Result<Vec<u8>, BlobError>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "opened")
}

/// The format by its description, with ring alone: what another implementation would write.
#[test]
fn bytes_are_as_described() {
    let plain = plain(CHUNK + 5);
    let blob = seal(&plain, &KEY);
    let mut expected = b"VGBLOB1\n\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    let header = expected.clone();
    for (part, nonce) in
        [(&plain[..CHUNK], *b"\0\0\0\0\0\0\0\0\0\0\0\0"), (&plain[CHUNK..], *b"\0\0\0\0\0\0\0\0\0\0\x01\x01")]
    {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &KEY.0).unwrap());
        let mut chunk = part.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::from(&header), &mut chunk).unwrap();
        expected.extend(chunk);
    }
    assert!(blob == expected, "the blob differs from the described bytes");
}

#[test]
fn an_empty_blob_is_one_empty_chunk() {
    let blob = seal(&[], &KEY);
    assert_eq!(blob.len(), 32);
    assert_eq!(open(&blob, &KEY).unwrap(), b"");
    assert_eq!(code(open(&blob[..16], &KEY)), "blob.damaged");
}

#[test]
fn the_address_is_the_hash_of_all_bytes() {
    // SHA-256 of "abc" (FIPS 180-4).
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(address(b"abc"), known);
}

#[test]
fn another_key_opens_nothing() {
    assert_eq!(code(open(&seal(b"x", &KEY), &OTHER_KEY)), "blob.damaged");
}

#[test]
fn what_is_no_blob_is_told_from_a_damaged_one() {
    assert_eq!(code(open(b"", &KEY)), "blob.not-a-blob");
    assert_eq!(code(open(&[0xFF; 4000], &KEY)), "blob.not-a-blob");
    let mut newer = seal(b"x", &KEY);
    newer[6] = b'2';
    assert_eq!(code(open(&newer, &KEY)), "blob.not-a-blob");
}

#[test]
fn chunks_swapped_repeated_dropped_or_added_are_refused() {
    let sealed = seal(&plain(3 * CHUNK), &KEY);
    let (header, body) = sealed.split_at(HEADER_LEN);
    let chunks: Vec<&[u8]> = body.chunks(SEALED_CHUNK).collect();
    let with = |order: &[usize]| {
        let body = order.iter().map(|index| chunks[*index]).collect::<Vec<_>>().concat();
        code(open(&[header, &body].concat(), &KEY))
    };
    assert_eq!(with(&[0, 1, 2]), "opened");
    for order in
        [&[1, 0, 2][..], &[0, 2, 1], &[0, 1], &[0, 2], &[2], &[0, 1, 1], &[0, 1, 2, 2], &[0, 0, 1, 2]]
    {
        assert_eq!(with(order), "blob.damaged", "{order:?}");
    }
    let of_another = seal(&plain(3 * CHUNK), &OTHER_KEY);
    let mixed = [&sealed[..HEADER_LEN + SEALED_CHUNK], &of_another[HEADER_LEN + SEALED_CHUNK..]].concat();
    assert_eq!(code(open(&mixed, &KEY)), "blob.damaged");
}

/// Counts what is read through it.
struct Counting<R>(R, usize);

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1 += read;
        Ok(read)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_range_reads_its_chunks_and_the_last_one() {
    let plain = plain(40 * CHUNK);
    let mut reader = Counting(Cursor::new(seal(&plain, &KEY)), 0);
    let range = 10 * CHUNK as u64 + 5..11 * CHUNK as u64 + 9;
    let part = open_range(&mut reader, &KEY, range).unwrap();
    assert!(part == plain[10 * CHUNK + 5..11 * CHUNK + 9]);
    assert_eq!(reader.1, HEADER_LEN + 3 * SEALED_CHUNK);
}

#[test]
fn a_range_of_a_cut_blob_is_refused_wherever_it_lies() {
    let sealed = seal(&plain(5 * CHUNK), &KEY);
    let cut = &sealed[..HEADER_LEN + 4 * SEALED_CHUNK];
    assert_eq!(code(open_range(Cursor::new(cut), &KEY, 0..10)), "blob.damaged");
    assert_eq!(code(open_range(Cursor::new(cut), &KEY, 0..0)), "blob.damaged");
}

#[test]
fn a_range_behind_the_end_is_refused() {
    let sealed = seal(&plain(100), &KEY);
    assert_eq!(code(open_range(Cursor::new(&sealed), &KEY, 0..101)), "blob.out-of-range");
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    let reversed = 9..8;
    assert_eq!(code(open_range(Cursor::new(&sealed), &KEY, reversed)), "blob.out-of-range");
    assert_eq!(open_range(Cursor::new(&sealed), &KEY, 100..100).unwrap(), b"");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_sealed_opens(len in lengths(), ends in any::<(prop::sample::Index, prop::sample::Index)>()) {
        let plain = plain(len);
        let sealed = seal(&plain, &KEY);
        prop_assert_eq!(plain_len(sealed.len() as u64).unwrap(), len as u64);
        prop_assert!(open(&sealed, &KEY).unwrap() == plain);
        let (a, b) = (ends.0.index(len + 1), ends.1.index(len + 1));
        let (from, to) = (a.min(b), a.max(b));
        let part = open_range(Cursor::new(&sealed), &KEY, from as u64..to as u64).unwrap();
        prop_assert!(part == plain[from..to]);
    }

    #[test]
    fn a_flipped_bit_is_refused(len in lengths(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut sealed = seal(&plain(len), &KEY);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        let expected = if at < HEADER_LEN { "blob.not-a-blob" } else { "blob.damaged" };
        prop_assert_eq!(code(open(&sealed, &KEY)), expected);
    }

    #[test]
    fn a_cut_or_longer_blob_is_refused(len in lengths(), cut in any::<prop::sample::Index>(), more in 1..40usize) {
        let mut sealed = seal(&plain(len), &KEY);
        let cut = cut.index(sealed.len());
        prop_assert_ne!(code(open(&sealed[..cut], &KEY)), "opened");
        sealed.extend(vec![0; more]);
        prop_assert_eq!(code(open(&sealed, &KEY)), "blob.damaged");
    }
}
