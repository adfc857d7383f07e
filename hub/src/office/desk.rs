//! What the office writes in the console: signed by a device that the hub holds for the user, received and admitted as what
//! a phone pushes, all in one transaction. What is not admitted at once leaves nothing.

mod device;
pub mod sheet;

use super::{records::may_read, sync::receive};
use crate::{
    Hub, HubError,
    db::{
        Tx, audit, records,
        users::{self, User},
    },
};
use model::{
    ChangeId, Feed, Hlc, OfficeId, RecordEdit, RecordRef, UserId, Verified,
    batch::{Draft, by_feed},
};
use ring::rand::SystemRandom;
use rulebook::{Changing, Claim, Placement, Rulebook};
use std::collections::{BTreeMap, BTreeSet};
use wire::push::Outcome;

/// Of each field, the changes that stood as its value when a page was made. A field that is not named was empty.
pub type Seen = BTreeMap<String, BTreeSet<ChangeId>>;

/// What somebody wants a record to become, by what they saw of it.
pub struct Edit {
    pub edit: RecordEdit,
    /// Empty for a record that is new.
    pub seen: Seen,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Somebody else changed these fields meanwhile.
    #[error("{record} moved on meanwhile")]
    MovedOn { record: RecordRef, fields: BTreeSet<String> },
    /// By admission: a denial's code, or that of what would wait.
    #[error("not admitted: {0}")]
    NotAdmitted(String),
}

impl DeskError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::MovedOn { .. } => "desk.moved-on",
            Self::NotAdmitted(_) => "desk.not-admitted",
        }
    }

    /// Vietnamese and English, for people.
    pub fn messages(&self) -> (&'static str, &'static str) {
        match self {
            Self::MovedOn { .. } => (
                "Người khác vừa sửa mục này nên chưa ghi gì. Hãy tải lại trang, xem giá trị mới rồi sửa tiếp.",
                "Somebody else has just changed this, so nothing was written. Load the page again, look at the new value, then go on.",
            ),
            Self::NotAdmitted(_) => (
                "Không ghi được vì không được phép hoặc thiếu hồ sơ liên quan. Chưa có gì thay đổi.",
                "This could not be written: it isn't allowed, or something that it belongs to is missing. Nothing was changed.",
            ),
        }
    }
}

/// Writes for a user; the ids of the changes, none where everything stands as it is.
///
/// # Errors
/// [`DeskError`], [`HubError::NotFound`] for a record that the user doesn't read, [`HubError::UserDisabled`].
pub fn commit(hub: &Hub, tx: &Tx, by: UserId, edits: Vec<Edit>) -> Result<Vec<ChangeId>, HubError> {
    let author = users::by_id(tx, by)?.filter(|user| !user.disabled).ok_or(HubError::UserDisabled)?;
    let rulebook = hub.rulebook();
    let mut seen: BTreeMap<RecordRef, Seen> = BTreeMap::new();
    for Edit { edit, seen: of_it } in &edits {
        seen.entry(edit.record.clone()).or_default().extend(of_it.clone());
    }
    let edits = edits.into_iter().map(|Edit { edit, .. }| edit).collect();
    let changing = rulebook.changing(edits, |record| {
        let Some(row) = records::find(tx, record)? else { return Ok(None) };
        let reads = may_read(&rulebook, tx, &author, &row.feed)?;
        if reads { Ok(Some(row.state)) } else { Err(HubError::NotFound) }
    })?;
    if changing.is_empty() {
        return Ok(Vec::new());
    }
    for changing in &changing {
        moved_on(changing, &seen)?;
    }
    let batches = sign(hub, tx, &rulebook, &author, &changing)?;
    for changing in &changing {
        audit::add(tx, Some(author.id), "write", &changing.record)?;
    }
    Ok(batches)
}

/// Nothing is replaced that its author didn't see.
fn moved_on(changing: &Changing, seen: &BTreeMap<RecordRef, Seen>) -> Result<(), DeskError> {
    let Changing { record, state, fields, .. } = changing;
    let of_field = |name: &String| seen.get(record).and_then(|seen| seen.get(name)).cloned();
    let moved = |name: &&String| state.heads_of(name) != of_field(name).unwrap_or_default();
    let fields: BTreeSet<String> = fields.keys().filter(moved).cloned().collect();
    if fields.is_empty() { Ok(()) } else { Err(DeskError::MovedOn { record: record.clone(), fields }) }
}

/// A batch for each feed, as a phone makes them, and what becomes of them.
fn sign(
    hub: &Hub,
    tx: &Tx,
    rulebook: &Rulebook,
    author: &User,
    changing: &[Changing],
) -> Result<Vec<ChangeId>, HubError> {
    let feeds = feeds(tx, (rulebook, hub.identity.office), changing)?;
    let mut clock = Hlc::default();
    for head in
        changing.iter().flat_map(|changing| changing.state.fields.values()).flat_map(|said| &said.heads)
    {
        clock.observe(head.at, tx.now());
    }
    let mut drafts: Vec<(Feed, Draft)> = Vec::new();
    for (changing, feed) in changing.iter().zip(feeds) {
        drafts.push((feed, changing.draft(clock.tick(tx.now()), None)?));
    }
    let held = device::of(hub, tx, author)?;
    let is_restricted = |feed: &Feed| matches!(feed, Feed::Case(_));
    let batches =
        by_feed(held.signer(hub), held.chain(tx)?, drafts, is_restricted, &held.key, &SystemRandom::new())?;
    let batches: Vec<Verified> = batches.into_iter().map(|(_, batch)| batch).collect();
    let changes = batches.iter().flat_map(|batch| batch.ids()).flatten().copied().collect();
    match receive::take(hub, tx, &held.device, batches)? {
        None => Ok(changes),
        Some(Outcome::Denied { code, .. } | Outcome::Waiting { code } | Outcome::Refused { code }) => {
            Err(DeskError::NotAdmitted(code).into())
        }
        Some(_) => Err(HubError::Internal("a batch of the office was half received")),
    }
}

/// Whose feed each record will be in.
fn feeds(
    tx: &Tx,
    (rulebook, office): (&Rulebook, OfficeId),
    changing: &[Changing],
) -> Result<Vec<Feed>, HubError> {
    let claim = |changing: &Changing| rulebook.claim(office, &changing.record, &changing.said());
    let claims: BTreeMap<&RecordRef, Claim> =
        changing.iter().map(|changing| (&changing.record, claim(changing))).collect();
    let claim_of = |record: &RecordRef| match claims.get(record) {
        Some(claim) => Ok(Some(claim.clone())),
        None => {
            let row = records::find(tx, record)?;
            Ok::<_, HubError>(row.map(|row| rulebook.claim(office, record, &row.state)))
        }
    };
    let feed = |changing: &Changing| match rulebook.place(&changing.record, claim_of)? {
        Placement::Placed { feed: Some(feed), .. } => Ok(feed),
        Placement::Placed { feed: None, .. } | Placement::Missing(_) => {
            Err(DeskError::NotAdmitted(super::sync::waiting::PARENT_UNKNOWN.to_owned()).into())
        }
        Placement::Cycle => Err(DeskError::NotAdmitted(super::sync::waiting::CYCLE.to_owned()).into()),
    };
    changing.iter().map(feed).collect()
}
