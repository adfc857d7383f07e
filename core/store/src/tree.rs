//! Writing records: where each stands, by the rulebook's placement, and which feeds hold it.
//!
//! A record may come before its parent: its root is unknown until then, and all below follows when it comes.

use crate::{StoreError, device::Device, listing, outbox, progress, sealing::Vault, search::Shown, state};
use chrono::NaiveDate;
use model::{Feed, OfficeId, RecordRef, RecordState};
use rulebook::{Claim, Placement, Rulebook};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// One transaction's writer of records.
pub(crate) struct Tree<'a> {
    tx: &'a Transaction<'a>,
    vault: &'a Vault,
    rulebook: &'a Rulebook,
    office: OfficeId,
    /// Roots below which something changed; their rows in lists are made anew.
    touched: BTreeSet<String>,
    /// Records that may stand elsewhere in their workflow now.
    moved: BTreeSet<String>,
    /// The kinds of records that say where one above stands.
    says_where: BTreeSet<String>,
    today: NaiveDate,
}

/// Where a record stands.
#[derive(PartialEq)]
pub(crate) struct Place {
    pub root: Option<String>,
    pub feed: Option<String>,
    pub restricted: bool,
}

impl Place {
    /// Nothing of it ever leaves this phone.
    pub fn stays_here(&self) -> bool {
        self.feed == Some(Feed::OwnDevice.to_string())
    }
}

type Claims<'r> = BTreeMap<&'r RecordRef, Claim>;

/// A record that is here: its row, what it says of its place, where it was put.
struct Known {
    n: i64,
    claim: Claim,
    place: Place,
}

pub(crate) fn context(reference: &str) -> String {
    format!("record {reference}")
}

