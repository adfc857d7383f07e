//! A list in memory: tens of thousands of rows are looked through in a few milliseconds, whatever the words. Words have
//! numbers, so that a row is looked at without comparing texts.

use crate::Query;
use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::Arc,
};
use uuid::Uuid;
use zeroize::Zeroize;

/// The rows of a list in the order in which they are shown: by what [`crate::Listing::sort`] says, then by id. `Tag` is
/// what a reader's rows are told by. Its texts are wiped when it goes; the words of a row that was taken out stay until
/// then.
pub struct List<Tag> {
    rows: BTreeMap<(Arc<Private>, Uuid), Row<Tag>>,
    sorts: HashMap<Uuid, Arc<Private>>,
    numbers: BTreeMap<Private, u32>,
}

struct Row<Tag> {
    tag: Tag,
    words: Box<[u32]>,
}

/// Says something of people.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Private(Box<str>);

impl Borrow<str> for Private {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<Tag> Default for List<Tag> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), sorts: HashMap::new(), numbers: BTreeMap::new() }
    }
}

impl<Tag> List<Tag> {
    /// A row, new or anew, with [`crate::Listing::words`].
    pub fn put(&mut self, id: Uuid, sort: &str, words: &str, tag: Tag) {
        self.remove(id);
        let sort = Arc::new(Private(sort.into()));
        let words = words.split_whitespace().map(|word| self.number(word)).collect();
        self.sorts.insert(id, sort.clone());
        self.rows.insert((sort, id), Row { tag, words });
    }

    pub fn remove(&mut self, id: Uuid) {
        if let Some(sort) = self.sorts.remove(&id) {
            self.rows.remove(&(sort, id));
        }
    }

    fn number(&mut self, word: &str) -> u32 {
        self.numbers.get(word).copied().unwrap_or_else(|| {
            let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            self.numbers.insert(Private(word.into()), number);
            number
        })
    }

    /// Of the rows that the query finds among those whose tag is `open`: `limit` from `offset` on, and how many there
    /// are. Those that begin as it was typed come first, then those that hold it so, then those that hold its words
    /// apart.
    pub fn find(
        &self,
        query: &Query,
        open: impl Fn(&Tag) -> bool,
        (offset, limit): (usize, usize),
    ) -> (Vec<Uuid>, usize) {
        let sought = self.seek(query);
        let mut by_rank: [Vec<Uuid>; 3] = Default::default();
        for ((_, id), row) in self.rows.iter().filter(|(_, row)| open(&row.tag)) {
            if let Some(rank) = sought.rank(&row.words) {
                by_rank[rank].push(*id);
            }
        }
        let total = by_rank.iter().map(Vec::len).sum();
        (by_rank.into_iter().flatten().skip(offset).take(limit).collect(), total)
    }

    fn seek(&self, query: &Query) -> Sought {
        let Some((last, before)) = query.typed().split_last() else { return Sought::default() };
        let words = query.words();
        let mut begun = vec![0; self.numbers.len()];
        for (bit, word) in words.iter().enumerate().map(|(n, word)| (1 << n, word)).chain([(LAST, last)]) {
            let from = (Bound::Included(word.as_str()), Bound::Unbounded);
            let known = self.numbers.range::<str, _>(from);
            for (_, number) in known.take_while(|(known, _)| known.0.starts_with(word.as_str())) {
                begun[*number as usize] |= bit;
            }
        }
        let before = before.iter().map(|word| self.numbers.get(word.as_str()).copied()).collect();
        Sought { begun, all: (1 << words.len()) - 1, before }
    }
}

/// Stands for the last word that was typed; below it are the bits of the query's words, at most eight.
const LAST: u16 = 1 << 15;

/// What a query asks for, by the numbers of words.
#[derive(Default)]
struct Sought {
    /// Of each word, which of the query's words it begins with.
    begun: Vec<u16>,
    /// The bits of all of the query's words; 0 for a query without words.
    all: u16,
    /// What was typed before the last word; `None` where one of these words is in no row.
    before: Option<Vec<u32>>,
}

impl Sought {
    /// Where a row comes among those found, 0 first; `None` if it isn't.
    fn rank(&self, row: &[u32]) -> Option<usize> {
        if self.all == 0 {
            return Some(0);
        }
        let begun = |number: &u32| self.begun[*number as usize];
        let mut found = 0;
        let is_complete = |number| {
            found |= begun(number);
            found & self.all == self.all
        };
        if !row.iter().any(is_complete) {
            return None;
        }
        // As it was typed, the last word from its beginning.
        let is_typed = |words: &[u32]| {
            let split = words.split_last().zip(self.before.as_deref());
            split.is_some_and(|((last, words), before)| begun(last) & LAST != 0 && words == before)
        };
        let length = self.before.as_ref().map_or(row.len(), Vec::len) + 1;
        let place = row.windows(length).position(is_typed);
        Some(place.map_or(2, |place| usize::from(place > 0)))
    }
}
