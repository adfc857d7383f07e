//! Where a record belongs: its root, its feed, whether it is restricted. One rule for phone and hub.
//!
//! A record follows its parents to the top, which names a commune; but a restricted case is a top of its own, with a
//! feed for its members (Decree 56/2017 art. 24), whatever it lies under. Other tops are of the whole office, of a facility
//! or a desk, or stay on the phone that made them.

use crate::{Rulebook, Scope};
use model::{CaseId, Feed, OfficeId, RecordRef, RecordState, record::field};
use serde_json::Value;

/// Deeper than any form goes.
pub const MAX_DEPTH: usize = 32;

/// What a record says itself of where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub parent: Option<RecordRef>,
    /// The feed of a record that stands at the top; `None` if it says none.
    pub feed: Option<Feed>,
    /// It stands at the top, whatever it lies under.
    pub is_top: bool,
}

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// `feed`: `None` while nothing says to whom the top belongs.
    Placed { root: RecordRef, feed: Option<Feed> },
    /// This one above it is not here (yet).
    Missing(RecordRef),
    /// It lies below itself, or deeper than [`MAX_DEPTH`].
    Cycle,
}

impl Placement {
    pub fn root(&self) -> Option<&RecordRef> {
        if let Self::Placed { root, .. } = self { Some(root) } else { None }
    }

    pub fn feed(&self) -> Option<&Feed> {
        if let Self::Placed { feed, .. } = self { feed.as_ref() } else { None }
    }

    /// For the members of a case only.
    pub fn is_restricted(&self) -> bool {
        matches!(self.feed(), Some(Feed::Case(_)))
    }
}

impl Rulebook {
    /// Of a record of this office.
    pub fn claim(&self, office: OfficeId, record: &RecordRef, state: &RecordState) -> Claim {
        let kind = record.kind.as_str();
        let scope = self.kind(kind).map_or(Scope::Inherit, |kind| kind.scope);
        let is_true = |name| self.value(kind, state, name) == Some(&Value::Bool(true));
        if self.field(kind, field::PRACTICE).is_some() && is_true(field::PRACTICE) {
            return Claim { parent: state.parent(), feed: Some(Feed::OwnDevice), is_top: true };
        }
        if scope == Scope::Own && is_true(field::RESTRICTED) {
            let feed = Some(Feed::Case(CaseId(record.id)));
            return Claim { parent: state.parent(), feed, is_top: true };
        }
        let named = |name| state.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let feed = match scope {
            Scope::Commune | Scope::Own => named(field::COMMUNE).map(Feed::Commune),
            Scope::Office => Some(Feed::Office(office)),
            Scope::Facility => named(field::FACILITY).map(Feed::Facility),
            Scope::Desk => named(field::DESK).map(Feed::Desk),
            Scope::OwnDevice => Some(Feed::OwnDevice),
            Scope::Inherit | Scope::Case => None,
        };
        Claim { parent: state.parent(), feed, is_top: false }
    }

    /// Follows the claims to the top; `claim_of` gives that of a record, `None` for one that is not here.
    ///
    /// # Errors
    /// Those of `claim_of`.
    pub fn place<E>(
        &self,
        record: &RecordRef,
        mut claim_of: impl FnMut(&RecordRef) -> Result<Option<Claim>, E>,
    ) -> Result<Placement, E> {
        let mut current = record.clone();
        for _ in 0..MAX_DEPTH {
            match claim_of(&current)? {
                None => return Ok(Placement::Missing(current)),
                Some(Claim { parent: Some(parent), is_top: false, .. }) => current = parent,
                Some(Claim { feed, .. }) => return Ok(Placement::Placed { root: current, feed }),
            }
        }
        Ok(Placement::Cycle)
    }
}