/// A record's fields as known so far, and whether it is of a restricted case.
pub(crate) fn load(
    db: &Connection,
    vault: &Vault,
    reference: &RecordRef,
) -> Result<Option<(bool, RecordState)>, StoreError> {
    let reference = reference.to_string();
    let mut select = db.prepare_cached("SELECT restricted, body FROM record WHERE reference = ?1")?;
    let row =
        select.query_row([&reference], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
    let Some((restricted, body)) = row else { return Ok(None) };
    Ok(Some((restricted, state::from_bytes(&vault.open(restricted, &context(&reference), &body)?)?)))
}

/// A row of `reference, restricted, body`.
pub(crate) fn read(vault: &Vault, row: &Row<'_>) -> Result<(RecordRef, RecordState), StoreError> {
    let reference: String = row.get(0)?;
    let (restricted, body): (bool, Vec<u8>) = (row.get(1)?, row.get(2)?);
    let state = state::from_bytes(&vault.open(restricted, &context(&reference), &body)?)?;
    Ok((reference.parse().map_err(|_| StoreError::Unreadable)?, state))
}

impl<'a> Tree<'a> {
    pub fn new(
        tx: &'a Transaction<'a>,
        vault: &'a Vault,
        rulebook: &'a Rulebook,
        today: NaiveDate,
    ) -> Result<Self, StoreError> {
        let office = Device::load(tx)?.identity.office;
        let says_where = progress::says_where(rulebook);
        let (touched, moved) = (BTreeSet::new(), BTreeSet::new());
        Ok(Self { tx, vault, rulebook, office, touched, moved, says_where, today })
    }

    pub fn rulebook(&self) -> &'a Rulebook {
        self.rulebook
    }

    /// A record's fields as known so far.
    pub fn load(&self, reference: &RecordRef) -> Result<Option<RecordState>, StoreError> {
        Ok(load(self.tx, self.vault, reference)?.map(|(_, state)| state))
    }

    /// Keeps a record's new state; `feed` is the one that brought it.
    pub fn keep(
        &mut self,
        reference: &RecordRef,
        state: &RecordState,
        feed: Option<&Feed>,
    ) -> Result<(), StoreError> {
        let key = reference.to_string();
        let known = self.known(&key)?;
        let claim = self.rulebook.claim(self.office, reference, state);
        // What came by a case's feed is sealed before its case is here.
        let in_case = matches!(feed, Some(Feed::Case(_))) || self.is_in_case(known.as_ref())?;
        let place = self.stand(reference, &BTreeMap::from([(reference, claim.clone())]), in_case)?;
        let before = known.map(|known| known.place);
        if place.restricted && before.as_ref().is_some_and(|before| !before.restricted) {
            outbox::restrict(self.tx, self.vault, &key)?;
        }
        let body = self.vault.close(place.restricted, &context(&key), &state::to_bytes(state)?)?;
        let mut upsert = self.tx.prepare_cached(
            "INSERT INTO record (reference, kind, parent, top, claims, root, feed, restricted, removed, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (reference) DO UPDATE SET parent = excluded.parent, top = excluded.top,
             claims = excluded.claims, root = excluded.root, feed = excluded.feed,
             restricted = excluded.restricted, removed = excluded.removed, body = excluded.body
             RETURNING n",
        )?;
        let row = (
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
        );
        let n = upsert.query_row(row, |row| row.get(0))?;
        if let Some(feed) = feed {
            self.put_in(n, feed)?;
        }
        self.touched.extend(place.root.clone());
        self.may_move(&key, reference)?;
        if before.as_ref() != Some(&place) {
            self.touched.extend(before.and_then(|before| before.root));
            self.follow(key)?;
        }
        Ok(())
    }

    /// The record itself, or the nearest above that moves by a workflow, may stand elsewhere.
    fn may_move(&mut self, key: &str, reference: &RecordRef) -> Result<(), StoreError> {
        if self.rulebook.has_progress(reference.kind.as_str()) {
            self.moved.insert(key.to_owned());
        } else if self.says_where.contains(reference.kind.as_str()) {
            let above = self.known(key)?.and_then(|known| known.claim.parent);
            let moves = above.filter(|above| self.rulebook.has_progress(above.kind.as_str()));
            self.moved.extend(moves.map(|above| above.to_string()));
        }
        Ok(())
    }

    /// What is known of somebody's role or receipt is another than before: so may be where their records stand.
    pub fn all_may_move(&mut self) -> Result<(), StoreError> {
        let mut select =
            self.tx.prepare_cached("SELECT reference FROM progress WHERE restricted = 0 OR ?1")?;
        let all = select.query_map([!self.vault.is_locked()], |row| row.get(0))?;
        self.moved.extend(all.collect::<Result<Vec<String>, _>>()?);
        Ok(())
    }

    fn known(&self, key: &str) -> Result<Option<Known>, StoreError> {
        let mut select = self.tx.prepare_cached(
            "SELECT n, parent, claims, top, root, feed, restricted FROM record WHERE reference = ?1",
        )?;
        let mut rows = select.query([key])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (parent, claims): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
        let claim = Claim {
            parent: parent.map(|text| text.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
            feed: claims.map(|text| text.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
            is_top: row.get(3)?,
        };
        let place = Place { root: row.get(4)?, feed: row.get(5)?, restricted: row.get(6)? };
        Ok(Some(Known { n: row.get(0)?, claim, place }))
    }

    /// Where each of these will stand once they are kept.
    pub fn places<'r>(
        &self,
        states: impl Iterator<Item = (&'r RecordRef, &'r RecordState)>,
    ) -> Result<BTreeMap<&'r RecordRef, Place>, StoreError> {
        let claims: Claims<'_> = states
            .map(|(reference, state)| (reference, self.rulebook.claim(self.office, reference, state)))
            .collect();
        let place = |reference: &&'r RecordRef| {
            let known = self.known(&reference.to_string())?;
            Ok((*reference, self.stand(reference, &claims, self.is_in_case(known.as_ref())?)?))
        };
        claims.keys().map(place).collect()
    }

    /// Where a record belongs now; `claims`: what some are about to say of themselves; `in_case`: a case's feed holds it.
    fn stand(&self, reference: &RecordRef, claims: &Claims<'_>, in_case: bool) -> Result<Place, StoreError> {
        let claim_of = |asked: &RecordRef| match claims.get(asked) {
            Some(claim) => Ok(Some(claim.clone())),
            None => Ok::<_, StoreError>(self.known(&asked.to_string())?.map(|known| known.claim)),
        };
        let placement = self.rulebook.place(reference, claim_of)?;
        Ok(Place {
            root: placement.root().map(ToString::to_string),
            feed: placement.feed().map(ToString::to_string),
            restricted: in_case || Placement::is_restricted(&placement),
        })
    }

    fn is_in_case(&self, known: Option<&Known>) -> Result<bool, StoreError> {
        let Some(known) = known else { return Ok(false) };
        let mut in_case = self.tx.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM record_feed WHERE record = ?1 AND feed GLOB 'case:*')",
        )?;
        Ok(in_case.query_row([known.n], |row| row.get(0))?)
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
        let Some(known) = self.known(key)? else { return Ok(false) };
        let reference = key.parse().map_err(|_| StoreError::Unreadable)?;
        let place = self.stand(&reference, &Claims::new(), self.is_in_case(Some(&known))?)?;
        let Known { n, place: before, .. } = known;
        if place == before {
            return Ok(false);
        }
        if place.restricted != before.restricted {
            self.reseal(key, before.restricted, place.restricted)?;
        }
        let mut update =
            self.tx.prepare_cached("UPDATE record SET root = ?2, feed = ?3, restricted = ?4 WHERE n = ?1")?;
        update.execute((n, &place.root, &place.feed, place.restricted))?;
        self.may_move(key, &reference)?;
        self.touched.extend(before.root);
        self.touched.extend(place.root);
        Ok(true)
    }

    fn reseal(&self, key: &str, before: bool, restricted: bool) -> Result<(), StoreError> {
        let mut select = self.tx.prepare_cached("SELECT body FROM record WHERE reference = ?1")?;
        let body: Vec<u8> = select.query_row([key], |row| row.get(0))?;
        let body = self.vault.reclose(before, restricted, &context(key), &body)?;
        self.tx.execute("UPDATE record SET body = ?2 WHERE reference = ?1", (key, body))?;
        if restricted { outbox::restrict(self.tx, self.vault, key) } else { Ok(()) }
    }

    /// Whether a record that is here never leaves this phone; `None`: it is not here.
    pub fn stays_here(&self, reference: &RecordRef) -> Result<Option<bool>, StoreError> {
        Ok(self.known(&reference.to_string())?.map(|known| known.place.stays_here()))
    }

    pub fn is_restricted(&self, reference: &RecordRef) -> Result<bool, StoreError> {
        Ok(self.known(&reference.to_string())?.is_some_and(|known| known.place.restricted))
    }

    /// Whether a feed has brought the record that is here.
    pub fn is_in(&self, reference: &RecordRef, feed: &Feed) -> Result<bool, StoreError> {
        let mut select = self.tx.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM record r JOIN record_feed f ON f.record = r.n
             WHERE r.reference = ?1 AND f.feed = ?2)",
        )?;
        Ok(select.query_row((reference.to_string(), feed.to_string()), |row| row.get(0))?)
    }

    fn put_in(&self, record: i64, feed: &Feed) -> Result<(), StoreError> {
        let mut insert =
            self.tx.prepare_cached("INSERT OR IGNORE INTO record_feed (record, feed) VALUES (?1, ?2)")?;
        insert.execute((record, feed.to_string()))?;
        Ok(())
    }

    /// Puts what was made here, and all that hangs on the same roots, into the feeds that the hub will put it into.
    pub fn route<'r>(&self, made: impl Iterator<Item = &'r RecordRef>) -> Result<(), StoreError> {
        let mut roots = BTreeSet::new();
        for reference in made {
            roots.extend(self.known(&reference.to_string())?.and_then(|known| known.place.root));
        }
        for root in roots {
            self.tx.execute(
                "INSERT OR IGNORE INTO record_feed (record, feed)
                 SELECT n, feed FROM record WHERE root = ?1 AND feed IS NOT NULL",
                [root],
            )?;
        }
        Ok(())
    }

    /// A record left `feed`: it is forgotten if it is in no other.
    pub fn leave(&mut self, reference: &RecordRef, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        self.take_out(vec![reference.to_string()], feed)
    }

    /// Nothing is known of the record any more.
    pub fn remove(&mut self, reference: &RecordRef) -> Result<(), StoreError> {
        let key = reference.to_string();
        self.may_move(&key, reference)?;
        let mut delete = self.tx.prepare_cached("DELETE FROM record WHERE reference = ?1 RETURNING root")?;
        let root: Option<Option<String>> = delete.query_row([&key], |row| row.get(0)).optional()?;
        self.touched.extend(root.flatten());
        drop(delete);
        self.follow(key)
    }

    /// The phone may no longer read `feed`.
    pub fn revoke(&mut self, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let mut select = self.tx.prepare_cached(
            "SELECT reference FROM record_feed JOIN record ON n = record_feed.record WHERE record_feed.feed = ?1",
        )?;
        let left = select.query_map([feed.to_string()], |row| row.get(0))?;
        self.take_out(left.collect::<Result<Vec<String>, _>>()?, feed)
    }

    fn take_out(&mut self, left: Vec<String>, feed: &Feed) -> Result<Vec<RecordRef>, StoreError> {
        let feed = feed.to_string();
        let (mut left, mut forgotten) = (VecDeque::from(left), Vec::new());
        while let Some(key) = left.pop_front() {
            let mut out = self.tx.prepare_cached(
                "DELETE FROM record_feed WHERE record = (SELECT n FROM record WHERE reference = ?1) AND feed = ?2
                 RETURNING record",
            )?;
            let n: Option<i64> = out.query_row((&key, &feed), |row| row.get(0)).optional()?;
            let Some(n) = n else { continue };
            let mut elsewhere =
                self.tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM record_feed WHERE record = ?1)")?;
            let stays: bool = elsewhere.query_row([n], |row| row.get(0))?;
            drop((out, elsewhere));
            if stays {
                // What left a case's feed may be sealed no longer. While those are locked it stays so.
                if !self.vault.is_locked() && self.restand(&key)? {
                    self.follow(key)?;
                }
                continue;
            }
            let mut delete = self.tx.prepare_cached("DELETE FROM record WHERE n = ?1 RETURNING root")?;
            let root: Option<String> = delete.query_row([n], |row| row.get(0))?;
            self.touched.extend(root);
            forgotten.push(key.parse().map_err(|_| StoreError::Unreadable)?);
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
        let Some(known) = self.known(&reference.to_string())? else { return Ok(()) };
        if known.claim != self.rulebook.claim(self.office, reference, &state) {
            return self.keep(reference, &state, None);
        }
        self.may_move(&reference.to_string(), reference)?;
        self.touched.extend(known.place.root);
        Ok(())
    }

    /// Makes the rows of lists anew below which something changed, and says which. To be called last.
    pub fn finish(self) -> Result<Shown, StoreError> {
        let mut shown = Vec::new();
        for key in &self.moved {
            let reference: RecordRef = key.parse().map_err(|_| StoreError::Unreadable)?;
            let (Some(state), Some(known)) = (self.load(&reference)?, self.known(key)?) else { continue };
            let Known { n, place, .. } = known;
            let today = self.today;
            progress::show(self.tx, self.vault, self.rulebook, n, (&reference, &state), &place, today)?;
        }
        for root in self.touched {
            let root: RecordRef = root.parse().map_err(|_| StoreError::Unreadable)?;
            if self.rulebook.kind(root.kind.as_str()).is_some_and(|kind| kind.listed) {
                listing::show(self.tx, self.vault, self.rulebook, &root)?;
                shown.push(root);
            }
        }
        Ok(Shown(shown))
    }
}
