//! Lists in memory, looked through in the feeds that the reader may see. Each read first takes in the rows that are
//! newer than those here, whichever process wrote them.

use super::{
    super::{
        DbError, Read,
        column::{int, optional_record, text, uint},
    },
    Page,
};
use model::{Feed, RecordKind, RecordRef};
use rulebook::{List, Query};
use rusqlite::{Row as SqlRow, params};
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// The lists of one office.
#[derive(Default)]
pub struct Lists(RwLock<State>);

#[derive(Default)]
struct State {
    /// The number of the newest row that is here.
    through: u64,
    /// With the feed of each row.
    lists: HashMap<RecordKind, List<usize>>,
    /// Rows name them by their place here.
    feeds: Vec<Feed>,
}

impl Lists {
    /// A page of what the query finds in the feeds that are asked for, and how much there is. Another read may have
    /// brought rows that are newer than this one's state of the database; never are they older.
    pub(super) fn find(
        &self,
        read: &Read,
        kind: &str,
        is_asked: impl Fn(&Feed) -> bool,
        query: &Query,
        page: &Page,
    ) -> Result<(Vec<RecordRef>, u32), DbError> {
        self.follow(read)?;
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let kind = RecordKind::new(kind.to_owned());
        let Some(list) = state.lists.get(&kind) else { return Ok((Vec::new(), 0)) };
        let open: Vec<bool> = state.feeds.iter().map(is_asked).collect();
        let (size, number) = (page.size as usize, page.number as usize);
        let (ids, count) = list.find(query, |feed| open[*feed], (number.saturating_mul(size), size));
        let found = ids.into_iter().map(|id| RecordRef { kind: kind.clone(), id }).collect();
        Ok((found, u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// Takes in what was written since.
    fn follow(&self, read: &Read) -> Result<(), DbError> {
        let newest = "SELECT coalesce(max(n), 0) FROM listing WHERE office = ?1";
        let newest = read.get(newest, params![read.office()], |row| uint(row, 0))?;
        if newest <= self.0.read().unwrap_or_else(PoisonError::into_inner).through {
            return Ok(());
        }
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let since = int(state.through);
        read.all(
            "SELECT n, record, feed, sort, words FROM listing WHERE office = ?1 AND n > ?2 ORDER BY n",
            params![read.office(), since],
            |row| state.take(row),
        )?;
        Ok(())
    }
}

impl State {
    fn take(&mut self, row: &SqlRow) -> rusqlite::Result<()> {
        let n = uint(row, 0)?;
        if let Some(RecordRef { kind, id }) = optional_record(row, 1)? {
            let feed = row.get::<_, Option<String>>(2)?.map(|feed| {
                let Ok(feed) = feed.parse();
                self.place_of(feed)
            });
            let list = self.lists.entry(kind).or_default();
            match feed {
                Some(feed) => list.put(id, text(row, 3)?, text(row, 4)?, feed),
                None => list.remove(id),
            }
        }
        self.through = n;
        Ok(())
    }

    fn place_of(&mut self, feed: Feed) -> usize {
        self.feeds.iter().position(|known| *known == feed).unwrap_or_else(|| {
            self.feeds.push(feed);
            self.feeds.len() - 1
        })
    }
}
