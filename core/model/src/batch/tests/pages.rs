//! What the decoder refuses.

use super::*;

/// A plain page taken apart into its columns, to be put together otherwise.
#[derive(Clone)]
pub(super) struct Columns(pub Vec<Vec<u8>>);

impl Columns {
    /// Of a page whose columns are shorter than 16 KB.
    pub(super) fn of(page: &[u8]) -> Self {
        let mut rest = &page[2..];
        let mut columns = Vec::new();
        while let Some((first, after)) = rest.split_first() {
            let (length, after) = match first & 0x80 {
                0 => (usize::from(*first), after),
                _ => (usize::from(first & 0x7f) | usize::from(after[0]) << 7, &after[1..]),
            };
            columns.push(after[..length].to_vec());
            rest = &after[length..];
        }
        Self(columns)
    }

    pub(super) fn page(&self) -> Vec<u8> {
        let mut page = vec![2, 0];
        for column in &self.0 {
            match u8::try_from(column.len()) {
                Ok(short @ ..0x80) => page.push(short),
                _ => page.extend([column.len() as u8 | 0x80, u8::try_from(column.len() >> 7).unwrap()]),
            }
            page.extend(column);
        }
        page
    }
}

pub(super) const NAMES: usize = 0;
pub(super) const IDS: usize = 1;
pub(super) const BATCHES: usize = 2;
pub(super) const CHANGES: usize = 3;
pub(super) const FIELDS: usize = 6;
pub(super) const REPLACES: usize = 7;
pub(super) const HASHES: usize = 9;
pub(super) const LENGTHS: usize = 11;
pub(super) const VALUES: usize = 12;

fn sample() -> (Phone, Verified, Columns) {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(3));
    let columns = Columns::of(&page(&[&batch]));
    (phone, batch, columns)
}

/// The code of a page after `change`.
fn refusal(columns: &Columns, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> &'static str {
    let mut changed = columns.clone();
    change(&mut changed.0);
    codec::decode(&changed.page()).map(|_| ()).unwrap_err().code()
}

#[test]
fn a_page_that_is_not_written_exactly_so_is_refused() {
    let (_, _, columns) = sample();
    assert!(codec::decode(&columns.page()).is_ok());
    let refused = |change: fn(&mut Vec<Vec<u8>>)| refusal(&columns, change);
    assert_eq!(refused(|c| c[VALUES].push(b'1')), "batch.trailing");
    assert_eq!(refused(|c| c.push(vec![])), "batch.trailing");
    assert_eq!(refused(|c| c[VALUES].truncate(3)), "batch.truncated");
    assert_eq!(refused(|c| c[HASHES].truncate(31)), "batch.truncated");
    assert_eq!(refused(|c| c[BATCHES][1] = 2), "batch.unknown-suite");
    assert_eq!(refused(|c| c[BATCHES][2] |= 4), "batch.unknown-flag");
    assert_eq!(refused(|c| c[CHANGES][0] = 3), "batch.unknown-flag");
    assert_eq!(refused(|c| c[FIELDS][0] = 3), "batch.unknown-flag");
    assert_eq!(refused(|c| c[CHANGES][0] = 2), "batch.seed-beside-hidden");
    assert_eq!(refused(|c| c[CHANGES][0] = 1), "batch.seed-beside-hidden");
    assert_eq!(refused(|c| c[FIELDS][0] = 1), "batch.seed-beside-hidden");
    assert_eq!(refused(|c| c[FIELDS][0] = 2), "batch.seed-beside-hidden");
    assert_eq!(refused(|c| c[FIELDS][1] = 9), "batch.no-such-entry");
    // The second field named as the first, the first as the second.
    assert_eq!(refused(|c| c[FIELDS][3] = c[FIELDS][1]), "batch.order");
    assert_eq!(refused(|c| c[FIELDS].swap(1, 3)), "batch.order");
    assert_eq!(refused(|c| c[NAMES][2] = 0xff), "batch.not-text");
    assert_eq!(refused(|c| c[NAMES][2] = b'z'), "batch.order");
    assert_eq!(refused(|c| c[REPLACES].splice(0..1, [2, 0, 0]).for_each(drop)), "batch.order");
    assert_eq!(refused(|c| c[VALUES][0] = b'T'), "batch.not-json");
    assert_eq!(refused(|c| c[LENGTHS].splice(0..1, [0x84, 0]).for_each(drop)), "batch.long-integer");
    assert_eq!(
        refused(|c| c[LENGTHS].splice(0..1, [0xff; 9].into_iter().chain([2])).for_each(drop)),
        "batch.long-integer"
    );
    // Nothing used, and one more than used: it could carry a seed.
    assert_eq!(
        refused(|c| {
            c[NAMES][0] += 1;
            c[NAMES].extend([1, b'z']);
        }),
        "batch.unused"
    );
    assert_eq!(
        refused(|c| {
            let rows = usize::from(c[IDS][0]);
            c[IDS][0] += 1;
            (1..=16).rev().for_each(|place| c[IDS].insert(1 + place * rows, 0xff));
        }),
        "batch.unused"
    );
    assert_eq!(
        refused(|c| {
            c[BATCHES][6] = 0;
            c[CHANGES].clear();
        }),
        "batch.trailing"
    );
}

