//! Bytes as people read them out and type them: letters and digits that look like no others, in groups of four, with
//! check characters at the end.

use ring::digest::{SHA256, digest};

/// 5 bits each.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const GROUP: usize = 4;

/// How many check characters follow `count` others: two or more, up to a whole group.
const fn checks(count: usize) -> usize {
    (count + 2).next_multiple_of(GROUP) - count
}

/// The first `count` characters' worth of the bits, such as `K7QM-2FXD-9A3F`.
pub fn write(bytes: &[u8], count: usize) -> String {
    let symbols: Vec<u8> = (0..count).map(|n| ALPHABET[usize::from(five_bits(bytes, n * 5))]).collect();
    let written = [symbols.as_slice(), &check(&symbols)].concat();
    let groups: Vec<&str> =
        written.chunks(GROUP).map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join("-")
}

/// The bits of `count` characters, the last byte filled up with zeros; in any case, with dashes and blanks or without.
/// `None`: mistyped.
pub fn read(typed: &str, count: usize) -> Option<Vec<u8>> {
    let typed = crate::enrol::plain_code(typed);
    let (symbols, checked) = typed.as_bytes().split_at_checked(count)?;
    if checked != check(symbols) {
        return None;
    }
    let mut bytes = vec![0; (count * 5).div_ceil(8)];
    for (n, symbol) in symbols.iter().enumerate() {
        let value = ALPHABET.iter().position(|known| known == symbol)?;
        for bit in (0..5).filter(|bit| value >> (4 - bit) & 1 == 1) {
            let place = n * 5 + bit;
            bytes[place / 8] |= 0x80 >> (place % 8);
        }
    }
    Some(bytes)
}

fn five_bits(bytes: &[u8], from: usize) -> u8 {
    let bit = |place: usize| bytes.get(place / 8).map_or(0, |byte| byte >> (7 - place % 8) & 1);
    (from..from + 5).fold(0, |value, place| value << 1 | bit(place))
}

fn check(symbols: &[u8]) -> Vec<u8> {
    let hash = digest(&SHA256, &[b"vanggia spoken 1\n", symbols].concat());
    (0..checks(symbols.len())).map(|n| ALPHABET[usize::from(five_bits(hash.as_ref(), n * 5))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_out_is_typed_again() {
        for (length, count) in [(33, 53), (12, 18), (7, 11)] {
            let bytes: Vec<u8> = (0..length).map(|n| (n * 37 + 11) as u8).collect();
            let written = write(&bytes, count);
            assert_eq!(written.len() % 5, 4, "{written}");
            let read_back = read(&written.to_lowercase().replace('-', " "), count).unwrap();
            assert_eq!(write(&read_back, count), written);
        }
    }

    #[test]
    fn slips_are_found() {
        let written = write(b"vanggia 1234", 18);
        let plain: Vec<char> = written.chars().filter(|c| *c != '-').collect();
        let mut tried = 0;
        for place in 0..plain.len() {
            let mut swapped = plain.clone();
            swapped.swap(place, (place + 1) % plain.len());
            let mut other = plain.clone();
            other[place] = if other[place] == 'A' { 'B' } else { 'A' };
            for slip in [swapped, other].into_iter().filter(|slip| *slip != plain) {
                tried += 1;
                assert_eq!(read(&slip.iter().collect::<String>(), 18), None);
            }
        }
        assert!(tried > 30);
        for short in ["", "K7QM", &written[..20]] {
            assert_eq!(read(short, 18), None);
        }
    }
}
