//! Records that move by a workflow, as lists and clocks read them: a narrow row of each, beside its whole body.

use crate::{
    Store, StoreError,
    sealing::Vault,
    tree::{self, Place},
    witness::Known,
};
use chrono::NaiveDate;
use model::{ChangeId, DeviceId, FieldState, Head, RecordRef, RecordState, Said, Stamp};
use rulebook::Rulebook;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;
use workflow::{
    Standing,
    clocks::{Status, Timed},
    stand,
};

/// A record that moves by a workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub reference: RecordRef,
    /// Where its parents lead; `None` while one of them is not here.
    pub root: Option<RecordRef>,
    /// What lists call the root, before a page says how it is called that has no name; `None` where they don't show it.
    pub root_title: Option<String>,
    pub restricted: bool,
    /// Only of the fields that [`Rulebook::progress_fields`] names, without who wrote them; in the state that its steps
    /// lead to.
    pub state: RecordState,
    /// Those that run.
    pub clocks: Vec<Timed>,
    /// People took different steps, and none has been chosen.
    pub undecided: bool,
}

/// Fields by name, each with the value that is shown and those that stand beside it.
type Fields<V> = Vec<(String, V, Vec<V>)>;

#[derive(Serialize, Deserialize)]
struct Body<V> {
    fields: Fields<V>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    clocks: Vec<Timed>,
    /// The state that its steps lead to; `None`: its field says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stands: Option<String>,
    #[serde(default)]
    undecided: bool,
}

fn context(reference: &str) -> String {
    format!("progress {reference}")
}

const COLUMNS: &str = "reference, root, root_title, restricted, body";

