//! Records as a user may see them: of their places' communes, and of restricted cases they are members of.

use crate::{
    HubError,
    db::{
        Read, members,
        records::{self, Page, Record},
        users::User,
    },
};
use casework::units;
use model::{Feed, Place, RecordRef, fold};

/// Whether the user may read what is in a feed.
fn may_read(read: &Read, user: &User, feed: &Feed) -> Result<bool, HubError> {
    match feed {
        Feed::Commune(code) => Ok(user.covers(code)),
        Feed::Case(id) => Ok(members::is_member(read, user.id, *id)?),
    }
}

/// The communes' feeds of a user's places; `None` for the whole country.
fn communes_of(user: &User) -> Option<Vec<Feed>> {
    if user.places.contains(&Place::All) {
        return None;
    }
    let communes = user.places.iter().flat_map(|place| match place {
        Place::Commune(code) => vec![code.clone()],
        Place::Province(code) => units::communes_of(code).into_iter().map(|unit| unit.code.clone()).collect(),
        Place::All => Vec::new(),
    });
    Some(communes.map(Feed::Commune).collect())
}

/// Households by what a person types, without tone marks: every word in the household's own text or a member's.
/// Returns a page and how many there are.
pub fn households(
    read: &Read,
    user: &User,
    query: &str,
    page: &Page,
) -> Result<(Vec<Record>, u32), HubError> {
    let words: Vec<String> = fold(query).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    Ok(records::households(read, communes_of(user).as_deref(), &words, page)?)
}

/// Cases of the user's places and the restricted ones they are a member of, newest first.
pub fn cases(read: &Read, user: &User) -> Result<Vec<Record>, HubError> {
    Ok(records::cases(read, communes_of(user).as_deref(), user.id)?)
}

/// A record that the user may read.
pub fn find(read: &Read, user: &User, reference: &RecordRef) -> Result<Option<Record>, HubError> {
    match records::find(read, reference)? {
        Some(record) if !record.removed && may_read(read, user, &record.feed)? => Ok(Some(record)),
        _ => Ok(None),
    }
}
