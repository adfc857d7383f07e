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
        let mut sought = Sought { words: vec![Is::default(); self.0.len()], count: query.words().len() };
        for (n, word) in query.words().iter().enumerate() {
            let word = word.trim_start();
            let from = (Bound::Included(word), Bound::Unbounded);
            for (known, number) in
                self.0.range::<str, _>(from).take_while(|(known, _)| known.starts_with(word))
            {
                let is = &mut sought.words[*number as usize];
                is.begun |= 1 << n;
                is.whole |= u16::from(**known == *word) << n;
            }
        }
        sought
    }
}

/// What a query asks for, by the numbers of words.
pub(super) struct Sought {
    words: Vec<Is>,
    count: usize,
}

/// Which of the query's words a word is, a bit for each: at most eight.
#[derive(Clone, Copy, Default)]
struct Is {
    /// Begins with it.
    begun: u16,
    whole: u16,
}

impl Sought {
    /// Where a row comes among those found, 0 first; `None` if it isn't.
    pub(super) fn rank(&self, row: &[u32]) -> Option<u8> {
        let Some(last) = self.count.checked_sub(1) else { return Some(0) };
        let word = |number: &u32| self.words[*number as usize];
        let all = (1 << self.count) - 1;
        if row.iter().fold(0, |found, number| found | word(number).begun) != all {
            return None;
        }
        // Side by side: all whole but the last, which may go on.
        let is_phrase = |words: &[u32]| {
            word(&words[last]).begun & 1 << last != 0
                && words[..last].iter().enumerate().all(|(n, number)| word(number).whole & 1 << n != 0)
        };
        let place = row.windows(self.count).position(is_phrase);
        Some(place.map_or(2, |place| u8::from(place > 0)))
    }
}
