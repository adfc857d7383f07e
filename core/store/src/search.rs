//! What a search looks through, in memory: the words of each row of a list, in the list's order. Read at the first
//! search after opening, kept true after each transaction that changed rows, gone with the open store. About 150 bytes
//! a household.

use crate::StoreError;
use model::RecordRef;
use rulebook::Query;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The listed roots whose rows a transaction made anew.
#[derive(Default)]
pub(crate) struct Shown(pub Vec<RecordRef>);

/// With more changed rows than these it is read anew instead.
const MOST_CHANGED: usize = 64;

struct Row {
    id: Uuid,
    words: Zeroizing<Box<str>>,
}

/// Rows by kind, of those kinds that were searched.
#[derive(Default)]
pub(crate) struct SearchIndex(HashMap<String, Vec<Row>>);

impl SearchIndex {
    /// A page of the rows that a query finds, the best first, and how many it finds.
    pub fn find(
        &mut self,
        db: &Connection,
        kind: &str,
        query: &Query,
        (offset, limit): (u32, u32),
    ) -> Result<(Vec<Uuid>, u32), StoreError> {
        let rows = match self.0.get(kind) {
            Some(rows) => rows,
            None => self.0.entry(kind.to_owned()).or_insert(read(db, kind)?),
        };
        let mut found: [Vec<Uuid>; Query::RANKS] = Default::default();
        for row in rows {
            if let Some(rank) = query.rank(&row.words) {
                found[usize::from(rank)].push(row.id);
            }
        }
        let total = found.iter().map(Vec::len).sum::<usize>() as u32;
        let page = found.into_iter().flatten().skip(offset as usize).take(limit as usize);
        Ok((page.collect(), total))
    }

    /// After a transaction. What fails is read anew when it is searched.
    pub fn follow(&mut self, db: &Connection, Shown(changed): Shown) {
        let mut by_kind: HashMap<&str, Vec<&RecordRef>> = HashMap::new();
        for reference in &changed {
            by_kind.entry(reference.kind.as_str()).or_default().push(reference);
        }
        for (kind, changed) in by_kind {
            let Some(rows) = self.0.get_mut(kind) else { continue };
            if changed.len() > MOST_CHANGED || follow(db, kind, rows, &changed).is_err() {
                self.0.remove(kind);
            }
        }
    }
}

fn read(db: &Connection, kind: &str) -> Result<Vec<Row>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT reference, words FROM listing INDEXED BY listing_sort WHERE kind = ?1 ORDER BY sort, reference",
    )?;
    let mut found = select.query([kind])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let reference = row.get_ref(0)?.as_str().map_err(|_| StoreError::Unreadable)?;
        let words = row.get_ref(1)?.as_str().map_err(|_| StoreError::Unreadable)?;
        let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
        rows.push(Row { id: reference.id, words: Zeroizing::new(words.into()) });
    }
    Ok(rows)
}

fn follow(
    db: &Connection,
    kind: &str,
    rows: &mut Vec<Row>,
    changed: &[&RecordRef],
) -> Result<(), StoreError> {
    rows.retain(|row| !changed.iter().any(|reference| reference.id == row.id));
    let mut select = db.prepare_cached("SELECT sort, reference, words FROM listing WHERE reference = ?1")?;
    let mut shown: Vec<(String, String, Zeroizing<String>)> = Vec::new();
    for reference in changed {
        let row = select.query_row([reference.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, Zeroizing::new(row.get(2)?)))
        });
        shown.extend(row.optional()?);
    }
    // The last first: then the row after each is there already.
    shown.sort_by(|a, b| (&b.0, &b.1).cmp(&(&a.0, &a.1)));
    let mut next = db.prepare_cached(
        "SELECT reference FROM listing WHERE kind = ?1 AND (sort, reference) > (?2, ?3)
         ORDER BY sort, reference LIMIT 1",
    )?;
    for (sort, reference, words) in shown {
        let after: Option<String> = next.query_row((kind, &sort, &reference), |row| row.get(0)).optional()?;
        let place = match after {
            None => rows.len(),
            Some(after) => {
                let id = id_of(&after)?;
                rows.iter().position(|row| row.id == id).ok_or(StoreError::Unreadable)?
            }
        };
        let words = Zeroizing::new(words.as_str().into());
        rows.insert(place, Row { id: id_of(&reference)?, words });
    }
    Ok(())
}

fn id_of(reference: &str) -> Result<Uuid, StoreError> {
    Ok(reference.parse::<RecordRef>().map_err(|_| StoreError::Unreadable)?.id)
}
