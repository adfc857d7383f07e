//! Writing records: where each stands, by the rulebook's placement, and which feeds hold it.
//!
//! A record may come before its parent: its root is unknown until then, and all below follows when it comes.

use crate::{StoreError, listing, outbox, sealing::Vault};
use model::{Feed, RecordRef, RecordState};
use rulebook::{Claim, Placement, Rulebook};
use rusqlite::{OptionalExtension, Transaction};
use std::collections::{BTreeSet, HashSet, VecDeque};

/// One transaction's writer of records.
pub(crate) struct Tree<'a> {
    tx: &'a Transaction<'a>,
    vault: &'a Vault,
    rulebook: &'a Rulebook,
    /// Roots below which something changed; their rows in lists are made anew.
    touched: BTreeSet<String>,
}

/// Where a record stands.
#[derive(PartialEq)]
struct Place {
    root: Option<String>,
    feed: Option<String>,
    restricted: bool,
}

pub(crate) fn context(reference: &str) -> String {
    format!("record {reference}")
}

impl<'a> Tree<'a> {
    pub fn new(tx: &'a Transaction<'a>, vault: &'a Vault, rulebook: &'a Rulebook) -> Self {
        Self { tx, vault, rulebook, touched: BTreeSet::new() }
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
        let claim = self.rulebook.claim(reference, state);
        let place = self.stand(reference, Some(&claim))?;
        if place.restricted && before.as_ref().is_some_and(|before| !before.restricted) {
            outbox::restrict(self.tx, self.vault, &key)?;
        }
        let body = self.vault.close(place.restricted, &context(&key), serde_json::to_vec(state)?)?;
        let mut upsert = self.tx.prepare_cached(
            "INSERT INTO record (reference, kind, parent, top, claims, root, feed, restricted, removed, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (reference) DO UPDATE SET parent = excluded.parent, top = excluded.top,
             claims = excluded.claims, root = excluded.root, feed = excluded.feed,
             restricted = excluded.restricted, removed = excluded.removed, body = excluded.body",
        )?;
        upsert.execute((
            &key,
            reference.kind.as_str(),
            claim.parent.map(|parent| parent.to_string()),
            claim.is_top,
            claim.feed.map(|feed| feed.to_string()),
            &place.root,
            &place.feed,
            place.restricted,
            state.is_removed(),
            body,
        ))?;
        self.touched.extend(place.root.clone());
        if before.as_ref() != Some(&place) {
            self.touched.extend(before.and_then(|before| before.root));
            self.follow(key)?;
        }
        Ok(())
    }

    /// Where a record was put.
    fn place(&self, key: &str) -> Result<Option<Place>, StoreError> {
        let mut select =
            self.tx.prepare_cached("SELECT root, feed, restricted FROM record WHERE reference = ?1")?;
        let place = select.query_row([key], |row| {
            Ok(Place { root: row.get(0)?, feed: row.get(1)?, restricted: row.get(2)? })
        });
        Ok(place.optional()?)
    }

