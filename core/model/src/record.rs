//! Records are maps of fields; lists are records of their own with a parent, so no list is ever merged.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};
use uuid::Uuid;

/// Kinds that the program itself speaks of; what there is of each is said in `packs/quoc_gia/kinds.csv`. Others are kept and
/// passed on.
pub mod kind {
    pub const HOUSEHOLD: &str = "household";
    /// Parent: household, or the case of a child who is known only from a report.
    pub const PERSON: &str = "person";
    pub const VISIT: &str = "visit";
    /// One purpose of data use, agreed to or not (Law 91/2025).
    pub const CONSENT: &str = "consent";
    pub const NEED: &str = "need";
    pub const GOAL: &str = "goal";
    pub const PHOTO: &str = "photo";
    pub const CASE: &str = "case";
    /// A user who may see a restricted case.
    pub const CASE_MEMBER: &str = "case_member";
    /// Who reported; kept apart because the law protects them (Decree 56/2017 art. 24).
    pub const INFORMANT: &str = "informant";
    pub const TASK: &str = "task";
    /// A finished form as answered; immutable.
    pub const SUBMISSION: &str = "submission";
    pub const NOTE: &str = "note";
}

/// Field names with a meaning of their own.
pub mod field {
    /// The record this one belongs to, as `kind:id`; a record without it is a root.
    pub const PARENT: &str = "parent";
    /// On a root household: the commune's code, which decides the feed. Coupled with the address.
    pub const COMMUNE: &str = "commune";
    /// On a root case: `true` puts it and all below it into a feed for its members only.
    pub const RESTRICTED: &str = "restricted";
    /// On a root that is for one facility or desk: which, as in a user's places.
    pub const FACILITY: &str = "facility";
    pub const DESK: &str = "desk";
    /// On a root, said when it is made and never again: `true` keeps it and all below it on the phone that made it.
    pub const PRACTICE: &str = "practice";
    /// On a case member: the user's id.
    pub const USER: &str = "user";
    /// Why a record was taken out; its presence hides the record.
    pub const REMOVED: &str = "removed";
}

/// What a record is; open, because an old phone must keep what a newer one made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordKind(Cow<'static, str>);

impl RecordKind {
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RecordKind {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for RecordKind {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A record's kind and id, written `household:<uuid>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    pub kind: RecordKind,
    pub id: Uuid,
}

impl RecordRef {
    pub fn new(kind: impl Into<Cow<'static, str>>, id: Uuid) -> Self {
        Self { kind: RecordKind::new(kind), id }
    }
}

macro_rules! ids_of_records {
    ($($name:ident: $kind:expr),+ $(,)?) => {$(
        impl crate::$name {
            pub const KIND: &str = $kind;

            pub fn reference(self) -> RecordRef {
                RecordRef::new($kind, self.0)
            }

            /// `None` for a record of another kind.
            pub fn of(record: &RecordRef) -> Option<Self> {
                (record.kind == $kind).then_some(Self(record.id))
            }
        }
    )+};
}

ids_of_records! {
    HouseholdId: kind::HOUSEHOLD,
    CaseId: kind::CASE,
    PhotoId: kind::PHOTO,
    SubmissionId: kind::SUBMISSION,
}

/// The text is no `kind:uuid`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a record reference")]
pub struct NotARecordRef;

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl FromStr for RecordRef {
    type Err = NotARecordRef;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or(NotARecordRef)?;
        let id = Uuid::parse_str(id).map_err(|_| NotARecordRef)?;
        Ok(Self::new(kind.to_owned(), id))
    }
}

crate::encoding::serde_as_text!(RecordRef);

/// What somebody wants a record to become: only the fields that they set. `Value::Null` empties a field.
#[derive(Clone, PartialEq)]
pub struct RecordEdit {
    pub record: RecordRef,
    pub parent: Option<RecordRef>,
    pub fields: BTreeMap<String, Value>,
}

impl RecordEdit {
    pub fn new(record: RecordRef) -> Self {
        Self { record, parent: None, fields: BTreeMap::new() }
    }

    #[must_use]
    pub fn under(mut self, parent: RecordRef) -> Self {
        self.parent = Some(parent);
        self
    }

    #[must_use]
    pub fn set(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(field.into(), value.into());
        self
    }
}

impl fmt::Debug for RecordEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields.keys().collect();
        f.debug_struct("RecordEdit")
            .field("record", &self.record)
            .field("parent", &self.parent)
            .field("fields", &fields)
            .finish()
    }
}
