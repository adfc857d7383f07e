//! What a search looks through, in memory: the lists of those kinds that were searched. Read at the first search after
//! opening, kept true after each transaction that changed rows, wiped with the open store.

use crate::StoreError;
use model::RecordRef;
use rulebook::{List, Query};
use rusqlite::{Connection, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// The listed roots whose rows a transaction made anew.
#[derive(Default)]
pub(crate) struct Shown(pub Vec<RecordRef>);

/// With more changed rows than these it is read anew instead.
const MOST_CHANGED: usize = 64;

#[derive(Default)]
pub(crate) struct SearchIndex(HashMap<String, List<()>>);

impl SearchIndex {
    /// A page of the rows that a query finds, the best first, and how many it finds.
    pub fn find(
        &mut self,
        db: &Connection,
        kind: &str,
        query: &Query,
        (offset, limit): (u32, u32),
    ) -> Result<(Vec<Uuid>, u32), StoreError> {
        let list = match self.0.get(kind) {
            Some(list) => list,
            None => self.0.entry(kind.to_owned()).or_insert(read(db, kind)?),
        };
        let (found, total) = list.find(query, |()| true, (offset as usize, limit as usize));
        Ok((found, u32::try_from(total).unwrap_or(u32::MAX)))
    }

    /// After a transaction. What fails is read anew when it is searched.
    pub fn follow(&mut self, db: &Connection, Shown(changed): Shown) {
        let mut by_kind: HashMap<&str, Vec<&RecordRef>> = HashMap::new();
        for reference in &changed {
            by_kind.entry(reference.kind.as_str()).or_default().push(reference);
        }
        for (kind, changed) in by_kind {
            let Some(list) = self.0.get_mut(kind) else { continue };
            if changed.len() > MOST_CHANGED || follow(db, list, &changed).is_err() {
                self.0.remove(kind);
            }
        }
    }
}

fn read(db: &Connection, kind: &str) -> Result<List<()>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT reference, sort, words FROM listing INDEXED BY listing_sort WHERE kind = ?1 ORDER BY sort, reference",
    )?;
    let mut rows = select.query([kind])?;
    let mut list = List::default();
    while let Some(row) = rows.next()? {
        let reference: RecordRef = text(row, 0)?.parse().map_err(|_| StoreError::Unreadable)?;
        list.put(reference.id, text(row, 1)?, text(row, 2)?, ());
    }
    Ok(list)
}

fn follow(db: &Connection, list: &mut List<()>, changed: &[&RecordRef]) -> Result<(), StoreError> {
    let mut select = db.prepare_cached("SELECT sort, words FROM listing WHERE reference = ?1")?;
    for reference in changed {
        let mut rows = select.query([reference.to_string()])?;
        match rows.next()? {
            Some(row) => list.put(reference.id, text(row, 0)?, text(row, 1)?, ()),
            None => list.remove(reference.id),
        }
    }
    Ok(())
}

/// As it lies in the database's memory: no copy is left behind.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    row.get_ref(column)?.as_str().map_err(|_| StoreError::Unreadable)
}
