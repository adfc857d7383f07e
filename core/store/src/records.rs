//! Records as known here.

use crate::{Store, StoreError, progress, state, tree};
use model::{RecordRef, RecordState};
use rusqlite::{Connection, Row};

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub reference: RecordRef,
    /// Where its parents lead; `None` while one of them is not here.
    pub root: Option<RecordRef>,
    pub restricted: bool,
    /// It is for practice: nothing of it leaves this phone.
    pub stays_here: bool,
    /// In the state that its steps lead to, where it moves by steps.
    pub state: RecordState,
}

const COLUMNS: &str = "reference, root, restricted, body, feed IS 'own-device'";
/// Of rows that a listing shows; `?1` says whether restricted ones are unlocked.
const LISTED: &str = "removed = 0 AND (restricted = 0 OR ?1)";

impl Store {
    /// Also a removed one; `store.restricted-locked` for one of a restricted case while these are locked.
    pub fn record(&self, reference: &RecordRef) -> Result<Option<Record>, StoreError> {
        self.read(|db| {
            let mut select =
                db.prepare_cached(&format!("SELECT {COLUMNS} FROM record WHERE reference = ?1"))?;
            let mut rows = select.query([reference.to_string()])?;
            rows.next()?.map(|row| self.record_of(db, row)).transpose()
        })
    }

    /// Oldest first, without removed records, and without restricted ones while these are locked. So are the other
    /// listings.
    pub fn children(&self, parent: &RecordRef, kind: Option<&str>) -> Result<Vec<Record>, StoreError> {
        self.select("parent = ?2 AND (kind = ?3 OR ?3 IS NULL)", (parent.to_string(), kind))
    }

    /// The root and all below it.
    pub fn subtree(&self, root: &RecordRef) -> Result<Vec<Record>, StoreError> {
        self.select("root = ?2 AND ?3 IS NULL", (root.to_string(), None))
    }

    /// All of a kind.
    pub fn records(&self, kind: &str) -> Result<Vec<Record>, StoreError> {
        self.select("kind = ?2 AND ?3 IS NULL", (kind.to_owned(), None))
    }

    /// The newest of a kind that fits; older ones are not read.
    pub fn newest_record(
        &self,
        kind: &str,
        mut fits: impl FnMut(&Record) -> bool,
    ) -> Result<Option<Record>, StoreError> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM record WHERE {LISTED} AND kind = ?2 ORDER BY n DESC");
            let mut select = db.prepare_cached(&sql)?;
            let mut rows = select.query((!self.vault.is_locked(), kind))?;
            while let Some(row) = rows.next()? {
                let record = self.record_of(db, row)?;
                if fits(&record) {
                    return Ok(Some(record));
                }
            }
            Ok(None)
        })
    }

    fn select(&self, which: &str, (a, b): (String, Option<&str>)) -> Result<Vec<Record>, StoreError> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM record WHERE {LISTED} AND {which} ORDER BY n");
            let mut select = db.prepare_cached(&sql)?;
            let mut rows = select.query((!self.vault.is_locked(), a, b))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.push(self.record_of(db, row)?);
            }
            Ok(records)
        })
    }

    fn record_of(&self, db: &Connection, row: &Row<'_>) -> Result<Record, StoreError> {
        let reference: String = row.get(0)?;
        let root: Option<String> = row.get(1)?;
        let restricted = row.get(2)?;
        let body = self.vault.open(restricted, &tree::context(&reference), &row.get::<_, Vec<u8>>(3)?)?;
        let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
        let state =
            progress::stands(db, &self.vault, &self.rulebook(), &reference, state::from_bytes(&body)?)?;
        Ok(Record {
            reference,
            root: root.map(|root| root.parse()).transpose().map_err(|_| StoreError::Unreadable)?,
            restricted,
            stays_here: row.get(4)?,
            state,
        })
    }
}
