//! Words by numbers: a row is looked at without comparing texts. Finds what [`Query::rank`] does.

use rulebook::Query;
use std::{collections::BTreeMap, ops::Bound};

/// All words of an office's lists.
#[derive(Default)]
pub(super) struct Vocabulary(BTreeMap<Box<str>, u32>);

impl Vocabulary {
    /// The words of a row, new ones too.
    pub(super) fn numbers(&mut self, words: &str) -> Box<[u32]> {
        let number = |word: &str| match self.0.get(word) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
                self.0.insert(word.into(), number);
                number
            }
        };
        words.split_whitespace().map(number).collect()
    }

    pub(super) fn seek(&self, query: &Query) -> Sought {
        let typed: Vec<&str> = query.typed().split_whitespace().collect();
        let Some((last, before)) = typed.split_last() else { return Sought::default() };
        let mut begun = vec![0; self.0.len()];
        let words = query.words().iter().enumerate().map(|(n, word)| (1 << n, word.trim_start()));
        for (bit, word) in words.chain([(LAST, *last)]) {
            let from = (Bound::Included(word), Bound::Unbounded);
            for (_, number) in self.0.range::<str, _>(from).take_while(|(known, _)| known.starts_with(word)) {
                begun[*number as usize] |= bit;
            }
        }
        let before = before.iter().map(|word| self.0.get(*word).copied()).collect();
        Sought { begun, all: (1 << query.words().len()) - 1, before }
    }
}

/// Stands for the last word that was typed; below it are the bits of the query's words, at most eight.
const LAST: u16 = 1 << 15;

/// What a query asks for, by the numbers of words.
#[derive(Default)]
pub(super) struct Sought {
    /// Of each word, which of the query's words it begins with.
    begun: Vec<u16>,
    /// The bits of all of the query's words; 0 for a query without words.
    all: u16,
    /// What was typed before the last word; `None` for a word that is in no row.
    before: Option<Vec<u32>>,
}

impl Sought {
    /// Where a row comes among those found, 0 first; `None` if it isn't.
    pub(super) fn rank(&self, row: &[u32]) -> Option<u8> {
        if self.all == 0 {
            return Some(0);
        }
        let begun = |number: &u32| self.begun[*number as usize];
        if row.iter().fold(0, |found, number| found | begun(number)) & self.all != self.all {
            return None;
        }
        // As it was typed, the last word from its beginning.
        let is_typed = |words: &[u32]| {
            let split = words.split_last().zip(self.before.as_deref());
            split.is_some_and(|((last, words), before)| words == before && begun(last) & LAST != 0)
        };
        let length = self.before.as_ref().map_or(row.len(), Vec::len) + 1;
        let place = row.windows(length).position(is_typed);
        Some(place.map_or(2, |place| u8::from(place > 0)))
    }
}
