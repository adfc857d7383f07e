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
};
use model::{Feed, Place, RecordRef};
use rulebook::{Query, Rulebook};

/// Whether the user may read what is in a feed.
pub(super) fn may_read(rulebook: &Rulebook, read: &Read, user: &User, feed: &Feed) -> Result<bool, HubError> {
    match feed {
        Feed::Commune(code) => Ok(user.covers(rulebook, code)),
        Feed::Case(id) => Ok(user.sees_cases(rulebook) && members::is_member(read, user.id, *id)?),
        Feed::Other(_) => Ok(false),
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
        Place::All | Place::Other(_) => Vec::new(),
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
    let communes = communes_of(&hub.rulebook(), user);
    Ok(listing::find(read, &hub.lists, kind, communes.as_deref(), &Query::parse(query), page)?)
}

/// Cases of the user's places and the restricted ones they are a member of, newest first.
pub fn cases(hub: &Hub, read: &Read, user: &User) -> Result<Vec<RecordRow>, HubError> {
    let restricted = members::cases(read, user.id)?;
    Ok(records::cases(read, communes_of(&hub.rulebook(), user).as_deref(), &restricted)?)
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
            Ok(Some(record))
        }
        _ => Ok(None),
    }
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
