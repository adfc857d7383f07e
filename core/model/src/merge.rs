//! Merging is per field, deterministic and independent of the order of arrival.
//!
//! A field's heads are the changes that no known change replaces. One head: the value. Several with different
//! values: a conflict; all are kept, the later is shown, and a change that replaces them all settles it.

use crate::{
    BatchError, ChangeId, DeviceId, OrderId, RecordRef, Stamp,
    batch::{Shown, ShownField},
    record::field,
};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One value of a field that nothing known replaces.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub change: ChangeId,
    /// The change's stamp, as far as it is believed: [`Stamp::received`].
    pub at: Stamp,
    pub device: DeviceId,
    #[serde(flatten)]
    pub said: Said,
}

/// What a change says of a field.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// `Null` where it emptied the field.
    Value(Value),
    /// Nothing any more, by this order; which is not that it was empty.
    Erased(OrderId),
}

impl Said {
    /// Whether both say the same: what was erased is like nothing.
    fn agrees(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Value(one), Self::Value(two)) if one == two)
    }
}

impl Head {
    /// `None`: emptied, or erased.
    pub fn value(&self) -> Option<&Value> {
        match &self.said {
            Said::Value(Value::Null) | Said::Erased(_) => None,
            Said::Value(value) => Some(value),
        }
    }
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").field("change", &self.change).field("at", &self.at).finish_non_exhaustive()
    }
}

/// The most replaced changes of a field that are waited for.
pub const MAX_AWAITED: usize = 64;

/// A field's heads, and what was replaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldState {
    pub heads: Vec<Head>,
    /// Replaced changes that came. They may come again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub superseded: BTreeSet<ChangeId>,
    /// Those that did not: a hub restored from a backup gets the replacing change of one phone before the replaced one
    /// of another. No more than [`MAX_AWAITED`], as anybody can name any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub awaited: BTreeSet<ChangeId>,
    /// On the phone that made them: heads that own changes replaced, until these come back by a feed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<Under>,
}

/// A head that an own change replaced, and that comes back if the hub denies the change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Under {
    pub by: ChangeId,
    pub head: Head,
}

impl FieldState {
    /// The head that is shown: the latest by clock, then device, then id.
    pub fn shown(&self) -> Option<&Head> {
        self.heads.iter().max_by_key(|head| (head.at, head.device, head.change))
    }

    fn take(
        &mut self,
        change: &Shown<'_>,
        at: Stamp,
        said: Said,
        replaces: &[ChangeId],
        policy: MergePolicy,
    ) -> FieldOutcome {
        // What a change replaces is replaced even if the change itself is past already; but for what counts more.
        if policy == MergePolicy::Value {
            self.replace(replaces);
        }
        self.under.retain(|under| !replaces.contains(&under.head.change));
        let head = Head { change: change.id, at, device: change.device, said };
        if let Some(known) = self.heads.iter_mut().find(|head| head.change == change.id) {
            // Back from the hub, which says when it came; or received anew by one that was restored.
            known.at = at;
            // Another view of it: what was erased stays so.
            if let Said::Erased(_) = head.said {
                known.said = head.said;
            }
            return FieldOutcome::Past;
        }
        if policy != MergePolicy::Value {
            return self.take_strongest(head, policy);
        }
        if self.awaited.remove(&change.id) {
            self.superseded.insert(change.id);
        }
        if self.superseded.contains(&change.id) {
            return FieldOutcome::Past;
        }
        let outcome = if self.heads.is_empty() {
            FieldOutcome::Replaced
        } else if self.heads.iter().all(|other| other.said.agrees(&head.said)) {
            FieldOutcome::Agreed
        } else {
            FieldOutcome::Conflict
        };
        self.heads.push(head);
        self.heads.sort_by_key(|head| head.change);
        outcome
    }