impl Store {
    /// What `made` makes of those of a kind, in the order they came, without restricted ones while these are locked; only
    /// of those still worked on if `open_only`. One is in memory at a time; `made` may not call the store.
    pub fn progress<T>(
        &self,
        kind: &str,
        open_only: bool,
        mut made: impl FnMut(Progress) -> T,
    ) -> Result<Vec<T>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM progress
                 WHERE kind = ?1 AND (restricted = 0 OR ?2) AND (is_over = 0 OR NOT ?3) ORDER BY n"
            ))?;
            let mut rows = select.query((kind, !self.vault.is_locked(), open_only))?;
            let rulebook = self.rulebook();
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let progress = self.progress_of(row)?;
                // Of a sealed row only its body says whether it is over.
                let stays = !open_only || !progress.restricted || rulebook.is_open(kind, &progress.state);
                all.extend(stays.then(|| made(progress)));
            }
            Ok(all)
        })
    }

    /// Of a kind, those still worked on: first those in which something is due, the first due first, then the newest. At
    /// most `most` that are open to their commune, and all restricted ones, which say so only once they are unlocked.
    pub fn open_first(&self, kind: &str, most: u32) -> Result<Vec<Progress>, StoreError> {
        const OPEN: &str = "kind = ?1 AND restricted = 0 AND is_over = 0";
        let rulebook = self.rulebook();
        self.read(|db| {
            let mut all = Vec::new();
            for rest in ["due IS NOT NULL ORDER BY due", "due IS NULL ORDER BY n DESC"] {
                let sql = format!("SELECT {COLUMNS} FROM progress WHERE {OPEN} AND {rest} LIMIT ?2");
                let mut select = db.prepare_cached(&sql)?;
                let mut rows =
                    select.query((kind, most.saturating_sub(u32::try_from(all.len()).unwrap_or(most))))?;
                while let Some(row) = rows.next()? {
                    all.push(self.progress_of(row)?);
                }
            }
            let sealed = format!("SELECT {COLUMNS} FROM progress WHERE kind = ?1 AND restricted = 1 AND ?2");
            let mut select = db.prepare_cached(&sealed)?;
            let mut rows = select.query((kind, !self.vault.is_locked()))?;
            while let Some(row) = rows.next()? {
                let progress = self.progress_of(row)?;
                all.extend(rulebook.is_open(kind, &progress.state).then_some(progress));
            }
            Ok(all)
        })
    }

    /// In how many of a kind that are open to their commune something is due.
    pub fn due_count(&self, kind: &str) -> Result<u32, StoreError> {
        self.read(|db| {
            let sql = "SELECT count(*) FROM progress
                       WHERE kind = ?1 AND restricted = 0 AND is_over = 0 AND due IS NOT NULL";
            Ok(db.prepare_cached(sql)?.query_row([kind], |row| row.get(0))?)
        })
    }

    /// How many of a kind are still worked on, as far as that can be seen here.
    pub fn open_count(&self, kind: &str) -> Result<u32, StoreError> {
        let sealed = self.progress_sealed_open(kind)?;
        self.read(|db| {
            let sql = "SELECT count(*) FROM progress WHERE kind = ?1 AND restricted = 0 AND is_over = 0";
            let open: u32 = db.prepare_cached(sql)?.query_row([kind], |row| row.get(0))?;
            Ok(open + sealed)
        })
    }

    fn progress_sealed_open(&self, kind: &str) -> Result<u32, StoreError> {
        if self.vault.is_locked() {
            return Ok(0);
        }
        let rulebook = self.rulebook();
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM progress WHERE kind = ?1 AND restricted = 1");
            let mut select = db.prepare_cached(&sql)?;
            let mut rows = select.query([kind])?;
            let mut open = 0;
            while let Some(row) = rows.next()? {
                open += u32::from(rulebook.is_open(kind, &self.progress_of(row)?.state));
            }
            Ok(open)
        })
    }

    /// Where a record stands, with all that was done in it; `None` for one that moves by no workflow, or isn't here.
    pub fn standing(&self, reference: &RecordRef) -> Result<Option<Standing>, StoreError> {
        let (rulebook, today) = (self.rulebook(), self.today());
        self.read(|db| {
            let Some((_, state)) = tree::load(db, &self.vault, reference)? else { return Ok(None) };
            standing(db, &self.vault, &rulebook, (reference, &state), today)
        })
    }

    fn progress_of(&self, row: &Row<'_>) -> Result<Progress, StoreError> {
        let reference = row.get_ref(0)?.as_str().map_err(|_| StoreError::Unreadable)?;
        let root = row.get_ref(1)?.as_str_or_null().map_err(|_| StoreError::Unreadable)?;
        let restricted = row.get(3)?;
        let body = row.get_ref(4)?.as_blob().map_err(|_| StoreError::Unreadable)?;
        let body = self.vault.open(restricted, &context(reference), body)?;
        let Body { fields, clocks, stands, undecided } = serde_json::from_slice(&body)?;
        let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
        let mut state = state_of(fields);
        if let Some(stands) = stands {
            state = stand(&self.rulebook(), reference.kind.as_str(), state, &stands);
        }
        Ok(Progress {
            reference,
            root: root.map(str::parse).transpose().map_err(|_| StoreError::Unreadable)?,
            root_title: row.get(2)?,
            restricted,
            state,
            clocks,
            undecided,
        })
    }
}

/// Where a record stands by what lies below it.
fn standing(
    db: &Connection,
    vault: &Vault,
    rulebook: &Rulebook,
    (reference, state): (&RecordRef, &RecordState),
    today: NaiveDate,
) -> Result<Option<Standing>, StoreError> {
    let Some(workflow) = rulebook.workflow_of(reference.kind.as_str(), state) else { return Ok(None) };
    let kinds = read_below(rulebook, workflow);
    let mut below = Vec::new();
    if !kinds.is_empty() {
        let mut select = db.prepare_cached(
            "SELECT reference, restricted, body FROM record
             WHERE parent = ?1 AND kind IN (SELECT value FROM json_each(?2)) AND removed = 0 ORDER BY n",
        )?;
        let mut rows = select.query((reference.to_string(), serde_json::to_string(&kinds)?))?;
        while let Some(row) = rows.next()? {
            below.push(tree::read(vault, row)?);
        }
    }
    let known = Known::new(db)?;
    Standing::of(rulebook, (reference, state), &below, &known, today)
}

/// The kinds of records below one that say where it stands.
fn read_below<'r>(rulebook: &'r Rulebook, workflow: &str) -> BTreeSet<&'r str> {
    let mut kinds = rulebook.read_below(workflow);
    if rulebook.moves_by_steps(workflow) {
        kinds.extend([workflow::TRANSITION, workflow::INTEREST]);
    }
    kinds
}

/// Kinds of which one more, or another word in one, may say that the record above stands elsewhere.
pub(crate) fn says_where(rulebook: &Rulebook) -> BTreeSet<String> {
    let workflows: BTreeSet<&str> = rulebook.workflows().collect();
    workflows.into_iter().flat_map(|workflow| read_below(rulebook, workflow)).map(str::to_owned).collect()
}

