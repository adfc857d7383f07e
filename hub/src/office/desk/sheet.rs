//! What of a record its user may write, by the tables: what a page asks before it offers anything.

use super::Seen;
use crate::{
    Hub, HubError,
    db::{
        Read, devices, members,
        records::{self, RecordRow},
        users::{self, User},
    },
    office::records as readable,
};
use model::{DeviceId, Feed, MergePolicy, RecordRef, RecordState, UserId, record::field};
use rulebook::{Act, Asking, Field, FieldType, Kind, ListRole, MAX_DEPTH, Privacy, Rulebook, Scope, Shown};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A record as somebody writes in it.
pub struct Sheet {
    pub record: RecordRef,
    pub parent: Option<RecordRef>,
    pub is_new: bool,
    /// For the members of a case only.
    pub is_restricted: bool,
    pub state: RecordState,
    /// Fields that the user may write, in the order of a page.
    pub fields: Vec<String>,
    pub may_remove: bool,
    /// Who said what stands in it, by the device.
    pub authors: BTreeMap<DeviceId, String>,
    /// Whom a field of users may name.
    pub people: Vec<(UserId, String)>,
}

impl Sheet {
    /// What stands of each field.
    pub fn seen(&self) -> Seen {
        self.state.fields.keys().map(|name| (name.clone(), self.state.heads_of(name))).collect()
    }
}

/// The sheet of a record that the user reads; `None`: there is none, or nothing in it is for people to write.
pub fn of(hub: &Hub, read: &Read, user: &User, record: &RecordRef) -> Result<Option<Sheet>, HubError> {
    let rulebook = hub.rulebook();
    let (Some(row), Some(kind)) =
        (readable::find(hub, read, user, record)?, rulebook.kind(record.kind.as_str()))
    else {
        return Ok(None);
    };
    let is_restricted = matches!(row.feed, Feed::Case(_));
    let writer = Writer { hub, read, user, is_member: is_restricted };
    let fields = writer.fields(kind, record, Some(&row.state));
    let may_remove = writer.may(record, Some(&row.state), field::REMOVED);
    let authors = authors(read, &row.state)?;
    Ok(Some(Sheet {
        record: record.clone(),
        parent: row.parent,
        is_new: false,
        is_restricted,
        state: row.state,
        fields,
        may_remove,
        authors,
        people: Vec::new(),
    }))
}

/// An empty one for a record that the user may add, under another or at the top.
pub fn new(
    hub: &Hub,
    read: &Read,
    user: &User,
    kind: &str,
    parent: Option<&RecordRef>,
) -> Result<Option<Sheet>, HubError> {
    let rulebook = hub.rulebook();
    let above = match parent {
        None => None,
        Some(parent) => match readable::find(hub, read, user, parent)? {
            Some(row) => Some(row),
            None => return Ok(None),
        },
    };
    let Some(kind) = addable(hub, user, above.as_ref()).into_iter().find(|name| name == kind) else {
        return Ok(None);
    };
    let record = RecordRef::new(kind, Uuid::now_v7());
    let Some(kind) = rulebook.kind(record.kind.as_str()) else { return Ok(None) };
    let is_restricted = above.as_ref().is_some_and(|above| matches!(above.feed, Feed::Case(_)));
    let fields = Writer { hub, read, user, is_member: is_restricted }.fields(kind, &record, None);
    let people = match &above {
        Some(above) if names_users(kind) => candidates_for(&rulebook, read, &above.feed)?,
        _ => Vec::new(),
    };
    Ok(Some(Sheet {
        parent: parent.cloned(),
        record,
        is_new: true,
        is_restricted,
        state: RecordState::default(),
        fields,
        may_remove: false,
        authors: BTreeMap::new(),
        people,
    }))
}

/// Kinds that the user may add below a record, or at the top: what people write by hand, in the order of a page. What
/// stands alone and moves by a workflow is opened, and what only the program makes is not written.
pub fn addable(hub: &Hub, user: &User, above: Option<&RecordRow>) -> Vec<String> {
    let (rulebook, day) = (hub.rulebook(), hub.today());
    let is_restricted = above.is_some_and(|above| matches!(above.feed, Feed::Case(_)));
    let fits = |kind: &&Kind| match above {
        None => kind.is_root,
        Some(above) => kind.parents.iter().any(|parent| parent == above.kind()),
    };
    let membership = rulebook.membership().map(|(kind, _)| kind);
    let may = |kind: &&Kind| {
        let is_member = Some(kind.name.as_str()) == membership;
        let by_hand = !kind.immutable
            && !kind.by_form
            && !is_opened(kind)
            && kind.field_of(&FieldType::Photo).is_none();
        let in_scope = match kind.scope {
            Scope::Case => is_restricted,
            Scope::Office | Scope::Facility | Scope::Desk | Scope::OwnDevice => {
                user.works_in(&rulebook, kind.scope)
            }
            _ => true,
        };
        let allowed = if is_member {
            rulebook.may_assign(&user.role, day)
        } else {
            !kind.by_program && rulebook.may_add(&user.role, day, &kind.name, above.is_some())
        };
        by_hand && in_scope && allowed
    };
    let mut kinds: Vec<&Kind> = rulebook.kinds().iter().filter(fits).filter(may).collect();
    kinds.sort_by_key(|kind| kind.order);
    kinds.into_iter().map(|kind| kind.name.clone()).collect()
}

/// A case, whatever it is called.
fn is_opened(kind: &Kind) -> bool {
    kind.workflow.is_some() && kind.is_root
}

/// Whether the user may take a record out, or put it back.
pub fn may_remove(hub: &Hub, read: &Read, user: &User, row: &RecordRow) -> bool {
    let is_member = matches!(row.feed, Feed::Case(_));
    Writer { hub, read, user, is_member }.may(&row.reference, Some(&row.state), field::REMOVED)
}