#[test]
fn packing_is_one_whole_frame_and_bounded() {
    let (_, batch, columns) = sample();
    let code = |page: &[u8]| codec::decode(page).map(|_| ()).unwrap_err().code();
    let packed = codec::encode(&[&batch], Packing::Zstd).unwrap();
    assert_eq!(code(&[]), "batch.truncated");
    assert_eq!(code(&[2]), "batch.truncated");
    assert_eq!(code(&[3, 0]), "batch.newer");
    assert_eq!(code(&[2, 2]), "batch.unknown-flag");
    assert_eq!(code(&[&packed[..], &[0]].concat()), "batch.trailing");
    assert_eq!(code(&[&packed[..], &packed[2..]].concat()), "batch.trailing");
    assert_eq!(code(&packed[..packed.len() - 1]), "batch.packing");
    assert_eq!(code(&[&[2, 1], &columns.page()[..]].concat()), "batch.packing");
    let bomb = zstd::bulk::compress(&vec![0; codec::MAX_UNPACKED + 1], 1).unwrap();
    assert_eq!(code(&[&[2, 1], &bomb[..]].concat()), "batch.too-large");
}

#[test]
fn a_page_asks_for_no_more_than_it_has() {
    let (_, _, columns) = sample();
    let huge = [0xff, 0xff, 0xff, 0xff, 0x7f];
    for column in [NAMES, IDS, BATCHES] {
        let mut changed = columns.clone();
        changed.0[column].splice(0..1, huge);
        assert!(codec::decode(&changed.page()).is_err());
    }
    let code =
        |column: usize, at: usize| refusal(&columns, |c| c[column].splice(at..=at, huge).for_each(drop));
    assert_eq!(code(BATCHES, 6), "batch.too-large");
    // Of changes: state, kind, cause, number of fields.
    assert_eq!(code(CHANGES, 3), "batch.too-large");
}

#[test]
fn previous_travels_only_where_the_batch_before_is_not_there() {
    let phone = Phone::new(1);
    let other = Phone::new(2);
    let first = phone.sign(phone.chain(), 1, people(2));
    let between = other.sign(other.chain(), 2, people(1));
    let second = phone.sign(Chain::after(first.statement()), 3, people(1));
    let bytes = page(&[&first, &between, &second]);
    let again = codec::decode(&bytes).unwrap();
    assert_eq!(again[2].statement(), second.statement());
    assert!(!bytes.windows(32).any(|window| window == second.statement().previous.0));
    let alone = page(&[&second]);
    assert!(alone.windows(32).any(|window| window == second.statement().previous.0));
    assert!(read(&alone, &phone).is_ok());
    // Without the one it follows from, a batch has no place.
    let mut orphan = Columns::of(&alone);
    orphan.0[BATCHES][2] &= !2;
    orphan.0[BATCHES].pop();
    orphan.0[HASHES].clear();
    assert_eq!(codec::decode(&orphan.page()).map(|_| ()).unwrap_err(), BatchError::NoSuchEntry);
}

#[test]
fn only_what_decodes_to_the_same_is_sent() {
    let phone = Phone::new(1);
    let first = phone.sign(phone.chain(), 1, people(2));
    let Verified(kept) = phone.sign(Chain::after(first.statement()), 2, people(1));
    // Of a batch that was damaged in memory the statement still says that it follows.
    let damaged =
        Verified(Rebuilt { batch: Batch { previous: Bytes([0; 32]), ..kept.batch.clone() }, ..kept });
    assert_eq!(codec::encode(&[&first, &damaged], Packing::Plain), Err(BatchError::Packing));
}
