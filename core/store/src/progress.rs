//! Records that move by a workflow, as lists and clocks read them: a narrow row of each, beside its whole body.

use crate::{Store, StoreError, sealing::Vault, tree::Place};
use model::{ChangeId, DeviceId, FieldState, Head, RecordRef, RecordState, Said, Stamp};
use rulebook::Rulebook;
use rusqlite::{Row, Transaction};
use serde_json::Value;
use uuid::Uuid;

/// A record that moves by a workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub reference: RecordRef,
    /// Where its parents lead; `None` while one of them is not here.
    pub root: Option<RecordRef>,
    /// What lists call the root, before a page says how it is called that has no name; `None` where they don't show it.
    pub root_title: Option<String>,
    pub restricted: bool,
    /// Only of the fields that [`Rulebook::progress_fields`] names, without who wrote them.
    pub state: RecordState,
}

/// Fields by name, each with the value that is shown and those that stand beside it.
type Fields<V> = Vec<(String, V, Vec<V>)>;

fn context(reference: &str) -> String {
    format!("progress {reference}")
}

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
            let mut select = db.prepare_cached(
                "SELECT reference, root, root_title, restricted, body FROM progress
                 WHERE kind = ?1 AND (restricted = 0 OR ?2) AND (is_over = 0 OR NOT ?3) ORDER BY n",
            )?;
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

    fn progress_of(&self, row: &Row<'_>) -> Result<Progress, StoreError> {
        let reference = row.get_ref(0)?.as_str().map_err(|_| StoreError::Unreadable)?;
        let root = row.get_ref(1)?.as_str_or_null().map_err(|_| StoreError::Unreadable)?;
        let restricted = row.get(3)?;
        let body = row.get_ref(4)?.as_blob().map_err(|_| StoreError::Unreadable)?;
        let body = self.vault.open(restricted, &context(reference), body)?;
        Ok(Progress {
            reference: reference.parse().map_err(|_| StoreError::Unreadable)?,
            root: root.map(str::parse).transpose().map_err(|_| StoreError::Unreadable)?,
            root_title: row.get(2)?,
            restricted,
            state: state_of(serde_json::from_slice(&body)?),
        })
    }
}

/// Makes the row of a record anew; its root's title follows when the root is shown.
pub(crate) fn show(
    tx: &Transaction<'_>,
    vault: &Vault,
    rulebook: &Rulebook,
    n: i64,
    (reference, state): (&RecordRef, &RecordState),
    place: &Place,
) -> Result<(), StoreError> {
    let kind = reference.kind.as_str();
    if !rulebook.has_progress(kind) {
        return Ok(());
    }
    if state.is_removed() {
        tx.prepare_cached("DELETE FROM progress WHERE n = ?1")?.execute([n])?;
        return Ok(());
    }
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
    let body = vault.close(place.restricted, &context(&key), &serde_json::to_vec(&fields)?)?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO progress (n, reference, kind, root, restricted, is_over, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        n,
        key,
        kind,
        &place.root,
        place.restricted,
        !place.restricted && !rulebook.is_open(kind, state),
        body,
    ))?;
    Ok(())
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