/// Who writes in a record that they read.
struct Writer<'a> {
    hub: &'a Hub,
    read: &'a Read<'a>,
    user: &'a User,
    /// Of the restricted case that it lies in.
    is_member: bool,
}

impl Writer<'_> {
    /// Whether they may say something else of a field.
    fn may(&self, record: &RecordRef, before: Option<&RecordState>, name: &str) -> bool {
        // A table that can't be read denies, as at admission.
        let is_own =
            |device: DeviceId| devices::owner(self.read, device).ok().flatten() == Some(self.user.id);
        let (role, day) = (&self.user.role, self.hub.today());
        let asking = Asking { role, day, is_member: self.is_member, is_own: &is_own };
        // What no field says.
        let other = Value::Object(serde_json::Map::new());
        let act = Act { record, before, said: vec![(name, &other)], opens: false };
        self.hub.rulebook().denied(&asking, &act).is_empty()
    }

    fn fields(&self, kind: &Kind, record: &RecordRef, before: Option<&RecordState>) -> Vec<String> {
        let rulebook = self.hub.rulebook();
        let typed = by_hand(&rulebook, kind, self.is_member, before.is_none());
        // Whatever a field is, a person may pick one of two values.
        let open = before.map(|before| rulebook.conflicts(&kind.name, before)).unwrap_or_default();
        let shown = |field: &&Field| {
            let is_secret = field.privacy == Privacy::Secret && !self.is_member;
            let is_open = open.contains(&field.name.as_str()) && !is_secret;
            is_open || typed.iter().any(|one| one.name == field.name)
        };
        let may = |field: &&Field| self.may(record, before, &field.name);
        kind.fields.iter().filter(shown).filter(may).map(|field| field.name.clone()).collect()
    }
}

/// Fields that people type, not what a program, a camera or a workflow gives, nor what merges by a rule of its own.
fn by_hand<'r>(rulebook: &Rulebook, kind: &'r Kind, is_restricted: bool, is_new: bool) -> Vec<&'r Field> {
    if kind.immutable {
        return Vec::new();
    }
    let is_member = rulebook.membership().is_some_and(|(member, _)| member == kind.name);
    let typed = |field: &&Field| {
        use FieldType::{Photo, Point, Ref, User};
        let by_program = matches!(field.kind, Photo | Point | Ref | User);
        let is_workflow = field.list.as_deref() == Some("workflow");
        field.shown != Shown::No
            // Of phones alone.
            && field.name != field::PRACTICE
            && field.merge == MergePolicy::Value
            && !by_program
            && !is_workflow
            && follows(kind, field).is_none()
            && (field.lists != Some(ListRole::State) || kind.workflow.is_some())
            && (field.privacy != Privacy::Secret || is_restricted)
    };
    if is_member {
        // Whom it names says the rest; another user is another member.
        return kind.field_of(&FieldType::User).filter(|_| is_new).into_iter().collect();
    }
    kind.fields.iter().filter(typed).collect()
}

/// The field of communes that a field of provinces follows from: the one that stands right behind it.
pub fn follows<'r>(kind: &'r Kind, field: &Field) -> Option<&'r Field> {
    if field.list.as_deref() != Some("province") {
        return None;
    }
    let place = kind.fields.iter().position(|other| other.name == field.name)?;
    kind.fields.get(place + 1).filter(|next| next.list.as_deref() == Some("commune"))
}

fn names_users(kind: &Kind) -> bool {
    kind.field_of(&FieldType::User).is_some()
}

/// Who may become a member of a case and is none yet.
fn candidates_for(rulebook: &Rulebook, read: &Read, feed: &Feed) -> Result<Vec<(UserId, String)>, HubError> {
    let Feed::Case(case) = feed else { return Ok(Vec::new()) };
    let mut people = Vec::new();
    for user in users::all(read)? {
        if !user.disabled && user.sees_cases(rulebook) && !members::named(read, *case)?.contains(&user.id) {
            people.push((user.id, user.name.0));
        }
    }
    Ok(people)
}

/// Who said what stands in a record, by the device.
pub fn authors(read: &Read, state: &RecordState) -> Result<BTreeMap<DeviceId, String>, HubError> {
    let mut authors = BTreeMap::new();
    for head in state.fields.values().flat_map(|said| &said.heads) {
        if authors.contains_key(&head.device) {
            continue;
        }
        let author = match devices::owner(read, head.device)? {
            Some(user) => users::by_id(read, user)?,
            None => None,
        };
        authors.extend(author.map(|author| (head.device, author.name.0)));
    }
    Ok(authors)
}

/// A record that the user reads, even one that was taken out, with those above it, the nearest first.
pub fn above(hub: &Hub, read: &Read, user: &User, record: &RecordRef) -> Result<Vec<RecordRef>, HubError> {
    let mut above = Vec::new();
    let mut next = Some(record.clone());
    while let Some(record) = next.take().filter(|_| above.len() < MAX_DEPTH) {
        let Some(row) = records::find(read, &record)? else { break };
        if !readable::may_read(&hub.rulebook(), read, user, &row.feed)? {
            break;
        }
        if !row.removed {
            above.push(record);
        }
        next = row.parent;
    }
    Ok(above)
}

/// What was taken out below a record that the user reads, and they may put back.
pub fn removed(hub: &Hub, read: &Read, user: &User, root: &RecordRef) -> Result<Vec<RecordRow>, HubError> {
    let mut rows = records::removed_of_root(read, root)?;
    rows.retain(|row| may_remove(hub, read, user, row));
    Ok(rows)
}
