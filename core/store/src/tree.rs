//! Writing records: where each stands in the tree of parents, which feeds hold it, and whether it is restricted.
//!
//! A record may come before its parent: its root is unknown until then, and all below follows when it comes.

use crate::{StoreError, households, outbox, sealing::Vault};
use model::{Feed, RecordRef, RecordState, kind, record::field};
use rusqlite::{OptionalExtension, Transaction};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// One transaction's writer of records.
pub(crate) struct Tree<'a> {
    tx: &'a Transaction<'a>,
    vault: &'a Vault,
    /// Roots below which something changed; their households are shown anew.
    touched: BTreeSet<String>,
}

/// Where a record stands.
#[derive(PartialEq)]
struct Place {
    root: Option<String>,
    restricted: bool,
}

pub(crate) fn context(reference: &str) -> String {
    format!("record {reference}")
}

impl<'a> Tree<'a> {
    pub fn new(tx: &'a Transaction<'a>, vault: &'a Vault) -> Self {
        Self { tx, vault, touched: BTreeSet::new() }
    }

    /// A record's fields as known so far.
    pub fn load(&self, reference: &RecordRef) -> Result<Option<RecordState>, StoreError> {
        let reference = reference.to_string();
        let mut select =
            self.tx.prepare_cached("SELECT restricted, body FROM record WHERE reference = ?1")?;
        let row = select.query_row([&reference], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((restricted, body)) = row else { return Ok(None) };
        let body = self.vault.open(restricted, &context(&reference), body)?;
        Ok(Some(serde_json::from_slice(&body)?))
    }

    /// Keeps a record's new state; `feed` is the one that brought it.
    pub fn keep(
        &mut self,
        reference: &RecordRef,
        state: &RecordState,
        feed: Option<&Feed>,
    ) -> Result<(), StoreError> {
        let key = reference.to_string();
        if let Some(feed) = feed {
            self.put_in(&key, &feed.to_string())?;
        }
        let before = self.place(&key)?;
        let parent = state.parent().map(|parent| parent.to_string());
        let mut place = self.below(&key, parent.as_deref())?;
        place.restricted |= is_restricted_case(reference, state);
        if place.restricted && before.as_ref().is_some_and(|before| !before.restricted) {
            outbox::restrict(self.tx, self.vault, &key)?;
        }
        let body = self.vault.close(place.restricted, &context(&key), serde_json::to_vec(state)?)?;
        let mut upsert = self.tx.prepare_cached(
            "INSERT INTO record (reference, kind, parent, root, restricted, removed, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (reference) DO UPDATE SET parent = excluded.parent, root = excluded.root,
             restricted = excluded.restricted, removed = excluded.removed, body = excluded.body",
        )?;
        upsert.execute((
            &key,
            reference.kind.as_str(),
            &parent,
            &place.root,
            place.restricted,
            state.value(field::REMOVED).is_some(),
            body,
        ))?;
        self.touched.extend(place.root.clone());
        if before.as_ref() != Some(&place) {
            self.touched.extend(before.and_then(|before| before.root));
            self.follow(key)?;
        }
        Ok(())
    }

    fn place(&self, key: &str) -> Result<Option<Place>, StoreError> {
        let mut select =
            self.tx.prepare_cached("SELECT root, restricted FROM record WHERE reference = ?1")?;
        let place = select.query_row([key], |row| Ok(Place { root: row.get(0)?, restricted: row.get(1)? }));
        Ok(place.optional()?)
    }

    /// Where a record with this parent stands, apart from what it says itself.
    fn below(&self, key: &str, parent: Option<&str>) -> Result<Place, StoreError> {
        let mut place = match parent {
            None => Place { root: Some(key.to_owned()), restricted: false },
            Some(parent) => self.place(parent)?.unwrap_or(Place { root: None, restricted: false }),
        };
        // Two phones may have put two records under each other: neither has a root then.
        if parent.is_some() && place.root.as_deref() == Some(key) {
            place.root = None;
        }
        let mut in_case = self.tx.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM record_feed WHERE reference = ?1 AND feed GLOB 'case:*')",
        )?;
        place.restricted |= in_case.query_row([key], |row| row.get::<_, bool>(0))?;
        Ok(place)
    }

    /// What is below a record that got another place.
    fn follow(&mut self, key: String) -> Result<(), StoreError> {
        let mut seen = HashSet::from([key.clone()]);
        let mut parents = vec![key];
        while let Some(parent) = parents.pop() {
            let mut select = self.tx.prepare_cached("SELECT reference FROM record WHERE parent = ?1")?;
            let children = select.query_map([&parent], |row| row.get(0))?;
            for child in children.collect::<Result<Vec<String>, _>>()? {
                if !seen.insert(child.clone()) {
                    continue;
                }
                let Some(before) = self.place(&child)? else { continue };
                let place = self.below(&child, Some(&parent))?;
                if place == before {
                    continue;
                }
                if place.restricted != before.restricted {
                    self.reseal(&child, before.restricted, place.restricted)?;
                }
                let mut update = self
                    .tx
                    .prepare_cached("UPDATE record SET root = ?2, restricted = ?3 WHERE reference = ?1")?;
                update.execute((&child, &place.root, place.restricted))?;
                self.touched.extend(before.root);
                self.touched.extend(place.root);
                parents.push(child);
            }
        }
        Ok(())
    }

    fn reseal(&self, key: &str, before: bool, restricted: bool) -> Result<(), StoreError> {
        let mut select = self.tx.prepare_cached("SELECT body FROM record WHERE reference = ?1")?;
        let body = self.vault.open(before, &context(key), select.query_row([key], |row| row.get(0))?)?;
        let body = self.vault.close(restricted, &context(key), body.to_vec())?;
        self.tx.execute("UPDATE record SET body = ?2 WHERE reference = ?1", (key, body))?;
        if restricted { outbox::restrict(self.tx, self.vault, key) } else { Ok(()) }
    }

    pub fn is_restricted(&self, reference: &RecordRef) -> Result<bool, StoreError> {
        Ok(self.place(&reference.to_string())?.is_some_and(|place| place.restricted))
    }

    fn put_in(&self, key: &str, feed: &str) -> Result<(), StoreError> {
        let mut insert =
            self.tx.prepare_cached("INSERT OR IGNORE INTO record_feed (reference, feed) VALUES (?1, ?2)")?;
        insert.execute((key, feed))?;
        Ok(())
    }

    /// Puts what was made here, and all that hangs on the same roots, into the feeds that the hub will route it to:
    /// a household's commune, a restricted case's own.
    pub fn route<'r>(&self, made: impl Iterator<Item = &'r RecordRef>) -> Result<(), StoreError> {
        let mut roots = BTreeSet::new();
        for reference in made {
            roots.extend(self.place(&reference.to_string())?.and_then(|place| place.root));
        }
        for root in roots {
            let reference: RecordRef = root.parse().map_err(|_| StoreError::Unreadable)?;
            let Some(state) = self.load(&reference)? else { continue };
            let feed = if reference.kind == *kind::HOUSEHOLD {
                state.text(field::COMMUNE).map(|commune| Feed::Commune(commune.to_owned()))
            } else if is_restricted_case(&reference, &state) {
                Some(Feed::Case(model::CaseId(reference.id)))
            } else {
                None
            };
            if let Some(feed) = feed {
                self.tx.execute(
                    "INSERT OR IGNORE INTO record_feed (reference, feed)
                     SELECT reference, ?2 FROM record WHERE root = ?1",
                    (&root, feed.to_string()),
                )?;
            }
        }
        Ok(())
    }

    /// A record and all below it left `feed`: what is in no other feed is forgotten.
    pub fn leave(&mut self, reference: &RecordRef, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let mut select = self.tx.prepare_cached(
            "WITH RECURSIVE below (reference) AS (
                 VALUES (?1) UNION SELECT record.reference FROM record JOIN below ON record.parent = below.reference
             ) SELECT reference FROM below",
        )?;
        let left = select.query_map([reference.to_string()], |row| row.get(0))?;
        self.take_out(left.collect::<Result<Vec<String>, _>>()?, feed)
    }

    /// The phone may no longer read `feed`.
    pub fn revoke(&mut self, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let mut select = self.tx.prepare_cached("SELECT reference FROM record_feed WHERE feed = ?1")?;
        let left = select.query_map([feed.to_string()], |row| row.get(0))?;
        self.take_out(left.collect::<Result<Vec<String>, _>>()?, feed)
    }

    fn take_out(&mut self, left: Vec<String>, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let feed = feed.to_string();
        let mut forgotten = Vec::new();
        for key in left {
            let out = self
                .tx
                .prepare_cached("DELETE FROM record_feed WHERE reference = ?1 AND feed = ?2")?
                .execute((&key, &feed))?;
            let mut elsewhere =
                self.tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM record_feed WHERE reference = ?1)")?;
            if out == 0 || elsewhere.query_row([&key], |row| row.get(0))? {
                continue;
            }
            let mut delete =
                self.tx.prepare_cached("DELETE FROM record WHERE reference = ?1 RETURNING root")?;
            let root: Option<Option<String>> = delete.query_row([&key], |row| row.get(0)).optional()?;
            if let Some(root) = root {
                self.touched.extend(root);
                forgotten.push(key.parse().map_err(|_| StoreError::Unreadable)?);
            }
        }
        Ok(forgotten)
    }

    /// Shows the households anew below which something changed. To be called last.
    pub fn finish(self) -> Result<(), StoreError> {
        let prefix = format!("{}:", kind::HOUSEHOLD);
        for root in self.touched.iter().filter(|root| root.starts_with(&prefix)) {
            households::show(self.tx, root)?;
        }
        Ok(())
    }
}

fn is_restricted_case(reference: &RecordRef, state: &RecordState) -> bool {
    reference.kind == *kind::CASE && state.value(field::RESTRICTED) == Some(&Value::Bool(true))
}