/// Makes the row of a record anew; its root's title follows when the root is shown.
pub(crate) fn show(
    tx: &Transaction<'_>,
    vault: &Vault,
    rulebook: &Rulebook,
    n: i64,
    (reference, state): (&RecordRef, &RecordState),
    place: &Place,
    today: NaiveDate,
) -> Result<(), StoreError> {
    let kind = reference.kind.as_str();
    if state.is_removed() {
        tx.prepare_cached("DELETE FROM progress WHERE n = ?1")?.execute([n])?;
        return Ok(());
    }
    let Some(found) = standing(tx, vault, rulebook, (reference, state), today)? else { return Ok(()) };
    let key = reference.to_string();
    let mut fields: Fields<&Value> = Vec::new();
    for name in rulebook.progress_fields(kind) {
        if let Some(field) = state.fields.get(&name)
            && let Some(shown) = field.shown()
        {
            let beside = field.heads.iter().filter(|head| *head != shown).map(said);
            fields.push((name, said(shown), beside.collect()));
        }
    }
    let shown = found.shown(rulebook, kind, state.clone());
    let stands = found.progress.as_ref().map(|progress| progress.state.clone());
    let undecided = found.progress.as_ref().is_some_and(|progress| !progress.branches.is_empty());
    let clocks: Vec<Timed> = found.clocks.into_iter().filter(|timed| timed.status == Status::Runs).collect();
    let due = clocks.iter().map(|timed| timed.due).min().filter(|_| !place.restricted);
    let body = serde_json::to_vec(&Body { fields, clocks, stands, undecided })?;
    let body = vault.close(place.restricted, &context(&key), &body)?;
    tx.prepare_cached(
        "INSERT INTO progress (n, reference, kind, root, restricted, is_over, due, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (n) DO UPDATE SET root = excluded.root, restricted = excluded.restricted,
             is_over = excluded.is_over, due = excluded.due, body = excluded.body",
    )?
    .execute((
        n,
        key,
        kind,
        &place.root,
        place.restricted,
        !place.restricted && !rulebook.is_open(kind, &shown),
        due,
        body,
    ))?;
    Ok(())
}

/// A record in the state that its steps lead to, by its row; as it is where it has none.
pub(crate) fn stands(
    db: &Connection,
    vault: &Vault,
    rulebook: &Rulebook,
    reference: &RecordRef,
    state: RecordState,
) -> Result<RecordState, StoreError> {
    let kind = reference.kind.as_str();
    if !rulebook.workflow_of(kind, &state).is_some_and(|workflow| rulebook.moves_by_steps(workflow)) {
        return Ok(state);
    }
    let key = reference.to_string();
    let mut select = db.prepare_cached("SELECT restricted, body FROM progress WHERE reference = ?1")?;
    let row = select.query_row([&key], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
    let Some((restricted, body)) = row else { return Ok(state) };
    let Body::<Value> { stands, .. } =
        serde_json::from_slice(&vault.open(restricted, &context(&key), &body)?)?;
    Ok(match stands {
        Some(stands) => stand(rulebook, kind, state, &stands),
        None => state,
    })
}

/// The root of these records is called so from now on; `None`: no list shows it.
pub(crate) fn call_root(tx: &Transaction<'_>, root: &str, title: Option<&str>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE progress SET root_title = ?2 WHERE root = ?1")?.execute((root, title))?;
    Ok(())
}

/// Lists and clocks go by what is said; what was erased says nothing.
fn said(head: &Head) -> &Value {
    head.value().unwrap_or(&Value::Null)
}

fn state_of(fields: Fields<Value>) -> RecordState {
    let head = |(at, value)| Head {
        change: ChangeId(Uuid::nil()),
        at: Stamp(at, 0),
        device: DeviceId(Uuid::nil()),
        said: Said::Value(value),
    };
    let field = |(name, shown, beside): (String, Value, Vec<Value>)| {
        let heads = [(1, shown)].into_iter().chain(beside.into_iter().map(|value| (0, value)));
        (name, FieldState { heads: heads.map(head).collect(), ..FieldState::default() })
    };
    RecordState { fields: fields.into_iter().map(field).collect() }
}