    /// Where a record belongs now; `claim`: what it is about to say of itself.
    fn stand(&self, reference: &RecordRef, claim: Option<&Claim>) -> Result<Place, StoreError> {
        let claim_of = |asked: &RecordRef| match claim {
            Some(claim) if asked == reference => Ok(Some(claim.clone())),
            _ => self.claim(asked),
        };
        let placement = self.rulebook.place(reference, claim_of)?;
        // What came by a case's feed is sealed before its case is here.
        let mut in_case = self.tx.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM record_feed WHERE reference = ?1 AND feed GLOB 'case:*')",
        )?;
        let in_case: bool = in_case.query_row([reference.to_string()], |row| row.get(0))?;
        Ok(Place {
            root: placement.root().map(ToString::to_string),
            feed: placement.feed().map(ToString::to_string),
            restricted: in_case || Placement::is_restricted(&placement),
        })
    }

    /// What a record that is here says of its place.
    fn claim(&self, reference: &RecordRef) -> Result<Option<Claim>, StoreError> {
        let mut select =
            self.tx.prepare_cached("SELECT parent, claims, top FROM record WHERE reference = ?1")?;
        let row =
            select.query_row([reference.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let Some((parent, feed, is_top)) = row.optional()? else { return Ok(None) };
        let (parent, feed): (Option<String>, Option<String>) = (parent, feed);
        Ok(Some(Claim {
            parent: parent.map(|text| text.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
            feed: feed.map(|text| text.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
            is_top,
        }))
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
                if self.restand(&child)? {
                    parents.push(child);
                }
            }
        }
        Ok(())
    }

    /// Puts a record where it belongs now; says whether it stood elsewhere.
    fn restand(&mut self, key: &str) -> Result<bool, StoreError> {
        let Some(before) = self.place(key)? else { return Ok(false) };
        let place = self.stand(&key.parse().map_err(|_| StoreError::Unreadable)?, None)?;
        if place == before {
            return Ok(false);
        }
        if place.restricted != before.restricted {
            self.reseal(key, before.restricted, place.restricted)?;
        }
        let mut update = self
            .tx
            .prepare_cached("UPDATE record SET root = ?2, feed = ?3, restricted = ?4 WHERE reference = ?1")?;
        update.execute((key, &place.root, &place.feed, place.restricted))?;
        self.touched.extend(before.root);
        self.touched.extend(place.root);
        Ok(true)
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

    /// Whether a feed has brought the record that is here.
    pub fn is_in(&self, reference: &RecordRef, feed: &Feed) -> Result<bool, StoreError> {
        let mut select = self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM record_feed WHERE reference = ?1 AND feed = ?2)")?;
        Ok(select.query_row((reference.to_string(), feed.to_string()), |row| row.get(0))?)
    }

    fn put_in(&self, key: &str, feed: &str) -> Result<(), StoreError> {
        let mut insert =
            self.tx.prepare_cached("INSERT OR IGNORE INTO record_feed (reference, feed) VALUES (?1, ?2)")?;
        insert.execute((key, feed))?;
        Ok(())
    }

    /// Puts what was made here, and all that hangs on the same roots, into the feeds that the hub will put it into.
    pub fn route<'r>(&self, made: impl Iterator<Item = &'r RecordRef>) -> Result<(), StoreError> {
        let mut roots = BTreeSet::new();
        for reference in made {
            roots.extend(self.place(&reference.to_string())?.and_then(|place| place.root));
        }
        for root in roots {
            self.tx.execute(
                "INSERT OR IGNORE INTO record_feed (reference, feed)
                 SELECT reference, feed FROM record WHERE root = ?1 AND feed IS NOT NULL",
                [root],
            )?;
        }
        Ok(())
    }

    /// A record left `feed`: it is forgotten if it is in no other.
    pub fn leave(&mut self, reference: &RecordRef, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        self.take_out(vec![reference.to_string()], feed)
    }

    /// The phone may no longer read `feed`.
    pub fn revoke(&mut self, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let mut select = self.tx.prepare_cached("SELECT reference FROM record_feed WHERE feed = ?1")?;
        let left = select.query_map([feed.to_string()], |row| row.get(0))?;
        self.take_out(left.collect::<Result<Vec<String>, _>>()?, feed)
    }

    fn take_out(&mut self, left: Vec<String>, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let feed = feed.to_string();
        let (mut left, mut forgotten) = (VecDeque::from(left), Vec::new());
        while let Some(key) = left.pop_front() {
            let mut out =
                self.tx.prepare_cached("DELETE FROM record_feed WHERE reference = ?1 AND feed = ?2")?;
            if out.execute((&key, &feed))? == 0 {
                continue;
            }
            let mut elsewhere =
                self.tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM record_feed WHERE reference = ?1)")?;
            let stays: bool = elsewhere.query_row([&key], |row| row.get(0))?;
            drop((out, elsewhere));
            if stays {
                // What left a case's feed may be sealed no longer. While those are locked it stays so.
                if !self.vault.is_locked() && self.restand(&key)? {
                    self.follow(key)?;
                }
                continue;
            }
            let mut delete =
                self.tx.prepare_cached("DELETE FROM record WHERE reference = ?1 RETURNING root")?;
            let root: Option<Option<String>> = delete.query_row([&key], |row| row.get(0)).optional()?;
            if let Some(root) = root {
                self.touched.extend(root);
                forgotten.push(key.parse().map_err(|_| StoreError::Unreadable)?);
            }
            // The hub doesn't know what was made here below it and still waits: the outbox keeps that.
            let mut below =
                self.tx.prepare_cached("SELECT reference FROM record WHERE parent = ?1 AND top = 0")?;
            left.extend(below.query_map([&key], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?);
        }
        Ok(forgotten)
    }

    /// A record by another rulebook than the one that put it where it stands.
    pub fn follow_rulebook(&mut self, reference: &RecordRef) -> Result<(), StoreError> {
        let Some(state) = self.load(reference)? else { return Ok(()) };
        if self.claim(reference)?.as_ref() != Some(&self.rulebook.claim(reference, &state)) {
            return self.keep(reference, &state, None);
        }
        let place = self.place(&reference.to_string())?;
        self.touched.extend(place.and_then(|place| place.root));
        Ok(())
    }

    /// Makes the rows of lists anew below which something changed. To be called last.
    pub fn finish(self) -> Result<(), StoreError> {
        for root in &self.touched {
            let kind = root.split_once(':').map_or("", |(kind, _)| kind);
            if self.rulebook.kind(kind).is_some_and(|kind| kind.listed) {
                listing::show(self.tx, self.rulebook, root)?;
            }
        }
        Ok(())
    }
}
