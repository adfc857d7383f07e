//! Records that move by a workflow, as lists and clocks read them: a narrow row of each, beside its whole body.

use crate::{Store, StoreError, sealing::Vault, tree::Place};
use model::{ChangeId, DeviceId, FieldState, Head, RecordRef, RecordState, Stamp};
use rulebook::Rulebook;
use rusqlite::Transaction;
use serde_json::Value;
use std::collections::BTreeMap;
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

/// Values of a field that stand beside each other, the one that is shown last.
type Values<V> = BTreeMap<String, Vec<V>>;

fn context(reference: &str) -> String {
    format!("progress {reference}")
}

impl Store {
    /// Of a kind, in the order they came, without restricted ones while these are locked; only those still worked on
    /// if `open_only`.
    pub fn progress(&self, kind: &str, open_only: bool) -> Result<Vec<Progress>, StoreError> {
        let mut all = self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT reference, root, root_title, restricted, body FROM progress
                 WHERE kind = ?1 AND (restricted = 0 OR ?2) AND (is_over = 0 OR NOT ?3) ORDER BY n",
            )?;
            let mut rows = select.query((kind, !self.vault.is_locked(), open_only))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let reference = row.get_ref(0)?.as_str().map_err(|_| StoreError::Unreadable)?;
                let root = row.get_ref(1)?.as_str_or_null().map_err(|_| StoreError::Unreadable)?;
                let restricted = row.get(3)?;
                let body = row.get_ref(4)?.as_blob().map_err(|_| StoreError::Unreadable)?;
                let body = self.vault.open(restricted, &context(reference), body)?;
                all.push(Progress {
                    reference: reference.parse().map_err(|_| StoreError::Unreadable)?,
                    root: root.map(str::parse).transpose().map_err(|_| StoreError::Unreadable)?,
                    root_title: row.get(2)?,
                    restricted,
                    state: state_of(serde_json::from_slice(&body)?),
                });
            }
            Ok(all)
        })?;
        if open_only {
            // Of a sealed row only its body says so.
            all.retain(|row| !row.restricted || self.rulebook.is_open(kind, &row.state));
        }
        Ok(all)
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
    let mut values: Values<&Value> = BTreeMap::new();
    for name in rulebook.progress_fields(kind) {
        if let Some(field) = state.fields.get(&name) {
            let shown = field.shown();
            let mut heads: Vec<&Head> = field.heads.iter().collect();
            heads.sort_by_key(|head| Some(*head) == shown);
            values.insert(name, heads.into_iter().map(|head| &head.value).collect());
        }
    }
    let body = vault.close(place.restricted, &context(&key), &serde_json::to_vec(&values)?)?;
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

fn state_of(values: Values<Value>) -> RecordState {
    let field = |values: Vec<Value>| FieldState {
        heads: (0..)
            .zip(values)
            .map(|(place, value)| Head {
                change: ChangeId(Uuid::nil()),
                at: Stamp(place, 0),
                device: DeviceId(Uuid::nil()),
                value,
            })
            .collect(),
        ..FieldState::default()
    };
    RecordState { fields: values.into_iter().map(|(name, values)| (name, field(values))).collect() }
}