    fn replace(&mut self, replaces: &[ChangeId]) {
        for head in self.heads.extract_if(.., |head| replaces.contains(&head.change)) {
            self.superseded.insert(head.change);
        }
        self.awaited.extend(replaces.iter().filter(|replaced| !self.superseded.contains(replaced)));
        while self.awaited.len() > MAX_AWAITED {
            self.awaited.pop_last();
        }
    }

    /// Of all that was ever said what counts most stays, whatever replaces it: so it is the same in any order.
    fn take_strongest(&mut self, head: Head, policy: MergePolicy) -> FieldOutcome {
        let stands = self.heads.iter().max_by(|one, two| policy.strength(one).cmp(&policy.strength(two)));
        if stands.is_some_and(|stands| policy.strength(stands) >= policy.strength(&head)) {
            return FieldOutcome::Past;
        }
        self.heads = vec![head];
        FieldOutcome::Replaced
    }

    /// The hub will not admit an own change: what it replaced stands again. Says whether it was a head.
    fn put_back(&mut self, change: ChangeId) -> bool {
        let was_head = self.heads.iter().any(|head| head.change == change);
        self.heads.retain(|head| head.change != change);
        let over = self.under.iter().find(|under| under.head.change == change).map(|under| under.by);
        self.under.retain(|under| under.head.change != change);
        for Under { head, .. } in self.under.extract_if(.., |under| under.by == change).collect::<Vec<_>>() {
            match over {
                // A later own change stands on what this one stood on.
                Some(by) => self.under.push(Under { by, head }),
                None if was_head => {
                    self.superseded.remove(&head.change);
                    self.heads.push(head);
                }
                None => {}
            }
        }
        self.heads.sort_by_key(|head| head.change);
        was_head
    }

    pub fn in_conflict(&self) -> bool {
        self.heads.windows(2).any(|pair| !pair[0].said.agrees(&pair[1].said))
    }

    /// The value that counts while several stand beside each other; `None` for an empty field.
    pub fn settled(&self, policy: MergePolicy) -> Option<&Value> {
        let said = || self.heads.iter().filter_map(Head::value);
        match policy {
            MergePolicy::Value => self.shown().and_then(Head::value),
            MergePolicy::Earliest => said().min_by_key(|value| moment(value)),
            MergePolicy::GrowOnly => {
                said().find(|value| **value == Value::Bool(true)).or_else(|| self.settled(MergePolicy::Value))
            }
        }
    }
}

/// Of a time as text; what is none comes last.
fn moment(value: &Value) -> (bool, Option<DateTime<FixedOffset>>) {
    let at = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    (at.is_none(), at)
}

impl MergePolicy {
    /// What counts more is greater; of what counts the same, the later.
    fn strength(self, head: &Head) -> impl Ord + use<> {
        let value = head.value();
        let counts = match self {
            MergePolicy::Value => None,
            MergePolicy::Earliest => value.and_then(|value| moment(value).1),
            MergePolicy::GrowOnly => None,
        };
        let says_so = self == MergePolicy::GrowOnly && value == Some(&Value::Bool(true));
        (
            says_so,
            counts.is_some(),
            std::cmp::Reverse(counts),
            value.is_some(),
            head.at,
            head.device,
            head.change,
        )
    }
}

/// How values that stand beside each other become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergePolicy {
    /// The later is shown; a person decides.
    #[default]
    Value,
    /// The earliest time that was ever said counts, whatever replaces it: when something was first known.
    Earliest,
    /// One yes that was ever said is enough, whatever replaces it.
    GrowOnly,
}

/// What one change does to one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldOutcome {
    /// The field had no value, or the change replaces all it had.
    Replaced,
    /// Another head stands beside it with another value.
    Conflict,
    /// Another head says the same.
    Agreed,
    /// A later change that is known already replaces it, what is known counts more, or it is known itself.
    Past,
}

/// A record's fields as known here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordState {
    pub fields: BTreeMap<String, FieldState>,
}

