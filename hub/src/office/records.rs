//! Records as a user may see them: of their places' communes, and of restricted cases they are members of.

use crate::{
    Hub, HubError,
    db::{
        Read,
        cursors::{self, Leave, Reader},
        listing::{self, Listed, Page},
        members,
        records::{self, RecordRow},
        users::User,
    },
    office::{desk::sheet, progress},
};
use casework::page;
use model::{DeviceId, Feed, Place, RecordRef};
use rulebook::{Query, Rulebook};
use std::collections::BTreeMap;
use workflow::Standing;

/// Whether the user may read what is in a feed.
pub(super) fn may_read(rulebook: &Rulebook, read: &Read, user: &User, feed: &Feed) -> Result<bool, HubError> {
    match feed {
        Feed::Case(id) => Ok(user.sees_cases(rulebook) && members::is_member(read, user.id, *id)?),
        _ => Ok(user.reads(rulebook, feed)),
    }
}

/// The communes' feeds that a user reads; `None` for the whole country.
pub(super) fn communes_of(rulebook: &Rulebook, user: &User) -> Option<Vec<Feed>> {
    if !user.sees_places(rulebook) {
        return Some(Vec::new());
    }
    if user.places.contains(&Place::All) {
        return None;
    }
    let communes = user.places.iter().flat_map(|place| match place {
        Place::Commune(code) => vec![code.clone()],
        Place::Province(code) => rulebook.units.communes_of(code).map(|unit| unit.code.clone()).collect(),
        Place::All | Place::Facility(_) | Place::Desk(_) | Place::Other(_) => Vec::new(),
    });
    Some(communes.map(Feed::Commune).collect())
}

/// Records of a kind by what a person types, without tone marks: words of what lists show of them and of what is below.
/// Returns a page and how many there are.
pub fn list(
    hub: &Hub,
    read: &Read,
    user: &User,
    kind: &str,
    query: &str,
    page: &Page,
) -> Result<(Vec<Listed>, u32), HubError> {
    let rulebook = hub.rulebook();
    let reads = |feed: &Feed| user.reads(&rulebook, feed);
    Ok(listing::find(read, &hub.lists, kind, reads, &Query::parse(query), page)?)
}

/// Cases of the user's places and the restricted ones they are a member of, newest first.
pub fn cases(hub: &Hub, read: &Read, user: &User) -> Result<Vec<RecordRow>, HubError> {
    let restricted = members::cases(read, user.id)?;
    let rulebook = hub.rulebook();
    let cases = records::cases(read, communes_of(&rulebook, user).as_deref(), &restricted)?;
    progress::all_stand(read, &rulebook, cases)
}

/// A record that the user may read.
pub fn find(
    hub: &Hub,
    read: &Read,
    user: &User,
    reference: &RecordRef,
) -> Result<Option<RecordRow>, HubError> {
    match records::find(read, reference)? {
        Some(record) if !record.removed && may_read(&hub.rulebook(), read, user, &record.feed)? => {
            progress::stands(read, &hub.rulebook(), record).map(Some)
        }
        _ => Ok(None),
    }
}

/// A record with what its page shows of what lies around it.
pub struct Around {
    pub record: RecordRow,
    /// What it lies under, the top first, each with what the title of its page is made of.
    pub above: Vec<(RecordRow, Vec<RecordRow>)>,
    pub below: Vec<RecordRow>,
    /// `None` for what moves by no workflow.
    pub standing: Option<Standing>,
    /// Whose device wrote what stands in it, by name.
    pub writers: BTreeMap<DeviceId, String>,
}

/// As [`find`], with what lies around it.
pub fn around(
    hub: &Hub,
    read: &Read,
    user: &User,
    reference: &RecordRef,
) -> Result<Option<Around>, HubError> {
    let Some(record) = find(hub, read, user, reference)? else { return Ok(None) };
    let rulebook = hub.rulebook();
    let mut above = Vec::new();
    for parent in sheet::above(hub, read, user, reference)?.into_iter().skip(1) {
        let Some(parent) = find(hub, read, user, &parent)? else { break };
        let mut named = records::of_kinds(read, &parent.root, &rulebook.kinds_below_title(parent.kind()))?;
        named.retain(|record| record.reference != parent.reference);
        above.insert(0, (parent, named));
    }
    let mut below = progress::all_stand(read, &rulebook, records::of_root(read, &record.root)?)?;
    if !page::shows_all_below(&rulebook, record.kind()) {
        below.retain(|one| one.parent.as_ref() == Some(reference));
    }
    let writers = sheet::authors(read, &record.state)?;
    let standing = standing(hub, read, &record)?;
    Ok(Some(Around { record, above, below, standing, writers }))
}

/// What else lies under the record at the top, whose feed is theirs too.
pub fn beside(hub: &Hub, read: &Read, around: &Around) -> Result<Vec<RecordRow>, HubError> {
    let is_shown = |one: &RecordRow| {
        let reference = &one.reference;
        *reference == around.record.reference
            || around.above.iter().any(|(above, _)| above.reference == *reference)
            || around.below.iter().any(|below| below.reference == *reference)
    };
    let mut beside = records::of_root(read, &around.record.root)?;
    beside.retain(|one| !is_shown(one));
    progress::all_stand(read, &hub.rulebook(), beside)
}

/// Where a record stands, with all that was done in it; `None` for one that moves by no workflow.
pub fn standing(hub: &Hub, read: &Read, record: &RecordRow) -> Result<Option<Standing>, HubError> {
    progress::standing(read, &hub.rulebook(), &record.reference, hub.today())
}

/// Feeds that a record left, and the devices that may have read it there.
pub fn departures(read: &Read, record: &RecordRef) -> Result<Vec<(Leave, Vec<Reader>)>, HubError> {
    let leaves = cursors::leaves(read, record)?.into_iter();
    let told = |leave| {
        let readers = cursors::readers(read, record, &leave)?;
        Ok((leave, readers))
    };
    leaves.map(told).collect()
}
