//! What the hub denied: what it replaced stands again, and what of it is allowed is made anew. Own changes that stood on it
//! come the same way, as the hub denies them with it.

use crate::{
    Store, StoreError,
    device::Device,
    outbox::{self, Own},
    search::Shown,
    tree::Tree,
    witness::user_of,
};
use model::{
    DeviceId, RecordEdit, RecordRef, Role,
    batch::{Json, Shown as Change, ShownField},
    record::field,
};
use rulebook::{Act, Asking};
use rusqlite::{Connection, Transaction};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};
use wire::push::DeniedPart;

/// A batch to be made anew, of what stood and is allowed.
struct Again {
    edits: Vec<RecordEdit>,
    cause: Option<RecordRef>,
}

impl Store {
    /// Carries out what the hub denied and this store did not yet; of restricted cases once they are unlocked. Writes own
    /// batches: the device's row must be saved before, and read again after.
    pub(crate) fn settle_denied(&self, tx: &Transaction<'_>) -> Result<Shown, StoreError> {
        let denied = unsettled(tx, !self.vault.is_locked())?;
        if denied.is_empty() {
            return Ok(Shown::default());
        }
        let mut again = Vec::new();
        let rulebook = self.rulebook();
        let mut tree = Tree::new(tx, &self.vault, &rulebook, self.today())?;
        // The newest first: each stands on what came before it.
        for (first_seq, parts) in denied {
            let Some(Own { batch, .. }) = outbox::find(tx, &self.vault, first_seq)? else { continue };
            let cause = outbox::cause(tx, first_seq)?;
            let changes: Vec<Change<'_>> = batch.changes().flatten().collect();
            let mut edits = Vec::new();
            for change in changes.iter().rev() {
                let stood = put_back(&mut tree, change)?;
                edits.extend(edit(change, &stood, &parts)?);
            }
            edits.reverse();
            again.push(Again { edits: without_orphans(edits, &changes, &parts), cause });
            tx.execute("UPDATE held SET settled = 1 WHERE first_seq = ?1", [first_seq.cast_signed()])?;
        }
        let Shown(mut shown) = tree.finish()?;
        for Again { edits, cause } in again.into_iter().rev() {
            let (_, Shown(more)) = self.make(tx, edits, cause.as_ref(), false)?;
            shown.extend(more);
        }
        Ok(Shown(shown))
    }

    /// Whether this phone's worker may make these changes, each with what its record was.
    pub(crate) fn allowed<'a>(
        &self,
        tx: &Transaction<'_>,
        acts: impl Iterator<Item = (Act<'a>, bool)>,
    ) -> Result<(), StoreError> {
        let identity = Device::load(tx)?.identity;
        let role: &Role = &identity.worker.role;
        let known: RefCell<HashMap<DeviceId, bool>> = RefCell::new(HashMap::from([(identity.device, true)]));
        let is_own = |device: DeviceId| {
            // One whose certificate can't be read is nobody's.
            let own = || user_of(tx, &identity, device).is_ok_and(|user| user == Some(identity.user));
            *known.borrow_mut().entry(device).or_insert_with(own)
        };
        let (day, rulebook) = (self.clock.now().date_naive(), self.rulebook());
        for (act, is_member) in acts {
            let asking = Asking { role, day, is_member, is_own: &is_own };
            if let Some(denied) = rulebook.denied(&asking, &act).first() {
                return Err(StoreError::NotAllowed(denied.action));
            }
        }
        Ok(())
    }
}

/// The newest first.
fn unsettled(db: &Connection, unlocked: bool) -> Result<Vec<(u64, Vec<DeniedPart>)>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT first_seq, parts FROM held JOIN outbox USING (first_seq)
         WHERE outcome = 'denied' AND settled = 0 AND (restricted = 0 OR ?1) ORDER BY first_seq DESC",
    )?;
    let mut rows = select.query([unlocked])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let parts: String = row.get(1)?;
        all.push((row.get::<_, i64>(0)?.cast_unsigned(), serde_json::from_str(&parts)?));
    }
    Ok(all)
}

/// The fields that it said last.
fn put_back(tree: &mut Tree<'_>, change: &Change<'_>) -> Result<BTreeSet<String>, StoreError> {
    let record = &change.head.record;
    let Some(mut state) = tree.load(record)? else { return Ok(BTreeSet::new()) };
    let stood = state.put_back(change.id);
    if state.fields.is_empty() {
        tree.remove(record)?;
    } else {
        tree.keep(record, &state, None)?;
    }
    Ok(stood)
}

/// What of a change stood and is allowed.
fn edit(
    change: &Change<'_>,
    stood: &BTreeSet<String>,
    parts: &[DeniedPart],
) -> Result<Option<RecordEdit>, StoreError> {
    let denied = |name: &str| {
        let mut of_it = parts.iter().filter(|part| part.seq == change.seq);
        of_it.any(|part| part.field.as_deref().is_none_or(|field| field == name))
    };
    let mut edit = RecordEdit::new(change.head.record.clone());
    for field in &change.fields {
        if let ShownField::Value(value) = field
            && stood.contains(&*value.name)
            && !denied(&value.name)
        {
            edit.fields.insert(value.name.to_string(), Json::read(&value.value)?);
        }
    }
    Ok((!edit.fields.is_empty()).then_some(edit))
}

/// What lies under a record that may not be made is not made either.
fn without_orphans(
    mut edits: Vec<RecordEdit>,
    changes: &[Change<'_>],
    parts: &[DeniedPart],
) -> Vec<RecordEdit> {
    let whole = |seq| parts.iter().any(|part| part.seq == seq && part.field.is_none());
    let denied = changes.iter().filter(|change| whole(change.seq)).map(|change| &change.head.record);
    let mut gone: BTreeSet<String> = denied.map(ToString::to_string).collect();
    // Parents come before their children.
    edits.retain(|edit| {
        let is_below = edit
            .fields
            .get(field::PARENT)
            .and_then(Value::as_str)
            .is_some_and(|parent| gone.contains(parent));
        if is_below {
            gone.insert(edit.record.to_string());
        }
        !is_below
    });
    edits
}