/// What a change would do: computed by [`RecordState::plan`], carried out by whoever keeps the records.
#[derive(Clone, Debug, PartialEq)]
pub struct MergePlan {
    /// The new state of the fields that change at all, and what happened to each.
    pub fields: BTreeMap<String, (FieldState, FieldOutcome)>,
}

impl MergePlan {
    pub fn conflicts(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|(_, (_, o))| *o == FieldOutcome::Conflict).map(|(name, _)| name.as_str())
    }
}

impl RecordState {
    /// What a view of a change withholds says nothing here: not even of which field. `received`: when a hub first had it,
    /// milliseconds since 1970; `None` for a change made here just now. `policy`: how a field is merged.
    ///
    /// # Errors
    /// [`BatchError::NotJson`]: none for what was verified.
    pub fn plan(
        &self,
        change: &Shown<'_>,
        received: Option<u64>,
        policy: impl Fn(&str) -> MergePolicy,
    ) -> Result<MergePlan, BatchError> {
        let at = received.map_or(change.head.at, |received| change.head.at.received(received));
        let mut fields = BTreeMap::new();
        for field in &change.fields {
            let (name, replaces, said) = match field {
                ShownField::Value(field) => (&field.name, &field.replaces, Said::Value(field.value.read()?)),
                ShownField::Erased(erased) => (&erased.name, &erased.replaces, Said::Erased(erased.order)),
                ShownField::Withheld => continue,
            };
            let mut state = self.fields.get(&**name).cloned().unwrap_or_default();
            let outcome = state.take(change, at, said, replaces, policy(name));
            fields.insert(name.to_string(), (state, outcome));
        }
        Ok(MergePlan { fields })
    }

    pub fn apply(&mut self, plan: MergePlan) {
        self.fields.extend(plan.fields.into_iter().map(|(name, (state, _))| (name, state)));
    }

    /// The same for a change made here, which the hub may yet deny: keeps what it replaces.
    pub fn apply_own(&mut self, change: ChangeId, mut plan: MergePlan) {
        for (name, (after, _)) in &mut plan.fields {
            let before = self.fields.get(name).into_iter().flat_map(|field| &field.heads);
            let replaced = before.filter(|head| after.heads.iter().all(|stays| stays.change != head.change));
            let replaced: Vec<Under> =
                replaced.map(|head| Under { by: change, head: head.clone() }).collect();
            after.under.extend(replaced);
        }
        self.apply(plan);
    }

    /// The hub will not admit a change made here: what it replaced stands again. The fields of which it was a head.
    pub fn put_back(&mut self, change: ChangeId) -> BTreeSet<String> {
        let mut stood = BTreeSet::new();
        for (name, field) in &mut self.fields {
            if field.put_back(change) {
                stood.insert(name.clone());
            }
        }
        self.fields.retain(|_, field| !field.heads.is_empty());
        stood
    }

    /// The changes that an edit of this field made now replaces.
    pub fn heads_of(&self, name: &str) -> BTreeSet<ChangeId> {
        self.fields.get(name).map(|f| f.heads.iter().map(|h| h.change).collect()).unwrap_or_default()
    }

    /// All values of a field that stand beside each other, without emptied ones.
    pub fn heads(&self, name: &str) -> Vec<&Value> {
        let heads = self.fields.get(name).into_iter().flat_map(|field| &field.heads);
        heads.filter_map(Head::value).collect()
    }

    /// The value that is shown; `None` for an empty field.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).and_then(FieldState::shown).and_then(Head::value)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str)
    }

    /// All values that are shown.
    pub fn shown(&self) -> BTreeMap<String, Value> {
        self.fields.keys().filter_map(|name| Some((name.clone(), self.value(name)?.clone()))).collect()
    }

    pub fn parent(&self) -> Option<RecordRef> {
        self.text(field::PARENT)?.parse().ok()
    }

    /// Taken out: it stays, and no page or list shows it.
    pub fn is_removed(&self) -> bool {
        self.value(field::REMOVED).is_some()
    }

    pub fn conflicts(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|(_, f)| f.in_conflict()).map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests;
